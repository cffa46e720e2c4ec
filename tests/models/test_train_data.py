"""What the judge learns from: files read strictly, splits by rule, and strangers that are safe to call unrelated."""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import BadInput
from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost, load_claims
from models.train.nearness import Nearness, measure, measure_once
from models.train.pairs import Pair, PairMaker
from models.train.public import licences, load_public
from models.train.splits import assign, groups
from tests.models.tiny_corpus import names, tiny_data


class WordEncoder:
    """Counts words into fixed places: texts that share words are near. Nothing is learned or loaded."""

    dim = 64

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[sum(map(ord, word)) % self.dim] += 1.0
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def claim(name: str, **changes: object) -> LabelledClaim:
    post = LabelledPost(f"{name} did it", None, "asserts", "plain")
    values = {"id": name, "text": f"{name} did it.", "paraphrases": (), "look_alikes": (), "posts": (post,)}
    return LabelledClaim(**values | changes)


def test_load_claims_shipped_corpus_has_every_claim_and_post() -> None:
    claims = load_claims()
    assert Counter(each.is_fact for each in claims) == {False: 715, True: 72}
    assert sum(len(each.posts) for each in claims if not each.is_fact) == 9295
    assert len({each.id for each in claims}) == 787
    assert all(post.stance in LABELS and post.text for each in claims for post in each.posts)


@pytest.mark.parametrize("line", ["not json", "[]", '{"id": "x"}'])
def test_load_claims_bad_line_is_named(tmp_path: Path, line: str) -> None:
    data = tiny_data(tmp_path)
    path = data / "corpus" / "one.jsonl"
    path.write_text(path.read_text() + "\n" + line)
    with pytest.raises(BadInput, match=r"one\.jsonl, line 13"):
        load_claims(data)


def test_load_claims_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no training data"):
        load_claims(tmp_path)


def test_groups_near_claims_join_in_chains() -> None:
    nearness = np.eye(4, dtype=np.float32)
    nearness[0, 2] = nearness[2, 0] = nearness[2, 3] = nearness[3, 2] = 0.9
    assert groups(nearness) == [0, 1, 0, 0]


def test_assign_near_claims_share_a_split() -> None:
    """A claim that alone would be tested follows its near twin of the smaller id."""
    train, test = names(range(80), 1)[0], names(range(90, 100), 1)[0]
    twins = [claim(train), claim(test)]
    far, near = np.eye(2, dtype=np.float32), np.full((2, 2), 0.9, dtype=np.float32)
    assert assign(twins, far) == ["train", "test"]
    assert len(set(assign(twins, near))) == 1


def test_assign_pack_claims_are_never_tested_and_seeds_always_train() -> None:
    dev, test = names(range(80, 90), 1)[0], names(range(90, 100), 1)[0]
    pack = [claim(dev, is_fact=True, is_seed=True), claim(dev + "", is_fact=True), claim(test, is_fact=True)]
    assert [assign([each], np.eye(1, dtype=np.float32))[0] for each in pack] == ["train", "dev", "train"]


def test_assign_shipped_claims_come_to_about_80_10_10() -> None:
    claims = [each for each in load_claims() if not each.is_fact]
    counts = Counter(assign(claims, np.eye(len(claims), dtype=np.float32)))
    assert 0.75 < counts["train"] / len(claims) < 0.85
    assert min(counts["dev"], counts["test"]) > 50


@pytest.fixture
def maker(tmp_path: Path) -> PairMaker:
    claims = load_claims(tiny_data(tmp_path))
    nearness = measure(claims, WordEncoder())
    return PairMaker(claims, nearness, range(len(claims)), seed=3)


def test_epoch_same_seed_same_pairs_and_other_epoch_other_pairs(maker: PairMaker) -> None:
    assert maker.epoch(0) == maker.epoch(0)
    assert maker.epoch(0) != maker.epoch(1)


def test_epoch_an_asserting_post_meets_its_own_claim_and_two_strangers(maker: PairMaker) -> None:
    pairs = [pair for pair in maker.epoch(0) if pair.post.startswith("dam flooded on purpose")]
    own = [pair for pair in pairs if "dam" in pair.claim]
    strangers = [pair for pair in pairs if "dam" not in pair.claim]
    assert [LABELS[pair.label] for pair in own] == ["asserts"]
    assert [LABELS[pair.label] for pair in strangers] == ["unrelated", "unrelated"]


def test_epoch_claims_that_say_the_same_are_never_called_unrelated() -> None:
    twins = [claim("one"), claim("two"), claim("three")]
    between = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]], dtype=np.float32)
    nearness = Nearness(between, {number: between[[number]] for number in range(3)})
    pairs = PairMaker(twins, nearness, range(3), seed=0).epoch(0)
    strangers = {(pair.post[:3], pair.claim[:3]) for pair in pairs if LABELS[pair.label] == "unrelated"}
    assert strangers
    assert not strangers & {("one", "two"), ("two", "one")}


def test_epoch_only_chosen_claims_are_used(tmp_path: Path) -> None:
    """A held-out claim must not even be a stranger."""
    claims = load_claims(tiny_data(tmp_path))
    pairs = PairMaker(claims, measure(claims, WordEncoder()), [0, 1, 2], seed=0).epoch(0)
    held_out = {wording for each in claims[3:] for wording in each.wordings}
    assert not held_out & {pair.claim for pair in pairs}


def test_measure_once_second_call_reads_what_the_first_wrote(tmp_path: Path) -> None:
    claims = load_claims(tiny_data(tmp_path))
    first = measure_once(claims, WordEncoder(), tmp_path / "cache", "k" * 64)
    again = measure_once(claims, None, tmp_path / "cache", "k" * 64)  # type: ignore[arg-type]
    assert np.array_equal(first.claims, again.claims)
    assert all(np.array_equal(first.posts[number], again.posts[number]) for number in first.posts)


def write_set(folder: Path, name: str, *rows: dict[str, str]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(json.dumps({"split": "train", "text": "t", "claim": "c"} | row) for row in rows))


def test_load_public_only_parts_that_may_be_shipped_are_read(tmp_path: Path) -> None:
    write_set(
        tmp_path,
        "nli_small",
        {"set": "SICK", "label": "entailment"},
        {"set": "negated-MNLI", "label": "contradiction"},
        {"set": "FoolMeTwice-dev", "label": "entailment"},
        {"set": "FoolMeTwice-test", "label": "entailment", "split": "dev"},
    )
    write_set(tmp_path, "fnc1_lead", {"label": "assert"})
    public = load_public(tmp_path)
    assert [LABELS[pair.label] for pair in public["nli_small"]] == ["denies", "asserts"]
    assert set(public) == {"nli_small"}
    assert "Apache-2.0" in licences(public).values()


def test_load_public_veridicality_tells_denied_from_reported(tmp_path: Path) -> None:
    texts = {
        "knew": ("entailed", "not-entailed"),
        "denied": ("not-entailed", "entailed"),
        "said": ("not-entailed",) * 2,
    }
    rows = [
        {
            "subset": "megaveridicality",
            "text": f"someone {verb} that",
            "claim": f"that thing {verb_phrase}",
            "label": label,
        }
        for verb, labels in texts.items()
        for verb_phrase, label in zip(("happened .", "didn't happen ."), labels, strict=True)
    ]
    write_set(tmp_path, "dnc_factuality", *rows, {"subset": "factuality", "label": "entailed"})
    pairs: list[Pair] = load_public(tmp_path)["dnc_factuality"]
    assert [LABELS[pair.label] for pair in pairs] == ["asserts", "denies", "reports"]
