"""Notes as files that go out: one as Markdown, all as a zip, or a list for spreadsheets. ``note_import`` reads back.

An exported note carries, as a comment, which revision of which server it is, so that an import can tell a change from
a text that was overtaken meanwhile.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable
from io import BytesIO, StringIO

from bot.core.domain import Note
from bot.core.note_format import FENCE, render_note
from bot.core.note_ports import Revision

COLUMNS = ("id", "state", "claim", "status", "review_due")
_STAMP = re.compile(r"\A\+\+\+\r?\n# revision (\d{1,9}) in (\d{1,20})\b")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same notes give the same bytes, whenever they are packed
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file_for(revision: Revision, server: int) -> str:
    """Return a revision as its file, with the comment that says which one it is. Raises NoteInvalid."""
    stamp = f"# revision {revision.number} in {server}; leave this line, it keeps a newer text from being overwritten\n"
    return f"{FENCE}\n{stamp}{render_note(revision.note).removeprefix(FENCE).lstrip()}"


def exported_revision(text: str, server: int) -> int | None:
    """Return which revision of this server a file was written from; None where it does not say."""
    stamp = _STAMP.match(text.removeprefix("\ufeff"))
    return int(stamp[1]) if stamp and int(stamp[2]) == server else None


def pack(revisions: Iterable[Revision], server: int) -> bytes:
    """Return the revisions as one zip, a file each. Raises NoteInvalid."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for revision in revisions:
            info = zipfile.ZipInfo(f"{revision.note.id}.md", _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, file_for(revision, server))
    return packed.getvalue()


def list_as_csv(notes: Iterable[Note]) -> str:
    """Return one row a note. A cell that a spreadsheet would run as a formula begins with an apostrophe instead."""
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for note in notes:
        cells = (note.id, note.state.value, note.claim.text, note.status.value, note.review_due.isoformat())
        rows.writerow([_harmless(cell) for cell in cells])
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_FORMULA) else cell
