"""Rooms, posts, comments, brakes and the live stream; a removed person's streams are cut here (V-SILENCE-1, R-ACT-DELETE)."""
