"""A corpus small enough to train on in a test: a few invented claims in every split."""

import json
from pathlib import Path

from models.train.splits import DEV_BUCKETS, TEST_BUCKETS, bucket

# Two words that make each claim unlike the others
TOPICS = (
    ("dam", "flooded"),
    ("bank", "robbed"),
    ("fleet", "sunk"),
    ("harvest", "burned"),
    ("bridge", "mined"),
    ("paper", "forged"),
    ("tunnel", "hidden"),
    ("census", "faked"),
    ("copper", "stolen"),
    ("treaty", "torn"),
    ("radio", "jammed"),
    ("ferry", "leaking"),
)


def claim_row(name: str, topic: tuple[str, str]) -> dict[str, object]:
    """Return one claim in the corpus's form, with a post of each stance."""
    thing, fate = topic
    posts = [
        {"text": f"{thing} {fate} on purpose, everybody with eyes knows.", "stance": "asserts"},
        {"text": "They did it.", "title": f"Who {fate} {thing}?", "stance": "asserts"},
        {"text": f"No, nobody {fate} {thing}; stop it.", "stance": "denies"},
        {"text": f"Is {thing} {fate}?", "stance": "reports"},
        {"text": f"{thing} needs new paint before winter.", "stance": "unrelated"},
    ]
    return {
        "id": name,
        "claim": f"{thing} {thing} {fate}.",
        "paraphrases": [f"{fate} {thing}", f"{thing} was {fate}"],
        "look_alikes": [f"{thing} met on Monday."],
        "posts": [post | {"phenomenon": "plain"} for post in posts],
    }


def family(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return claims as a family of one topic: who asserts one of them in an answer leaves its siblings open."""
    names = [str(row["id"]) for row in rows]
    return [
        row
        | {"topic": names[0], "is_family": True}
        | {"posts": [_answer(post, [other for other in names if other != row["id"]]) for post in row["posts"]]}
        for row in rows
    ]


def _answer(post: dict[str, object], siblings: list[str]) -> dict[str, object]:
    others = dict.fromkeys(siblings, "reports")
    return post | {"parent": "> Any news?\n**None**.", "others": others} if "title" in post else post


def fact_row(name: str, part: int) -> dict[str, object]:
    """Return one claim in the starter pack's form."""
    return {
        "id": name,
        "part": part,
        "claim": f"Elves wrote the {name} chapter.",
        "paraphrases": [f"it was elves who wrote {name}", f"the {name} chapter is elf work"],
        "hard_negatives": [
            {"kind": "denial", "text": f"Elves did not write {name}."},
            {"kind": "question", "text": f"Did elves write {name}?"},
            {"kind": "supported-neighbour", "text": f"The {name} chapter has nine pages."},
        ],
    }


def names(buckets: range, count: int) -> list[str]:
    """Return claim ids that the split rule puts into these buckets."""
    found = (name for number in range(10_000) if bucket(name := f"claim-{number}") in buckets)
    return [next(found) for _ in range(count)]


def tiny_data(folder: Path) -> Path:
    """Write a data folder: four claims to train on, two a family, four each for dev and test, and a pack of two."""
    ids = names(range(80), 4) + names(DEV_BUCKETS, 4) + names(TEST_BUCKETS, 4)
    (folder / "corpus").mkdir(parents=True)
    rows = [claim_row(name, topic) for name, topic in zip(ids, TOPICS, strict=True)]
    lines = [json.dumps(row) for row in family(rows[:2]) + rows[2:]]
    (folder / "corpus" / "one.jsonl").write_text("\n".join(lines), encoding="utf-8")
    facts = [json.dumps(fact_row("moon", 1)), json.dumps(fact_row("sun", 2))]
    (folder / "facts_claims.jsonl").write_text("\n".join(facts), encoding="utf-8")
    return folder
