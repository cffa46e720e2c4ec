"""A linear classifier over fixed vectors, for baselines: how far one gets without training an encoder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEPS = 100
RIDGE = 1e-4


@dataclass(frozen=True)
class Linear:
    """Softmax regression on standardised features: ``weights`` float32 [features, classes]."""

    mean: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def probabilities(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return float32 [n, classes], rows summing to 1."""
        logits = ((features - self.mean) / self.scale) @ self.weights + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: npt.NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
        return result


def fit_linear(features: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], classes: int) -> Linear:
    """Fit by penalised maximum likelihood; the same result on every run of one machine."""
    import torch

    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    inputs, targets = torch.from_numpy((features - mean) / scale).float(), torch.from_numpy(labels)
    weights = torch.zeros(features.shape[1], classes, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    search = torch.optim.LBFGS([weights, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = torch.nn.functional.cross_entropy(inputs @ weights + bias, targets)
        value = value + RIDGE * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(loss)  # type: ignore[no-untyped-call]
    return Linear(mean, scale, weights.detach().numpy(), bias.detach().numpy())
