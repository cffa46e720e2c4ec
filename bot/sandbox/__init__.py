"""A local stand-in for Discord in the browser: the same bot, a practice server, nothing that leaves the machine."""
