"""The process group that holds open pages: sockets and server-sent events."""
