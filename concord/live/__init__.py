"""The stream hub: each room's log, its listeners' cursors, and the cuts.

It knows listeners, not people's business.
"""
