"""What one evaluation found, and how it reads as a page for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """Everything one evaluation found; ``streams`` maps a stream's name to its figures."""

    split: str
    thresholds: dict[str, float]
    streams: dict[str, dict[str, Any]]
    data: dict[str, str]
    weights_sha256: str
    seed: int
    provenance: dict[str, Any]

    def summary(self) -> str:
        """Return the figures that matter most, a line a threshold, for a terminal."""
        at = self.streams["open"]["at"]
        lines = [
            f"{name} {each['threshold']:.2f}: precision {percent(each['precision'])}, recall {percent(each['recall'])}"
            for name, each in at.items()
        ]
        return "\n".join([f"{self.split}, {self.streams['open']['posts']} posts", *lines])


def markdown(report: Report) -> str:
    """Return the report as a Markdown page."""
    return "\n".join(_lines(report)) + "\n"


def percent(share: dict[str, float]) -> str:
    """Return a share with its 95 % interval and counts.

    >>> percent({"value": 0.95, "low": 0.764, "high": 0.991, "hits": 19, "of": 20})
    '95.0 % (76.4-99.1; 19 of 20)'
    """
    return (
        f"{share['value']:.1%} ({share['low']:.1%}-{share['high']:.1%}; {share['hits']} of {share['of']})".replace(
            "%-", "-"
        )
        .replace("%;", ";")
        .replace("% ", " % ")
    )


def _lines(report: Report) -> Iterator[str]:
    open_stream, benign = report.streams["open"], report.streams["benign"]
    yield f"# Stance judge on the {report.split} split\n"
    yield (
        f"{open_stream['posts']} posts about claims the judge was not trained on, each screened against every claim "
        "known; intervals are 95 % (Wilson). Near-equal claims are not counted.\n"
    )
    yield "| at threshold | precision | recall |"
    yield "|---|---|---|"
    for name, at in open_stream["at"].items():
        yield f"| {name} {at['threshold']:.2f} | {percent(at['precision'])} | {percent(at['recall'])} |"
    yield from _slices(open_stream, benign)
    yield from _quality(open_stream)
    yield from _origin(report)


def _slices(open_stream: dict[str, Any], benign: dict[str, Any]) -> Iterator[str]:
    yield "\n## Posts wrongly flagged\n"
    yield "| posts | at review | at reply |"
    yield "|---|---|---|"
    review, reply = open_stream["at"]["review"], open_stream["at"]["reply"]
    for label, share in review["wrongly_flagged_posts"].items():
        yield f"| {label} | {percent(share)} | {percent(reply['wrongly_flagged_posts'][label])} |"
    about_else = "about none of the starter pack's claims, which alone are loaded"
    yield f"| {about_else} | {percent(benign['review'])} | {percent(benign['reply'])} |"


def _quality(open_stream: dict[str, Any]) -> Iterator[str]:
    cosine, retrieval = open_stream["cosine_baseline"], open_stream["retrieval"]
    yield "\n## Quality over all thresholds\n"
    yield "| | judge | cosine alone |"
    yield "|---|---|---|"
    yield f"| average precision | {open_stream['average_precision']:.3f} | {cosine['average_precision']:.3f} |"
    yield f"| best F1 | {open_stream['best_f1']:.3f} | {cosine['best_f1']:.3f} |"
    yield f"\nExpected calibration error {open_stream['calibration_error']:.3f}."
    yield f"Own claim first among candidates: {percent(retrieval['first'])};"
    yield f"among five: {percent(retrieval['among_five'])}.\n"
    yield "Likeliest stance towards the own claim, where it was a candidate:\n"
    for label, share in open_stream["own_claim_stance_accuracy"].items():
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
