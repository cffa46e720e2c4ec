"""Turns what a database driver raises into one sentence a person can act on. Decides nothing else.

A fault of ours (a wrong statement, a broken constraint) is not translated: it must surface as the bug it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.errors import StoreUnavailable

_BUGS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)

# By the start of SQLite's error name; the first that fits counts.
_SENTENCES = {
    "SQLITE_BUSY": "{0} is locked by another program; end that program or wait a moment, then try again.",
    "SQLITE_LOCKED": "{0} is locked by another program; end that program or wait a moment, then try again.",
    "SQLITE_FULL": "{0} cannot grow because the disk is full; free some space, then try again.",
    "SQLITE_READONLY": "{0} cannot be written; check the permissions of the file and of its folder.",
    "SQLITE_PERM": "{0} cannot be written; check the permissions of the file and of its folder.",
    "SQLITE_CANTOPEN": "{0} cannot be opened; check that its folder exists and that you may write to it.",
    "SQLITE_NOTADB": "{0} is not a database file; move it away, or name another file in the settings.",
    "SQLITE_CORRUPT": "{0} is damaged; stop the bot and put your last backup in its place.",
    "SQLITE_IOERR": "{0} cannot be read or written because the disk reports an error; check the disk.",
}


def store_error(error: BaseException, subject: str = "The database") -> StoreUnavailable:
    """Return the sentence for a driver's error; ``subject`` begins it and may name the file."""
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    for start, sentence in _SENTENCES.items():
        if name.startswith(start):
            return StoreUnavailable(sentence.format(subject))
    return StoreUnavailable(
        f"{subject} cannot be reached or used now ({name}); try again, then run `footnote db check`."
    )


@contextmanager
def reported_as_store_error(subject: str = "The database") -> Iterator[None]:
    """Translate driver errors that leave the block into StoreUnavailable."""
    try:
        yield
    except _BUGS:
        raise
    except DBAPIError as error:
        raise store_error(error.orig or error, subject) from error
    except (sqlite3.OperationalError, sqlite3.DatabaseError, PoolTimeout, OSError) as error:
        raise store_error(error, subject) from error
