"""Every judgement the bot makes, as pure functions of frozen values: scope, thresholds, decision, retention.

Reads no clock, no store and no Discord; the callers act on what it returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.domain import Action, Decision, Finding, Mode, Note, NoteState, Post, Stance, Thresholds
from bot.core.ports import ThresholdRow
from bot.core.text import CleanText, word_count

MIN_WORDS = 4
"""Fewer words than this cannot state a claim that a reader could check."""

MAX_FINDINGS = 5
"""What a decision keeps: enough to see why nothing was said, small enough to store for every post."""

HAIR = 0.5
"""Log-odds: nearer than this (0.95 and 0.92, say) two claims on the same words cannot be told apart."""

MAX_CLAIMS = 3
"""Claims in one message: more would leave each note too short to be fair."""


class Reason(StrEnum):
    """Why a decision fell as it did; stable codes that scripts and stored rows rely on."""

    ABOVE_REPLY = "above-reply"
    ABOVE_REVIEW = "above-review"
    BELOW_REVIEW = "below-review"
    DENIES = "denies"
    REPORTS = "reports"
    UNRELATED = "unrelated"
    NO_CLAIM_FOUND = "no-claim-found"
    SEVERAL_CLAIMS = "several-claims"
    CLAIMS_TOO_CLOSE = "claims-too-close"
    BETTER_MATCH = "better-match"
    ALREADY_ANSWERED = "already-answered-in-thread"
    SNOOZED = "snoozed"
    BREAKER_TRIPPED = "breaker-tripped"
    FLAGGED = "flagged"
    OPTED_OUT = "opted-out"
    NO_ACTIVE_NOTE = "no-active-note"
    TOO_SHORT = "too-short"
    NOT_ENGLISH = "not-english"
    AUTOMATED_AUTHOR = "automated-author"
    ONLY_QUOTES = "only-quotes"
    ONLY_CODE = "only-code"
    MODE_OFF = "mode-off"
    MODE_SHADOW = "mode-shadow"
    MODE_REVIEW = "mode-review"
    SCREENER_BUSY = "screener-busy"
    SCREENER_UNAVAILABLE = "screener-unavailable"


_SENTENCES: dict[str, str] = {
    Reason.ABOVE_REPLY: "The post asserts a claim that has a note, surely enough for the bot to answer by itself.",
    Reason.ABOVE_REVIEW: "The post probably asserts a claim that has a note; a moderator is asked.",
    Reason.BELOW_REVIEW: "A claim comes near, but it is not likely enough that the post asserts it.",
    Reason.DENIES: "The post disputes the claim rather than asserting it, so there is nothing to answer.",
    Reason.REPORTS: "The post quotes, asks about or attributes the claim without adopting it.",
    Reason.UNRELATED: "The nearest claim is about something else.",
    Reason.NO_CLAIM_FOUND: "No claim with a note comes near what the post says.",
    Reason.SEVERAL_CLAIMS: "The post asserts several claims; they share one message.",
    Reason.CLAIMS_TOO_CLOSE: "Two claims match the same words about equally well; a moderator is asked to choose.",
    Reason.BETTER_MATCH: "Another claim matches the same words better.",
    Reason.ALREADY_ANSWERED: "This claim was already answered in this thread.",
    Reason.SNOOZED: "A moderator snoozed this claim in this forum for some days.",
    Reason.BREAKER_TRIPPED: "Too many replies like this were dismissed of late; a moderator decides until it is reset.",
    Reason.FLAGGED: "A moderator asked for a note on this post.",
    Reason.OPTED_OUT: "The author opted out, so the bot says and asks nothing about their posts by itself.",
    Reason.NO_ACTIVE_NOTE: "The claim's note is not active.",
    Reason.TOO_SHORT: "The post has too few words of its own to state a claim.",
    Reason.NOT_ENGLISH: "The post is not in English, the only language the bot can judge.",
    Reason.AUTOMATED_AUTHOR: "The post was written by a bot or another automatic author.",
    Reason.ONLY_QUOTES: "The post only quotes others.",
    Reason.ONLY_CODE: "The post has no words of its own: only code, links, pictures or emoji.",
    Reason.MODE_OFF: "The bot is switched off in this forum.",
    Reason.MODE_SHADOW: "This forum is in shadow mode: decisions are logged and nothing is posted.",
    Reason.MODE_REVIEW: "This forum is in review mode: a moderator releases each reply.",
    Reason.SCREENER_BUSY: "The bot is busy; the post will be judged a little later.",
    Reason.SCREENER_UNAVAILABLE: "The judging model is not available, so the bot stays silent.",
}

_VALUE_WORDS = {"p": "score", "review": "review from", "reply": "reply from"}

_MODE_REASONS = {Mode.OFF: Reason.MODE_OFF, Mode.SHADOW: Reason.MODE_SHADOW, Mode.REVIEW: Reason.MODE_REVIEW}

_SPECIFICITY = {"guild": 1, "forum": 2, "claim": 3}


def explain(reason: str, **values: float) -> str:
    """Return one plain sentence for a reason code, with the numbers given appended.

    ``explain("below-review", p=0.31, review=0.5)`` ends in ``(score 0.31, review from 0.50)``. A code this version
    does not know (a row stored by a newer one) is shown as it is.
    """
    sentence = _SENTENCES.get(reason)
    if sentence is None:
        return f"Reason: {reason}."
    numbers = ", ".join(f"{_VALUE_WORDS.get(name, name)} {value:.2f}" for name, value in values.items())
    return f"{sentence[:-1]} ({numbers})." if numbers else sentence


def out_of_scope(post: Post, clean: CleanText, language: str | None) -> str | None:
    """Return the reason why a post is not judged at all, or None when it is.

    ``language`` is the guess for the post's own words; None (too short to tell) counts as in scope.
    """
    if post.is_automated:
        return Reason.AUTOMATED_AUTHOR
    own_words = sum(word_count(sentence.text) for sentence in clean.sentences if not sentence.is_quoted)
    if post.title:
        own_words += word_count(post.title)
    if own_words < MIN_WORDS:
        return _why_wordless(clean, own_words)
    if language is not None and language != "en":
        return Reason.NOT_ENGLISH
    return None


def _why_wordless(clean: CleanText, own_words: int) -> Reason:
    if own_words == 0 and any(sentence.is_quoted for sentence in clean.sentences):
        return Reason.ONLY_QUOTES
    if own_words == 0 and clean.raw.strip():
        return Reason.ONLY_CODE
    return Reason.TOO_SHORT


def is_in_force(note: Note) -> bool:
    """Tell whether a note may be used: active, or stale, in which case its reader is told."""
    return note.state in (NoteState.ACTIVE, NoteState.STALE)


def is_overdue(note: Note, today: date) -> bool:
    """Tell whether a note's review is due. A bot left alone then speaks on and says so: silence would go unseen."""
    return note.state is NoteState.STALE or today > note.review_due


