"""The lint's rules about wording: the claim's form, attribution, and words a note may not use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.domain import Note
from bot.core.note_words import Flaw, RuleContext, own_words, shown

_DENIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(it|that|this)( is|'s| was) (not|false|untrue|wrong|a lie|a myth|a hoax)\b",
        r"^(there( is|'s| was| are)|we have|nobody has) (no|little|not any|never) ",
        r"^(no|little) (good |public |credible |hard )?(evidence|proof)\b",
        r"^contrary to\b",
        r"\b(is|are|was|were) (false|untrue|a myth|a hoax|a lie|not true|debunked|unproven|unsupported)\b",
        r"^(\S+\s+){1,5}?((did|does|do|has|have|had|was|were|is|are|will|would|could|can) (not|never)|\w+n't|never)\b",
    )
)  # fmt: skip
_QUESTION = re.compile(r"\?\W*$|^(did|does|do|is|are|was|were|has|have|why|how|could|can|should)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(U\.S|U\.K|U\.N|Mr|Mrs|Ms|Dr|Gen|Col|Maj|Lt|Sen|Rep|St|No|vs|e\.g|i\.e|cf)\.")
_SENTENCE_END = re.compile(r"[.!?][\"”')]*\s+(?=[\"“(]?[A-Z0-9])")
_LIVE = (
    "@everyone",
    "@here",
    "<@",
    "<#",
    "<:",
    "<a:",
    "<t:",
    "</",
    "`",
    "||",
    "](",
    "http://",
    "https://",
    "discord.gg/",
)


def claim_form(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """The claim is what a poster would assert, so that "asserts" means the same for every note."""
    if _QUESTION.search(note.claim.text):
        yield Flaw("claim", "The claim is worded as a question.", "Write what a poster would assert.")
    if any(pattern.search(note.claim.text.replace("’", "'")) for pattern in _DENIALS):
        mend = 'Write what a poster would assert; a negative claim goes with "no" or "nobody" ("Nobody was hurt").'
        yield Flaw("claim", "The claim is worded as a denial.", mend)


def disputed_holder(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """A disputed point says who holds it: a holder word or a name after the first word."""
    for number, point in enumerate(note.disputed, 1):
        has_name = any(word.lstrip("\"'(“‘")[:1].isupper() for word in point.text.split()[1:])
        if not has_name and not context.words.patterns["holders"].search(point.text):
            yield Flaw(f"disputed.{number}", "A disputed point does not say who holds it.", "Name who says so.")


def one_sentence(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """What would change the note is exactly one sentence."""
    plain = _ABBREVIATION.sub(r"\1", note.would_change)
    if not re.search(r"[.!][\"”')]*$", plain) or _SENTENCE_END.search(plain):
        yield Flaw(
            "would_change", "What would change this is not exactly one sentence.", "Write one, with a full stop."
        )


def person_word(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """No verdict about persons, not even as a quotation."""
    yield from _word_flaws(note, context.words.patterns["persons"], "judges persons", "Speak of the claim alone.")


def loaded_word(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """No loaded words: the note states, its status judges."""
    yield from _word_flaws(note, context.words.patterns["loaded"], "is a loaded word", "Use a neutral word or none.")


def _word_flaws(note: Note, pattern: re.Pattern[str], what: str, mend: str) -> Iterator[Flaw]:
    for place, text in own_words(note):
        for found in pattern.findall(text):
            yield Flaw(place, f'"{found}" {what}.', mend)


def live_markup(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Nothing that Discord would turn into a ping, a link, a code block or a hidden text."""
    for place, text in shown(note):
        for mark in _LIVE:
            if mark in text.casefold():
                yield Flaw(place, f"The text holds {mark}, which Discord would act on.", "Take it out.")
