"""The note lint: each fault is found by its own rule, fair notes pass, and both sides of a quarrel pass alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.domain import NoteState, Point, Source
from bot.core.errors import BadInput
from bot.core.note_lint import lint_note, lint_notes, lint_text, parse_lint_words
from bot.core.note_rules import RULES
from bot.core.notes import parse_note

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
GOOD = DATA / "notes_good" / "north-closed-the-strait.md"
TEXT = GOOD.read_text("utf-8")
NOTE = parse_note(TEXT)
WORDS = parse_lint_words((ROOT / "config" / "lint_words.toml").read_text("utf-8"))
TODAY = date(2026, 11, 23)

DENIALS = [
    "It is not true that Northland closed the strait.",
    "There is no evidence that Northland closed the strait.",
    "No credible evidence shows that Northland closed the strait.",
    "Northland did not close the strait.",
    "The northern government didn't close the strait.",
    "Northland never closed the strait.",
    "The story of the closed strait is a myth.",
    "Contrary to reports, the strait stayed open.",
    "Did Northland close the strait?",
    "Northland closed the strait, right?",
    "Why did Northland close the strait",
]
# Claims that hold a negative or a harsh word and are claims all the same.
CLAIMS = [
    "Nobody was killed when Northland closed the strait.",
    "Northland has no troops on the islands and nothing to do with the pirates.",
    "Northland stayed away from the May 2017 conference because it does not want peace there.",
    "Reports of sunken ships are a complete fabrication.",
    "The Southmark rebels are nothing but puppets.",
    "It is proven that Northland closed the strait.",
    "In 2008 Northland attacked Southmark without any provocation.",
    "Only the strait's closing keeps the peace.",
]


def rules_of(note, today=TODAY):
    """The names of the rules a note breaks."""
    return {problem.rule for problem in lint_note(note, words=WORDS, today=today)}


def with_claim(text):
    """The good note with another claim."""
    return replace(NOTE, claim=replace(NOTE.claim, text=text))


def with_source(**changes):
    """The good note with its second source changed."""
    return replace(NOTE, sources=(NOTE.sources[0], replace(NOTE.sources[1], **changes), NOTE.sources[2]))


def test_lint_note_given_the_good_note_finds_nothing():
    assert rules_of(NOTE) == set()


@pytest.mark.parametrize("claim", DENIALS)
def test_lint_note_given_a_denial_or_question_as_claim_refuses_it(claim):
    assert rules_of(with_claim(claim)) == {"claim-form"}


@pytest.mark.parametrize("claim", CLAIMS)
def test_lint_note_given_a_negative_claim_accepts_it(claim):
    assert rules_of(with_claim(claim)) == set()


CHANGES = [
    ({"tags": ()}, "labels-missing"),
    ({"flatters": ()}, "labels-missing"),
    ({"documented": (*NOTE.documented, *NOTE.documented[:2])}, "documented-count"),
    ({"disputed": ()}, "disputed-count"),
    ({"disputed": NOTE.disputed * 2}, "disputed-count"),
    ({"would_change": "A published order"}, "one-sentence"),
    ({"would_change": "Would a published order change this?"}, "one-sentence"),
    ({"would_change": "An order by the port office. " * 2}, "one-sentence"),
    ({"would_change": "A published order " + "and another " * 30 + "would."}, "text-length"),
    ({"sources": (*NOTE.sources, NOTE.sources[2]), "disputed": (Point("Ann says so.", (4,)),)}, "source-twice"),
    ({"documented": NOTE.documented[:2]}, "source-unused"),
    ({"reviewed_on": TODAY + timedelta(days=1)}, "review-dates"),
    ({"review_due": NOTE.reviewed_on}, "review-dates"),
    ({"disputed": (Point("Critics call the port office a stooge of the ministry."),)}, "person-word"),
    ({"disputed": (Point("Critics call the port officers idiots."),)}, "person-word"),
    ({"would_change": "Clearly, a published order would."}, "loaded-word"),
    ({"would_change": "An order by <@1234> would."}, "live-markup"),
    ({"would_change": "An order, see https://a.example, would."}, "live-markup"),
    ({"would_change": "An [order](https://a.example) would."}, "live-markup"),
]


@pytest.mark.parametrize(("change", "rule"), CHANGES)
def test_lint_note_given_one_change_names_its_rule(change, rule):
    assert rules_of(replace(NOTE, **change)) == {rule}


@pytest.mark.parametrize(
    "sentence",
    [
        "An order signed by Gen. Smith would.",
        "U.S. records that name the reason would.",
        'An order that says "close it." would.',
        "Figures above 3.5 million would change this.",
    ],
)
def test_lint_note_given_one_sentence_with_dots_inside_accepts_it(sentence):
    assert rules_of(replace(NOTE, would_change=sentence)) == set()


@pytest.mark.parametrize(
    ("publisher", "url", "outlook", "is_refused"),
    [
        ("TASS", None, "Russian agency", True),
        ("TASS", None, "Russian state agency", False),
        ("Voice of America", None, "US broadcaster", True),
        ("Voice of America", None, "US government broadcaster", False),
        ("BBC News", None, "UK broadcaster", True),
        ("Xinhua", None, "Chinese state agency", False),
        ("The Embassy", "https://www.whitehouse.gov/x", "US view", True),
        ("Ministry page", "https://mfa.gov.pk/x", "Pakistani view", True),
        ("Sport page", "https://sport.rt.com/x", "daily", True),
        ("Smart Daily", "https://smart.com/x", "daily", False),
        ("Radio Tassilo", None, "German private broadcaster", False),
        ("SANA's English desk", None, "Damascus agency", True),
        ("Sana'a Center", None, "Yemeni think tank", False),
        ("Sana’a Center", None, "Yemeni think tank", False),
    ],
)
def test_lint_note_given_an_official_publisher_wants_the_label_whichever_state_it_is(
    publisher, url, outlook, is_refused
):
    found = rules_of(with_source(publisher=publisher, url=url, outlook=outlook))
    assert found == ({"state-outlook"} if is_refused else set())


def test_lint_note_given_two_outlets_of_one_publisher_wants_another():
    note = replace(
        NOTE, sources=(NOTE.sources[0], replace(NOTE.sources[0], title="Second page", url=None, outlook="x"))
    )
    note = replace(note, documented=tuple(Point(point.text, (1, 2)) for point in note.documented))
    assert rules_of(note) == {"sources-enough"}


def test_lint_note_given_a_note_over_one_message_says_so():
    """Four sources with addresses at Discord's limit leave no room for the text."""
    sources = tuple(
        Source(
            f"Daily {letter}" * 8,
            "A title " * 30,
            f"outlook {letter}",
            "2025",
            f"https://{letter}.example/" + "x" * 480,
        )
        for letter in "abcd"
    )
    note = replace(NOTE, sources=sources, disputed=(Point("Ann says so.", (1, 2, 3, 4)),))
    assert rules_of(note) == {"note-length"}


