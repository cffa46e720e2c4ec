"""The command line as a script meets it: formats, exit codes, one sentence for bad input. Real models, real files."""

from __future__ import annotations

import json

import pytest

ASSERTS = "The United States created the Taliban, everybody in the region knows it."
CLAIMS = [
    {"id": "c1", "claim": "The moon is made of cheese.", "paraphrases": ["the moon is just cheese"]},
    {"id": "c2", "claim": "The United States created the Taliban."},
]


def lines_file(path, rows):
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def test_check_of_a_file_then_writes_a_line_a_post_in_order(footnote, tmp_path):
    """The format that scripts rely on, key by key."""
    posts = lines_file(tmp_path / "p.jsonl", [{"id": "b", "text": ASSERTS, "more": 1}, {"id": "a", "text": "Hi."}])
    code, out, _ = footnote("check", "--posts", posts, "--review", "0.4", "--reply", "0.9")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["id"], second["id"]) == ("b", "a")
    assert list(first) == ["id", "decision", "reasons", "findings", "thresholds"]
    assert first["thresholds"] == {"review": 0.4, "reply": 0.9}
    best = first["findings"][0]
    assert list(best) == ["claim", "stance", "p_asserts", "similarity", "start", "end"]
    assert best["claim"] == "us-created-taliban"
    assert "created the Taliban" in ASSERTS[best["start"] : best["end"]]
    assert [f["p_asserts"] for f in first["findings"]] == sorted(
        (f["p_asserts"] for f in first["findings"]), reverse=True
    )
    assert second == {**second, "decision": "ignore", "reasons": ["too-short"], "findings": []}


def test_check_with_claims_of_a_file_then_matches_those_only(footnote, tmp_path):
    posts = lines_file(tmp_path / "p.jsonl", [{"id": "p", "text": ASSERTS}])
    claims = lines_file(tmp_path / "c.jsonl", CLAIMS)
    code, _, _ = footnote("check", "--posts", posts, "--claims", claims, "--out", "f.jsonl")
    (row,) = map(json.loads, (tmp_path / "f.jsonl").read_text("utf-8").splitlines())
    assert code == 0
    assert {finding["claim"] for finding in row["findings"]} <= {"c1", "c2"}
    assert row["findings"][0]["claim"] == "c2"


def test_check_of_one_text_then_speaks_to_people(footnote):
    code, out, _ = footnote("check", "Nobody has shown that the United States created the Taliban.")
    assert code == 0
    assert "The United States created the Taliban." in out
    assert "thresholds: review" in out


def test_match_then_writes_a_trec_run(footnote, tmp_path):
    claims = lines_file(tmp_path / "c.jsonl", CLAIMS)
    queries = lines_file(tmp_path / "q.jsonl", [{"id": "q1", "text": "Washington made the Taliban"}])
    code, out, _ = footnote("match", "--claims", claims, "--queries", queries, "--top", "2")
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert [(row[0], row[1], row[2], row[3], row[5]) for row in rows] == [
        ("q1", "Q0", "c2", "1", "footnote"),
        ("q1", "Q0", "c1", "2", "footnote"),
    ]
    assert float(rows[0][4]) > float(rows[1][4])


def test_stance_then_gives_four_probabilities_that_sum_to_one(footnote, tmp_path):
    pair = {"id": "x", "text": "No, that is a myth: it did not.", "claim": "It did.", "context": "It did!"}
    code, out, _ = footnote("stance", "--pairs", lines_file(tmp_path / "s.jsonl", [pair]))
    row = json.loads(out)
    assert code == 0
    assert list(row) == ["id", "asserts", "denies", "reports", "unrelated"]
    assert sum(row[key] for key in ("asserts", "denies", "reports", "unrelated")) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": "a", "text": "x"}\nnot json\n', "line 2"),
        (b'{"id": "a"}\n', '"text"'),
        (b'{"id": "a", "text": "\xff"}\n', "UTF-8"),
        (b'["a"]\n', "line 1"),
        (None, "there.jsonl"),
    ],
)
def test_check_when_input_is_bad_then_one_sentence_and_no_file(footnote, tmp_path, content, told):
    path = tmp_path / "there.jsonl"
    if content is not None:
        path.write_bytes(content)
    code, out, err = footnote("check", "--posts", str(path), "--out", "out.jsonl")
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "text", "--posts", "-"),
        ("check", "a b c d", "--review", "0.9", "--reply", "0.5"),
        ("nonsense",),
    ],
)
def test_footnote_when_used_wrongly_then_exit_2(footnote, arguments):
    code, out, err = footnote(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_replay_as_json_then_tells_each_post(footnote, tmp_path):
    rows = [
        {"author": "ann", "thread": "Kabul", "text": ASSERTS},
        {
            "author": "bo",
            "thread": "Kabul",
            "text": "Has anyone a source for the claim that the US created the Taliban?",
        },
    ]
    code, out, _ = footnote("replay", lines_file(tmp_path / "d.jsonl", rows), "--json", "--mode", "auto")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert list(first) == ["text", "decision", "reasons", "findings", "reply"]
    assert first["decision"] == "reply"
    assert "The United States created the Taliban." in first["reply"]
    assert second["reply"] is None


def test_notes_lint_when_a_note_is_faulty_then_names_file_line_and_rule(footnote, tmp_path):
    (tmp_path / "a-note.md").write_text("+++\nid = \n+++\n", "utf-8")
    code, out, _ = footnote("notes", "lint", str(tmp_path))
    assert code == 1
    assert "a-note.md:" in out
    assert footnote("notes", "lint", str(tmp_path / "nowhere"))[0] == 2


def test_db_commands_then_upgrade_check_and_back_up(footnote, tmp_path):
    assert footnote("db", "upgrade")[0] == 0
    code, out, _ = footnote("db", "check")
    assert (code, "FAIL" in out) == (0, False)
    assert footnote("db", "backup", "copy.db")[0] == 0
    assert (tmp_path / "copy.db").stat().st_size > 0
    code, _, err = footnote("db", "backup", "copy.db")
    assert code != 0
    assert len(err.strip().splitlines()) == 1
