"""Checkpoints: one tensor in every element type of a checkpoint, as the safetensors library writes it."""

import torch

from fixture_io import write_fixture
from synthetic import Inputs


def main():
    inputs = Inputs()
    values = inputs.tensor("input.values", [3, 5, 7], scale=3.5, offset=-0.25)
    write_fixture(
        "Checkpoints",
        "types",
        expected={
            "f32": values,
            "f16": values.to(torch.float16),
            "bf16": values.to(torch.bfloat16),
            "i64": torch.arange(-3, 7).reshape(2, 5),
        },
        inputs=inputs.plan,
    )


if __name__ == "__main__":
    main()
