"""A training run from files to a model folder that the bot can load, stopped and taken up again on the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import BadInput, BadSetting
from models.artifact import Manifest
from models.calibration import Calibration
from models.stance import StanceJudge, build_network, trained_state
from models.train import TrainOptions, train
from models.train.loop import WARM_UP, Trainer, rate, run
from models.train.pairs import Pair
from tests.models.tiny_corpus import tiny_data
from tests.models.tiny_models import tiny_encoder

TRUE, FALSE = Pair("yes it is so", "it is so", 0), Pair("the weather was bad", "it is so", 3)
BATCHES = [[TRUE, FALSE], [FALSE, TRUE], [TRUE], [FALSE]]


def trainer(folder: Path, **changes: object) -> Trainer:
    import torch

    options = TrainOptions(out=folder, epochs=2, learning_rate=1e-3, checkpoint_every=3)
    encoder = folder / "encoder"
    if not encoder.exists():
        tiny_encoder(encoder)
    torch.manual_seed(0)
    network = build_network(encoder)
    return Trainer(network, replace(options, **changes), steps=8)


def test_run_two_kinds_of_pairs_are_learned_apart(tmp_path: Path) -> None:
    learner = trainer(tmp_path, epochs=30, learning_rate=5e-3)
    learner.steps = 120
    losses: list[float] = []
    run(learner, lambda _: BATCHES, lambda each: losses.append(each.progress.loss))
    assert losses[-1] < 0.7 * losses[0]


def test_run_word_embeddings_stay_as_they_were(tmp_path: Path) -> None:
    learner = trainer(tmp_path)
    before = learner.network.body.embeddings.word_embeddings.weight.clone()
    run(learner, lambda _: BATCHES, lambda _: None)
    assert learner.network.body.embeddings.word_embeddings.weight.equal(before)


def test_run_stopped_and_resumed_ends_where_an_unbroken_run_does(tmp_path: Path) -> None:
    import torch

    unbroken = trainer(tmp_path)
    run(unbroken, lambda _: BATCHES, lambda _: None)

    def stop_at_five(each: Trainer) -> None:
        if each.progress.step == 5:
            raise KeyboardInterrupt

    stopped = trainer(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run(stopped, lambda _: BATCHES, stop_at_five)
    resumed = trainer(tmp_path)
    resumed.load(resumed.options.checkpoint_folder)
    assert resumed.progress.step == 3
    run(resumed, lambda _: BATCHES, lambda _: None)
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
    run(learner, lambda _: BATCHES, lambda _: None)
    assert learner.progress.step == 1


def test_rate_rises_then_falls_to_nothing() -> None:
    rates = [rate(done) for done in (0.0, WARM_UP / 2, WARM_UP, 0.5, 1.0)]
    assert rates[:3] == [0.0, 0.5, 1.0]
    assert 1.0 > rates[3] > rates[4] == 0.0


@pytest.mark.parametrize("changes", [{"epochs": 0}, {"batch_size": 0}, {"public_share": 0.6}, {"learning_rate": 0.0}])
def test_options_that_cannot_train_are_refused(tmp_path: Path, changes: dict[str, float]) -> None:
    with pytest.raises(BadSetting):
        TrainOptions(out=tmp_path, **changes)


def test_train_small_corpus_leaves_a_folder_that_loads(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    options = TrainOptions(
        out=tmp_path / "stance",
        data=tiny_data(tmp_path / "data"),
        encoder=encoder,
        epochs=1,
        batch_size=8,
        max_pairs=24,
    )
    said: list[str] = []
    folder = train(options, said.append)
    manifest = Manifest.read(folder)
    assert StanceJudge.load(folder, encoder).manifest == manifest
    assert Calibration.from_dict(manifest.calibration).score > 0
    assert 0 < manifest.thresholds["review"] <= manifest.thresholds["reply"] <= 1
    assert set(manifest.metrics) == {"dev", "test"}
    assert set(manifest.data) == {"one.jsonl", "facts_claims.jsonl"}
    assert manifest.training["progress"]["pairs"] == 24
    assert "CDLA" not in (folder / "MODEL_CARD.md").read_text()
    assert len(said) == 2
