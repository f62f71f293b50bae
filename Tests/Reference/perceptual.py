"""Fixture of the PerceptualModels target: distances of the `lpips` package (v0.1, AlexNet) with synthetic weights.

    python Tests/Reference/perceptual.py

`lpips` takes its backbone from torchvision, which adds nothing here but a list of layers: the one below is the
`features` of `torchvision.models.alexnet` and stands in for it, so that torchvision need not be installed.
"""

import sys
import types
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from fixture_io import FIXTURES, LIBRARIES, write_fixture
from synthetic import Inputs, synthesize


def alexnet(**_):
    model = nn.Module()
    model.features = nn.Sequential(
        nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(64, 192, kernel_size=5, padding=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(192, 384, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(kernel_size=3, stride=2),
    )
    return model


torchvision = types.ModuleType("torchvision")
torchvision.models = types.ModuleType("torchvision.models")
torchvision.models.alexnet = alexnet
sys.modules.update({"torchvision": torchvision, "torchvision.models": torchvision.models})

import lpips  # noqa: E402

SIZES = [(31, 31), (64, 48), (131, 97)]


def backbone_of(metric):
    """The metric's own layers under torchvision's names."""
    model = nn.Module()
    model.features = nn.Module()
    for number in range(1, 6):
        for name, layer in getattr(metric.net, f"slice{number}").named_children():
            model.features.add_module(name, layer)
    return model


def heads_of(metric):
    """The metric's own heads, named as in the package's weights, none of which is negative."""
    model = nn.Module()
    for number in range(5):
        model.add_module(f"lin{number}", getattr(metric, f"lin{number}"))
    published = torch.load(Path(lpips.__path__[0]) / "weights" / "v0.1" / "alex.pth", map_location="cpu")
    assert {key: value.shape for key, value in model.state_dict().items()} == {
        key: value.shape for key, value in published.items()
    }
    assert all((value >= 0).all() for value in published.values())
    return model


def read(name):
    return np.array(Image.open(FIXTURES / "Metrics" / f"{name}.png").convert("RGB"))


def pairs(inputs):
    """Noise of several sizes, which Swift computes as well, and pictures of the Metrics fixtures."""
    for width, height in SIZES:
        a, b = (
            inputs.tensor(f"input.picture.{width}x{height}.{side}", [height, width, 3], scale=127.5, offset=127.5)
            .numpy()
            .astype(np.uint8)
            for side in "ab"
        )
        yield f"{width}x{height}", a, b
    for name in ["five-scales", "five-scales-inverted"]:
        yield name, read(f"{name}-a"), read(f"{name}-b")


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    metric = lpips.LPIPS(net="alex", pretrained=False, pnet_rand=True, verbose=False).eval()
    models = {
        "alexnet": ({}, synthesize(backbone_of(metric), gain=1.4)),
        "lin": ({}, synthesize(heads_of(metric), overrides={".weight": (0.5, 0.5)})),
    }
    inputs = Inputs()
    cases = []
    for name, a, b in pairs(inputs):
        total, layers = metric(lpips.im2tensor(a), lpips.im2tensor(b), retPerLayer=True)
        layers = [value.item() for value in layers]
        cases.append({"name": name, "distance": total.item(), "layers": layers})
        print(f"{name}: {total.item():.6f} = {' + '.join(f'{value:.4f}' for value in layers)}")
    write_fixture(
        "PerceptualModels",
        "lpips-alex",
        settings={"cases": cases},
        models=models,
        inputs=inputs.plan,
        libraries=LIBRARIES + ["lpips"],
    )


if __name__ == "__main__":
    main()
