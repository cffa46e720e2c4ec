"""What members read: fair in order and length, about claims only, inert whatever a post or a note holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import compose
from bot.core.compose import as_text, candidates, compose_reply, first_sentences, full_note, why
from bot.core.domain import Claim, Note, Point, Reply, Source, Status, Thresholds
from bot.core.escape import visible
from bot.core.ports import PostRef, SentReply
from tests.bot.core.samples import NOTE, make_note
from tests.bot.core.test_escape import is_inert, texts
from tests.fakes import finding

WORDS = "the US literally created Daesh in Afghanistan"
_OURS = re.compile(r"^(?:- |\*\*[A-Z][A-Za-z ]+\*\*$|\d\\\. |\(\d+\) )")
_MASKED_LINK = re.compile(r"\[((?:[^\[\]])*)\]\(https?://[!-'*-;=?-Z\\_a-z~]+\)")


def drawn(reply: Reply) -> Iterator[str]:
    """Yield every piece of text that Discord would be given."""
    yield reply.lead
    for section in reply.sections:
        yield section.heading
        yield from section.lines
    yield reply.footer


def assert_safe(reply: Reply) -> None:
    """Check that a reply keeps Discord's limit, has no empty block, and does nothing but its own links."""
    pieces = list(drawn(reply))
    assert all(piece.strip() for piece in pieces)
    assert all(section.lines for section in reply.sections)
    assert sum(len(piece) + 7 for piece in pieces) <= 4_000
    for piece in pieces:
        rest = _MASKED_LINK.sub(r"\1", _OURS.sub("", piece))
        assert is_inert(rest), piece


def section(reply: Reply, heading: str) -> tuple[str, ...]:
    return next(one.lines for one in reply.sections if one.heading == heading)


hostile_points = st.lists(st.builds(Point, texts, st.just((1,))), max_size=6).map(tuple)
hostile_sources = st.lists(
    st.builds(Source, texts, texts, texts, st.none() | texts, st.none() | texts | texts.map("https://a.b/{}".format)),
    max_size=6,
).map(tuple)
hostile_notes = st.builds(
    Note,
    claim=st.builds(Claim, st.just("c1"), texts),
    status=st.sampled_from(Status),
    documented=hostile_points,
    disputed=hostile_points,
    would_change=texts,
    sources=hostile_sources,
    tags=st.just(()),
    flatters=st.just(()),
    reviewed_on=st.just(date(2026, 11, 1)),
    review_due=st.just(date(2027, 5, 1)),
)


# A busy machine draws slowly; that says nothing about the code.
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.lists(st.tuples(hostile_notes, texts), max_size=3))
def test_compose_reply_from_hostile_words_and_notes_does_nothing_in_discord(matched):
    assert_safe(compose_reply(7, matched))


@patient
@given(hostile_notes, texts)
def test_other_messages_from_hostile_words_and_notes_do_nothing_in_discord(note, words):
    reply = compose_reply(7, [(note, words)])
    sent = SentReply(PostRef(7, 1, 2, 3), 9, reply, (finding("c1"),), Thresholds(0.5, 0.8))
    for other in (full_note(note), why(sent, {"c1": note}), candidates([note])):
        assert_safe(other)


