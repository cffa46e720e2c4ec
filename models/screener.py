"""One post against all claims: retrieve candidates, judge each, weigh the evidence, report findings with their spans.

Synchronous, for one thread at a time; ``batching`` puts it behind the ``Screener`` port. It decides nothing about
replies (``policy`` does) and keeps no post.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.core.domain import Claim, Finding, Reading, StanceScores
from bot.core.text import clean
from models.disguises import Vocabulary
from models.encoder import TextEncoder, encodable
from models.evidence import Evidence, Floats, among_rivals, matrix, weigh
from models.index import ClaimIndex, Vectors
from models.layout import Question
from models.views import AssessRequest, View, views

__all__ = ["AssessRequest", "Examined", "PairScreener", "ScreenerOptions"]

MAX_FINDINGS = 5
SECOND_LOOK = 0.05  # below this chance of an assertion no paraphrase would bring a claim to a threshold
_QUOTE_MARK = re.compile(r"^\s*>{1,3}\s?", re.MULTILINE)
_UNSEEN = np.zeros((0, 4), dtype=np.float32)


class Judge(Protocol):
    """What the screener needs of a stance judge."""

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[NDArray[np.float32]]:
        """Return for each question float32 [statements, 4]: asserts, denies, reports, unrelated."""
        ...


class Calibrator(Protocol):
    """What the screener needs of a calibration."""

    def p_asserts(self, evidence: Floats) -> Floats:
        """Return float64 [n]: the probability that each post asserts its claim."""
        ...


@dataclass(frozen=True, slots=True)
class ScreenerOptions:
    """How widely the screener looks. Similarities are cosines.

    ``candidates``: claims judged a post. ``gate``: nearest wording below this is not judged.
    ``suggest_floor``: claims further from a member's question are not suggested.
    ``windows_per_claim``: windows of a long post judged for one claim.
    ``paraphrases``, ``look_alikes``: how many of each, nearest first, are judged where the claim may be asserted.
    ``undo_disguises``: whether a disguised post is read without its disguises as well.
    """

    candidates: int = 8
    gate: float = 0.30
    suggest_floor: float = 0.45
    windows_per_claim: int = 2
    paraphrases: int = 2
    look_alikes: int = 1
    undo_disguises: bool = True

    def __post_init__(self) -> None:
        """Refuse values that would find nothing."""
        if self.candidates < 1 or self.windows_per_claim < 1 or min(self.paraphrases, self.look_alikes) < 0:
            raise ValueError("candidates and windows_per_claim start at 1, paraphrases and look_alikes at 0.")


@dataclass(frozen=True, slots=True)
class Examined:
    """A finding with everything that led to it: the sentence and window it was read in, and the evidence."""

    finding: Finding
    claim: Claim
    sentence: str
    window: str
    evidence: Evidence

    def reading(self) -> Reading:
        """Return it as the core knows it."""
        return Reading(self.finding, self.claim.text, self.sentence, self.window, asdict(self.evidence))


@dataclass(frozen=True, slots=True)
class _Look:
    """One window to be judged against one claim. ``place`` is the same for all claims judged in one window."""

    request: int
    claim: int
    place: tuple[int, int]
    side: str
    similarity: float
    look_alike_lead: float
    passage: Vectors
    sentence: str
    span: tuple[int, int]


class PairScreener:
    """Encoder, claim index, stance judge and calibration as one. Starts without claims."""

    def __init__(
        self, encoder: TextEncoder, judge: Judge, calibration: Calibrator, options: ScreenerOptions | None = None
    ) -> None:
        """Take the loaded models."""
        self._encoder, self._judge, self._calibration = encoder, judge, calibration
        self._options = options or ScreenerOptions()
        self._known: dict[str, Vectors] = {}
        self._tried: dict[str, Vectors] = {}  # the texts of the last claims that were tried out
        self._index = ClaimIndex.build((), encoder)

    def with_options(self, options: ScreenerOptions) -> PairScreener:
        """Return a screener of the same models and the claims now loaded that looks otherwise."""
        other = copy(self)
        other._options = options
        return other

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the claims now loaded."""
        return self._index.vocabulary

    @property
    def options(self) -> ScreenerOptions:
        """How widely it looks."""
        return self._options

    def load_claims(self, claims: Sequence[Claim]) -> None:
        """Replace the claims; texts known from before are not encoded again. On an error the old claims stay."""
        known = dict(self._known)
        self._index = ClaimIndex.build(claims, self._encoder, known)
        self._known = known

    def assess_batch(self, requests: Sequence[AssessRequest]) -> list[tuple[Finding, ...]]:
        """Return each post's findings by falling ``p_asserts``: at most one a claim, at most five."""
        return [tuple(each.finding for each in found[:MAX_FINDINGS]) for found in self.examine_batch(requests)]

    def examine_batch(self, requests: Sequence[AssessRequest]) -> list[list[Examined]]:
        """Return every candidate of each post with what led to its finding, by falling ``p_asserts``."""
        return self._ranked(requests, self._index)

    def assess_with(self, claims: Sequence[Claim], request: AssessRequest) -> tuple[Finding, ...]:
        """Return what ``assess_batch`` would find for one post were these the claims; the loaded ones stay.

        Texts that are loaded, or were in the last call, are not encoded again.
        """
        known = self._known | self._tried
        index = ClaimIndex.build(claims, self._encoder, known)
        self._tried = known
        (found,) = self._ranked([request], index)
        return tuple(each.finding for each in found[:MAX_FINDINGS])

    def suggest(self, question: str, top: int = 3, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Return the ``top`` claims nearest in meaning to a question, nearest first, whatever its stance."""
        asked = clean(_QUOTE_MARK.sub("", question))  # a quoted post is what the question is about
        request = AssessRequest(asked, among=among)
        (found,) = self._find([request], self._index, gate=self._options.suggest_floor, top=top)
        nearest = sorted((each.finding for each in found), key=lambda finding: -finding.similarity)
        return tuple(nearest[: max(top, 0)])

    def _ranked(self, requests: Sequence[AssessRequest], index: ClaimIndex) -> list[list[Examined]]:
        found = self._find(requests, index, gate=self._options.gate, top=self._options.candidates)
        return [sorted(each, key=lambda examined: -examined.finding.p_asserts) for each in found]

    def _find(
        self, requests: Sequence[AssessRequest], index: ClaimIndex, *, gate: float, top: int
    ) -> list[list[Examined]]:
        """Judge a batch by one index, though a reload may come meanwhile."""
        vocabulary = index.vocabulary if self._options.undo_disguises else None
        read = [view for position, request in enumerate(requests) for view in views(position, request, vocabulary)]
        if not read or not len(index) or top < 1:
            return [[] for _ in requests]
        vectors = self._encode([text for view in read for text in view.texts])
        blocks = np.split(vectors, np.cumsum([len(view.texts) for view in read])[:-1])
        looks = [
            look
            for number, (view, block) in enumerate(zip(read, blocks, strict=True))
            for look in self._looks(number, view, block, index, (gate, top))
        ]
        return _best(len(requests), looks, self._examined(looks, index))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Encode each different text once: a post of one sentence is its own window."""
        position = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        return self._encoder.encode(list(position))[[position[text] for text in texts]]

    def _looks(
        self, number: int, view: View, vectors: Vectors, index: ClaimIndex, limits: tuple[float, int]
    ) -> Iterator[_Look]:
        """Yield what one reading of a post gives to the judge: its nearest claims, each with its best windows."""
        near, look_alike = index.similarities(vectors), index.look_alike_similarities(vectors)
        gate, top = limits
        best = np.where(index.mask(view.among), near.max(axis=0), -np.inf)
        claims = [int(claim) for claim in np.argsort(-best, kind="stable")[:top] if best[claim] >= gate]
        for claim in claims:
            for i in self._best_windows(view, near[:, claim]):
                window = view.passages.windows[i]
                passage = window.first + int(near[window.first : window.stop, claim].argmax())
                sentence = view.passages.sentences[passage]
                yield _Look(
                    view.request,
                    claim,
                    (number, i),
                    view.sides[i],
                    float(best[claim]),
                    float(look_alike[passage, claim] - near[passage, claim]),
                    vectors[passage],
                    sentence.text,
                    (sentence.start, sentence.end),
                )

    def _best_windows(self, view: View, near: Vectors) -> list[int]:
        """Return the windows nearest to a claim by any of their passages; those of quotes alone are left out."""
        windows = view.passages.windows
        nearness = {
            i: max(near[window.first : window.stop].max(), near[len(view.passages.sentences) + i])
            for i, window in enumerate(windows)
            if not window.is_quoted
        }
        ranked = sorted(nearness, key=lambda i: (-nearness[i], i))
        return ranked[: self._options.windows_per_claim]

    def _examined(self, looks: Sequence[_Look], index: ClaimIndex) -> list[Examined]:
        """Judge all looks, those that may assert their claim by its paraphrases and look-alikes as well."""
        texts = [(index.claims[look.claim].text,) for look in looks]
        first = [rows[0] for rows in self._ask(looks, texts)]
        wider = [
            self._wider(look, index) if row[0] >= SECOND_LOOK else ((), ())
            for look, row in zip(looks, first, strict=True)
        ]
        second = self._ask(looks, [paraphrases + look_alikes for paraphrases, look_alikes in wider])
        evidence = []
        for look, row, (paraphrases, _), rows in zip(looks, first, wider, second, strict=True):
            asserts, cut = rows[:, 0].tolist(), len(paraphrases)
            lead = look.look_alike_lead
            evidence.append(weigh(float(row[0]), asserts[:cut], asserts[cut:], look.similarity, lead))
        evidence = among_rivals(evidence, [look.place for look in looks])
        chances = self._calibration.p_asserts(matrix(evidence))
        return [
            Examined(
                _finding(look, index, row, float(chance)), index.claims[look.claim], look.sentence, look.side, each
            )
            for look, row, each, chance in zip(looks, first, evidence, chances, strict=True)
        ]

    def _wider(self, look: _Look, index: ClaimIndex) -> tuple[tuple[str, ...], tuple[str, ...]]:
        options = self._options
        return index.nearest_examples(look.claim, look.passage, options.paraphrases, options.look_alikes)

    def _ask(self, looks: Sequence[_Look], statements: Sequence[tuple[str, ...]]) -> list[NDArray[np.float32]]:
        """Judge each look's statements; what is asked of one window is asked in one question."""
        places: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, (look, texts) in enumerate(zip(looks, statements, strict=True)):
            if texts:
                places[look.place].append(number)
        questions = [
            Question(looks[numbers[0]].side, tuple(encodable(text) for n in numbers for text in statements[n]))
            for numbers in places.values()
        ]
        rows = [_UNSEEN] * len(looks)
        for numbers, answers in zip(places.values(), self._judge.probabilities(questions), strict=True):
            ends = np.cumsum([len(statements[number]) for number in numbers])
            for number, part in zip(numbers, np.split(answers, ends[:-1]), strict=True):
                rows[number] = part
        return rows


def _best(count: int, looks: Sequence[_Look], examined: Sequence[Examined]) -> list[list[Examined]]:
    """Keep, for each post and claim, the reading most likely to assert it."""
    best: list[dict[int, Examined]] = [{} for _ in range(count)]
    for look, each in zip(looks, examined, strict=True):
        kept = best[look.request].get(look.claim)
        if kept is None or each.finding.p_asserts > kept.finding.p_asserts:
            best[look.request][look.claim] = each
    return [list(found.values()) for found in best]


def _finding(look: _Look, index: ClaimIndex, row: NDArray[np.float32], chance: float) -> Finding:
    """Return a finding whose stance agrees with its calibrated chance."""
    scores = StanceScores(*(float(value) for value in row))
    stance = scores.agreeing(chance).top
    return Finding(index.claims[look.claim].id, stance, chance, look.similarity, *look.span, scores)
