"""The lint's rules about parts, sources, lengths, dates and examples, and the table of all rules.

Each rule is a small function that yields what it finds wrong with a note that was read already; none changes it. Words
come from ``LintWords`` and the day from the caller, so the same rules serve files, the store and the notes commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.core.domain import Note, NoteState, Source
from bot.core.note_wording import claim_form, disputed_holder, live_markup, loaded_word, one_sentence, person_word
from bot.core.note_words import Flaw, LintWords, Rule, RuleContext, own_words, shown

DOCUMENTED_RANGE = (2, 4)
DISPUTED_RANGE = (1, 3)
MIN_SOURCES = 2
MIN_EXAMPLES = 3  # paraphrases and look-alikes each: fewer make the scope test say nothing
NOTE_LIMIT = 3400  # of the 4,000 characters a Components v2 message holds; lead, headings and footer need the rest
LINK_EXTRA = 18  # brackets, number, commas and line break around one source's link and host
CLAIM_LIMIT, FACT_LIMIT, DISPUTED_LIMIT, WOULD_CHANGE_LIMIT, EXAMPLE_LIMIT = 200, 300, 320, 240, 400
_YEAR = re.compile(r"\b(?:1[0-9]|20)[0-9]{2}s?\b")


def labels_present(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Tags serve searching, ``flatters`` serves the symmetry audit; neither may be left empty."""
    for place, texts in (("tags", note.tags), ("flatters", note.flatters)):
        if not texts:
            yield Flaw(place, f"{place} is empty.", "Name at least one.")


