"""Writes fixtures: <area>/<case>.json (models, inputs, settings, versions) and
<area>/<case>.safetensors (expected arrays) below Tests/Fixtures.

Tests/ReferenceFixtures/Fixture.swift reads them.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

FIXTURES = Path(__file__).resolve().parent.parent / "Fixtures"
LIBRARIES = ["torch", "diffusers", "transformers", "tomesd", "numpy"]


def as_tensor(value) -> torch.Tensor:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value.copy())
    return value.detach().cpu().contiguous()


def as_config(config) -> dict:
    """A diffusers or transformers configuration as its config.json holds it."""
    if hasattr(config, "to_dict"):
        return config.to_dict()
    return {key: value for key, value in dict(config).items() if key == "_class_name" or key[0] != "_"}


def write_fixture(area, case, expected=None, settings=None, models=None, inputs=None, libraries=LIBRARIES):
    """Writes one case.

    - expected: {key: tensor or array} in the reference's own layout (torch: NCHW).
    - settings: any JSON value; the Swift test decodes it into its own type.
    - models: {name: (config, plan)}; plan None when the model has no weights of its own
      (a scheduler). Name it as its folder: "unet", "vae", "text_encoder", ...
    - inputs: the plan of a `synthetic.Inputs`.
    """
    folder = FIXTURES / area
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "versions": {name: version(name) for name in libraries},
        "settings": settings or {},
        "models": {
            name: {"config": as_config(config), "plan": plan or {}}
            for name, (config, plan) in (models or {}).items()
        },
        "inputs": inputs or {},
    }
    (folder / f"{case}.json").write_text(encode(document) + "\n")
    arrays = {key: as_tensor(value) for key, value in (expected or {}).items()}
    if arrays:
        save_file(arrays, folder / f"{case}.safetensors")
    size = sum(array.nbytes for array in arrays.values())
    print(f"{area}/{case}: {len(arrays)} arrays, {size} bytes")


def encode(value, depth=0) -> str:
    """JSON with one line per tensor of a plan, so that changes read well in a diff."""
    leaf = not isinstance(value, dict) or not any(isinstance(child, dict) for child in value.values())
    if leaf:
        return json.dumps(value, default=str)
    inner = ",\n".join(
        " " * (depth + 1) + json.dumps(key) + ": " + encode(child, depth + 1) for key, child in value.items()
    )
    return "{\n" + inner + "\n" + " " * depth + "}"
