"""Muon for matrices and convolutions, AdamW for the rest."""

import torch

from progress import working_type


@torch.no_grad()
def orthogonalised(matrix: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """About the nearest matrix with equal singular values, by Newton-Schulz (Jordan et al. 2024).

    Half precision, where the processor has it, is exact enough and halves the optimiser's time.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = matrix.size(0) <= matrix.size(1)
    x = matrix if wide else matrix.t()
    x = x / (x.norm() + 1e-7)
    x = x.to(working_type())
    for _ in range(iterations):
        gram = x @ x.t()
        x = a * x + torch.addmm(b * gram, gram, gram, beta=1, alpha=c) @ x
    x = x.to(matrix.dtype)
    return x if wide else x.t()


class Muon(torch.optim.Optimizer):
    """Momentum whose updates are orthogonalised, scaled to the size of AdamW's so that both share one
    learning rate (Liu et al. 2025)."""

    def __init__(self, parameters, lr: float, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                buffer = state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                matrix = parameter.grad.lerp(buffer, group["momentum"]).flatten(1)
                update = orthogonalised(matrix) * (0.2 * max(matrix.shape) ** 0.5)
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.sub_(update.view_as(parameter), alpha=group["lr"])


class Optimizers:
    """Muon for the hidden weights of a UNet or an autoencoder, AdamW for its ends, time embedding, norms and biases."""

    def __init__(self, named_parameters, lr: float):
        hidden, rest = [], []
        for name, parameter in named_parameters:
            inner = any(level in name for level in ("down_blocks.", "mid_block.", "up_blocks."))
            (hidden if inner and parameter.dim() > 1 else rest).append(parameter)
        self.both = [Muon(hidden, lr), torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.98), weight_decay=0.0)]

    def step(self, lr: float) -> None:
        for optimizer in self.both:
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.step()
            optimizer.zero_grad()

    def state_dict(self) -> list:
        return [optimizer.state_dict() for optimizer in self.both]

    def load_state_dict(self, states: list) -> None:
        for optimizer, state in zip(self.both, states):
            optimizer.load_state_dict(state)
