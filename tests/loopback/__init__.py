"""Discord on 127.0.0.1: SimCord's world behind a real HTTP and gateway socket, for an unmodified discord.py.

``double.DiscordDouble`` is the whole; ``faults`` says what can go wrong, ``spec`` checks every request against
Discord's own OpenAPI document. No voice, no direct messages, one bot, one server.
"""
