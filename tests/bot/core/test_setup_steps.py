"""Where ``/setup`` is taken up again, and how a missing permission is told."""

from __future__ import annotations

import pytest

from bot.core.setup_steps import PURPOSES, TITLES, Progress, Step, mend, ticks


@pytest.mark.parametrize(
    ("progress", "step"),
    [
        (Progress(False, False, False), Step.CHECKS),
        (Progress(False, True, True), Step.CHECKS),
        (Progress(True, False, True), Step.MODERATORS),
        (Progress(True, True, False), Step.NOTES),
        (Progress(True, True, True), Step.START),
    ],
)
def test_resume_then_opens_the_first_step_that_is_not_done(progress: Progress, step: Step):
    assert progress.resume_at is step


def test_missing_then_names_what_the_bot_cannot_do_without():
    assert Progress(False, False, False).missing == (Step.FORUMS, Step.MODERATORS)
    assert Progress(True, True, False).missing == ()


def test_steps_then_each_has_a_title():
    assert set(TITLES) == set(Step)


def test_ticks_then_mark_each_permission():
    assert ticks(["View Channel", "Attach Files"], ["Attach Files"]) == "✓ View Channel, ✗ Attach Files"


def test_mend_then_says_where_and_what_for():
    said = mend("<#1>", list(PURPOSES))
    assert said.startswith("In <#1> open Edit Channel")
    assert "Attach Files (to show figures as pictures)" in said
