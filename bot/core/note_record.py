"""What an export into a folder remembers beside the files: which revision of which server each file was written from.

An import needs it to tell a file that somebody edited from a store that went on meanwhile. The files themselves stay
canonical, the same wherever they are exported from; a file that went out through Discord carries a stamp instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NoReturn

from bot.core.errors import BadInput
from bot.core.note_exchange import exported_revision

RECORD_NAME = ".footnote-export.json"
MAX_RECORD_BYTES = 4 * 1024 * 1024  # twenty thousand notes have about 1 MiB


def record_text(guild_id: int, revisions: Mapping[str, int]) -> str:
    """Return the record of the revisions that a server's files were written from, by note id."""
    return json.dumps({"server": str(guild_id), "revisions": dict(sorted(revisions.items()))}, indent=1) + "\n"


def exported_revisions(texts: Mapping[str, str], guild_id: int) -> dict[str, int]:
    """Return which revision of this server each file was written from, by note id, where record or stamp says so.

    Of two numbers the higher one counts: an import renews the record, not the stamps. Raises BadInput where the record
    beside the files cannot be read.
    """
    found = _read(texts[RECORD_NAME], guild_id) if RECORD_NAME in texts else {}
    for name, text in texts.items():
        note_id, stamp = name.removesuffix(".md"), exported_revision(text, guild_id)
        if stamp is not None:
            found[note_id] = max(stamp, found.get(note_id, 0))
    return found


def _read(text: str, guild_id: int) -> dict[str, int]:
    """The record's numbers; none where it is another server's."""
    try:
        table = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        revisions = {note_id: number for note_id, number in table["revisions"].items() if _is_number(number)}
        if len(revisions) != len(table["revisions"]):
            raise ValueError("a number that no export writes")
        return revisions if table["server"] == str(guild_id) else {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(f"{RECORD_NAME} is damaged. Export again, or delete it to import without it.") from error


def _is_number(value: object) -> bool:
    return type(value) is int and value > 0


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
