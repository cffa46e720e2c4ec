"""Undo disguises of letters, so that a disguised word reads like the word it stands for."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return the text with disguises undone; ordinary text comes out unchanged."""
    return unicodedata.normalize("NFKC", text)
