"""One post against all claims: retrieve candidates, judge each, calibrate, and report findings with their spans.

Synchronous, for one thread at a time; ``batching`` puts it behind the ``Screener`` port. It decides nothing about
replies (``policy`` does) and keeps no post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.core.domain import Claim, Finding, StanceScores
from bot.core.folding import fold
from bot.core.text import CleanText, clean
from models.encoder import TextEncoder, encodable
from models.index import ClaimIndex, Vectors
from models.stance import pair_text
from models.windows import Passages, Window, cut

MAX_FINDINGS = 5
_WORDS = re.compile(r"\w+")
_QUOTE_MARK = re.compile(r"^\s*>{1,3}\s?", re.MULTILINE)


class Judge(Protocol):
    """What the screener needs of a stance judge."""

    def probabilities(self, pairs: Sequence[tuple[str, str]], batch_size: int = 32) -> NDArray[np.float32]:
        """Return float32 [n, 4] for (post side, claim) pairs: asserts, denies, reports, unrelated."""
        ...


class Calibrator(Protocol):
    """What the screener needs of a calibration."""

    def p_asserts(self, probabilities: NDArray[np.float32], similarity: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return float64 [n]: the probability that each post asserts its claim."""
        ...


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """One post to screen, with its thread's title and the message it answers where known."""

    text: CleanText
    title: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenerOptions:
    """How widely the screener looks. Similarities are cosines.

    ``candidates``: claims judged a post. ``gate``: nearest wording below this is not judged.
    ``suggest_floor``: claims further from a member's question are not suggested.
    ``windows_per_claim``: windows of a long post judged for one claim.
    ``look_alike_weight``: how fast the odds fall as a look-alike comes nearer than the claim; 0 is off. A look-alike
    leads by over 0.1 in 1 % of the posts that assert the claim and in 20 % of the unrelated ones beside it.
    """

    candidates: int = 5
    gate: float = 0.30
    suggest_floor: float = 0.45
    windows_per_claim: int = 2
    look_alike_weight: float = 6.0

    def __post_init__(self) -> None:
        """Refuse values that would find nothing."""
        if self.candidates < 1 or self.windows_per_claim < 1 or self.look_alike_weight < 0:
            raise ValueError("candidates and windows_per_claim start at 1, look_alike_weight at 0.")


