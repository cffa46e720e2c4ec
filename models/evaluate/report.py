"""What one evaluation found, and the words for a share; ``page`` shows it to people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

ALIKE = ("split", "thresholds", "data", "weights_sha256", "max_posts")
ALIKE_ORIGIN = ("commit", "machine", "versions")
UNCOMMITTED = "has_uncommitted_changes"


@dataclass(frozen=True)
class Report:
    """Everything one evaluation found; ``streams`` maps a stream's name to its core figures, ``parts`` the rest."""

    split: str
    thresholds: dict[str, float]
    streams: dict[str, dict[str, Any]]
    data: dict[str, str]
    weights_sha256: str
    seed: int
    provenance: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    max_posts: int | None = None

    def summary(self) -> str:
        """Return the figures that matter most, a line each, for a terminal."""
        return "\n".join([self.split, *self._of_streams(), *self._of_parts()])

    def _of_streams(self) -> list[str]:
        found = self.streams.get("open", {})
        return [
            f"{name} {each['threshold']:.2f}: precision {percent(each['precision'])}, recall {percent(each['recall'])}"
            for name, each in found.get("at", {}).items()
        ]

    def _of_parts(self) -> list[str]:
        lines = []
        if evasion := self.parts.get("evasion"):
            lines.append(f"evasion: still found {percent(evasion['all']['attacks on one message'])}")
        if leak := self.parts.get("leak"):
            lines.append(f"claim-free baseline: accuracy {percent(leak['accuracy'])}")
        if external := self.parts.get("external"):
            checkthat, diary = external["checkthat2022"], external["propaganda_diary"]
            lines.append(f"CheckThat! MAP@5 {checkthat['MAP@5']:.3f}; Propaganda Diary MAP@1 {diary['MAP@1']:.3f}")
        return lines


def merged(report: Report, older: Report) -> Report:
    """Return a report with what an older one found beside it, if both measured the same model on the same posts.

    Otherwise the new one stands alone. What both measured is taken from the new one.
    """
    new, old = report.provenance, older.provenance
    is_alike = all(getattr(report, name) == getattr(older, name) for name in ALIKE)
    if not is_alike or any(new.get(name) != old.get(name) for name in ALIKE_ORIGIN):
        return report
    origin = new | {UNCOMMITTED: bool(new.get(UNCOMMITTED) or old.get(UNCOMMITTED))}
    streams, parts = older.streams | report.streams, older.parts | report.parts
    return replace(report, streams=streams, parts=parts, provenance=origin)


def percent(share: dict[str, float]) -> str:
    """Return a share with its 95 % interval and counts.

    >>> percent({"value": 0.95, "low": 0.764, "high": 0.991, "hits": 19, "of": 20})
    '95.0 % (76.4-99.1; 19 of 20)'
    >>> percent({"value": 0.0, "low": 0.0, "high": 1.0, "hits": 0, "of": 0})
    '- (0 of 0)'
    """
    if not share["of"]:
        return "- (0 of 0)"
    value, low, high = (100 * share[name] for name in ("value", "low", "high"))
    return f"{value:.1f} % ({low:.1f}-{high:.1f}; {share['hits']} of {share['of']})"
