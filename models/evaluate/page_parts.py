"""How each part of a report reads on its page, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from models.evaluate.plots import CURVES, RELIABILITY, SIDES
from models.evaluate.report import percent
from models.evaluate.table import cell, table


@dataclass(frozen=True)
class Part:
    """One section: the key in ``Report.parts``, its title, its lines and the pictures below them."""

    name: str
    title: str
    lines: Callable[[Any], Iterator[str]]
    pictures: tuple[str, ...] = ()


def _baselines(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        [name, *(f"{each[key]:.3f}" for key in ("average_precision", "best_f1", "recall_at_95_precision"))]
        for name, each in found.items()
    ]
    yield from table(("", "average precision", "best F1", "recall at 95 % precision"), rows)
    yield "\nOver (post, claim); what a method never offers counts as missed."


def _reliability(found: dict[str, Any]) -> Iterator[str]:
    rows = [[name, str(each["rows"]), f"{each['calibration_error']:.3f}"] for name, each in found.items()]
    yield from table(("posts", "findings", "expected calibration error"), rows)


def _evidence(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        [name, *(f"{each[key]:.3f}" for key in ("average_precision", "recall_at_95_precision", "calibration_error"))]
        for name, each in found.items()
    ]
    yield "Calibration fitted on half of the topics and measured on the other half, both ways.\n"
    yield from table(("evidence", "average precision", "recall at 95 % precision", "calibration error"), rows)


def _retrieval(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        [name, *(percent(each[depth]) for depth in ("R@1", "R@5", "R@10")), f"{each['MRR']:.3f}"]
        for name, each in found.items()
    ]
    yield "The post's own claim among all claims, by the bot's index, without a gate.\n"
    yield from table(("posts", "R@1", "R@5", "R@10", "MRR"), rows)


def _slices(found: dict[str, Any]) -> Iterator[str]:
    for cut, parts in found.items():
        yield f"\n### By {cut}\n"
        rows = [
            [
                cell(name),
                str(each["posts"]),
                *(
                    percent(each[at][key])
                    for at in ("reply", "review")
                    for key in ("precision", "recall", "wrong_posts")
                ),
            ]
            for name, each in parts.items()
        ]
        yield from table(
            (
                cut,
                "posts",
                *(f"{key} at {at}" for at in ("reply", "review") for key in ("precision", "recall", "wrong posts")),
            ),
            rows,
        )


def _symmetry(found: dict[str, Any]) -> Iterator[str]:
    rows = [[cell(side), percent(each["reply"]), percent(each["review"])] for side, each in found["sides"].items()]
    yield f"Whom the claim flatters, over the {found['posts']} posts that assert nothing.\n"
    yield from table(("side", "wrong replies", "wrong at review"), rows)
    if spread := found["spread"]:
        inside = ("outside", "inside")
        yield (
            f"\nWorst: {spread['worst']}, {inside[spread['worst_lies_in_best']]} the best's interval. "
            f"Best: {spread['best']}, {inside[spread['best_lies_in_worst']]} the worst's interval."
        )


def _by_claim(found: list[dict[str, Any]]) -> Iterator[str]:
    rows = [
        [cell(each["claim"]), str(each["false_alarms"]), str(each["missed"]), str(each["asserted"])] for each in found
    ]
    yield from table(("claim", "false alarms at review", "missed at review", "times asserted"), rows)


def _errors(found: list[dict[str, Any]]) -> Iterator[str]:
    rows = [
        [
            f"{each['p_asserts']:.2f}" if each["p_asserts"] is not None else "no candidate",
            cell(each["claim"]),
            each["truth"],
            cell(each["phenomenon"]),
            f"{each['similarity']:.2f}" if each["similarity"] is not None else "",
            " ".join(f"{value:.2f}" for value in each["probabilities"] or ()),
            cell(each["span"]),
            cell(" // ".join(part for part in (each["parent"], each["title"], each["text"]) if part)),
        ]
        for each in found
    ]
    head = ("p", "claim", "truth", "phenomenon", "similarity", "asserts denies reports unrelated", "span")
    yield from table((*head, "parent // title // text"), rows)


def _evasion(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['posts']} assertions found as written at review {found['review']:.2f}, then disguised.\n"
    rows = [
        [name, percent(each["still_found"]), f"{each['mean_before']:.3f}", f"{each['mean_after']:.3f}"]
        for name, each in found["attacks"].items()
    ]
    yield from table(("attack", "still at or above review", "mean p before", "mean p after"), rows)
    for name, each in found["all"].items():
        yield f"\nOver {name}: {percent(each)}."
    cost = found["folding_on_clean_text"]
    yield (
        f"\nFolding changes the words of {cost['changed_by_folding']} of {cost['posts']} clean posts that assert "
        f"nothing; of them {cost['flagged_with_folding']} are flagged with it and "
        f"{cost['flagged_without_folding']} without."
    )


def _leak(found: dict[str, Any]) -> Iterator[str]:
    yield f"A linear model on the post's vector alone, taught {found['taught_posts']} posts, never shown a claim.\n"
    rows = [
        ["accuracy", percent(found["accuracy"]), f"largest class {percent(found['largest_class'])}"],
        [
            "average precision of asserts",
            f"{found['asserts_average_precision']:.3f}",
            f"share of asserts {percent(found['asserts_share'])}",
        ],
    ]
    rows += [[f"recall of {label}", percent(each), ""] for label, each in found["recall_by_stance"].items()]
    yield from table(("", "without the claim", "by chance"), rows)


def _external(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        [
            name,
            str(each["claims"]),
            str(each["queries"]),
            f"{each['MAP@1']:.3f}",
            f"{each['MAP@5']:.3f}",
            percent(each["R@10"]),
        ]
        for name, each in found.items()
        if name != "files"
    ]
    yield from table(("set", "claims", "queries", "MAP@1", "MAP@5", "R@10"), rows)
    yield "\n" + ", ".join(f"{name} {digest[:16]}" for name, digest in found["files"].items())


PARTS = (
    Part("baselines", "Precision and recall against baselines", _baselines, (CURVES,)),
    Part("reliability", "Reliability", _reliability, (RELIABILITY,)),
    Part("evidence", "What each kind of evidence adds", _evidence),
    Part("retrieval", "Retrieval", _retrieval),
    Part("slices", "Slices", _slices),
    Part("symmetry", "Symmetry", _symmetry, (SIDES,)),
    Part("evasion", "Evasion", _evasion),
    Part("leak", "What tone alone gives away", _leak),
    Part("external", "Retrieval on public sets", _external),
    Part("by_claim", "Claims with most errors", _by_claim),
    Part("false_alarms", "False alarms, worst first", _errors),
    Part("misses", "Misses, worst first", _errors),
)
