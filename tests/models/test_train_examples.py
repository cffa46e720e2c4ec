"""The examples of an epoch: statements with the labels they were given, and strangers safe to call unrelated."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost, load_claims
from models.train.examples import NOT_ASSERTED, STRANGER_WEIGHT, UNRELATED, Asked, Example, ExampleMaker
from models.train.nearness import Nearness, measure
from tests.models.tiny_corpus import tiny_data
from tests.models.word_encoder import WordEncoder

BOTH = "anna did it and bob did not"
EPOCHS = 12  # what is drawn by chance comes up at least once in so many


def claim(name: str, *posts: LabelledPost, **changes: object) -> LabelledClaim:
    values = {
        "id": name,
        "text": f"{name} did it.",
        "paraphrases": (f"it was {name}",),
        "look_alikes": (f"{name} met on Monday.",),
        "posts": posts or (post(f"{name} did it, all of it"),),
        "topic": name,
    }
    return LabelledClaim(**values | changes)


def post(text: str, stance: str = "asserts", **changes: object) -> LabelledPost:
    return LabelledPost(text, None, stance, "plain", **changes)


def family() -> list[LabelledClaim]:
    """Three claims of one topic, the first with a post about all, and some of other topics."""
    about_all = post(BOTH, "asserts", others={"bob": "denies"})
    kin = [claim("anna", about_all), claim("bob"), claim("carol")]
    joined = [LabelledClaim(**vars_of(each) | {"topic": "kin", "is_family": True}) for each in kin]
    return joined + [claim(name) for name in ("dave", "erin", "frank", "grace")]


def vars_of(each: LabelledClaim) -> dict[str, object]:
    return {name: getattr(each, name) for name in LabelledClaim.__slots__}


def asked_of(maker: ExampleMaker, text: str, name: str) -> Iterator[Asked]:
    """Yield what a post is asked about a claim."""
    return (asked for example in examples_of(maker, text) for asked in example.asked if name in asked.statement)


def examples_of(maker: ExampleMaker, text: str | None = None) -> Iterator[Example]:
    """Yield the examples of several epochs, those of one post as written where it is given."""
    examples = (example for number in range(EPOCHS) for example in maker.epoch(number))
    return (example for example in examples if text is None or example.post == text)


def maker_of(claims: list[LabelledClaim], chosen: range | None = None) -> ExampleMaker:
    return ExampleMaker(claims, measure(claims, WordEncoder()), chosen or range(len(claims)), seed=3)


@pytest.fixture
def maker(tmp_path: Path) -> ExampleMaker:
    return maker_of(load_claims(tiny_data(tmp_path)))


def test_epoch_same_seed_same_examples_and_other_epoch_or_seed_others(tmp_path: Path) -> None:
    claims = load_claims(tiny_data(tmp_path))
    nearness = measure(claims, WordEncoder())
    first, again, other = (ExampleMaker(claims, nearness, range(14), seed) for seed in (3, 3, 4))
    assert first.epoch(1) == again.epoch(1)
    assert first.epoch(0) != first.epoch(1)
    assert first.epoch(1) != other.epoch(1)


def test_epoch_an_asserting_post_meets_its_own_claim_and_strangers(maker: ExampleMaker) -> None:
    """The harvest has no family: what else its post is asked about is unrelated and counts less."""
    seen = list(examples_of(maker, "harvest burned on purpose, everybody with eyes knows."))
    assert len(seen) > EPOCHS / 2
    for example in seen:
        own = [asked for asked in example.asked if "harvest" in asked.statement]
        strangers = [asked for asked in example.asked if "harvest" not in asked.statement]
        assert {(asked.label, asked.weight) for asked in own} == {(LABELS.index("asserts"), 1.0)}
        assert {(asked.label, asked.weight) for asked in strangers} == {(UNRELATED, STRANGER_WEIGHT)}
        assert 2 <= len(strangers) <= 3
        assert len({asked.statement for asked in own}) == len(own) <= 2


def test_epoch_a_post_is_never_asked_about_its_own_words(maker: ExampleMaker) -> None:
    assert not [example for example in examples_of(maker) for asked in example.asked if asked.statement == example.post]


def test_epoch_siblings_carry_the_labels_that_the_post_was_given() -> None:
    """A sibling that no label names is unrelated: the posts of a family were read against all of it."""
    maker = maker_of(family())
    found = {name: {asked.label for asked in asked_of(maker, BOTH, name)} for name in ("anna", "bob", "carol")}
    assert found == {"anna": {LABELS.index("asserts")}, "bob": {LABELS.index("denies")}, "carol": {UNRELATED}}


def test_epoch_siblings_count_in_full_and_are_not_asked_every_time() -> None:
    maker = maker_of(family())
    asked = [each for name in ("bob", "carol") for each in asked_of(maker, BOTH, name)]
    assert {each.weight for each in asked} == {1.0}
    assert 0 < len(asked) < 2 * len(list(examples_of(maker, BOTH)))


def test_epoch_claims_of_a_topic_that_was_not_read_as_a_family_are_never_asked() -> None:
    claims = [LabelledClaim(**vars_of(each) | {"is_family": False}) for each in family()]
    maker = maker_of(claims)
    assert not list(asked_of(maker, BOTH, "carol"))
    assert not list(asked_of(maker, "carol did it, all of it", "anna"))
    assert list(asked_of(maker, "carol did it, all of it", "carol"))


def test_epoch_strangers_are_of_other_topics() -> None:
    maker = maker_of(family())
    for text in (BOTH, "bob did it, all of it", "carol did it, all of it", "it was bob"):
        asked = [asked for example in examples_of(maker, text) for asked in example.asked]
        strangers = {each.statement for each in asked if each.weight == STRANGER_WEIGHT}
        assert strangers
        assert not [each for each in strangers if any(kin in each for kin in ("anna", "bob", "carol"))]


def test_epoch_look_alikes_as_posts_do_not_assert_and_paraphrases_do() -> None:
    """All that is known of a look-alike is that it does not assert its claim, or a sibling's."""
    maker = maker_of(family())
    near, said = (list(examples_of(maker, text)) for text in ("anna met on Monday.", "it was anna"))
    assert 0 < len(near) < EPOCHS
    assert 0 < len(said) < EPOCHS
    for examples, own in ((near, NOT_ASSERTED), (said, LABELS.index("asserts"))):
        for example in examples:
            labels = {asked.statement: asked.label for asked in example.asked}
            assert {label for text, label in labels.items() if "anna" in text} == {own}
            assert {label for text, label in labels.items() if "bob" in text or "carol" in text} <= {NOT_ASSERTED}
            assert {label for text, label in labels.items() if any(n in text for n in ("dave", "erin"))} <= {UNRELATED}


