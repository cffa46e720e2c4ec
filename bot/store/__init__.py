"""SQLite (or Postgres) behind the core's Store port: ``open_store`` for the bot, the rest for ``footnote db``."""

from bot.store.desk import SqlDesk
from bot.store.library import SqlLibrary
from bot.store.maintenance import CheckLine, backup, check, upgrade
from bot.store.opening import open_store
from bot.store.repository import SqlStore

__all__ = ["CheckLine", "SqlDesk", "SqlLibrary", "SqlStore", "backup", "check", "open_store", "upgrade"]
