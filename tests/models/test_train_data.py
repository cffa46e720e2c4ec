"""What the judge learns from: files read strictly, splits by rule, and of the public sets only what may be used."""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import BadInput
from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost, load_claims
from models.train.examples import UNRELATED, Example
from models.train.nearness import measure_once
from models.train.public import MOST_KEY_POINTS, licences, load_public
from models.train.splits import assign, groups, joined
from tests.models.tiny_corpus import names, tiny_data
from tests.models.word_encoder import WordEncoder


def claim(name: str, **changes: object) -> LabelledClaim:
    post = LabelledPost(f"{name} did it", None, "asserts", "plain")
    values = {"id": name, "text": f"{name} did it.", "paraphrases": (), "look_alikes": (), "posts": (post,)}
    return LabelledClaim(**values | changes)


def labels(examples: list[Example]) -> list[list[str]]:
    """Return the stances of each example's statements."""
    return [[LABELS[asked.label] for asked in example.asked] for example in examples]


def test_load_claims_shipped_corpus_is_sound() -> None:
    claims = load_claims()
    known = {each.id: each for each in claims}
    assert len(known) == len(claims)
    assert Counter(each.is_fact for each in claims)[True] == 72
    assert all(post.stance in LABELS and post.text for each in claims for post in each.posts)
    assert all(each.topic for each in claims)


def test_load_claims_shipped_labels_towards_further_claims_stay_within_the_family() -> None:
    """Such a label is read as complete: a claim of the family that is not named is unrelated."""
    claims = load_claims()
    known = {each.id: each for each in claims}
    for each in claims:
        named = {name for post in each.posts for name in post.others}
        assert each.id not in named
        assert not named or each.is_family
        assert all(known[name].topic == each.topic and known[name].is_family for name in named)


def test_load_claims_family_has_its_topic_parents_and_labels(tmp_path: Path) -> None:
    first, second, third, *_ = load_claims(tiny_data(tmp_path))
    assert (first.topic, second.topic, third.topic) == (first.id, first.id, third.id)
    assert (first.is_family, second.is_family, third.is_family) == (True, True, False)
    answer = first.posts[1]
    assert answer.others == {second.id: "reports"}
    assert answer.parent == "> Any news?\nNone."
    assert first.posts[0].others == {}


@pytest.mark.parametrize("change", [{"stance": "agrees"}, {"others": {"other": "agrees"}}])
def test_load_claims_unknown_stance_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = tiny_data(tmp_path) / "corpus" / "one.jsonl"
    first, *rest = path.read_text().splitlines()
    row = json.loads(first)
    row["posts"][0] |= change
    path.write_text("\n".join([json.dumps(row), *rest]))
    with pytest.raises(BadInput, match=r"one\.jsonl, line 1: .*unknown stance 'agrees'"):
        load_claims(tmp_path)


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


def test_joined_links_of_any_order_join_in_chains() -> None:
    assert joined(6, [(4, 5), (1, 4), (0, 2), (5, 1), (3, 3)]) == [0, 1, 0, 3, 1, 1]


def test_assign_near_claims_share_a_split() -> None:
    """A claim that alone would be tested follows its near twin of the smaller topic."""
    train, test = names(range(80), 1)[0], names(range(90, 100), 1)[0]
    twins = [claim(train), claim(test)]
    far, near = np.eye(2, dtype=np.float32), np.full((2, 2), 0.9, dtype=np.float32)
    assert assign(twins, far) == ["train", "test"]
    assert len(set(assign(twins, near))) == 1


def test_assign_pack_claims_are_never_tested_and_seeds_always_train() -> None:
    dev, test = names(range(80, 90), 1)[0], names(range(90, 100), 1)[0]
    pack = [claim(dev, is_fact=True, is_seed=True), claim(dev + "", is_fact=True), claim(test, is_fact=True)]
    assert [assign([each], np.eye(1, dtype=np.float32))[0] for each in pack] == ["train", "dev", "train"]


def test_assign_claims_of_a_topic_share_the_split_of_its_name() -> None:
    """A held-out claim is new in its subject too, whatever its own id."""
    dev, test = names(range(80, 90), 1)[0], names(range(90, 100), 1)[0]
    far = np.eye(3, dtype=np.float32)
    assert assign([claim(name, topic=dev) for name in names(range(80), 3)], far) == ["dev"] * 3
    assert assign([claim(name, topic=test) for name in names(range(80), 3)], far) == ["test"] * 3


def test_assign_a_near_claim_brings_its_whole_topic_along() -> None:
    train, dev = names(range(80), 1)[0], names(range(80, 90), 1)[0]
    topics = [train, train, dev, dev]
    claims = [claim(f"c{number}", topic=topic) for number, topic in enumerate(topics)]
    nearness = np.eye(4, dtype=np.float32)
    assert assign(claims, nearness) == ["train", "train", "dev", "dev"]
    nearness[1, 2] = nearness[2, 1] = 0.81
    assert len(set(assign(claims, nearness))) == 1


def test_assign_shipped_claims_come_to_about_80_10_10_and_no_topic_is_cut() -> None:
    claims = load_claims()
    splits = assign(claims, np.eye(len(claims), dtype=np.float32))
    own = [split for each, split in zip(claims, splits, strict=True) if not each.is_fact]
    counts = Counter(own)
    assert 0.7 < counts["train"] / len(own) < 0.9
    assert min(counts["dev"], counts["test"]) > 50
    found: dict[str, set[str]] = {}
    for each, split in zip(claims, splits, strict=True):
        found.setdefault(each.topic, set()).add(split)
    assert {topic for topic, names in found.items() if len(names) > 1} == set()


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
    assert [each[0] for each in labels(public["nli_small"])] == ["denies", "asserts"]
    assert set(public) == {"nli_small"}
    assert "Apache-2.0" in licences(public).values()


def test_load_public_inference_pairs_also_meet_a_claim_of_another(tmp_path: Path) -> None:
    write_set(
        tmp_path,
        "nli_small",
        *[{"set": "negated-SNLI", "label": "neutral", "text": f"t{n}", "claim": f"c{n}"} for n in range(20)],
    )
    examples = load_public(tmp_path)["nli_small"]
    assert [example.asked[0].statement for example in examples] == [f"c{n}" for n in range(20)]
    strangers = [asked for example in examples for asked in example.asked[1:]]
    assert len(strangers) > 10
    assert all(asked.label == UNRELATED and asked.weight < 0.5 for asked in strangers)
    assert all(len({asked.statement for asked in each.asked}) == len(each.asked) for each in examples)
    assert load_public(tmp_path)["nli_small"] == examples


def test_load_public_an_argument_is_asked_for_its_key_points_at_once_made_ones_first(tmp_path: Path) -> None:
    rows = [{"text": "Cars kill.", "claim": f"k{n}", "label": "match" if n > 7 else "nomatch"} for n in range(9)]
    write_set(tmp_path, "argkp2021", *rows, {"text": "Cars are fun.", "claim": "k1", "label": "nomatch"})
    first, second = load_public(tmp_path)["argkp2021"]
    assert [asked.statement for asked in first.asked] == ["k8", *(f"k{n}" for n in range(MOST_KEY_POINTS - 1))]
    assert labels([first, second]) == [["asserts"] + ["unrelated"] * (MOST_KEY_POINTS - 1), ["unrelated"]]


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
    assert labels(load_public(tmp_path)["dnc_factuality"]) == [["asserts"], ["denies"], ["reports"]]
