"""``check``, ``match`` and ``stance``: the files they read and write, and that they judge as the bot does."""

from __future__ import annotations

import json

import pytest

from bot.check import POSTS_AT_ONCE, PostLine, check, check_file, notes_for, read_posts
from bot.core.domain import Claim, Stance, StanceScores, Thresholds
from bot.core.errors import BadInput, ScreenerUnavailable
from bot.core.notebook import NoteBook
from bot.core.screening import Screening
from bot.measure import Pair, Query, match_file, read_pairs, read_queries, stance_file
from tests.fakes import NOON, FakeScreener, FixedClock, FixedLanguage, MemoryStore, finding

CLAIM = Claim("c1", "The moon is made of cheese.")
SCRIPT = {
    "made of cheese": [finding("c1", 0.93, span=(0, 27), similarity=0.71)],
    "perhaps cheese": [finding("c1", 0.61)],
    "not cheese": [finding("c1", 0.02, Stance.DENIES)],
}


def make_screening(screener: FakeScreener) -> Screening:
    """Return a screening over one claim that comes without a note."""
    return Screening(
        screener=screener,
        store=MemoryStore(),
        language=FixedLanguage(),
        defaults=Thresholds(review=0.5, reply=0.8),
        clock=FixedClock(),
        notes=NoteBook(everywhere=notes_for([CLAIM], NOON.date())),
    )


async def test_check_when_posts_differ_says_for_each_what_the_bot_would_do():
    posts = [
        PostLine("a", "The moon is made of cheese, of course."),
        PostLine("b", "It may be perhaps cheese up there."),
        PostLine("c", "The moon is certainly not cheese at all."),
        PostLine("d", "Hm."),
        PostLine("e", "The moon is made of cheese, I say again."),
    ]
    rows = [row async for row in check(make_screening(FakeScreener(SCRIPT)), posts)]
    assert [(row["id"], row["decision"]) for row in rows] == [
        ("a", "reply"), ("b", "review"), ("c", "ignore"), ("d", "ignore"), ("e", "reply"),
    ]  # fmt: skip
    assert rows[2]["reasons"] == ["denies"]
    assert rows[3] == {
        "id": "d", "decision": "ignore", "reasons": ["too-short"], "findings": [],
        "thresholds": {"review": 0.5, "reply": 0.8},
    }  # fmt: skip


async def test_check_file_then_writes_exactly_the_promised_keys(tmp_path):
    out, seen = tmp_path / "findings.jsonl", []
    posts = [PostLine("a", "The moon is made of cheese, of course.")]
    counts = await check_file(
        make_screening(FakeScreener(SCRIPT)), posts, str(out), progress=lambda done, of: seen.append((done, of))
    )
    (written,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert written == {
        "id": "a",
        "decision": "reply",
        "reasons": ["above-reply"],
        "findings": [
            {"claim": "c1", "stance": "asserts", "p_asserts": 0.93, "similarity": 0.71, "start": 0, "end": 27}
        ],
        "thresholds": {"review": 0.5, "reply": 0.8},
    }
    assert counts == {"reply": 1, "review": 0, "ignore": 0}
    assert seen == [(1, 1)]


async def test_check_file_when_the_judge_fails_half_way_writes_nothing(tmp_path):
    screener = FakeScreener(SCRIPT)
    posts = [PostLine(str(n), "The moon is made of cheese, of course.") for n in range(POSTS_AT_ONCE + 1)]

    def stop(done: int, _: int) -> None:
        screener.error = ScreenerUnavailable("No judge.")

    with pytest.raises(ScreenerUnavailable):
        await check_file(make_screening(screener), posts, str(tmp_path / "out.jsonl"), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_read_posts_when_more_keys_are_there_ignores_them(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": "p1", "text": "", "label": 3}\n')
    assert read_posts(str(path)) == [PostLine("p1", "")]


def test_match_file_then_writes_run_lines_best_first(tmp_path):
    out = tmp_path / "run.trec"

    def match(claims, queries, top):
        assert (list(claims), list(queries), top) == ([CLAIM], ["cheese?", ""], 2)
        return [[("c1", 0.83124), ("c0", 0.1)], []]

    assert match_file(match, [CLAIM], [Query("q1", "cheese?"), Query("q2", "")], str(out), top=2) == 2
    assert out.read_text() == "q1 Q0 c1 1 0.8312 footnote\nq1 Q0 c0 2 0.1000 footnote\n"


@pytest.mark.parametrize(("claim_id", "top", "fault"), [("c 1", 5, "holds a space"), ("c1", 0, "--top must lie")])
def test_match_file_when_it_cannot_be_written_refuses(tmp_path, claim_id, top, fault):
    with pytest.raises(BadInput, match=fault):
        match_file(lambda *_: [[]], [Claim(claim_id, "A.")], [Query("q", "x")], str(tmp_path / "run"), top=top)


def test_read_queries_when_an_id_holds_a_space_names_the_line(tmp_path):
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": "q 1", "text": "x"}\n')
    with pytest.raises(BadInput, match=r'line 1: "id" holds a space'):
        read_queries(str(path))


def test_stance_file_then_writes_four_numbers_that_sum_to_one(tmp_path):
    pairs, out = [Pair(str(number), "post", "claim") for number in range(70)], tmp_path / "stances.jsonl"
    scores = StanceScores(1 / 3, 1 / 3, 1 / 7, 1 - 2 / 3 - 1 / 7)
    assert stance_file(lambda part: [scores] * len(part), pairs, str(out)) == 70
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in rows] == [str(number) for number in range(70)]
    assert list(rows[0]) == ["id", "asserts", "denies", "reports", "unrelated"]
    assert sum(value for key, value in rows[0].items() if key != "id") == pytest.approx(1.0, abs=1e-9)


def test_read_pairs_when_context_is_null_or_missing_reads_none(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        '{"id": "a", "text": "t", "claim": "c", "context": null}\n{"id": "b", "text": "t", "claim": "c"}\n'
        '{"id": "c", "text": "t", "claim": "c", "context": "before"}\n'
    )
    assert [pair.context for pair in read_pairs(str(path))] == [None, None, "before"]
