"""Synthetic weights and inputs: random numbers that Python and Swift both compute.

Element i of the tensor NAME is, in float32,

    u = (splitmix64(fnv1a64(NAME) + i) >> 40) * 2**-23 - 1        in [-1, 1)
    value = u * scale + offset

so a fixture holds a plan {name: {shape, scale, offset}} instead of the numbers.
The Swift side is Tests/ReferenceFixtures/SyntheticTensor.swift.
"""

import math

import numpy as np
import torch

MASK = (1 << 64) - 1


def fnv1a64(text: str) -> int:
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def splitmix64(x: np.ndarray) -> np.ndarray:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def array(name: str, shape, scale: float = 1.0, offset: float = 0.0) -> np.ndarray:
    """The float32 array NAME of the given shape."""
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        bits = splitmix64(np.uint64(fnv1a64(name)) + np.arange(count, dtype=np.uint64)) >> np.uint64(40)
    unit = bits.astype(np.float32) * np.float32(2**-23) - np.float32(1)
    return (unit * np.float32(scale) + np.float32(offset)).reshape(tuple(shape))


def tensor(name: str, shape, scale: float = 1.0, offset: float = 0.0) -> torch.Tensor:
    return torch.from_numpy(array(name, shape, scale, offset))


class Inputs:
    """Makes the inputs of a model and remembers their plan for the fixture."""

    def __init__(self):
        self.plan = {}

    def tensor(self, name: str, shape, scale: float = 1.0, offset: float = 0.0) -> torch.Tensor:
        self.plan[name] = {"shape": list(shape), "scale": scale, "offset": offset}
        return tensor(name, shape, scale, offset)


def scale_and_offset(module: torch.nn.Module, name: str, parameter: torch.Tensor, gain: float):
    """Scales that keep activations of order one through any depth."""
    if isinstance(module, torch.nn.Embedding):
        return 0.5, 0.0
    if isinstance(module, (torch.nn.GroupNorm, torch.nn.LayerNorm)):
        return (0.1, 1.0) if name == "weight" else (0.05, 0.0)
    if name == "bias":
        return 0.05, 0.0
    if parameter.ndim >= 2:
        return gain * math.sqrt(3 / math.prod(parameter.shape[1:])), 0.0
    return 0.5, 0.0


def synthesize(model: torch.nn.Module, prefix: str = "", gain: float = 1.0, overrides=None) -> dict:
    """Fills every floating-point tensor of `model` in place and returns the plan.

    `prefix` is what the checkpoint's keys have before those of `state_dict()`
    (transformers saves a CLIPTextModel below `text_model.`); `overrides` maps the
    ends of keys to (scale, offset).
    """
    plan = {}
    for path, module in model.named_modules():
        own = list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False))
        for name, parameter in own:
            if not parameter.is_floating_point():
                continue
            key = prefix + (f"{path}.{name}" if path else name)
            scale, offset = scale_and_offset(module, name, parameter, gain)
            for ending, values in (overrides or {}).items():
                if key.endswith(ending):
                    scale, offset = values
            scale, offset = float(f"{scale:.4g}"), float(offset)  # short in the fixture
            with torch.no_grad():
                parameter.copy_(tensor(key, parameter.shape, scale, offset))
            plan[key] = {"shape": list(parameter.shape), "scale": scale, "offset": offset}
    return plan