@pytest.mark.parametrize("state", [NoteState.STALE, NoteState.RETIRED])
def test_lint_note_given_a_note_out_of_use_may_be_overdue(state):
    late = NOTE.review_due + timedelta(days=1)
    assert rules_of(NOTE, today=late) == {"review-overdue"}
    assert rules_of(replace(NOTE, state=state), today=late) == set()
    assert rules_of(NOTE, today=NOTE.review_due) == set()


def test_lint_note_given_the_same_wording_for_the_other_side_judges_alike():
    """Swapping the two sides changes no finding."""

    def swapped(text):
        return text.replace("Northland", "\0").replace("Southmark", "Northland").replace("\0", "Southmark")

    harsh = TEXT.replace("The closing order names", "The outrageous closing order names")
    for text in (TEXT, harsh):
        ours, theirs = (lint_text(version, words=WORDS, today=TODAY) for version in (text, swapped(text)))
        assert [(p.line, p.rule) for p in ours] == [(p.line, p.rule) for p in theirs]


def test_lint_notes_given_several_faults_reports_all_with_their_lines(tmp_path):
    text = TEXT.replace("as its reason. [1]", "as its reason.").replace("Of 41 ships", "Obviously 41 ships")
    (tmp_path / GOOD.name).write_text(text, "utf-8")
    (tmp_path / "broken.md").write_text("no front matter", "utf-8")
    problems = lint_notes(tmp_path, words=WORDS, today=TODAY)
    assert [(Path(p.path).name, p.line, p.rule) for p in problems] == [
        ("broken.md", 1, "front-matter"),
        (GOOD.name, 43, "fact-without-source"),
        (GOOD.name, 44, "loaded-word"),
    ]


def test_lint_notes_given_the_same_sentence_under_two_claims_says_which(tmp_path):
    (tmp_path / GOOD.name).write_text(TEXT, "utf-8")
    (tmp_path / "zz.md").write_text(TEXT.replace("north-closed-the-strait", "zz"), "utf-8")
    problems = lint_notes(tmp_path, words=WORDS, today=TODAY)
    assert {problem.rule for problem in problems} == {"paraphrase-shared"}
    assert len(problems) == 4  # the claim and its three paraphrases
    assert all("north-closed-the-strait" in problem.message for problem in problems)


def test_lint_notes_given_no_folder_or_an_empty_one_reports_it(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        assert [problem.rule for problem in lint_notes(folder, words=WORDS, today=TODAY)] == ["folder"]


@pytest.mark.parametrize("text", ["", "persons = [", "persons = []", "[outlook]\nlabels = 3"])
def test_parse_lint_words_given_no_word_lists_refuses(text):
    with pytest.raises(BadInput):
        parse_lint_words(text)


def test_parse_lint_words_given_an_empty_list_refuses():
    """An empty list would match everywhere."""
    shipped = (ROOT / "config" / "lint_words.toml").read_text("utf-8")
    start, end = shipped.index("loaded = ["), shipped.index("# Words that show")
    with pytest.raises(BadInput, match="at least one"):
        parse_lint_words(shipped[:start] + "loaded = []\n" + shipped[end:])


GUIDE = (ROOT / "docs" / "notes.md").read_text("utf-8")


def test_guide_shows_an_example_that_passes_the_lint():
    example = GUIDE.split("```markdown\n")[1].split("```")[0]
    assert lint_text(example, words=WORDS, today=TODAY) == []


@pytest.mark.parametrize("rule", [*RULES, "paraphrase-shared"])
def test_guide_names_every_rule(rule):
    assert f"`{rule}`" in GUIDE
