"""Two public sets in the form of the datasets' README, a few rows each."""

import gzip
import json
from pathlib import Path

CHECKTHAT_CLAIMS = [
    {"id": "c1", "text": "A snake crossed the river.", "title": "Did a snake cross the river?"},
    {"id": "c2", "text": "Fries cost one dollar.", "title": "Dollar fries"},
]
CHECKTHAT_QUERIES = [
    {"id": "q1", "split": "dev_test", "text": "A snake crossed the river.", "gold": ["c1"]},
    {"id": "q2", "split": "dev_test", "text": "Fries cost one dollar.", "gold": ["c1"]},
    {"id": "q3", "split": "train", "text": "Fries cost one dollar.", "gold": ["c2"]},
]
DIARY_CLAIMS = [{"id": "d1", "text": "The West controls it."}, {"id": "d2", "text": "The coup was bought."}]
DIARY_QUERIES = [
    {"id": "p1", "label": "assert", "text": "The West controls it.", "gold": ["d1"]},
    {"id": "p2", "label": "deny", "text": "The coup was bought.", "gold": ["d1"]},
]
FILES = {
    "checkthat2022.claims": CHECKTHAT_CLAIMS,
    "checkthat2022.queries": CHECKTHAT_QUERIES,
    "propaganda_diary.claims": DIARY_CLAIMS,
    "propaganda_diary.queries": DIARY_QUERIES,
}


def public_sets(folder: Path) -> Path:
    """Write the files and return their folder."""
    folder.mkdir(parents=True)
    for name, rows in FILES.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    return folder