def documented_count(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Two to four documented facts."""
    yield from _count("documented", len(note.documented), DOCUMENTED_RANGE, "documented facts")


def disputed_count(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """One to three points that are open or disputed."""
    yield from _count("disputed", len(note.disputed), DISPUTED_RANGE, "disputed points")


def _count(place: str, count: int, bounds: tuple[int, int], what: str) -> Iterator[Flaw]:
    low, high = bounds
    if not low <= count <= high:
        yield Flaw(place, f"The note has {count} {what}.", f"Keep {low} to {high}.")


def fact_without_source(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Each documented fact says where it can be read."""
    for number, point in enumerate(note.documented, 1):
        if not point.sources:
            yield Flaw(
                f"documented.{number}", "A documented fact has no source.", "End the bullet with marks such as [1]."
            )


def fact_undated(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """A fact can be placed in time: by a year of its own, or by the date of a source."""
    for number, point in enumerate(note.documented, 1):
        dates = [note.sources[mark - 1].date for mark in point.sources]
        if point.sources and not any(dates) and not _YEAR.search(point.text):
            mend = "Write since when, or in which year, or date one of its sources."
            yield Flaw(f"documented.{number}", "Neither this fact nor any of its sources has a date.", mend)


def sources_enough(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """At least two sources, of publishers and outlooks that differ."""
    if len(note.sources) < MIN_SOURCES:
        yield Flaw("sources", f"The note has {len(note.sources)} source.", f"Name at least {MIN_SOURCES}.")
    elif (
        min(
            len({_folded(source.outlook) for source in note.sources}), len({_folded(s.publisher) for s in note.sources})
        )
        < 2
    ):
        yield Flaw("sources", "All sources are of one publisher or one outlook.", "Add a source from another side.")


def sources_dated(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """The two sources that a note needs at least have a date; a page without one cannot be placed."""
    dated = sum(source.date is not None for source in note.sources)
    if dated < MIN_SOURCES <= len(note.sources):
        mend = f'Give date = "2016", or closer, for at least {MIN_SOURCES}.'
        yield Flaw("sources", f"The note has {dated} source{'' if dated == 1 else 's'} with a date.", mend)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def source_twice(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """The same page counts once."""
    seen: set[tuple[str, str]] = set()
    for number, source in enumerate(note.sources, 1):
        keys = {("page", _folded(source.publisher + source.title)), ("url", source.url or f"none {number}")}
        if keys & seen:
            yield Flaw(f"sources.{number}", "This source is listed already.", "Keep it once and mend the marks.")
        seen |= keys


def source_unused(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """A listed source carries a fact or a view; else readers cannot tell what it is for."""
    used = {mark for point in (*note.documented, *note.disputed) for mark in point.sources}
    for number in range(1, len(note.sources) + 1):
        if number not in used:
            yield Flaw(
                f"sources.{number}", f"Nothing in the note refers to source [{number}].", "Mark it or take it out."
            )


def state_outlook(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """State, government and party publishers are labelled, whichever state it is."""
    for number, source in enumerate(note.sources, 1):
        if _is_official(source, context.words) and not set(re.split(r"[^\w-]+", source.outlook.casefold())) & {
            label.casefold() for label in context.words.labels
        }:
            mend = f"Say so in its outlook, with one of: {', '.join(context.words.labels)}."
            yield Flaw(f"sources.{number}", f"{source.publisher} belongs to a state, government or party.", mend)


def _host(source: Source) -> str:
    return (urlsplit(source.url).hostname or "") if source.url else ""


def _is_official(source: Source, words: LintWords) -> bool:
    host = _host(source)
    by_host = any(host.endswith("." + name) or name in {host, *host.split(".")} for name in words.hosts)
    return by_host or bool(words.patterns["publishers"].search(source.publisher))


def text_length(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Each part is short enough to be read in a forum."""
    limits = {
        "claim": CLAIM_LIMIT,
        "documented": FACT_LIMIT,
        "disputed": DISPUTED_LIMIT,
        "would_change": WOULD_CHANGE_LIMIT,
    }
    for place, text in (("claim", note.claim.text), *own_words(note)):
        limit = limits[place.partition(".")[0]]
        if len(text) > limit:
            yield Flaw(place, f"This text has {len(text)} characters.", f"Shorten it to {limit}.")
    for place, texts in (("paraphrases", note.claim.paraphrases), ("look_alikes", note.claim.look_alikes)):
        if any(len(text) > EXAMPLE_LIMIT for text in texts):
            yield Flaw(place, f"One of the {place} is too long.", f"Shorten it to {EXAMPLE_LIMIT} characters.")


def note_length(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """The whole note fits one Discord message, addresses included."""
    links = sum(
        len(source.url or "") + len(_host(source)) + len(source.date or "") + LINK_EXTRA for source in note.sources
    )
    total = links + sum(len(text) for _, text in shown(note))
    if total > NOTE_LIMIT:
        yield Flaw(
            "documented", f"The note has {total} characters, too long for one message.", f"Keep it to {NOTE_LIMIT}."
        )


def review_dates(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """Reviewed in the past, due after that."""
    if note.reviewed_on > context.today:
        yield Flaw("reviewed_on", "The review date lies in the future.", "Give the day the note was last read through.")
    if note.review_due <= note.reviewed_on:
        yield Flaw("review_due", "The next review is not after the last one.", "Give a later day.")


def review_overdue(note: Note, context: RuleContext) -> Iterator[Flaw]:
    """A note that is in use is reviewed in time; stale and retired ones are not in use."""
    if note.review_due < context.today and note.state not in {NoteState.STALE, NoteState.RETIRED}:
        mend = "Check the note against its sources, then set both dates, or set state to stale."
        yield Flaw("review_due", f"The review was due on {note.review_due.isoformat()}.", mend)


def examples_enough(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """Enough paraphrases and look-alikes for the scope test to mean something."""
    for place, texts in (("paraphrases", note.claim.paraphrases), ("look_alikes", note.claim.look_alikes)):
        if len(texts) < MIN_EXAMPLES:
            yield Flaw(place, f"The note has {len(texts)} {place}.", f"Give at least {MIN_EXAMPLES}.")


def examples_distinct(note: Note, _context: RuleContext) -> Iterator[Flaw]:
    """No sentence both must and must not match, and none stands twice."""
    must = [_folded(text) for text in (note.claim.text, *note.claim.paraphrases)]
    must_not = [_folded(text) for text in note.claim.look_alikes]
    for place, texts in (("paraphrases", must), ("look_alikes", must_not)):
        if len(set(texts)) < len(texts):
            yield Flaw(place, f"One of the {place} stands twice.", "Keep it once.")
    for text in sorted(set(must) & set(must_not)):
        mend = "Take it out of one of the lists."
        yield Flaw("look_alikes", f'"{text[:60]}" must match and must not match.', mend)


RULES: dict[str, Rule] = {
    "claim-form": claim_form,
    "labels-missing": labels_present,
    "documented-count": documented_count,
    "disputed-count": disputed_count,
    "fact-without-source": fact_without_source,
    "fact-undated": fact_undated,
    "disputed-holder": disputed_holder,
    "one-sentence": one_sentence,
    "sources-enough": sources_enough,
    "sources-dated": sources_dated,
    "source-twice": source_twice,
    "source-unused": source_unused,
    "state-outlook": state_outlook,
    "person-word": person_word,
    "loaded-word": loaded_word,
    "text-length": text_length,
    "note-length": note_length,
    "review-dates": review_dates,
    "review-overdue": review_overdue,
    "examples-enough": examples_enough,
    "examples-distinct": examples_distinct,
    "live-markup": live_markup,
}
