"""Muon for matrices and convolutions, AdamW for the rest, on single-precision copies of the weights."""

from contextlib import contextmanager

import torch

MOMENTUM, WEIGHT_DECAY = 0.95, 0.01
BETAS = (0.9, 0.98)
LARGEST_GRADIENT = 1.0


def orthogonalised(matrices: torch.Tensor, type: torch.dtype, iterations: int = 5) -> torch.Tensor:
    """About the nearest matrices [N, R, C] with equal singular values, by Newton-Schulz (Jordan et al. 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.mT if tall else matrices
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(type)
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + torch.baddbmm(gram, gram, gram, beta=b, alpha=c) @ x
    x = x.to(matrices.dtype)
    return x.mT if tall else x


class MasterWeights:
    """What is trained of a model: single-precision copies, their optimisers and their moving average.

    The model itself may hold its weights in half precision. Matrices of one shape are updated together, so
    that a step starts few kernels. Hidden weights of a UNet or an autoencoder take Muon's updates, scaled to
    the size of AdamW's so that both share one rate (Liu et al. 2025); its ends, time embedding, norms and
    biases take AdamW's.
    """

    def __init__(self, model: torch.nn.Module, decay: float, type: torch.dtype):
        self.decay, self.type, self.count = decay, type, 0
        trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in trained]
        self.master = [p.detach().float().clone() for p in self.parameters]
        self.average = [weight.clone() for weight in self.master]
        self.first = [torch.zeros_like(weight) for weight in self.master]
        self._alike: dict[tuple[int, ...], list[int]] = {}
        self._rest: list[int] = []
        for index, (name, parameter) in enumerate(trained):
            hidden = any(level in name for level in ("down_blocks.", "mid_block.", "up_blocks."))
            if hidden and parameter.dim() > 1:
                self._alike.setdefault(tuple(parameter.shape), []).append(index)
            else:
                self._rest.append(index)
        self.second = [torch.zeros_like(self.master[index]) for index in self._rest]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Takes the model's gradients, and away with them."""
        self.count += 1
        gradients = [p.grad.float() for p in self.parameters]
        norm = torch.stack(torch._foreach_norm(gradients)).norm()
        torch._foreach_mul_(gradients, (LARGEST_GRADIENT / (norm + 1e-6)).clamp(max=1.0))
        for indices in self._alike.values():
            self._muon(indices, [gradients[i] for i in indices], rate)
        self._adam([gradients[i] for i in self._rest], rate)
        torch._foreach_copy_([p.detach() for p in self.parameters], self.master)
        keep = min(self.decay, (1 + self.count) / (10 + self.count))
        torch._foreach_lerp_(self.average, self.master, 1 - keep)
        for parameter in self.parameters:
            parameter.grad = None

    def _muon(self, indices: list[int], gradients: list[torch.Tensor], rate: float) -> None:
        momenta, weights = [self.first[i] for i in indices], [self.master[i] for i in indices]
        torch._foreach_lerp_(momenta, gradients, 1 - MOMENTUM)
        ahead = torch._foreach_lerp(gradients, momenta, MOMENTUM)
        matrices = torch.stack([matrix.contiguous().flatten(1) for matrix in ahead])
        updates = orthogonalised(matrices, self.type) * (0.2 * max(matrices.shape[1:]) ** 0.5)
        torch._foreach_mul_(weights, 1 - rate * WEIGHT_DECAY)
        torch._foreach_sub_(weights, [u.view(w.shape) for u, w in zip(updates, weights)], alpha=rate)

    def _adam(self, gradients: list[torch.Tensor], rate: float) -> None:
        momenta, weights = [self.first[i] for i in self._rest], [self.master[i] for i in self._rest]
        torch._foreach_lerp_(momenta, gradients, 1 - BETAS[0])
        torch._foreach_mul_(self.second, BETAS[1])
        torch._foreach_addcmul_(self.second, gradients, gradients, value=1 - BETAS[1])
        roots = torch._foreach_sqrt(self.second)
        torch._foreach_div_(roots, (1 - BETAS[1] ** self.count) ** 0.5)
        torch._foreach_add_(roots, 1e-8)
        torch._foreach_addcdiv_(weights, momenta, roots, value=-rate / (1 - BETAS[0] ** self.count))

    @contextmanager
    def averaged(self):
        """The model has its averaged weights inside the block."""
        try:
            self.take_average()
            yield
        finally:
            self._give(self.master)

    def take_average(self) -> None:
        """Leaves the averaged weights in the model."""
        self._give(self.average)

    @torch.no_grad()
    def _give(self, weights: list[torch.Tensor]) -> None:
        torch._foreach_copy_([p.detach() for p in self.parameters], weights)

    def state_dict(self) -> dict:
        return {
            "count": self.count, "master": self.master, "average": self.average, "first": self.first,
            "second": self.second}

    @torch.no_grad()
    def load_state_dict(self, state: dict) -> None:
        self.count = state["count"]
        for name in ("master", "average", "first", "second"):
            for own, saved in zip(getattr(self, name), state[name], strict=True):
                own.copy_(saved)
        self._give(self.master)
