"""SQLite (or Postgres) behind the core's Store port. Start at ``opening.open_store``."""