def thresholds_in_force(
    default: Thresholds, rows: Sequence[ThresholdRow], *, forum_id: int, claim_id: str
) -> Thresholds:
    """Return the most specific thresholds: claim, else forum, else guild, else ``default``."""
    keys = {"guild": "", "forum": str(forum_id), "claim": claim_id}
    fitting = [row for row in rows if row.scope in keys and row.key == keys[row.scope]]
    best = max(fitting, key=lambda row: _SPECIFICITY[row.scope], default=None)
    return best.thresholds if best else default


def decide(
    findings: Iterable[Finding],
    *,
    thresholds_for: Callable[[str], Thresholds],
    mode: Mode,
    said: frozenset[str] = frozenset(),
    snoozed: frozenset[str] = frozenset(),
    tripped: frozenset[str] = frozenset(),
) -> Decision:
    """Return what to do with a post, given what it does with each claim.

    ``thresholds_for("")`` must give the thresholds for a claim without its own. ``said`` holds the claims already
    answered in the thread, ``snoozed`` those that moderators want to hear nothing about in the forum, ``tripped`` those
    whose replies wait for a moderator. Only a finding whose stance is ``asserts`` can lead to a reply; a moderator may
    be asked about one that is likely enough to assert its claim though another stance is a little likelier.
    """
    ranked = sorted(findings, key=lambda finding: -finding.p_asserts)
    found = list(verdicts(ranked, thresholds_for, said, snoozed, tripped))
    over_reply = [finding for finding, reasons in found if Reason.ABOVE_REPLY in reasons]
    over_review = [finding for finding, reasons in found if Reason.ABOVE_REVIEW in reasons]
    leading = (over_reply or over_review)[:MAX_CLAIMS]
    would_be = Action.REPLY if over_reply else Action.REVIEW if over_review else Action.IGNORE
    action = _in_mode(would_be, mode)
    deciding = leading[0].claim_id if leading else ranked[0].claim_id if ranked else ""
    return Decision(
        action=action,
        reasons=_mode_reason(would_be, mode) + _reasons({r for _, reasons in found for r in reasons}, len(leading)),
        findings=tuple(ranked[:MAX_FINDINGS]),
        claim_ids=tuple(finding.claim_id for finding in leading) if action is not Action.IGNORE else (),
        thresholds=thresholds_for(deciding),
        would_be=would_be,
    )


