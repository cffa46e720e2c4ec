"""Reading and writing JSON Lines: one sentence with the line for each fault, whole files or none."""

from __future__ import annotations

import io
import json
import stat
import sys

import pytest

from bot.core.errors import BadInput
from bot.jsonl import MAX_LINE_BYTES, MAX_TEXT, read_all, read_claims, read_lines, read_text, writing

GOOD = '{"id": "p1", "text": "one"}\n'

FAULTS = {
    b"not json": "not JSON (column 1)",
    b"[1, 2]": "must be a JSON object, not a list",
    b'"text"': "must be a JSON object, not a text",
    b"null": "must be a JSON object, not null",
    b'{"id": "x", "text": NaN}': "not JSON (NaN is not a JSON value)",
    b'{"id": "x", "p": -Infinity}': "not JSON (-Infinity is not a JSON value)",
    b'{"id": "x", "p": 1e999}': "not JSON (the number 1e999 is out of range)",
    b'{"id": "x", "text": "a", "text": "b"}': "not JSON (a key stands twice)",
    b'{"id": "x", "text": "\xff"}': "not UTF-8 (byte 22)",
    b'{"text": "a"}': 'lacks "id"',
    b'{"id": 7, "text": "a"}': '"id" must be a text, not a number',
    b'{"id": true, "text": "a"}': '"id" must be a text, not true or false',
    b'{"id": " ", "text": "a"}': '"id" must not be empty, begin or end with a space, or hold a line break',
    b'{"id": "a\\nb", "text": "a"}': '"id" must not be empty, begin or end with a space, or hold a line break',
    b'{"id": "p1", "text": "a"}': 'the id "p1" was used before, in FILE, line 1',
    b'{"id": "x", "text": "\\ud800"}': "holds half of a character (a lone surrogate escape)",
    b"[" * 100_000: "nested too deeply",
    b'{"id": "' + b"x" * MAX_LINE_BYTES + b'"}': f"longer than {MAX_LINE_BYTES:,} bytes",
}


@pytest.mark.parametrize(("line", "fault"), FAULTS.items(), ids=lambda value: str(value)[:40])
def test_read_all_given_a_fault_names_the_line_in_one_sentence(tmp_path, line, fault):
    path = tmp_path / "posts.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + line + b"\n")
    with pytest.raises(BadInput) as caught:
        read_all(str(path), what="posts")
    assert str(caught.value) == f"{path}, line 3: {fault}.".replace("FILE", str(path))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing.jsonl", "There is no posts file {}."),
        ("folder", "{} is a folder, not a posts file."),
        ("posts.jsonl/x", "The posts file {} cannot be read: not a directory."),
    ],
)
def test_read_all_when_the_file_cannot_be_opened_says_so(tmp_path, name, sentence):
    (tmp_path / "folder").mkdir()
    (tmp_path / "posts.jsonl").write_text(GOOD)
    path = str(tmp_path / name)
    with pytest.raises(BadInput) as caught:
        read_all(path, what="posts")
    assert str(caught.value) == sentence.format(path)


def test_read_all_given_a_name_no_file_can_have_says_so():
    with pytest.raises(BadInput, match="cannot be the name of a posts file"):
        read_all("a\0b", what="posts")


def test_read_lines_given_a_mark_blank_lines_and_crlf_reads_on(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode() + b"\r\n  \n" + GOOD.strip().encode())
    assert [line.text("text") for line in read_lines(str(path), what="posts")] == ["one", "one"]


def test_read_lines_from_standard_input_when_it_ends_stops(monkeypatch):
    class Stdin:
        buffer = io.BytesIO(GOOD.encode() + b"oops\n")

    monkeypatch.setattr(sys, "stdin", Stdin())
    lines = read_lines("-", what="posts")
    assert next(lines).id() == "p1"
    with pytest.raises(BadInput, match=r"^standard input, line 2: not JSON"):
        next(lines)


def test_line_text_when_too_long_says_how_long(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "x" * (MAX_TEXT + 1)}))
    (line,) = read_lines(str(path), what="posts")
    with pytest.raises(BadInput, match=r"20,001 characters, 20,000 are allowed"):
        line.text("text")


def test_read_claims_given_all_parts_returns_claims(tmp_path):
    path = tmp_path / "claims.jsonl"
    path.write_text('{"id": "c1", "claim": "A.", "paraphrases": ["B."], "more": 1}\n{"id": "c2", "claim": "C."}\n')
    first, second = read_claims(str(path))
    assert (first.text, first.paraphrases, first.look_alikes) == ("A.", ("B.",), ())
    assert (second.id, second.paraphrases) == ("c2", ())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"id": "c1", "claim": " "}', 'line 1: "claim" is empty'),
        ('{"id": "c1", "claim": "A", "paraphrases": "B"}', 'line 1: "paraphrases" must be a list of texts'),
        ('{"id": "c1", "claim": "A", "look_alikes": [1]}', 'line 1: "look_alikes" must be a list of texts'),
        ("\n", "holds no claim"),
    ],
)
def test_read_claims_given_a_fault_refuses(tmp_path, content, fault):
    path = tmp_path / "claims.jsonl"
    path.write_text(content)
    with pytest.raises(BadInput, match=fault):
        read_claims(str(path))


def test_read_text_when_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "essay.txt"
    path.write_bytes(b"Erste Zeile\n" + "Größe".encode("latin-1"))
    with pytest.raises(BadInput, match=r"essay\.txt, line 2: not UTF-8"):
        read_text(str(path), what="text")


def test_writing_when_all_goes_well_leaves_one_whole_file(tmp_path):
    target = tmp_path / "out.jsonl"
    with writing(str(target)) as write:
        write({"id": "p1", "text": "Größe \u2028 x"})
        assert not target.exists()
    assert [json.loads(line) for line in target.read_text("utf-8").split("\n")[:-1]] == [
        {"id": "p1", "text": "Größe \u2028 x"}
    ]
    assert stat.S_IMODE(target.stat().st_mode) & 0o600 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_writing_when_it_fails_keeps_the_old_file_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")

    def write_half() -> None:
        with writing(str(target)) as write:
            write({"id": "p1"})
            write({"p": float("nan")})

    with pytest.raises(ValueError, match="Out of range float"):
        write_half()
    assert target.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("name", "fault"), [("folder", "is a folder"), ("none/out.jsonl", "cannot be written")])
def test_writing_where_no_file_can_be_refuses_before_any_work(tmp_path, name, fault):
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match=fault), writing(str(tmp_path / name)):
        pytest.fail("must not get here")


def test_writing_to_standard_output_writes_as_it_comes(capsysbinary):
    with writing("-") as write:
        write({"a": "ü"})
    assert capsysbinary.readouterr().out == '{"a": "ü"}\n'.encode()