def test_epoch_pack_posts_come_twice_and_its_paraphrases_are_not_shown_again(maker: ExampleMaker) -> None:
    posts = Counter(example.post for example in maker.epoch(0))
    assert posts["it was elves who wrote moon"] <= 2
    denials = sum(count for text, count in posts.items() if "Elves did not write moon." in text)
    assert denials >= 2


def test_epoch_claims_that_say_the_same_are_never_called_unrelated() -> None:
    twins = [claim("one"), claim("two"), claim("three")]
    between = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]], dtype=np.float32)
    nearness = Nearness(between, {number: between[[number]] for number in range(3)})
    maker = ExampleMaker(twins, nearness, range(3), seed=0)
    assert {asked.label for asked in asked_of(maker, "one did it, all of it", "three")} == {UNRELATED}
    assert not list(asked_of(maker, "one did it, all of it", "two"))


def test_epoch_a_stranger_much_nearer_than_the_own_claim_is_left_out() -> None:
    """Such a post may well assert the stranger too."""
    claims = [claim("one"), claim("two"), claim("three")]
    between = np.full((3, 3), 0.2, dtype=np.float32) + 0.8 * np.eye(3, dtype=np.float32)
    post_rows = {0: np.array([[0.6, 0.7, 0.5]], dtype=np.float32), 1: between[[1]], 2: between[[2]]}
    maker = ExampleMaker(claims, Nearness(between, post_rows), range(3), seed=0)
    assert {asked.label for asked in asked_of(maker, "one did it, all of it", "three")} == {UNRELATED}
    assert not list(asked_of(maker, "one did it, all of it", "two"))


def test_epoch_only_chosen_claims_are_used(tmp_path: Path) -> None:
    """A held-out claim must not even be a stranger."""
    claims = load_claims(tiny_data(tmp_path))
    held_out = {wording for each in claims[3:] for wording in each.wordings}
    examples = examples_of(maker_of(claims, range(3)))
    assert not held_out & {asked.statement for example in examples for asked in example.asked}


def test_epoch_a_post_with_a_parent_keeps_it_and_others_get_one_at_times() -> None:
    answer = post("exactly", parent="who did it?")
    maker = maker_of([claim("anna", answer, *[post(f"anna did it {n}") for n in range(40)]), claim("bob")])
    sides = [example.post for example in examples_of(maker)]
    assert sum("[in reply to: who did it?]" in side for side in sides) == EPOCHS
    invented = [side for side in sides if "[in reply to: " in side and "who did it?" not in side]
    assert 0 < len(invented) < 0.15 * len(sides)


def test_example_is_asked_as_one_question() -> None:
    example = Example("post", (Asked("one", 0), Asked("three", NOT_ASSERTED)))
    assert (example.question.post, example.question.statements) == ("post", ("one", "three"))
    assert example.length == len("post") + len("one") + len("three")