@pytest.mark.parametrize("size", [100, 1_000, 20_000])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_compose_reply_from_huge_notes_keeps_the_limit_and_the_status(size, count):
    long = "word " * (size // 5)
    sources = tuple(Source(long, long, long, long, f"https://a.b/{'x' * size}") for _ in range(9))
    note = make_note(documented=(Point(long),) * 9, disputed=(Point(f"Short. {long}."),), sources=sources)
    reply = compose_reply(7, [(replace(note, claim=Claim(f"c{n}", long)), long) for n in range(count)])
    assert_safe(reply)
    assert sum(compose.STATUS_SENTENCES[Status.UNSUPPORTED] in piece for piece in drawn(reply)) == count


def test_compose_reply_for_one_note_says_every_part_with_sources_as_links():
    reply = compose_reply(7, [(NOTE, WORDS)])
    assert reply.lead == f"About: “{WORDS}”"
    assert section(reply, "The claim")[1] == "The public record does not support this."
    assert section(reply, "What is documented")[1] == "- US forces bombed it from 2016 on. (1, 2)"
    assert section(reply, "What would change this") == (NOTE.would_change,)
    assert section(reply, "Sources") == (
        "(1) [UN Security Council](https://un.org/r_%281%29): Monitoring Team report, 2017-08-07"
        " (United Nations; un.org)",
        "(2) TASS: Zakharova on helicopters, 2017-05-01 (Russian state media)",
    )
    assert reply.footer == "Last reviewed 2026-11-01 · Footnote is a bot; moderators curate these notes."


def test_compose_reply_over_many_posts_lets_each_side_lead_about_equally():
    firsts = Counter(section(compose_reply(i, [(NOTE, WORDS)]), "What is not established")[0] for i in range(400))
    assert len(firsts) == 2
    assert min(firsts.values()) > 150


def test_compose_reply_for_one_post_words_the_same_each_time():
    assert compose_reply(7, [(NOTE, WORDS)]) == compose_reply(7, [(NOTE, WORDS)])
    assert full_note(NOTE, seed=7).sections == compose_reply(7, [(NOTE, WORDS)]).sections


def test_compose_reply_never_depends_on_whom_the_claim_flatters():
    replies = {compose_reply(7, [(make_note(flatters=side), WORDS)]) for side in ((), ("russia",), ("united-states",))}
    assert len(replies) == 1


@pytest.mark.parametrize("status", list(Status))
def test_compose_reply_in_its_own_words_judges_no_person_and_never_says_false(status):
    empty = make_note(status=status, documented=(), disputed=(), sources=(), would_change="", claim=Claim("c1", "X"))
    words = set(re.findall(r"[a-z]+", as_text(compose_reply(7, [(empty, "x")])).lower()))
    assert not words & {"false", "lie", "liar", "you", "your", "wrong", "misinformation", "fake", "propaganda"}


def test_compose_reply_when_too_long_drops_whole_sentences_on_both_sides_and_keeps_all_sources():
    long = " ".join(f"This is sentence number {n} of the point, and it goes on for quite a while." for n in range(12))
    note = make_note(documented=(Point(long),) * 4, disputed=(Point(long),) * 4)
    reply = compose_reply(7, [(note, WORDS)])
    documented, disputed = section(reply, "What is documented"), section(reply, "What is not established")
    assert len(documented) == len(disputed) == 4
    for line in (*documented, *disputed):
        said = visible(line.removeprefix("- "))
        assert said.endswith("a while.")
        assert long.startswith(said)
    assert len(section(reply, "Sources")) == 2
    assert "press Full note" in reply.footer


def test_compose_reply_for_several_claims_shares_one_message_and_dates_it_by_the_oldest_review():
    older = make_note("c2", reviewed_on=date(2026, 1, 2), claim=Claim("c2", "Another claim."))
    reply = compose_reply(7, [(NOTE, WORDS), (older, WORDS)])
    assert [one.heading for one in reply.sections] == ["Claim 1 of 2", "Claim 2 of 2"]
    assert reply.claim_ids == (NOTE.id, "c2")
    assert reply.lead == f"About: “{WORDS}”"
    assert "**Sources**" in reply.sections[1].lines
    assert reply.footer.startswith("Last reviewed 2026-01-02")


def test_compose_reply_from_a_long_quote_shortens_it_at_a_word():
    reply = compose_reply(7, [(NOTE, "Everybody knows this and " * 30)])
    assert len(visible(reply.lead)) <= len("About: “”") + compose.LEAD_CHARACTERS
    assert reply.lead.endswith("…”")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "The U.S. Senate met on 3 Jan. 2016."),
        (2, "The U.S. Senate met on 3 Jan. 2016. Dr. Smith spoke!"),
        (9, "The U.S. Senate met on 3 Jan. 2016. Dr. Smith spoke! It ended"),
    ],
)
def test_first_sentences_around_abbreviations_cuts_only_where_a_sentence_ends(count, expected):
    assert first_sentences("The U.S. Senate met on 3 Jan. 2016. Dr. Smith spoke! It ended", count) == expected


def test_first_sentences_of_a_run_on_sentence_keeps_it_whole():
    run_on = "they said this, " * 40 + "and stopped. Then more."
    assert first_sentences(run_on, 1) == run_on.removesuffix(" Then more.")


def test_why_says_what_the_number_means_and_what_to_do():
    reply = compose_reply(7, [(NOTE, WORDS)])
    sent = SentReply(PostRef(7, 1, 2, 3), 9, reply, (finding(NOTE.id, 0.934),), Thresholds(0.5, 0.8))
    text = as_text(why(sent, {NOTE.id: NOTE}))
    assert WORDS in text
    assert NOTE.claim.text in text
    assert "0.93 means: of 100 posts that score like this, about 93 assert the claim." in text
    assert "from 0.80 on" in text
    assert "Press Contest under the reply" in text


def test_why_when_the_stored_words_were_erased_still_answers():
    erased = Reply(7, ("gone",), "", (), "")
    assert_safe(why(SentReply(PostRef(7, 1, 2, 3), 9, erased, (), None), {}))


def test_candidates_shows_three_at_most_and_says_when_there_is_none():
    notes = [make_note(f"c{n}") for n in range(5)]
    assert candidates(notes).claim_ids == ("c0", "c1", "c2")
    assert as_text(candidates(notes)).count("does not support") == 3
    assert candidates([]).sections == ()
    assert_safe(candidates([]))


def test_as_text_reads_as_a_person_would_with_links_written_out():
    text = as_text(compose_reply(7, [(make_note(would_change="A *document* by @here."), WORDS)]))
    assert "\nA *document* by @here.\n" in text
    assert "(1) UN Security Council <https://un.org/r_%281%29>: Monitoring Team report" in text
    assert "\\" not in text
    assert "\u200b" not in text
