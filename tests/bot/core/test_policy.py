"""The judgement tables: scope, thresholds, decisions, retries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core import policy
from bot.core.domain import Action, Finding, Mode, NoteState, Post, Stance, Thresholds
from bot.core.policy import Reason
from bot.core.ports import ThresholdRow
from bot.core.text import clean
from tests.bot.core.samples import make_note
from tests.fakes import finding

DEFAULT = Thresholds(review=0.5, reply=0.8)
CLAIM = "The United States created Daesh in Afghanistan."


NONE: frozenset[str] = frozenset()


def decide(
    *findings: Finding,
    mode: Mode = Mode.AUTO,
    said: frozenset[str] = NONE,
    snoozed: frozenset[str] = NONE,
    tripped: frozenset[str] = NONE,
    **overrides: Thresholds,
):
    return policy.decide(
        findings,
        thresholds_for=lambda claim: overrides.get(claim, DEFAULT),
        mode=mode,
        said=said,
        snoozed=snoozed,
        tripped=tripped,
    )


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (CLAIM, "en", None),
        (CLAIM, None, None),
        ("Washington made Daesh", "en", Reason.TOO_SHORT),
        ("The US created Daesh", "en", None),
        ("", None, Reason.TOO_SHORT),
        ("Les États-Unis ont créé Daech en Afghanistan.", "fr", Reason.NOT_ENGLISH),
        (f"> {CLAIM}", "en", Reason.ONLY_QUOTES),
        (f"> {CLAIM}\n> And nobody denies it.", "en", Reason.ONLY_QUOTES),
        (f"> {CLAIM}\nNo.", "en", Reason.TOO_SHORT),
        (f"> We never did that.\n{CLAIM}", "en", None),
        ("```py\nprint('the US created Daesh')\n```", None, Reason.ONLY_CODE),
        ("https://example.org/the-us-created-daesh", None, Reason.ONLY_CODE),
    ],
)
def test_out_of_scope_for_each_kind_of_text_names_the_reason(text, language, expected):
    assert policy.out_of_scope(Post(text), clean(text), language) == expected


def test_out_of_scope_when_the_author_is_automatic_says_so_before_anything_else():
    assert policy.out_of_scope(Post("", is_automated=True), clean(""), None) == Reason.AUTOMATED_AUTHOR


def test_out_of_scope_when_the_title_states_the_claim_keeps_a_short_opener():
    assert policy.out_of_scope(Post("Thoughts?", title=CLAIM), clean("Thoughts?"), "en") is None


ROWS = (
    ThresholdRow("guild", "", Thresholds(0.1, 0.2)),
    ThresholdRow("forum", "7", Thresholds(0.3, 0.4)),
    ThresholdRow("claim", "c1", Thresholds(0.6, 0.9)),
)


@pytest.mark.parametrize(
    ("rows", "forum_id", "claim_id", "expected"),
    [
        (ROWS, 7, "c1", Thresholds(0.6, 0.9)),
        (ROWS[::-1], 7, "c1", Thresholds(0.6, 0.9)),
        (ROWS, 7, "c2", Thresholds(0.3, 0.4)),
        (ROWS, 8, "c2", Thresholds(0.1, 0.2)),
        (ROWS[1:], 8, "c2", DEFAULT),
        ((ThresholdRow("planet", "", Thresholds(0.1, 0.1)),), 8, "c2", DEFAULT),
        ((), 7, "c1", DEFAULT),
    ],
)
def test_thresholds_in_force_when_several_apply_takes_the_most_specific(rows, forum_id, claim_id, expected):
    assert policy.thresholds_in_force(DEFAULT, rows, forum_id=forum_id, claim_id=claim_id) == expected


@pytest.mark.parametrize(
    ("p_asserts", "expected", "reason"),
    [
        (0.80, Action.REPLY, Reason.ABOVE_REPLY),
        (0.79, Action.REVIEW, Reason.ABOVE_REVIEW),
        (0.50, Action.REVIEW, Reason.ABOVE_REVIEW),
        (0.49, Action.IGNORE, Reason.BELOW_REVIEW),
    ],
)
def test_decide_at_each_side_of_a_threshold_counts_the_threshold_itself_as_reached(p_asserts, expected, reason):
    decision = decide(finding(p_asserts=p_asserts))
    assert (decision.action, decision.reasons) == (expected, (reason,))
    assert decision.claim_ids == (() if expected is Action.IGNORE else ("c1",))


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.REPORTS, Stance.UNRELATED])
@pytest.mark.parametrize("mode", list(Mode))
def test_decide_when_the_stance_is_not_asserts_never_replies_however_sure_and_similar(stance, mode):
    decision = decide(finding(p_asserts=1.0, stance=stance, similarity=1.0), mode=mode)
    assert Action.REPLY not in (decision.action, decision.would_be)


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.REPORTS, Stance.UNRELATED])
def test_decide_when_another_stance_is_likelier_asks_a_moderator_only_from_the_review_threshold_on(stance):
    above, below = (decide(finding(p_asserts=p, stance=stance), mode=Mode.AUTO) for p in (0.5, 0.49))
    assert above.action is Action.REVIEW
    assert (below.action, below.reasons) == (Action.IGNORE, (Reason(stance.value),))


@pytest.mark.parametrize(
    ("mode", "p_asserts", "action", "would_be", "first_reason"),
    [
        (Mode.AUTO, 0.9, Action.REPLY, Action.REPLY, Reason.ABOVE_REPLY),
        (Mode.REVIEW, 0.9, Action.REVIEW, Action.REPLY, Reason.MODE_REVIEW),
        (Mode.REVIEW, 0.6, Action.REVIEW, Action.REVIEW, Reason.ABOVE_REVIEW),
        (Mode.SHADOW, 0.9, Action.IGNORE, Action.REPLY, Reason.MODE_SHADOW),
        (Mode.SHADOW, 0.6, Action.IGNORE, Action.REVIEW, Reason.MODE_SHADOW),
        (Mode.SHADOW, 0.1, Action.IGNORE, Action.IGNORE, Reason.BELOW_REVIEW),
        (Mode.OFF, 0.9, Action.IGNORE, Action.REPLY, Reason.MODE_OFF),
        (Mode.OFF, 0.1, Action.IGNORE, Action.IGNORE, Reason.MODE_OFF),
    ],
)
def test_decide_in_each_mode_keeps_what_it_would_have_done(mode, p_asserts, action, would_be, first_reason):
    decision = decide(finding(p_asserts=p_asserts), mode=mode)
    assert (decision.action, decision.would_be, decision.reasons[0]) == (action, would_be, first_reason)
    assert bool(decision.claim_ids) == (action is not Action.IGNORE)


def test_decide_without_findings_says_so_and_gives_the_default_thresholds():
    decision = decide()
    assert (decision.action, decision.reasons) == (Action.IGNORE, (Reason.NO_CLAIM_FOUND,))
    assert decision.thresholds == DEFAULT


def test_decide_when_a_claim_was_said_in_the_thread_drops_it_with_a_reason():
    decision = decide(finding("c1", 0.95), finding("c2", 0.85, span=(50, 90)), said=frozenset({"c1"}))
    assert decision.claim_ids == ("c2",)
    assert decision.reasons == (Reason.ABOVE_REPLY, Reason.ALREADY_ANSWERED)
    assert decide(finding("c1", 0.95), said=frozenset({"c1"})).reasons == (Reason.ALREADY_ANSWERED,)


def test_decide_when_a_claim_is_snoozed_drops_it_with_a_reason():
    decision = decide(finding("c1", 0.95), finding("c2", 0.85, span=(50, 90)), snoozed=frozenset({"c1"}))
    assert decision.claim_ids == ("c2",)
    assert decision.reasons == (Reason.ABOVE_REPLY, Reason.SNOOZED)
    quiet = decide(finding("c1", 0.6), snoozed=frozenset({"c1"}))
    assert (quiet.action, quiet.would_be, quiet.reasons) == (Action.IGNORE, Action.IGNORE, (Reason.SNOOZED,))
    both = frozenset({"c1"})
    assert decide(finding("c1", 0.95), said=both, snoozed=both).reasons == (Reason.ALREADY_ANSWERED,)


def test_decide_when_a_claim_tripped_its_breaker_asks_a_moderator_and_says_why():
    tripped = frozenset({"c1"})
    held = decide(finding("c1", 0.95), tripped=tripped)
    assert (held.action, held.would_be, held.claim_ids) == (Action.REVIEW, Action.REVIEW, ("c1",))
    assert held.reasons == (Reason.ABOVE_REVIEW, Reason.BREAKER_TRIPPED)
    assert decide(finding("c1", 0.6), tripped=tripped).reasons == (Reason.ABOVE_REVIEW,)
    assert decide(finding("c1", 0.95), said=tripped, tripped=tripped).action is Action.IGNORE
    other = decide(finding("c2", 0.95), finding("c1", 0.9, span=(50, 90)), tripped=tripped)
    assert (other.action, other.claim_ids) == (Action.REPLY, ("c2",))


def test_decide_when_several_claims_reach_reply_makes_one_message_of_the_best_three():
    found = [finding(f"c{n}", 0.8 + n / 50, span=(n * 100, n * 100 + 50)) for n in range(5)]
    decision = decide(*found, finding("weak", 0.7, span=(600, 650)))
    assert decision.claim_ids == ("c4", "c3", "c2")
    assert decision.reasons == (Reason.ABOVE_REPLY, Reason.SEVERAL_CLAIMS)


def test_decide_when_one_claim_may_reply_leaves_the_doubtful_one_out():
    assert decide(finding("c1", 0.9), finding("c2", 0.7, span=(50, 90))).claim_ids == ("c1",)


@pytest.mark.parametrize(("span", "expected"), [((20, 60), ("c1",)), ((40, 80), ("c1", "c2"))])
def test_decide_when_two_claims_match_the_same_words_answers_the_better_one(span, expected):
    decision = decide(finding("c1", 0.97, span=(0, 40)), finding("c2", 0.85, span=span))
    assert (decision.action, decision.claim_ids) == (Action.REPLY, expected)


def test_decide_when_two_claims_match_the_same_words_equally_well_asks_a_moderator():
    """In the essay a sentence on the CSTO got the note on another claim about the CSTO: 0.946 against 0.937."""
    decision = decide(finding("c1", 0.946), finding("c2", 0.937))
    assert (decision.action, decision.claim_ids) == (Action.REVIEW, ("c1",))
    assert Reason.CLAIMS_TOO_CLOSE in decision.reasons


def test_decide_when_the_best_match_was_answered_does_not_turn_to_the_next_on_the_same_words():
    decision = decide(finding("c1", 0.99), finding("c2", 0.95), said=frozenset({"c1"}))
    assert decision.action is Action.IGNORE
    assert decision.reasons[0] == Reason.ALREADY_ANSWERED


def test_decide_when_a_claim_has_its_own_thresholds_judges_it_by_them():
    strict = Thresholds(0.9, 0.97)
    decision = decide(finding("c1", 0.95), finding("c2", 0.6, span=(50, 90)), c1=strict)
    assert decision.action is Action.REVIEW
    assert decision.thresholds == strict


def test_decide_with_many_findings_keeps_the_five_best_in_order():
    decision = decide(*(finding(f"c{n}", n / 100, Stance.UNRELATED) for n in range(9)))
    assert [one.claim_id for one in decision.findings] == ["c8", "c7", "c6", "c5", "c4"]


def test_decide_when_silent_names_the_most_telling_verdict_first():
    decision = decide(finding("c1", 0.4, Stance.UNRELATED), finding("c2", 0.3), finding("c3", 0.2, Stance.DENIES))
    assert decision.reasons == (Reason.DENIES, Reason.BELOW_REVIEW, Reason.UNRELATED)


def test_asserted_claims_when_a_score_falls_short_leaves_the_claim_out():
    found = [finding("c1", 0.5), finding("c2", 0.49)]
    assert policy.asserted_claims(found, lambda _: DEFAULT) == {"c1"}


@pytest.mark.parametrize("reason", list(Reason))
def test_explain_for_every_reason_gives_one_full_sentence_about_no_person(reason):
    sentence = policy.explain(reason)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not {"liar", "false", "you"} & set(sentence.lower().split())


def test_explain_with_numbers_appends_them_and_an_unknown_code_is_shown_as_it_is():
    assert policy.explain("below-review", p=0.314, review=0.5).endswith("(score 0.31, review from 0.50).")
    assert policy.explain("from-the-future") == "Reason: from-the-future."


@pytest.mark.parametrize(("today", "expected"), [(date(2027, 5, 1), False), (date(2027, 5, 2), True)])
def test_is_overdue_from_the_day_after_the_review_was_due(today, expected):
    assert policy.is_overdue(make_note(review_due=date(2027, 5, 1)), today) is expected


def test_is_in_force_when_the_note_is_stale_says_so_and_still_serves():
    """A bot left alone must not fall silent unseen; the reply itself tells that the note is under review."""
    note = make_note(state=NoteState.STALE)
    assert policy.is_in_force(note)
    assert policy.is_overdue(note, note.reviewed_on)


def test_retention_cutoff_counts_days_back():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert policy.retention_cutoff(now, 30) == now - timedelta(days=30)
