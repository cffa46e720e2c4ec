"""Settings and their defaults, and the starter pack of notes."""
