"""LAION's two aesthetic heads with random weights: what torch makes of embeddings of length 1.

    python Tests/Reference/aesthetic.py

The heads are built as the published ones are: a linear map, and five of them with dropout between.
"""

import torch
from torch import nn

from fixture_io import write_fixture
from synthetic import Inputs, synthesize


class Improved(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(size, 64), nn.Dropout(0.2), nn.Linear(64, 32), nn.Dropout(0.2), nn.Linear(32, 16), nn.Dropout(0.1),
            nn.Linear(16, 8), nn.Linear(8, 1),
        )  # fmt: skip

    def forward(self, x):
        return self.layers(x)


@torch.no_grad()
def main():
    for case, model in [("linear", nn.Linear(48, 1)), ("mlp", Improved(48))]:
        model = model.eval()
        plan = synthesize(model)
        inputs = Inputs()
        embeddings = torch.nn.functional.normalize(inputs.tensor("input.embeddings", [5, 48]), dim=-1)
        write_fixture(
            "Aesthetic", case, expected={"embeddings": embeddings, "ratings": model(embeddings)[:, 0]},
            models={"head": ({}, plan)}, inputs=inputs.plan,
        )  # fmt: skip


if __name__ == "__main__":
    main()
