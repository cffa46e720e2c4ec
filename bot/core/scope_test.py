"""The scope test: a note's paraphrases must be found and called ``asserts``, its look-alikes must not.

Every sentence takes the path of a post: ``clean``, then the judge. A note's own examples are among what the judge
compares with, so a paraphrase would always find itself and a look-alike always warn of itself. Each example is
therefore left out while it is tested: the judge is asked about the server's claims with that one sentence missing
(``Screener.assess_with``), and the claims that posts are judged by meanwhile stay untouched. What passes is then a sign
of how the note fares with wordings nobody listed. The claim's own sentence cannot be left out; it must be found too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core import policy
from bot.core.domain import Claim, Finding, Note, Post, Stance, Thresholds
from bot.core.errors import BadInput
from bot.core.note_neighbours import are_neighbours
from bot.core.ports import Screener
from bot.core.text import clean

MOST_MISSED = 1 / 3  # of a note's paraphrases

Progress = Callable[[int, int], None]
"""Told after each sentence: how many are done, of how many."""


class Example(StrEnum):
    """What a tested sentence is to its note."""

    CLAIM = "claim"
    PARAPHRASE = "paraphrase"
    LOOK_ALIKE = "look-alike"


class MissKind(StrEnum):
    """What went wrong with one sentence. ``CLOSE`` is a warning, all others are misses."""

    NOT_READ = "not-read"
    NOT_FOUND = "not-found"
    NOT_LIKELY = "not-likely"
    NOT_ASSERTED = "not-asserted"
    TAKEN = "taken"
    MATCHED = "matched"
    CLOSE = "close"


_SENTENCES = {
    MissKind.NOT_READ: "is never judged as a post: too short, or nothing but quotes or code",
    MissKind.NOT_FOUND: "does not bring this claim up",
    MissKind.NOT_LIKELY: "is hardly taken to assert this claim, so that nobody is asked",
    MissKind.NOT_ASSERTED: "would be shown to a moderator, yet is not called an assertion of this claim",
    MissKind.TAKEN: "is taken for another claim",
    MissKind.MATCHED: "must not match and would be answered",
    MissKind.CLOSE: "must not match and would be shown to a moderator",
}


@dataclass(frozen=True, slots=True)
class Miss:
    """One sentence that did not come out as its note says, with the judge's numbers for the note's own claim.

    ``taken_by`` is the note whose claim the sentence was taken to assert instead, with its chance in ``taken_p``.
    ``is_candidate``: whether the judge was asked about the note's own claim at all; else its numbers are zero.
    """

    note_id: str
    sentence: str
    example: Example
    kind: MissKind
    p_asserts: float = 0.0
    similarity: float = 0.0
    stance: Stance = Stance.UNRELATED
    taken_by: str | None = None
    taken_p: float = 0.0
    is_candidate: bool = True

    def line(self) -> str:
        """Return the miss in one line for people: which sentence, what happened, the numbers."""
        numbers = f"p {self.p_asserts:.2f}, similarity {self.similarity:.2f}, {self.stance.value}"
        numbers = numbers if self.is_candidate else "not among the claims it was judged by"
        taken = f"; {self.taken_by} takes it with p {self.taken_p:.2f}" if self.taken_by else ""
        return f"{self.note_id}: {self.example.value} “{self.sentence}” {_SENTENCES[self.kind]} ({numbers}{taken})"


@dataclass(frozen=True, slots=True)
class ScopeCounts:
    """How many sentences were tested and how many came out right, over all tested notes."""

    claims: int = 0
    claims_found: int = 0
    paraphrases: int = 0
    paraphrases_found: int = 0
    look_alikes: int = 0
    look_alikes_refused: int = 0


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """What a scope test found. ``tested`` and ``failed`` are notes' ids; ``warnings`` never fail a note.

    A note fails when its claim is missed, more than a third of its paraphrases are, or a look-alike would be answered.
    The judge overlooks many wordings, which costs silence and is no fault of the note; a wrong answer is one.
    """

    tested: tuple[str, ...]
    failed: tuple[str, ...]
    misses: tuple[Miss, ...]
    warnings: tuple[Miss, ...]
    counts: ScopeCounts

    @property
    def is_clean(self) -> bool:
        """Whether every tested note passed."""
        return not self.failed

    def passed(self, note_id: str) -> bool:
        """Whether this note was tested and did not fail."""
        return note_id in self.tested and note_id not in self.failed

    def of(self, note_id: str) -> tuple[Miss, ...]:
        """Return one note's misses and then its warnings."""
        return tuple(miss for miss in (*self.misses, *self.warnings) if miss.note_id == note_id)

    def lines(self) -> tuple[str, ...]:
        """Return the shares over all tested notes, then each miss and each warning, for people."""
        counts = self.counts
        failed = len(self.failed)
        return (
            f"{len(self.tested)} notes tested, {len(self.tested) - failed} passed, {failed} failed.",
            f"Claims found: {_share(counts.claims_found, counts.claims)}.",
            f"Paraphrases found: {_share(counts.paraphrases_found, counts.paraphrases)}.",
            f"Look-alikes refused: {_share(counts.look_alikes_refused, counts.look_alikes)}.",
            *_kinds("Misses", self.misses),
            *_kinds("Warnings", self.warnings),
            *(f"Miss: {miss.line()}" for miss in self.misses),
            *(f"Warning: {warning.line()}" for warning in self.warnings),
        )


