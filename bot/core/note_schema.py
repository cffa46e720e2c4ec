"""The JSON Schema of a note's front matter, made of the same names and limits that reading and lint go by.

It helps an editor to complete and check; it says less than the lint, which also reads the sections below.
"""

from __future__ import annotations

import json

from bot.core.domain import NoteState, Status
from bot.core.note_front import (
    ID_PATTERN,
    OPTIONAL_KEYS,
    REQUIRED_KEYS,
    SOURCE_DATE_PATTERN,
    SOURCE_OPTIONAL_KEYS,
    SOURCE_REQUIRED_KEYS,
    TEXT_LIMIT,
    URL_LIMIT,
)
from bot.core.note_rules import CLAIM_LIMIT, EXAMPLE_LIMIT, MIN_EXAMPLES, MIN_SOURCES

_TEXT = {"type": "string", "pattern": r"\S", "maxLength": TEXT_LIMIT}
_DAY = {"type": "string", "format": "date"}
_ID = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
_LABELS = {"type": "array", "items": _TEXT, "minItems": 1}
_IDS = {"type": "array", "items": _ID}
_EXAMPLES = {
    "type": "array",
    "items": {**_TEXT, "maxLength": EXAMPLE_LIMIT},
    "minItems": MIN_EXAMPLES,
    "uniqueItems": True,
}
_SOURCE_KEYS: dict[str, dict[str, object]] = {
    "publisher": {**_TEXT, "description": "Who published it."},
    "title": {**_TEXT, "description": "The page's title."},
    "outlook": {**_TEXT, "description": "Whose view the publisher stands for; state, government or party says so."},
    "date": {"type": "string", "pattern": f"^(?:{SOURCE_DATE_PATTERN})$", "description": "As exact as it is known."},
    "url": {
        "type": "string",
        "pattern": r"^https?://[!-~]+$",
        "maxLength": URL_LIMIT,
        "description": "Leave it out where the page was not seen.",
    },
}
_KEYS: dict[str, dict[str, object]] = {
    "id": {**_ID, "description": "The claim's id and the file's name."},
    "claim": {**_TEXT, "maxLength": CLAIM_LIMIT, "description": "What a poster asserts; never a denial or a question."},
    "status": {"enum": list(Status), "description": "What the record says of the claim."},
    "state": {"enum": list(NoteState), "description": "Where the note stands in its life."},
    "reviewed_on": {**_DAY, "description": "The day the note was last read against its sources, without quotes."},
    "review_due": {**_DAY, "description": "The day it must be read again, without quotes."},
    "tags": {**_LABELS, "description": "For searching."},
    "flatters": {**_LABELS, "description": "The side that the claim suits; for audits, never shown."},
    "neighbours": {**_IDS, "description": "Notes whose claims come near to this one."},
    "opposed": {**_IDS, "description": "Notes whose claims say the contrary."},
    "paraphrases": {**_EXAMPLES, "description": "How people say it; each must match."},
    "look_alikes": {**_EXAMPLES, "description": "Near sentences that must not match."},
}


def note_schema() -> dict[str, object]:
    """Return the schema (2020-12). TOML dates count as texts, as editors' tools take them."""
    source = {
        "type": "object",
        "properties": {key: _SOURCE_KEYS[key] for key in SOURCE_REQUIRED_KEYS + SOURCE_OPTIONAL_KEYS},
        "required": list(SOURCE_REQUIRED_KEYS),
        "additionalProperties": False,
    }
    keys = {**_KEYS, "sources": {"type": "array", "items": source, "minItems": MIN_SOURCES}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of a Footnote note",
        "type": "object",
        "properties": {key: keys[key] for key in REQUIRED_KEYS + OPTIONAL_KEYS},
        "required": list(REQUIRED_KEYS),
        "additionalProperties": False,
    }


def schema_text() -> str:
    """Return the schema as the file ``config/note.schema.json`` holds it."""
    return json.dumps(note_schema(), indent=2) + "\n"
