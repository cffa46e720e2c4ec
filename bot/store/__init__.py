"""SQLite (or Postgres) behind the core's Store port."""