@dataclass(frozen=True, slots=True)
class _View:
    """One reading of a post, as written or with disguises undone.

    ``texts`` are embedded: the passages, then the windows, then the title if there is one.
    """

    request: int
    passages: Passages
    windows: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One window to be judged against one claim, and what the finding will say of it."""

    request: int
    claim: int
    post_side: str
    similarity: float
    look_alike: float
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
        self._index = ClaimIndex.build((), encoder)

    def load_claims(self, claims: Sequence[Claim]) -> None:
        """Replace the claims; texts known from before are not encoded again. On an error the old claims stay."""
        known = dict(self._known)
        self._index = ClaimIndex.build(claims, self._encoder, known)
        self._known = known

    def assess_batch(self, requests: Sequence[AssessRequest]) -> list[tuple[Finding, ...]]:
        """Return each post's findings by falling ``p_asserts``: at most one a claim, at most five."""
        options = self._options
        found = self._find(requests, gate=options.gate, top=options.candidates)
        ranked = [sorted(findings, key=lambda finding: -finding.p_asserts) for findings in found]
        return [tuple(findings[:MAX_FINDINGS]) for findings in ranked]

    def suggest(self, question: str, top: int = 3) -> tuple[Finding, ...]:
        """Return the ``top`` claims nearest in meaning to a question, nearest first, whatever its stance."""
        asked = clean(_QUOTE_MARK.sub("", question))  # a quoted post is what the question is about
        found = self._find([AssessRequest(asked)], gate=self._options.suggest_floor, top=top)
        return tuple(sorted(found[0], key=lambda finding: -finding.similarity)[: max(top, 0)])

    def _find(self, requests: Sequence[AssessRequest], *, gate: float, top: int) -> list[list[Finding]]:
        index = self._index  # one index for the whole batch, though a reload may come meanwhile
        views = [view for i, request in enumerate(requests) for view in _views(i, request)]
        if not views or not len(index) or top < 1:
            return [[] for _ in requests]
        vectors = self._encode([text for view in views for text in view.texts])
        blocks = np.split(vectors, np.cumsum([len(view.texts) for view in views])[:-1])
        pairs = [
            pair
            for view, block in zip(views, blocks, strict=True)
            for pair in self._pairs(requests[view.request], view, block, index, (gate, top))
        ]
        return self._judged(len(requests), pairs, index)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Encode each different text once: a post of one sentence is its own window."""
        position = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        return self._encoder.encode(list(position))[[position[text] for text in texts]]

    def _pairs(
        self, request: AssessRequest, view: _View, vectors: Vectors, index: ClaimIndex, limits: tuple[float, int]
    ) -> Iterator[_Pair]:
        """Yield what one reading of a post gives to the judge: its nearest claims, each with its best windows."""
        near, look_alike = index.similarities(vectors), index.look_alike_similarities(vectors)
        near[[i for i, passage in enumerate(view.passages.sentences) if passage.is_quoted]] = -1.0
        gate, top = limits
        best = near.max(axis=0)
        claims = [int(claim) for claim in np.argsort(-best, kind="stable")[:top] if best[claim] >= gate]
        for claim in claims:
            for i in self._best_windows(view, near[:, claim]):
                window = view.passages.windows[i]
                passage = window.first + int(near[window.first : window.stop, claim].argmax())
                sentence = view.passages.sentences[passage]
                yield _Pair(
                    view.request,
                    claim,
                    pair_text(view.windows[i], request.title, request.parent),
                    float(best[claim]),
                    float(look_alike[passage, claim] - near[passage, claim]),
                    (sentence.start, sentence.end),
                )

    def _best_windows(self, view: _View, near: Vectors) -> list[int]:
        """Return the windows nearest to a claim by any of their own passages; those of quotes alone are left out."""
        windows = view.passages.windows
        nearness = {
            i: max(near[window.first : window.stop].max(), near[len(view.passages.sentences) + i])
            for i, window in enumerate(windows)
            if not window.is_quoted
        }
        ranked = sorted(nearness, key=lambda i: (-nearness[i], i))
        return ranked[: self._options.windows_per_claim]

    def _judged(self, count: int, pairs: Sequence[_Pair], index: ClaimIndex) -> list[list[Finding]]:
        """Judge all pairs in one call and keep, for each post and claim, the reading most likely to assert it."""
        best: list[dict[int, Finding]] = [{} for _ in range(count)]
        if not pairs:
            return [[] for _ in best]
        scores = self._judge.probabilities(
            [(encodable(pair.post_side), encodable(index.claims[pair.claim].text)) for pair in pairs]
        )
        similarity = np.array([pair.similarity for pair in pairs], dtype=np.float32)
        gaps = np.array([pair.look_alike for pair in pairs])
        chances = _tempered(self._calibration.p_asserts(scores, similarity), gaps, self._options.look_alike_weight)
        for pair, row, chance in zip(pairs, scores, chances, strict=True):
            finding = _finding(pair, index.claims[pair.claim].id, row, float(chance))
            kept = best[pair.request].get(pair.claim)
            if kept is None or finding.p_asserts > kept.p_asserts:
                best[pair.request][pair.claim] = finding
        return [list(findings.values()) for findings in best]


def _views(position: int, request: AssessRequest) -> Iterator[_View]:
    """Yield the post as written and, where undoing disguises changes its words, the folded reading as well."""
    passages = cut(request.text)
    if not passages.sentences:
        return
    yield _view(position, request, passages, str)
    if _WORDS.findall(request.text.folded.lower()) != _WORDS.findall(request.text.text.lower()):
        yield _view(position, request, passages, fold)


def _view(position: int, request: AssessRequest, passages: Passages, read: Callable[[str], str]) -> _View:
    windows = tuple(read(_own_words(passages, window)) for window in passages.windows)
    sentences = tuple(read(sentence.text) for sentence in passages.sentences)
    title = (request.title,) if request.title and request.title.strip() else ()
    return _View(position, passages, windows, sentences + windows + title)


def _own_words(passages: Passages, window: Window) -> str:
    """Return a window without the lines it quotes: a quote is not the poster's claim, agreed with or not."""
    inside = passages.sentences[window.first : window.stop]
    own = [passage.text for passage in inside if not passage.is_quoted]
    return window.text if len(own) == len(inside) else " ".join(own)


def _finding(pair: _Pair, claim_id: str, row: NDArray[np.float32], chance: float) -> Finding:
    scores = StanceScores(*(float(value) for value in row))
    start, end = pair.span
    return Finding(claim_id, scores.top, chance, pair.similarity, start, end, scores)


def _tempered(chances: NDArray[np.float64], gaps: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Lower the odds where a look-alike is nearer than the claim: 0.5 at a gap of 0.1 and weight 10 becomes 0.27."""
    factor = np.exp(-weight * np.maximum(gaps, 0.0))
    tempered: NDArray[np.float64] = chances * factor / (1.0 - chances + chances * factor)
    return tempered
