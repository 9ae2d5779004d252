"""The main job, played headless over real HTTP and real streams against a server of its own.

`play` walks through the scenes in their order and checks every promise on the way; `timeline` keeps what held,
and when. Nothing here reaches into the server: it is a child process, with its own key, data and port, and
what its database holds is read and attacked from outside, as somebody with a shell would.
"""
