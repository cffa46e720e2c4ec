"""The benchmark: true counts, and a report that says on what machine."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.core.domain import Claim
from models.bench import bench
from models.calibration import Calibration
from models.layout import Question
from models.screener import PairScreener


class FlatEncoder:
    """Points every text the same way, so that each post meets each claim."""

    dim = 2

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.tile(np.array([1, 0], dtype=np.float32), (len(texts), 1))


class CountingJudge:
    """Counts the statements it is asked about."""

    statements = 0

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[NDArray[np.float32]]:
        self.statements += sum(len(question.statements) for question in questions)
        return [np.full((len(question.statements), 4), 0.25, dtype=np.float32) for question in questions]


def test_bench_posts_are_each_screened_alone_and_batched() -> None:
    judge, ticks = CountingJudge(), []
    screener = PairScreener(FlatEncoder(), judge, Calibration())
    screener.load_claims([Claim("c", "a claim")])
    report = bench(screener, ["one two"] * 7, batch_posts=3, on_post=lambda: ticks.append(1))
    assert (report.posts, report.mean_words, len(ticks)) == (7, 2.0, 14)
    assert judge.statements == 14 + 3  # three to warm up
    assert 0 < report.ms_median <= report.ms_p95 <= report.ms_max
    assert report.posts_per_second_batched > 0
    machine = json.loads(json.dumps(report.to_dict()))["machine"]
    assert machine["cores"] >= 1
    assert machine["torch"]


@pytest.mark.parametrize(("texts", "batch"), [([], 8), (["text"], 0)])
def test_bench_nothing_to_measure_is_refused(texts: list[str], batch: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        bench(PairScreener(FlatEncoder(), CountingJudge(), Calibration()), texts, batch_posts=batch)
