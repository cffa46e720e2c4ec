"""A report as a Markdown page: the core figures first, then a section for every part that was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.evaluate.page_parts import PARTS
from models.evaluate.plots import WRONG
from models.evaluate.report import Report, percent
from models.evaluate.table import table


def markdown(report: Report, pictures: Sequence[str] = ()) -> str:
    """Return the report as a Markdown page; ``pictures`` names the files that lie beside it."""
    return "\n".join(_lines(report, pictures)) + "\n"


def _lines(report: Report, pictures: Sequence[str]) -> Iterator[str]:
    yield f"# Stance judge on the {report.split} split\n"
    if report.max_posts is not None:
        yield f"A trial on at most {report.max_posts} posts: no figure to report.\n"
    if report.streams:
        yield from _core(report.streams["open"], report.parts.get("outcome"))
        yield from _wrong(report.streams["open"], report.streams.get("benign"), report.parts.get("outcome"))
        yield from _picture(WRONG, "Wrong replies by what the post does", pictures)
        yield from _quality(report.streams["open"])
    for part in PARTS:
        values = report.parts.get(part.name)
        if values:
            yield f"\n## {part.title}\n"
            yield from part.lines(values)
            for name in part.pictures:
                yield from _picture(name, part.title, pictures)
    yield from _origin(report)


def _picture(name: str, title: str, pictures: Sequence[str]) -> Iterator[str]:
    if name in pictures:
        yield f"\n![{title}]({name})"


def _core(found: Mapping[str, Any], outcome: Mapping[str, Any] | None) -> Iterator[str]:
    yield (
        f"{found['posts']} posts about claims the judge was not trained on, each screened against every claim "
        "known; intervals are 95 % (Wilson), counted over (post, claim). Near-equal claims are not counted.\n"
    )
    rows = [
        [f"judge at {name} {at['threshold']:.2f}", percent(at["precision"]), percent(at["recall"])]
        for name, at in found["at"].items()
    ]
    said = {"replies": "replies", "cards": "review cards", "replies_and_cards": "replies and cards"}
    for key, name in said.items() if outcome else ():
        each = (outcome or {})[key]
        rows.append([f"after the whole policy: {name}", percent(each["precision"]), percent(each["recall"])])
    yield from table(("", "precision", "recall"), rows)


def _wrong(
    found: Mapping[str, Any], benign: Mapping[str, Any] | None, outcome: Mapping[str, Any] | None
) -> Iterator[str]:
    yield "\n## Posts wrongly flagged\n"
    columns = [found["at"][name]["wrongly_flagged_posts"] for name in ("review", "reply")]
    head = ["posts", "at review", "at reply"]
    if outcome:
        columns += [outcome[name]["wrong_posts"] for name in ("replies_and_cards", "replies")]
        head += ["reply or card after the whole policy", "reply after the whole policy"]
    rows = [[name, *(percent(column[name]) for column in columns)] for name in columns[0]]
    if benign:
        about_else = "about none of the starter pack's claims, which alone are loaded"
        rows.append([about_else, percent(benign["review"]), percent(benign["reply"]), *[""] * (len(columns) - 2)])
    yield from table(head, rows)


def _quality(found: Mapping[str, Any]) -> Iterator[str]:
    cosine, retrieval = found["cosine_baseline"], found["retrieval"]
    yield "\n## Quality over all thresholds\n"
    yield from table(
        ("", "judge", "cosine alone"),
        [
            ["average precision", f"{found['average_precision']:.3f}", f"{cosine['average_precision']:.3f}"],
            ["best F1", f"{found['best_f1']:.3f}", f"{cosine['best_f1']:.3f}"],
        ],
    )
    yield f"\nExpected calibration error {found['calibration_error']:.3f}."
    yield f"Own claim first among candidates: {percent(retrieval['first'])};"
    yield f"among all candidates: {percent(retrieval['among_candidates'])}.\n"
    yield "Likeliest stance towards the own claim, where it was a candidate:\n"
    for label, share in found["own_claim_stance_accuracy"].items():
        yield f"- {label}: {percent(share)}"


def _origin(report: Report) -> Iterator[str]:
    origin = report.provenance
    changes = " with uncommitted changes" if origin["has_uncommitted_changes"] else ""
    yield "\n## Origin\n"
    yield f"- commit {origin['commit']}{changes}; weights {report.weights_sha256[:16]}; seed {report.seed}"
    yield f"- {origin['machine']}; Python {origin['python']}; " + ", ".join(
        f"{name} {version}" for name, version in origin["versions"].items()
    )
    for name, digest in report.data.items():
        yield f"- {name} {digest[:16]}"