async def scope_test(
    notes: Mapping[str, Note],
    screener: Screener,
    thresholds: Thresholds,
    chosen: Collection[str] | None = None,
    *,
    progress: Progress | None = None,
) -> ScopeReport:
    """Test the chosen notes, all without ``chosen``, among ``notes``: those in use, and the one under test.

    Sentences are judged one after the other, so that posts get their turn between two of them. A paraphrase whose
    likeliest asserted claim is another note's is a miss, unless the two are declared neighbours and its own claim is
    asserted as well. A look-alike fails at the reply threshold and warns at the review threshold. Stores nothing.

    Raises BadInput for a note that is not there, ScreenerBusy and ScreenerUnavailable.
    """
    tested = tuple(notes) if chosen is None else tuple(dict.fromkeys(chosen))
    missing = [note_id for note_id in tested if note_id not in notes]
    if missing:
        raise BadInput(f"There is no note {missing[0]} here to test.")
    trials = [trial for note_id in tested for trial in _trials(notes[note_id])]
    bench = _Bench(notes, screener, thresholds)
    misses: list[Miss] = []
    for number, trial in enumerate(trials, start=1):
        if miss := await bench.miss(trial):
            misses.append(miss)
        if progress is not None:
            progress(number, len(trials))
    failing = tuple(miss for miss in misses if miss.kind is not MissKind.CLOSE)
    warnings = tuple(miss for miss in misses if miss.kind is MissKind.CLOSE)
    failed = tuple(note_id for note_id in tested if _fails(notes[note_id], failing))
    return ScopeReport(tested, failed, failing, warnings, _counts(trials, failing))


def _fails(note: Note, misses: Sequence[Miss]) -> bool:
    examples = Counter(miss.example for miss in misses if miss.note_id == note.id)
    is_deaf = examples[Example.PARAPHRASE] > MOST_MISSED * len(note.claim.paraphrases)
    return bool(examples[Example.CLAIM] or examples[Example.LOOK_ALIKE]) or is_deaf


@dataclass(frozen=True, slots=True)
class _Trial:
    """One sentence with the claim it is tested against: the note's own, without this sentence among its examples."""

    claim: Claim
    sentence: str
    example: Example

    @property
    def must_match(self) -> bool:
        return self.example is not Example.LOOK_ALIKE


