"""How fast the judge is on this machine: posts a second and milliseconds a post over a given list of texts.

Measures the whole way from raw text to findings, cleaning included, without Discord and the store.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from bot.core.text import clean
from models.screener import AssessRequest, PairScreener

WARM_UP_POSTS = 3  # the first calls pay for memory that later ones reuse


@dataclass(frozen=True, slots=True)
class BenchReport:
    """Figures of one run. Times are milliseconds of one post screened alone; ``batched`` is posts a second together.

    ``cpu_ms_per_post`` is processor time over all threads: it says what a post costs on a machine that is busy.
    """

    posts: int
    mean_words: float
    ms_median: float
    ms_p95: float
    ms_max: float
    cpu_ms_per_post: float
    posts_per_second_alone: float
    posts_per_second_batched: float
    batch_posts: int
    machine: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON takes it."""
        return asdict(self)


def bench(
    screener: PairScreener,
    texts: Sequence[str],
    *,
    batch_posts: int = 8,
    on_post: Callable[[], None] | None = None,
) -> BenchReport:
    """Screen every text alone, then all in batches, and return the figures.

    ``on_post`` is called once for each post screened, twice over all posts, for a progress bar. Raises ValueError
    for no texts or a batch under 1.
    """
    if not texts or batch_posts < 1:
        raise ValueError("A benchmark needs at least one text and one post a batch.")
    for text in texts[:WARM_UP_POSTS]:
        _screen(screener, [text])
    step = on_post or (lambda: None)
    cpu_began = time.process_time()
    alone = [_timed(screener, [text], step) for text in texts]
    cpu = time.process_time() - cpu_began
    batches = [texts[i : i + batch_posts] for i in range(0, len(texts), batch_posts)]
    batched = sum(_timed(screener, batch, step) for batch in batches)
    return BenchReport(
        posts=len(texts),
        mean_words=round(statistics.fmean(len(text.split()) for text in texts), 1),
        ms_median=round(1000 * statistics.median(alone), 2),
        ms_p95=round(1000 * _quantile(alone, 0.95), 2),
        ms_max=round(1000 * max(alone), 2),
        cpu_ms_per_post=round(1000 * cpu / len(texts), 2),
        posts_per_second_alone=round(len(texts) / sum(alone), 2),
        posts_per_second_batched=round(len(texts) / batched, 2),
        batch_posts=batch_posts,
        machine=machine(),
    )


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores, torch threads and versions; no host name."""
    import torch

    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "load_1_min": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "transformers", "numpy")},
    }


def _screen(screener: PairScreener, texts: Sequence[str]) -> None:
    screener.assess_batch([AssessRequest(clean(text)) for text in texts])


def _timed(screener: PairScreener, texts: Sequence[str], step: Callable[[], None]) -> float:
    began = time.perf_counter()
    _screen(screener, texts)
    taken = time.perf_counter() - began
    for _ in texts:
        step()
    return taken


def _quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        named = []
    return named[0] if named else platform.processor() or "unknown"
