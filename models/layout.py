"""How a post and the statements it is judged against are laid out for an encoder.

Packed: one row holds the post once and all its statements. The post reads only itself; each statement reads the post
and itself, never its neighbours, so that a statement's result does not depend on which others are asked. A post with
six statements costs a quarter of six rows. Needs an encoder that takes position ids and a mask a pair of tokens: BERT's
kind.
The idea is the asymmetric attention of Schlatt et al. 2024, "Investigating the Effects of Sparse Attention on
Cross-Encoders" (ECIR). Paired: one row a statement, everything reading everything, for any other encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.encoder import encodable

if TYPE_CHECKING:
    import torch

STATEMENT_TOKENS = 64  # with the mark that ends it
POST_MARKS = 2  # tokens that begin and end a post
PACKABLE = ("bert",)  # model types whose positions start at 0 and which take a mask [n, 1, tokens, tokens]
CLOSED = -1e9  # what the mask adds where a token may not be read
POST, PADDING = 0, -1  # marks of tokens; a statement's are 1, 2, ...


@dataclass(frozen=True, slots=True)
class Question:
    """One post, as ``pair_text`` gives it, and the statements to judge it against."""

    post: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """One padded batch.

    ``inputs`` goes to the encoder. ``owners`` float32 [rows, 1 + statements, tokens] is 1.0 where a token belongs to
    the post (first) or to a statement. ``order`` int [answers, 2] is (row, statement), question by question.
    """

    inputs: dict[str, torch.Tensor]
    owners: torch.Tensor
    order: torch.Tensor


def is_packable(model_type: str) -> bool:
    """Tell whether an encoder of this type can judge several statements in one row."""
    return model_type in PACKABLE


def tokenized(tokenizer: Any, texts: Sequence[str], most: int) -> list[list[int]]:  # noqa: ANN401 - untyped library
    """Return each text's token ids without special tokens, cut to ``most``."""
    if not texts:
        return []
    encoded = tokenizer(
        [encodable(text) for text in texts], add_special_tokens=False, truncation=True, max_length=most, verbose=False
    )
    return [list(ids) for ids in encoded["input_ids"]]


def packed(tokenizer: Any, questions: Sequence[Question], max_tokens: int) -> Batch:  # noqa: ANN401 - untyped library
    """Lay out one row a question. A post that leaves a statement no room within ``max_tokens`` loses its end."""
    posts = tokenized(tokenizer, [each.post for each in questions], max_tokens - STATEMENT_TOKENS - POST_MARKS)
    statements = iter(
        tokenized(tokenizer, [text for each in questions for text in each.statements], STATEMENT_TOKENS - 1)
    )
    start, end = tokenizer.cls_token_id, tokenizer.sep_token_id
    rows = [
        ([start, *post, end], [[*next(statements), end] for _ in each.statements])
        for post, each in zip(posts, questions, strict=True)
    ]
    return _packed(rows, tokenizer.pad_token_id or 0)


def _packed(rows: Sequence[tuple[list[int], list[list[int]]]], padding: int) -> Batch:
    import torch

    width = max(len(post) + sum(map(len, statements)) for post, statements in rows)
    ids = torch.full((len(rows), width), padding)
    positions = torch.zeros((len(rows), width), dtype=torch.long)
    marks = torch.full((len(rows), width), PADDING)
    for row, (post, statements) in enumerate(rows):
        at = 0
        for mark, part in enumerate([post, *statements]):
            begin = 0 if mark == POST else len(post)  # every statement stands right behind the post
            ids[row, at : at + len(part)] = torch.tensor(part)
            positions[row, at : at + len(part)] = torch.arange(begin, begin + len(part))
            marks[row, at : at + len(part)] = mark
            at += len(part)
    inputs = {
        "input_ids": ids,
        "position_ids": positions,
        "token_type_ids": (marks > POST).long(),
        "attention_mask": _mask(marks),
    }
    most = max(len(statements) for _, statements in rows)
    owners = (marks[:, None, :] == torch.arange(most + 1)[None, :, None]).float()
    order = [(row, number) for row, (_, statements) in enumerate(rows) for number in range(len(statements))]
    return Batch(inputs, owners, torch.tensor(order, dtype=torch.long).reshape(-1, 2))


def _mask(marks: torch.Tensor) -> torch.Tensor:
    """Return float32 [rows, 1, tokens, tokens]: 0 where the token of the third axis may read that of the fourth."""
    import torch

    reader, read = marks[:, :, None], marks[:, None, :]
    is_open = (read == POST) | ((reader == read) & (read > POST))
    return torch.zeros(is_open.shape).masked_fill_(~is_open, CLOSED)[:, None]


def paired(tokenizer: Any, questions: Sequence[Question], max_tokens: int) -> Batch:  # noqa: ANN401 - untyped library
    """Lay out one row a statement, the longer side cut first where both do not fit."""
    import numpy as np
    import torch

    pairs = [(each.post, statement) for each in questions for statement in each.statements]
    encoded = tokenizer(
        [encodable(post) for post, _ in pairs],
        [encodable(statement) for _, statement in pairs],
        truncation="longest_first",
        max_length=max_tokens,
        padding=True,
        return_tensors="pt",
    )
    sides = np.array([[-1 if side is None else side for side in one.sequence_ids] for one in encoded.encodings])
    owners = torch.from_numpy(np.stack([sides == 0, sides == 1], axis=1)).float()
    order = torch.tensor([(row, 0) for row in range(len(pairs))], dtype=torch.long).reshape(-1, 2)
    return Batch(dict(encoded), owners, order)
