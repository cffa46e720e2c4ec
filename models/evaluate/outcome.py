"""What the bot would have done with each post: the whole policy over a post's findings, in mode ``auto``.

Precision of the judge alone counts findings that the policy never acts on: near-ties, second claims on the same words,
posts too short to judge. Near-equal claims are left out of the stream: what the policy makes of those is not measured.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from bot.core.domain import Action, Decision, Finding, Mode, Post, StanceScores, Thresholds
from bot.core.policy import MAX_FINDINGS, decide, out_of_scope
from bot.core.text import clean
from models.evaluate.measures import share
from models.evaluate.slices import stance_slices
from models.evaluate.stream import Screened, StreamPost


def outcomes(screened: Screened, thresholds: dict[str, float]) -> list[Decision | None]:
    """Return the decision on each post; None for a post that is out of scope. The language is not guessed."""
    in_force = Thresholds(thresholds["review"], thresholds["reply"])
    rows: dict[int, list[Finding]] = defaultdict(list)
    for row, post in enumerate(screened.post.tolist()):
        rows[post].append(finding_of(screened, row))
    return [_decided(each, rows[number], in_force) for number, each in enumerate(screened.posts)]


def _decided(each: StreamPost, found: list[Finding], thresholds: Thresholds) -> Decision | None:
    post = Post(each.post.text, title=each.post.title)
    if out_of_scope(post, clean(post.text), None):
        return None
    best = sorted(found, key=lambda finding: -finding.p_asserts)[:MAX_FINDINGS]
    return decide(best, thresholds_for=lambda _: thresholds, mode=Mode.AUTO)


def finding_of(screened: Screened, row: int) -> Finding:
    """Return a row as the screener reports it: its stance agrees with its calibrated probability."""
    scores = StanceScores(*(float(value) for value in screened.probabilities[row]))
    chance, (start, end) = float(screened.p_asserts[row]), screened.span[row].tolist()
    stance = scores.agreeing(chance).top
    return Finding(screened.claim[row], stance, chance, float(screened.similarity[row]), start, end, scores)


def outcome_figures(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return precision and recall of replies, of cards, and of both together, and whose posts were wrongly answered."""
    decisions = outcomes(screened, thresholds)
    said = {
        action: [set(each.claim_ids) if each and each.action is action else set() for each in decisions]
        for action in (Action.REPLY, Action.REVIEW)
    }
    said_at_all = [reply | card for reply, card in zip(said[Action.REPLY], said[Action.REVIEW], strict=True)]
    return {
        "out_of_scope": sum(each is None for each in decisions),
        "replies": _counted(screened, said[Action.REPLY]),
        "cards": _counted(screened, said[Action.REVIEW]),
        "replies_and_cards": _counted(screened, said_at_all),
    }


def _counted(screened: Screened, said: list[set[str]]) -> dict[str, Any]:
    truths = [each.asserted for each in screened.posts]
    hits = sum(len(claims & truth) for claims, truth in zip(said, truths, strict=True))
    wrong = {number for number, claims in enumerate(said) if claims - truths[number]}
    return {
        "posts": sum(bool(claims) for claims in said),
        "precision": share(hits, sum(map(len, said))),
        "recall": share(hits, screened.wanted),
        "wrong_posts": {
            name: share(len(wrong.intersection(chosen)), len(chosen))
            for name, chosen in stance_slices(screened).items()
        },
    }
