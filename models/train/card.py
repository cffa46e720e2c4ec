"""The model card: for people who decide whether these weights may judge their forum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.artifact import Manifest
from models.evaluate.report import percent

CARD = "MODEL_CARD.md"

TEMPLATE = """# Footnote's stance judge

Says what a post does with a claim: `asserts`, `denies`, `reports` (quotes, asks, attributes, leaves open) or
`unrelated`. A cross-encoder over all-MiniLM-L6-v2 (Apache-2.0) that reads a post once with several claims beside it;
this folder holds only the weights that training changed, in half precision. The word embeddings stay in the base
encoder, whose sha256 `manifest.json` names.

## Meant for

Helping moderators of English discussion forums about geopolitics to find posts that assert a claim about which they
hold a reviewed note. A person writes the note, sets the thresholds and can read every decision.

## Not meant for

- Deciding whether a statement is true. It compares a post with a claim and knows nothing of the world.
- Judging, scoring or profiling people, or deleting, muting or punishing on its word.
- Languages other than English, or fields far from politics and public affairs, without measuring first.
- Speaking unasked below the reply threshold.

## Data

{data}

Posts of the project's corpus were written for it; none comes from a forum, and no message obtained from Discord was or
may be used. Claims are split by rule into train, dev and test, near-equal claims together. Calibration and thresholds
come from dev alone. The test split is measured once for each release, by `footnote evaluate --split test`: the report
lies in docs/measurements.

## Figures

Posts of the split's claims, of all four stances, screened against every claim known; 95 % Wilson intervals.

{figures}

Suggested thresholds: review {review:.2f} (on dev recall of 0.92 if precision is at least 0.35 there, else the lowest
with that precision), reply {reply:.2f} (precision of at least 0.95, and at most 2 % wrong replies to denials, reports
and neighbours).

## Limits

- The corpus is written, not collected: real forum posts differ, so expect lower figures, and run in shadow mode first.
- The same few writers wrote train, dev and test posts; test claims and topics are new to the judge, the writers' voices
  are not.
- Weak: posts that assert a near neighbour of the claim (another actor, number or cause), denials that repeat the claim
  first and reject it at the end, sarcasm, and assertions that avoid every word of the claim.
- Claims and posts name real states and peoples. The corpus has claims that suit and attack many sides, yet no proof of
  even treatment: use the symmetry report on your own forum.
- One post is judged at a time: a claim spread over several messages is missed.

## Origin

{origin}
"""


def write_card(folder: Path, manifest: Manifest) -> None:
    """Write ``MODEL_CARD.md`` beside the weights, every figure from the manifest."""
    rows = [f"| {name} | {licence} |" for name, licence in manifest.licences.items()]
    card = TEMPLATE.format(
        data="\n".join(["| set | licence |", "|---|---|", *rows]),
        figures=_figures(manifest.metrics),
        review=manifest.thresholds.get("review", 0.0),
        reply=manifest.thresholds.get("reply", 0.0),
        origin=_origin(manifest),
    )
    (folder / CARD).write_text(card, encoding="utf-8")


def _figures(metrics: dict[str, Any]) -> str:
    lines = ["| split | threshold | precision | recall |", "|---|---|---|---|"]
    for split, streams in metrics.items():
        for name, at in streams["open"]["at"].items():
            cells = (percent(at["precision"]), percent(at["recall"]))
            lines.append(f"| {split} | {name} {at['threshold']:.2f} | {' | '.join(cells)} |")
        lines += [
            f"| {split} | {point['threshold']:.2f} | {point['precision']:.1%} | {point['recall']:.1%} |"
            for point in streams["open"]["points"]
        ]
    for split, streams in metrics.items():
        judged, cosine = streams["open"], streams["open"]["cosine_baseline"]
        lines.append(
            f"\nOn {split}: average precision {judged['average_precision']:.3f} (a cosine alone: "
            f"{cosine['average_precision']:.3f}), best F1 {judged['best_f1']:.3f} ({cosine['best_f1']:.3f}), expected "
            f"calibration error {judged['calibration_error']:.3f}. The own claim was among those judged for "
            f"{judged['retrieval']['among_candidates']['value']:.0%} of the posts about it, which caps recall; where it"
            f" was, the likeliest stance was right for {_stances(judged)}."
        )
    return "\n".join(lines)


def _stances(judged: dict[str, Any]) -> str:
    accuracy = judged["own_claim_stance_accuracy"]
    return ", ".join(f"{label} {share['value']:.0%}" for label, share in accuracy.items())


def _origin(manifest: Manifest) -> str:
    training = manifest.training
    progress = training["progress"]
    changes = " with uncommitted changes" if training["has_uncommitted_changes"] else ""
    versions = ", ".join(f"{name} {version}" for name, version in training["versions"].items())
    return (
        f"Finished on {training['finished_on']} on {training['machine']}: {progress['step']} steps, "
        f"{progress['pairs']} pairs, {progress['seconds'] / 60:.0f} minutes, seed {manifest.seed}. "
        f"Commit {training['commit']}{changes}. {versions}. "
        "Hashes of every data file are in `manifest.json`. Made by `footnote train`."
    )
