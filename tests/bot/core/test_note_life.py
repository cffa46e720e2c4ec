"""Which state allows what, what an approval leads to, and what a new text is to its readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.domain import NoteState, Status
from bot.core.errors import BadInput
from bot.core.note_life import (
    Act,
    after_edit,
    allowed,
    change_between,
    check_rules,
    is_approved,
    require,
    require_base,
    require_newest,
)
from bot.core.note_ports import Change, NoteHead, NoteRules
from tests.bot.core.samples import NOTE
from tests.clocks import NOON


def head(state: NoteState, revision: int = 2, served: int | None = None) -> NoteHead:
    """A note that stands there."""
    return NoteHead(1, "c1", state, revision, served, "A claim.", date(2027, 5, 1), (), NOON)


STANDS = {
    "draft": head(NoteState.DRAFT),
    "in review": head(NoteState.IN_REVIEW),
    "active": head(NoteState.ACTIVE, served=2),
    "active with an edit": head(NoteState.ACTIVE, served=1),
    "stale": head(NoteState.STALE, served=2),
    "stale with an edit": head(NoteState.STALE, served=1),
    "retired": head(NoteState.RETIRED),
}


@pytest.mark.parametrize(
    ("place", "acts"),
    [
        ("draft", {Act.EDIT, Act.SUBMIT, Act.RETIRE}),
        ("in review", {Act.EDIT, Act.APPROVE, Act.RETIRE}),
        ("active", {Act.EDIT, Act.RETIRE}),
        ("active with an edit", {Act.EDIT, Act.APPROVE, Act.RETIRE}),
        ("stale", {Act.EDIT, Act.RETIRE}),
        ("stale with an edit", {Act.EDIT, Act.APPROVE, Act.RETIRE}),
        ("retired", {Act.EDIT}),
    ],
)
def test_allowed_for_every_place_a_note_can_stand(place, acts):
    assert allowed(STANDS[place]) == acts


@pytest.mark.parametrize("place", STANDS)
@pytest.mark.parametrize("act", Act)
def test_require_refuses_what_is_not_allowed_with_a_sentence_that_names_the_note(place, act):
    if act in allowed(STANDS[place]):
        require(STANDS[place], act)
        return
    with pytest.raises(BadInput, match=r"The .*note c1 is .+\."):
        require(STANDS[place], act)


@pytest.mark.parametrize(
    ("place", "act", "sentence"),
    [
        ("draft", Act.APPROVE, "submit it for review first"),
        ("active", Act.APPROVE, "in force already"),
        ("active", Act.SUBMIT, "in force already"),
        ("active with an edit", Act.SUBMIT, "in review already"),
        ("in review", Act.SUBMIT, "in review already"),
        ("retired", Act.RETIRE, "retired already"),
    ],
)
def test_require_says_what_to_do_instead(place, act, sentence):
    with pytest.raises(BadInput, match=sentence):
        require(STANDS[place], act)


def test_require_newest_tells_an_older_text_from_one_that_never_was():
    require_newest(head(NoteState.IN_REVIEW), 2)
    with pytest.raises(BadInput, match="newer text"):
        require_newest(head(NoteState.IN_REVIEW), 1)
    with pytest.raises(BadInput, match="no revision 3"):
        require_newest(head(NoteState.IN_REVIEW), 3)


def test_require_base_lets_no_edit_be_lost_unseen():
    require_base(head(NoteState.DRAFT), 2)
    with pytest.raises(BadInput, match="newer text"):
        require_base(head(NoteState.DRAFT), 1)
    with pytest.raises(BadInput, match="already"):
        require_base(head(NoteState.DRAFT), None)


def test_after_edit_leaves_in_force_what_is_in_force():
    assert {state: after_edit(state) for state in NoteState} == {
        NoteState.DRAFT: NoteState.DRAFT,
        NoteState.IN_REVIEW: NoteState.DRAFT,
        NoteState.ACTIVE: NoteState.ACTIVE,
        NoteState.STALE: NoteState.STALE,
        NoteState.RETIRED: NoteState.DRAFT,
    }


@pytest.mark.parametrize(
    ("curators", "approvals", "expected"),
    [((), 1, False), ((5,), 1, True), ((5,), 2, False), ((5, 5), 2, False), ((5, 6), 2, True), ((5, 6, 7), 2, True)],
)
def test_is_approved_counts_different_curators(curators, approvals, expected):
    assert is_approved(curators, NoteRules(1, approvals)) is expected


@pytest.mark.parametrize("approvals", [-1, 0, 3])
def test_check_rules_refuses_a_number_of_approvals_no_server_may_ask_for(approvals):
    check_rules(NoteRules(1, 1))
    with pytest.raises(BadInput):
        check_rules(NoteRules(1, approvals))


def test_change_between_is_a_renewal_where_only_the_review_dates_moved():
    renewed = replace(NOTE, reviewed_on=date(2027, 5, 1), review_due=date(2027, 11, 1), state=NoteState.STALE)
    assert change_between(NOTE, renewed) is Change.RENEWED
    assert change_between(NOTE, replace(renewed, status=Status.CONTESTED)) is Change.CHANGED
