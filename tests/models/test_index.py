"""The claim index: exact, deterministic, and apart from its look-alikes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.core.domain import Claim
from models.index import NO_LOOK_ALIKE, ClaimIndex


class CountingEncoder:
    """Gives every text its own direction and remembers what it was asked for."""

    dim = 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [np.random.default_rng(sum(text.encode())).standard_normal(self.dim) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def claim(name: str, paraphrases: int = 0, look_alikes: int = 0) -> Claim:
    said = tuple(f"{name} said {i}" for i in range(paraphrases))
    return Claim(name, name, said, tuple(f"not {name} {i}" for i in range(look_alikes)))


def rows(*values: Sequence[float]) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def test_search_paraphrase_nearest_counts_for_its_claim() -> None:
    index = ClaimIndex([claim("a", 1), claim("b")], rows([1, 0], [0, 1], [0.6, 0.8]), rows().reshape(0, 2))
    assert index.search(rows([0, 1]), top=5) == [[(0, 1.0), (1, pytest.approx(0.8))]]


def test_search_equal_claims_come_in_the_order_given() -> None:
    same = rows(*[[1, 0]] * 4)
    index = ClaimIndex([claim(name) for name in "dcba"], same, rows().reshape(0, 2))
    assert [position for position, _ in index.search(rows([1, 0]), top=3)[0]] == [0, 1, 2]


def test_search_empty_index_or_no_query_finds_nothing() -> None:
    empty = ClaimIndex((), rows().reshape(0, 2), rows().reshape(0, 2))
    assert empty.search(rows([1, 0], [0, 1]), top=3) == [[], []]
    assert empty.search(rows().reshape(0, 2), top=3) == []
    assert empty.look_alike_similarities(rows([1, 0])).shape == (1, 0)


def test_look_alikes_are_never_found_but_measured_apart() -> None:
    index = ClaimIndex([claim("a"), claim("b", 0, 2)], rows([1, 0], [0, 1]), rows([-1, 0], [0.6, 0.8]))
    query = rows([0.6, 0.8])
    assert index.look_alike_similarities(query).tolist() == [[NO_LOOK_ALIKE, pytest.approx(1.0)]]
    assert index.similarities(query).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]


def test_index_rows_that_do_not_match_the_claims_are_refused() -> None:
    with pytest.raises(ValueError, match="one vector"):
        ClaimIndex([claim("a", 2)], rows([1, 0]), rows().reshape(0, 2))


def test_build_known_texts_are_not_encoded_again_and_old_ones_forgotten() -> None:
    encoder, known = CountingEncoder(), {}
    ClaimIndex.build([claim("a", 2, 1), claim("b")], encoder, known)
    encoder.asked.clear()
    ClaimIndex.build([claim("b"), claim("c")], encoder, known)
    assert encoder.asked == ["c"]
    assert set(known) == {"b", "c"}


def test_nearest_examples_come_from_the_claim_alone_and_nearest_first() -> None:
    """The rows of neighbouring claims lie side by side, the claim's own sentence before its paraphrases."""
    wordings = rows([1, 0], [0.8, 0.6], [1, 0], [0, 1], [0.6, 0.8], [1, 0])
    look_alikes = rows([1, 0], [0.6, 0.8], [0.8, 0.6])
    index = ClaimIndex([claim("a", 1, 1), claim("b", 2, 0), claim("c", 0, 2)], wordings, look_alikes)
    across, up = rows([1, 0], [0, 1])
    assert index.nearest_examples(0, across, 9, 9) == (("a said 0",), ("not a 0",))
    assert index.nearest_examples(1, across, 2, 9) == (("b said 1", "b said 0"), ())
    assert index.nearest_examples(1, up, 1, 1) == (("b said 0",), ())
    assert index.nearest_examples(2, up, 1, 1) == ((), ("not c 0",))
    assert index.nearest_examples(2, across, 0, 2) == ((), ("not c 1", "not c 0"))
    assert index.nearest_examples(2, across, 2, 0) == ((), ())


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12), st.integers(0, 6))
def test_search_any_claims_agrees_with_a_plain_loop(shape: list[tuple[int, int]], top: int) -> None:
    """The block maximum must never mix rows of neighbouring claims."""
    encoder = CountingEncoder()
    claims = [claim(f"claim {i}", *counts) for i, counts in enumerate(shape)]
    index = ClaimIndex.build(claims, encoder)
    query = encoder.encode(["a question"])
    expected = [max(float(v) for v in encoder.encode([c.text, *c.paraphrases]) @ query[0]) for c in claims]
    found = index.search(query, top)[0]
    assert [score for _, score in found] == pytest.approx(sorted(expected, reverse=True)[:top], abs=1e-6)
    assert all(score == pytest.approx(expected[position], abs=1e-6) for position, score in found)
    near = [max([float(v) for v in encoder.encode(c.look_alikes) @ query[0]], default=-1.0) for c in claims]
    assert index.look_alike_similarities(query)[0].tolist() == pytest.approx(near, abs=1e-6)