def _trials(note: Note) -> Iterator[_Trial]:
    claim = note.claim
    yield _Trial(claim, claim.text, Example.CLAIM)
    for text in claim.paraphrases:
        rest = tuple(other for other in claim.paraphrases if other != text)
        yield _Trial(replace(claim, paraphrases=rest), text, Example.PARAPHRASE)
    for text in claim.look_alikes:
        rest = tuple(other for other in claim.look_alikes if other != text)
        yield _Trial(replace(claim, look_alikes=rest), text, Example.LOOK_ALIKE)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every trial is held against."""

    notes: Mapping[str, Note]
    screener: Screener
    thresholds: Thresholds

    async def miss(self, trial: _Trial) -> Miss | None:
        """Judge one sentence as a post; None where it came out as it should."""
        post = clean(trial.sentence)
        if policy.out_of_scope(Post(trial.sentence), post, language=None) is not None:
            return _miss(trial, MissKind.NOT_READ) if trial.must_match else None
        claims = [trial.claim if note.id == trial.claim.id else note.claim for note in self.notes.values()]
        found = await self.screener.assess_with(claims, post)
        own = next((finding for finding in found if finding.claim_id == trial.claim.id), None)
        return self._lost(trial, own, found) if trial.must_match else self._caught(trial, own)

    def _lost(self, trial: _Trial, own: Finding | None, found: Sequence[Finding]) -> Miss | None:
        """What is wrong with a sentence that must match."""
        asserted = [finding for finding in found if self._is_asserted(finding)]
        best = max(asserted, key=lambda finding: finding.p_asserts, default=None)
        taker = best if best is not None and best.claim_id != trial.claim.id else None
        if own is None or not self._is_asserted(own):
            return _miss(trial, MissKind.TAKEN if taker else self._shortfall(own), own, taker)
        if taker is not None and not are_neighbours(self.notes[trial.claim.id], self.notes[taker.claim_id]):
            return _miss(trial, MissKind.TAKEN, own, taker)
        return None

    def _shortfall(self, own: Finding | None) -> MissKind:
        if own is None:
            return MissKind.NOT_FOUND
        return MissKind.NOT_LIKELY if own.p_asserts < self.thresholds.review else MissKind.NOT_ASSERTED

    def _caught(self, trial: _Trial, own: Finding | None) -> Miss | None:
        """What is wrong with a sentence that must not match."""
        if own is None or own.p_asserts < self.thresholds.review:
            return None
        is_answered = own.stance is Stance.ASSERTS and own.p_asserts >= self.thresholds.reply
        return _miss(trial, MissKind.MATCHED if is_answered else MissKind.CLOSE, own)

    def _is_asserted(self, finding: Finding) -> bool:
        return finding.stance is Stance.ASSERTS and finding.p_asserts >= self.thresholds.review


def _miss(trial: _Trial, kind: MissKind, own: Finding | None = None, taker: Finding | None = None) -> Miss:
    miss = Miss(trial.claim.id, trial.sentence, trial.example, kind, is_candidate=own is not None)
    if own is not None:
        miss = replace(miss, p_asserts=own.p_asserts, similarity=own.similarity, stance=own.stance)
    return replace(miss, taken_by=taker.claim_id, taken_p=taker.p_asserts) if taker is not None else miss


def _counts(trials: Sequence[_Trial], failing: Sequence[Miss]) -> ScopeCounts:
    asked = Counter(trial.example for trial in trials)
    wrong = Counter(miss.example for miss in failing)
    right = {example: asked[example] - wrong[example] for example in Example}
    return ScopeCounts(
        asked[Example.CLAIM],
        right[Example.CLAIM],
        asked[Example.PARAPHRASE],
        right[Example.PARAPHRASE],
        asked[Example.LOOK_ALIKE],
        right[Example.LOOK_ALIKE],
    )


def _kinds(what: str, misses: Sequence[Miss]) -> Iterator[str]:
    """How many of each kind, in one line; none where there is nothing."""
    counted = Counter(miss.kind.value for miss in misses)
    if counted:
        yield f"{what}: {', '.join(f'{count} {kind}' for kind, count in counted.most_common())}."


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none to test"
