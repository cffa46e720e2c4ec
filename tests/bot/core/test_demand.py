"""Missing notes: look-alike questions are one wish, counted by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.demand import wishes, word_overlap
from bot.core.note_ports import Demand

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAESH = "Did the US create Daesh?"


def asked(*pairs: tuple[str, str]) -> list[Demand]:
    """Return demands from (asker, question), one a minute."""
    return [
        Demand(number, question, asker, NOON + timedelta(minutes=number))
        for number, (asker, question) in enumerate(pairs, start=1)
    ]


def test_wishes_when_questions_look_alike_then_are_one():
    (wish,) = wishes(asked(("a", DAESH), ("b", "Is it true that the US created Daesh?")))
    assert (wish.question, wish.askers, [demand.id for demand in wish.demands]) == (DAESH, 2, [1, 2])


def test_wishes_then_count_people_not_posts():
    """One person who asks ten times wants one note."""
    loud = [("loud", "Who blew up the pipeline?")] * 10
    first, second = wishes(asked(*loud, ("a", DAESH), ("b", DAESH)))
    assert (first.question, first.askers) == (DAESH, 2)
    assert (second.askers, len(second.demands)) == (1, 10)


def test_wishes_when_askers_are_not_known_then_count_them_as_one():
    (wish,) = wishes(asked(("", DAESH), ("", DAESH), ("a", DAESH)))
    assert wish.askers == 2


def test_wish_then_carries_the_question_that_most_people_asked():
    (wish,) = wishes(asked(("a", "us daesh create?"), ("b", DAESH), ("c", "did the us create daesh")))
    assert wish.question == DAESH


def test_wishes_when_only_links_then_are_not_one():
    """Two links share their beginning and nothing else."""
    links = [f"https://discord.com/channels/1/2/{number}" for number in (3, 4)]
    assert len(wishes(asked(("a", links[0]), ("b", links[1]), ("c", links[0])))) == 2


def test_wishes_when_given_another_similarity_then_follow_it():
    pairs = asked(("a", "cats"), ("b", "dogs"))
    assert len(wishes(pairs, lambda _one, _other: 1.0)) == 1
    assert len(wishes(pairs)) == 2


def test_wishes_when_nothing_was_asked_then_are_none():
    assert wishes([]) == ()


def test_word_overlap_when_no_word_has_content_then_compares_whole():
    assert word_overlap("Is it so?", "is it so") == 1.0
    assert word_overlap("Is it so?", "who was it") == 0.0