def verdicts(
    ranked: Sequence[Finding],
    thresholds_for: Callable[[str], Thresholds],
    said: frozenset[str] = frozenset(),
    snoozed: frozenset[str] = frozenset(),
    tripped: frozenset[str] = frozenset(),
) -> Iterator[tuple[Finding, tuple[Reason, ...]]]:
    """Yield what each finding comes to, the likeliest first. The same words are answered once, with their best match.

    A judge that hears the tone of an assertion scores the neighbours of its claim high as well.
    """
    best: list[Finding] = []
    for finding in ranked:
        level = _level(finding, thresholds_for(finding.claim_id))
        if level not in (Reason.ABOVE_REPLY, Reason.ABOVE_REVIEW):
            yield finding, (level,)
        elif any(_is_on_same_words(finding, better) for better in best):
            yield finding, (Reason.BETTER_MATCH,)
        else:
            best.append(finding)
            is_snoozed = finding.claim_id in snoozed and finding.claim_id not in said
            reasons = (Reason.SNOOZED,) if is_snoozed else _of_best(finding, level, ranked, said)
            yield finding, _held_back(reasons) if finding.claim_id in tripped else reasons


def _level(finding: Finding, thresholds: Thresholds) -> Reason:
    is_assertion = finding.stance is Stance.ASSERTS
    if finding.p_asserts < thresholds.review:
        return Reason.BELOW_REVIEW if is_assertion else Reason(finding.stance.value)
    return Reason.ABOVE_REPLY if is_assertion and finding.p_asserts >= thresholds.reply else Reason.ABOVE_REVIEW


def _of_best(finding: Finding, level: Reason, ranked: Sequence[Finding], said: frozenset[str]) -> tuple[Reason, ...]:
    if finding.claim_id in said:
        return (Reason.ALREADY_ANSWERED,)
    if level is Reason.ABOVE_REPLY and any(_is_rival(other, finding) for other in ranked):
        return (Reason.ABOVE_REVIEW, Reason.CLAIMS_TOO_CLOSE)
    return (level,)


def _held_back(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return what a tripped breaker leaves of a verdict: a moderator is asked where the bot would have answered."""
    return (Reason.ABOVE_REVIEW, Reason.BREAKER_TRIPPED) if Reason.ABOVE_REPLY in reasons else reasons


def _is_rival(other: Finding, best: Finding) -> bool:
    """Tell whether another claim fits the same words so nearly as well that choosing would be guessing."""
    is_candidate = other is not best and other.stance is Stance.ASSERTS and _is_on_same_words(other, best)
    return is_candidate and _log_odds(best.p_asserts) - _log_odds(other.p_asserts) < HAIR


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _is_on_same_words(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


# Both most telling first.
_ON_SPEAKING = (
    Reason.ABOVE_REPLY,
    Reason.ABOVE_REVIEW,
    Reason.SEVERAL_CLAIMS,
    Reason.CLAIMS_TOO_CLOSE,
    Reason.BREAKER_TRIPPED,
    Reason.ALREADY_ANSWERED,
    Reason.SNOOZED,
)
_ON_SILENCE = (Reason.DENIES, Reason.REPORTS, Reason.BELOW_REVIEW, Reason.UNRELATED)


def _reasons(verdicts: set[Reason], leading: int) -> tuple[str, ...]:
    if not verdicts:
        return (Reason.NO_CLAIM_FOUND,)
    present = verdicts - ({Reason.ABOVE_REVIEW} if Reason.ABOVE_REPLY in verdicts else set())
    if leading > 1:
        present.add(Reason.SEVERAL_CLAIMS)
    # Where the bot speaks, the verdicts on the other claims explain nothing: they matter for silence only.
    shown = _ON_SPEAKING if leading else _ON_SPEAKING + _ON_SILENCE
    return tuple(reason for reason in shown if reason in present)


def _in_mode(would_be: Action, mode: Mode) -> Action:
    if mode in (Mode.OFF, Mode.SHADOW):
        return Action.IGNORE
    return Action.REVIEW if mode is Mode.REVIEW and would_be is Action.REPLY else would_be


def _mode_reason(would_be: Action, mode: Mode) -> tuple[str, ...]:
    if mode is Mode.OFF or _in_mode(would_be, mode) is not would_be:
        return (_MODE_REASONS[mode],)
    return ()


def asserted_claims(findings: Iterable[Finding], thresholds_for: Callable[[str], Thresholds]) -> frozenset[str]:
    """Return the claims that a post asserts at or above review, answered before or not.

    An edit that empties the overlap with what a reply was about takes that reply back.
    """
    return frozenset(
        finding.claim_id for finding in findings if finding.p_asserts >= thresholds_for(finding.claim_id).review
    )


def retention_cutoff(now: datetime, days: int) -> datetime:
    """Return the moment before which stored excerpts and questions must be erased."""
    return now - timedelta(days=days)
