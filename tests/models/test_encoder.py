"""The sentence encoder: what it returns, and which folders it refuses."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import ArtifactInvalid
from models.encoder import SentenceEncoder, packaged_folder

NEAR = ("A man is eating food.", "A man eats something.")
FAR = "The girl is carrying a baby."


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A real Hugging Face folder with a one-layer model of 16 dimensions and random weights."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, max_position_embeddings=32
    )
    BertModel(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(packaged_folder() / name, tmp_path / name)
    return tmp_path


def set_pooling(folder: Path, **modes: bool) -> None:
    (folder / "1_Pooling").mkdir()
    names = {f"pooling_mode_{name}": on for name, on in modes.items()}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(names))


def edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_encode_packaged_weights_returns_unit_rows_in_order(encoder: SentenceEncoder) -> None:
    texts = [FAR, *NEAR, FAR]
    vectors = encoder.encode(texts)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[3])
    assert vectors[1] @ vectors[2] > 0.7 > 0.3 > vectors[0] @ vectors[1]


def test_encode_packaged_weights_agrees_with_the_published_figure(encoder: SentenceEncoder) -> None:
    """The sentence-transformers manual prints 0.0363 for this pair and model: pooling and weights are right."""
    a, b = encoder.encode(["The cat sits outside", "A man is playing guitar"])
    assert float(a @ b) == pytest.approx(0.0363, abs=5e-4)


def test_encode_in_a_batch_gives_the_same_vector_as_alone(encoder: SentenceEncoder) -> None:
    """Padding and sorting by length must not leak between texts."""
    texts = ["Short.", "A much longer sentence " * 20, *(f"Text number {i} of many." for i in range(40))]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts[:5]])
    assert np.allclose(together[:5], alone, atol=1e-5)


def test_encode_nothing_returns_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_encode_text_beyond_the_limit_reads_its_beginning(encoder: SentenceEncoder) -> None:
    limit = encoder.max_tokens
    cut, longer = encoder.encode(["peace " * limit, "peace " * limit + "war " * 500])
    assert np.allclose(cut, longer, atol=1e-6)


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀" * 50, "\ud800", "ﷺ" * 30])
def test_encode_odd_text_returns_finite_rows(encoder: SentenceEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_load_folder_of_another_model_uses_its_size(tiny: Path) -> None:
    encoder = SentenceEncoder.load(tiny)
    assert (encoder.dim, encoder.max_tokens) == (16, 32)
    assert encoder.encode(["x " * 100]).shape == (1, 16)


def test_load_cls_pooling_reads_the_first_token(tiny: Path) -> None:
    mean = SentenceEncoder.load(tiny).encode(["one two three"])
    set_pooling(tiny, cls_token=True, mean_tokens=False)
    assert not np.allclose(SentenceEncoder.load(tiny).encode(["one two three"]), mean, atol=1e-3)


def test_load_other_pooling_is_refused(tiny: Path) -> None:
    set_pooling(tiny, max_tokens=True)
    with pytest.raises(ArtifactInvalid, match="only mean or cls"):
        SentenceEncoder.load(tiny)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_load_folder_without_a_file_names_it(tiny: Path, name: str) -> None:
    (tiny / name).unlink()
    with pytest.raises(ArtifactInvalid, match=name):
        SentenceEncoder.load(tiny)


def test_load_pickled_weights_alone_are_refused(tiny: Path) -> None:
    """Pickle runs code when read, so such weights must not even be opened."""
    (tiny / "model.safetensors").rename(tiny / "pytorch_model.bin")
    with pytest.raises(ArtifactInvalid, match="safetensors"):
        SentenceEncoder.load(tiny)


def test_load_weights_of_another_hash_are_refused(tiny: Path) -> None:
    with pytest.raises(ArtifactInvalid, match="not the expected ones"):
        SentenceEncoder.load(tiny, "0" * 64)


def test_load_weights_cut_short_is_one_sentence(tiny: Path) -> None:
    weights = tiny / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ArtifactInvalid, match="cannot be loaded") as caught:
        SentenceEncoder.load(tiny)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("changes", [{"hidden_size": 32}, {"num_hidden_layers": 2}])
def test_load_weights_of_another_size_are_refused(tiny: Path, changes: dict[str, object]) -> None:
    """transformers would fill a missing layer with random numbers and go on."""
    edit_config(tiny, **changes)
    with pytest.raises(ArtifactInvalid):
        SentenceEncoder.load(tiny)


@pytest.mark.parametrize("content", ["{", "[]", "\udcff", "{}"])
def test_load_damaged_config_is_refused(tiny: Path, content: str) -> None:
    (tiny / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArtifactInvalid):
        SentenceEncoder.load(tiny)


def test_load_folder_with_its_own_code_never_runs_it(tiny: Path) -> None:
    marker = tiny / "ran"
    (tiny / "modeling_own.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    edit_config(tiny, model_type="own", auto_map={"AutoModel": "modeling_own.Own", "AutoConfig": "modeling_own.Own"})
    with pytest.raises(ArtifactInvalid):
        SentenceEncoder.load(tiny)
    assert not marker.exists()
