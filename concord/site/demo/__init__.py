"""A live event to play with, in a folder of its own that is thrown away at the end.

Nothing in here runs under ordinary settings: `settings` is the only module that switches it on, it makes its
own data folder and refuses any other, and what signs people in without a passphrase (`seating`) asks for that
folder before it starts.
"""
