"""``replay``: what it reads, what the bot does with it, and how that is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core.domain import Action, Decision, Mode
from bot.core.errors import BadInput
from bot.replay import WIDTH, ReplayLine, ReplayResult, read_replay, replay, result_row, result_text
from bot.sandbox.limits import POST_LIMIT
from tests.sandbox_services import ASKED, ASSERTED, CLAIM, DENIED, UNSURE, open_test_services

SAMPLE = Path(__file__).parents[2] / "config" / "sample_discussion.jsonl"
LINE = {"author": "ann", "thread": "Taliban", "text": "One two three four."}


async def replayed(folder: Path, lines: list[ReplayLine], mode: Mode = Mode.AUTO) -> list[ReplayResult]:
    """Replay lines against the test services."""
    async with open_test_services(folder) as services:
        return [result async for result in replay(lines, services, mode)]


async def test_replay_given_a_discussion_then_answers_the_assertion_once_a_thread(tmp_path):
    texts = (DENIED, ASKED, ASSERTED, ASSERTED)
    lines = [*(ReplayLine("ann", "Taliban", text) for text in texts), ReplayLine("ben", "Another", ASSERTED)]
    results = await replayed(tmp_path, lines)
    assert [(result.decision.action, bool(result.reply)) for result in results] == [
        ("ignore", False), ("ignore", False), ("reply", True), ("ignore", False), ("reply", True),
    ]  # fmt: skip
    assert [result.decision.reasons[0] for result in results] == [
        "denies", "reports", "above-reply", "already-answered-in-thread", "above-reply",
    ]  # fmt: skip
    assert "The public record does not support this." in results[2].reply


@pytest.mark.parametrize(
    ("mode", "text", "decision", "reason"),
    [
        (Mode.SHADOW, ASSERTED, "ignore", "mode-shadow"),
        (Mode.REVIEW, ASSERTED, "review", "mode-review"),
        (Mode.AUTO, UNSURE, "review", "above-review"),
        (Mode.AUTO, "Hm.", "ignore", "too-short"),
    ],
)
async def test_replay_in_a_mode_that_holds_back_then_sends_nothing(tmp_path, mode, text, decision, reason):
    (result,) = await replayed(tmp_path, [ReplayLine("ann", "T", text)], mode)
    assert (result.decision.action, result.decision.reasons[0], result.reply) == (decision, reason, None)


async def test_replay_given_a_post_as_long_as_discord_allows_then_the_bot_reads_it(tmp_path):
    text = (ASSERTED + " ").ljust(POST_LIMIT - 1, "a") + "."
    (result,) = await replayed(tmp_path, [ReplayLine("ann", "T", text)])
    assert result.reply is not None


async def test_result_row_then_has_exactly_the_promised_keys(tmp_path):
    (result,) = await replayed(tmp_path, [ReplayLine("ann", "T", DENIED)])
    assert json.loads(json.dumps(result_row(result))) == {
        "text": DENIED,
        "decision": "ignore",
        "reasons": ["denies"],
        "findings": [{"claim": CLAIM, "stance": "denies", "p_asserts": 0.02, "similarity": 0.7, "start": 0, "end": 40}],
        "reply": None,
    }


async def test_result_text_then_says_in_plain_words_what_the_bot_did(tmp_path):
    lines = [ReplayLine("ann", "Taliban", text) for text in (DENIED, ASSERTED)]
    async with open_test_services(tmp_path) as services:
        told = [
            result_text(result, {note.id: note for note in services.pack})
            async for result in replay(lines, services, Mode.AUTO)
        ]
    assert told[0] == (
        f"ann in “Taliban”:\n  {DENIED}\n"
        "  -> silent: The post disputes the claim rather than asserting it, so there is nothing to answer.\n"
        "     Nearest claim: “The United States created the Taliban.” "
        "(asserted with probability 0.02; review from 0.50, reply from 0.80)\n"
    )
    assert "  -> Footnote replied:\n     | About: “" in told[1]


def test_result_text_given_a_long_post_then_wraps_it():
    result = ReplayResult(
        ReplayLine("ann", "T", "word " * 60 + "\n\nend"), Decision(Action.IGNORE, ("too-short",)), None
    )
    lines = result_text(result, {}).splitlines()
    assert max(map(len, lines[:-2])) <= WIDTH + 2
    assert lines[4:6] == ["", "  end"]


def test_read_replay_given_the_sample_then_reads_it():
    assert len({line.thread for line in read_replay(str(SAMPLE))}) > 1


def test_read_replay_given_a_text_file_then_each_paragraph_is_a_post(tmp_path):
    path = tmp_path / "essay.txt"
    path.write_bytes("Title line\r\n\r\nFirst, with\r\na second line.\r\n \r\n\r\nLast — here".encode())
    assert read_replay(str(path)) == [
        ReplayLine("author", "essay", "Title line"),
        ReplayLine("author", "essay", "First, with\na second line."),
        ReplayLine("author", "essay", "Last — here"),
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "x" * 4001}, '"text" has 4,001 characters, 4,000 are allowed'),
        ({"text": " "}, '"text" is empty'),
        ({"author": None}, '"author" must be a text, not null'),
        ({"thread": "x" * 101}, '"thread" has 101 characters, 100 are allowed'),
        ({"author": "x" * 33}, '"author" has 33 characters, 32 are allowed'),
    ],
)
def test_read_replay_given_what_discord_would_refuse_names_the_line(tmp_path, change, fault):
    path = tmp_path / "discussion.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + json.dumps(LINE | change) + "\n")
    with pytest.raises(BadInput) as caught:
        read_replay(str(path))
    assert str(caught.value) == f"{path}, line 2: {fault}."


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (
            "long.txt",
            "One.\n\n" + "x" * 4001,
            "line 3: a paragraph of 4,001 characters; Discord allows 4,000 in a post",
        ),
        ("empty.txt", "\n \n", "holds no post to replay"),
        ("empty.jsonl", "", "holds no post to replay"),
    ],
)
def test_read_replay_given_nothing_to_post_says_so(tmp_path, name, content, fault):
    (tmp_path / name).write_text(content)
    with pytest.raises(BadInput, match=fault):
        read_replay(str(tmp_path / name))
