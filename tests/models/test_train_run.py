"""A training run from files to a model folder that the bot can load, stopped and taken up again on the way."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import BadInput, BadSetting
from models.artifact import Manifest, load_artifact
from models.calibration import Calibration
from models.evidence import FEATURES
from models.stance import LABELS, StanceJudge, build_network, network_probabilities, trained_state
from models.train import TrainOptions, train
from models.train.examples import NOT_ASSERTED, UNRELATED, Asked, Example
from models.train.loop import WARM_UP, Schedule, Trainer, loss_of, rate, run
from models.train.material import Material, prepare, public_batches
from models.train.nearness import Nearness
from models.train.probe import STRANGERS, probe, probe_examples
from models.train.run import plan
from tests.models.tiny_corpus import tiny_data
from tests.models.tiny_models import tiny_artifact, tiny_encoder

TRUE = Example("yes it is so", (Asked("it is so", 0), Asked("the moon is red", UNRELATED)))
FALSE = Example("the weather was bad", (Asked("it is so", UNRELATED),))
BATCHES = [[TRUE, FALSE], [FALSE, TRUE], [TRUE], [FALSE]]
TWICE = Schedule(lambda _: BATCHES, epochs=2)


def trainer(folder: Path, **changes: object) -> Trainer:
    import torch

    options = TrainOptions(out=folder, epochs=2, learning_rate=1e-3, checkpoint_every=3)
    encoder = folder / "encoder"
    if not encoder.exists():
        tiny_encoder(encoder)
    torch.manual_seed(0)
    network = build_network(encoder)
    return Trainer(network, replace(options, **changes), steps=8)


def test_run_two_kinds_of_statements_are_learned_apart(tmp_path: Path) -> None:
    learner = trainer(tmp_path, learning_rate=5e-3)
    learner.steps = 120
    losses: list[float] = []
    run(learner, Schedule(lambda _: BATCHES, epochs=30), lambda each: losses.append(each.progress.loss))
    assert losses[-1] < 0.7 * losses[0]
    assert learner.progress.pairs == 120 // 4 * sum(len(each.asked) for batch in BATCHES for each in batch)


def test_run_what_is_only_known_not_to_assert_is_taught_not_to(tmp_path: Path) -> None:
    learner = trainer(tmp_path, learning_rate=5e-3)
    learner.steps = 60
    near = Example("yes it is so", (Asked("it was so once", NOT_ASSERTED),))
    before = network_probabilities(learner.network, [near.question])[0][0, 0]
    run(learner, Schedule(lambda _: [[near]] * 60, epochs=1), lambda _: None)
    assert network_probabilities(learner.network, [near.question])[0][0, 0] < 0.2 * before


def test_loss_not_asserted_falls_as_the_chance_of_an_assertion_falls() -> None:
    """Which of the other stances it is stays open: moving between them costs nothing."""
    import torch

    near = [Asked("x", NOT_ASSERTED)]
    losses = [float(loss_of(torch.tensor([[odds, 1.0, 0.0, 0.0]]), near)) for odds in (4.0, 2.0, 0.0, -2.0, -8.0)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 1e-3
    chance = torch.tensor([[0.3, 0.5, 0.1, 0.1]])
    moved = torch.tensor([[0.3, 0.0, 0.1, 0.6]])
    assert float(loss_of(chance.log(), near)) == pytest.approx(-math.log(0.7), abs=1e-5)
    assert float(loss_of(moved.log().clamp(min=-50), near)) == pytest.approx(-math.log(0.7), abs=1e-5)


def test_loss_is_the_mean_by_weight() -> None:
    import torch

    logits = torch.tensor([[2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.5]])
    asked = [Asked("a", 0, 1.0), Asked("b", 1, 0.5), Asked("c", NOT_ASSERTED, 2.0)]
    alone = [float(loss_of(logits[[row]], [each])) for row, each in enumerate(asked)]
    expected = sum(each.weight * loss for each, loss in zip(asked, alone, strict=True)) / 3.5
    assert float(loss_of(logits, asked)) == pytest.approx(expected, abs=1e-6)


def test_run_schedule_first_part_ends_at_its_share_and_the_next_takes_over(tmp_path: Path) -> None:
    """The public sets come first and must leave the rest of the run to the corpus, however many they are."""
    learner, places = trainer(tmp_path), []
    schedule = Schedule(
        lambda epoch: [[FALSE]] * 50 if epoch == 0 else [[TRUE]] * 4, 3, lambda epoch: 0.25 if epoch == 0 else 1.0
    )
    run(learner, schedule, lambda each: places.append((each.progress.epoch, each.progress.batch)))
    assert places == [(0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2)]
    assert learner.done == 1.0


def test_run_word_embeddings_stay_as_they_were(tmp_path: Path) -> None:
    learner = trainer(tmp_path)
    before = learner.network.body.embeddings.word_embeddings.weight.clone()
    run(learner, TWICE, lambda _: None)
    assert learner.network.body.embeddings.word_embeddings.weight.equal(before)


def test_run_stopped_and_resumed_ends_where_an_unbroken_run_does(tmp_path: Path) -> None:
    import torch

    unbroken = trainer(tmp_path)
    run(unbroken, TWICE, lambda _: None)

    def stop_at_five(each: Trainer) -> None:
        if each.progress.step == 5:
            raise KeyboardInterrupt

    stopped = trainer(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run(stopped, TWICE, stop_at_five)
    resumed = trainer(tmp_path)
    resumed.load(resumed.options.checkpoint_folder)
    assert (resumed.progress.step, resumed.progress.pairs) == (3, 8)
    run(resumed, TWICE, lambda _: None)
    assert resumed.progress.step == unbroken.progress.step == 8
    ended = trained_state(unbroken.network)
    assert all(torch.equal(ended[name], tensor) for name, tensor in trained_state(resumed.network).items())


def test_load_without_checkpoint_or_with_other_options_is_refused(tmp_path: Path) -> None:
    learner = trainer(tmp_path)
    with pytest.raises(BadInput, match="no checkpoint"):
        learner.load(tmp_path / "checkpoint")
    learner.save(tmp_path / "checkpoint")
    with pytest.raises(BadInput, match="other options"):
        trainer(tmp_path, seed=1).load(tmp_path / "checkpoint")


def test_run_out_of_time_ends_early(tmp_path: Path) -> None:
    learner = trainer(tmp_path, max_minutes=1e-9)
    run(learner, TWICE, lambda _: None)
    assert learner.progress.step == 1


def test_rate_rises_then_falls_to_nothing() -> None:
    rates = [rate(done) for done in (0.0, WARM_UP / 2, WARM_UP, 0.5, 1.0)]
    assert rates[:3] == [0.0, 0.5, 1.0]
    assert 1.0 > rates[3] > rates[4] == 0.0


@pytest.mark.parametrize(
    "changes",
    [{"epochs": 0}, {"batch_size": 0}, {"public_share": 0.6}, {"public_first": 0.6}, {"learning_rate": 0.0}],
)
def test_options_that_cannot_train_are_refused(tmp_path: Path, changes: dict[str, float]) -> None:
    with pytest.raises(BadSetting):
        TrainOptions(out=tmp_path, **changes)


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """A small corpus with eight public examples, prepared."""
    options = TrainOptions(tmp_path, data=tiny_data(tmp_path / "data"), encoder=tiny_encoder(tmp_path / "encoder"))
    public = {"one": [Example(f"public {n}", (Asked("x", 0),)) for n in range(8)]}
    return replace(prepare(options), public=public)


def test_plan_public_sets_come_first_and_fill_their_share(material: Material, tmp_path: Path) -> None:
    options = TrainOptions(tmp_path, batch_size=4, epochs=2, public_first=0.2, public_share=0.0, max_examples=32)
    schedule, steps = plan(material, options)
    assert (schedule.epochs, steps) == (3, 4 + 2 * 8)
    assert [schedule.ends(epoch) for epoch in range(3)] == [0.2, 1.0, 1.0]
    posts = [{example.post[:6] for batch in schedule.batches(epoch) for example in batch} for epoch in range(3)]
    assert posts[0] == {"public"}
    assert "public" not in posts[1] | posts[2]
    assert schedule.batches(1) == schedule.batches(1) != schedule.batches(2)


def test_plan_without_public_sets_starts_with_the_corpus(material: Material, tmp_path: Path) -> None:
    options = TrainOptions(tmp_path, batch_size=4, epochs=2, max_examples=32)
    schedule, steps = plan(replace(material, public={}), options)
    assert (schedule.epochs, steps, schedule.ends(0)) == (2, 16, 1.0)
    assert public_batches(replace(material, public={}), options, 5) == []


def test_public_batches_go_round_until_there_are_enough(material: Material, tmp_path: Path) -> None:
    batches = public_batches(material, TrainOptions(tmp_path, batch_size=4), 5)
    assert [len(batch) for batch in batches] == [4] * 5
    assert {example.post for batch in batches[:2] for example in batch} == {f"public {n}" for n in range(8)}


def test_probe_examples_are_dev_posts_with_their_own_claim_first(material: Material) -> None:
    examples = probe_examples(material)
    own = {claim.text: claim for number in material.numbers("dev") for claim in [material.claims[number]]}
    assert len(examples) == sum(len(claim.posts) for claim in own.values())
    for example in examples:
        first, *others = example.asked
        assert LABELS[first.label] in {post.stance for post in own[first.statement].posts if post.text in example.post}
        assert len(others) <= STRANGERS
        assert first.statement not in {asked.statement for asked in others}
    assert examples == probe_examples(material)


def test_probe_examples_siblings_carry_the_labels_of_the_post(material: Material) -> None:
    """Near-equal claims are left out, for their label is unknown, unless the post was read against them."""
    held = replace(material, splits=["dev"] * len(material.splits), nearness=all_near(material))
    first, second, *_ = held.claims
    found = [example for example in probe_examples(held) if example.asked[0].statement == first.text]
    assert all({asked.statement for asked in example.asked} <= {first.text, second.text} for example in found)
    labels = [asked.label for example in found for asked in example.asked if asked.statement == second.text]
    assert sorted(labels) == [LABELS.index("reports")] + [UNRELATED] * (len(first.posts) - 1)


def all_near(material: Material) -> Nearness:
    """Return cosines in which all claims say the same."""
    posts = {number: np.ones_like(rows) for number, rows in material.nearness.posts.items()}
    return Nearness(np.ones_like(material.nearness.claims), posts)


def test_probe_gives_shares(material: Material) -> None:
    found = probe(build_network(material.encoder_folder), probe_examples(material))
    assert set(found) == {"accuracy", "asserts_ap"}
    assert all(0.0 <= value <= 1.0 for value in found.values())


def test_train_small_corpus_leaves_a_folder_that_loads(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    options = TrainOptions(
        out=tmp_path / "stance",
        data=tiny_data(tmp_path / "data"),
        encoder=encoder,
        epochs=1,
        batch_size=8,
        max_examples=24,
    )
    said: list[str] = []
    folder = train(options, said.append)
    manifest = Manifest.read(folder)
    assert StanceJudge.load(folder, encoder).manifest == manifest
    assert set(manifest.calibration) == {"bias", *FEATURES}
    assert Calibration.from_dict(manifest.calibration).to_dict() == manifest.calibration
    assert 0 < manifest.thresholds["review"] <= manifest.thresholds["reply"] <= 1
    assert set(manifest.metrics) == {"dev"}
    assert set(manifest.data) == {"one.jsonl", "facts_claims.jsonl"}
    assert manifest.training["progress"]["step"] == 3
    assert manifest.training["progress"]["pairs"] > 2 * 24  # each post is judged against several claims
    assert "CDLA" not in (folder / "MODEL_CARD.md").read_text()
    assert len(said) == 2


def test_train_from_a_trained_judge_goes_on_from_its_weights(tmp_path: Path) -> None:
    """With a learning rate of nearly nothing, the new judge is the old one."""
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "first", encoder, seed=9)
    options = TrainOptions(
        out=tmp_path / "second",
        data=tiny_data(tmp_path / "data"),
        encoder=encoder,
        start=tmp_path / "first",
        epochs=1,
        learning_rate=1e-12,
        head_learning_rate=1e-12,
        max_examples=8,
    )
    train(options)
    before, after = (load_artifact(tmp_path / name, encoder, LABELS)[1] for name in ("first", "second"))
    assert all(before[name].allclose(after[name], atol=1e-4) for name in before)
