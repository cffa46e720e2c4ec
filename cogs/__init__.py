"""Discord features, one cog a file: receive an event, translate, call the core, answer."""
