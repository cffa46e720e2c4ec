"""``footnote notes test`` and ``footnote notes preview`` over real files, with the shipped judge."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.core.domain import Claim
from bot.sandbox.preview_text import print_reply
from tests.bot.core.samples import NOTE, make_note

PACK = Path(__file__).parents[2] / "config" / "notes"
TESTED = ("us-created-taliban", "us-created-isis")


def shown(note, columns: int = 96) -> str:
    """Return what a terminal of that width shows of a note."""
    out = StringIO()
    print_reply(note, Console(file=out, width=columns))
    return out.getvalue()


def test_notes_test_with_the_shipped_judge_then_counts_every_sentence_and_says_whether_it_failed(footnote, tmp_path):
    for note_id in TESTED:
        shutil.copy(PACK / f"{note_id}.md", tmp_path)
    code, out, _ = footnote("notes", "test", "us-created-isis", "--folder", str(tmp_path), "--json")
    report = json.loads(out)
    counts = report["counts"]
    assert report["tested"] == ["us-created-isis"]
    assert counts["claims_found"] == counts["claims"] == 1
    assert counts["paraphrases_found"] >= counts["paraphrases"] / 2
    assert counts["look_alikes_refused"] >= counts["look_alikes"] / 2
    missed = sum(counts[what] for what in ("claims", "paraphrases", "look_alikes")) - sum(
        counts[what] for what in ("claims_found", "paraphrases_found", "look_alikes_refused")
    )
    assert len(report["misses"]) == missed
    failed = bool(report["failed"])
    assert (code, report["passed"]) == ((1, False) if failed else (0, True))
    assert failed <= bool(missed), "a note fails for what it missed, and may miss a few"
    assert all(miss["similarity"] < 0.999 for miss in report["misses"]), "no sentence is tested against itself"


def test_notes_test_of_an_unknown_note_then_is_one_sentence(footnote, tmp_path):
    code, out, err = footnote("notes", "test", "moon", "--folder", str(tmp_path))
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_notes_preview_then_prints_the_reply_with_the_hosts_of_its_links(footnote):
    code, out, _ = footnote("notes", "preview", "us-created-taliban")
    assert code == 0
    assert "The public record does not support this." in out
    assert "Human Rights Watch <www.hrw.org>" in out


def test_notes_preview_of_an_unknown_note_then_is_one_sentence(footnote):
    code, _, err = footnote("notes", "preview", "moon")
    assert code == 2
    assert "no note moon" in err


def test_notes_preview_to_a_file_without_any_browser_then_says_what_to_install(footnote, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    code, _, err = footnote("notes", "preview", "us-created-taliban", "--png", "reply.png")
    assert code == 2
    assert "playwright install chromium" in err
    assert len(err.strip().splitlines()) == 1
    assert not Path("reply.png").exists()


def test_reply_in_the_terminal_then_shows_every_part_without_a_mark_of_markdown():
    text = shown(NOTE)
    for part in ("The claim", "What is documented", "What is not established", "What would change this", "Sources"):
        assert part in text
    assert "UN Security Council <un.org>" in text
    assert "TASS: Zakharova on helicopters" in text, "a source without an address carries no host"
    assert "**" not in text
    assert "](" not in text


@pytest.mark.parametrize("columns", [40, 96, 200])
def test_reply_in_a_terminal_of_any_width_then_stays_inside_its_frame(columns):
    assert all(len(line) <= columns for line in shown(NOTE, columns).splitlines())


def test_reply_in_the_terminal_then_stands_under_a_paraphrase_and_shows_hostile_text_as_written():
    claim = Claim("c1", "The moon is hollow.", ("The moon is [hollow](https://x.example) *really*, `look`",))
    text = shown(make_note("c1", claim=claim))
    assert "About: “The moon is [hollow](https://x.example) *really*, `look`”" in text
    assert "<x.example>" not in text, "what a post says is no link"
