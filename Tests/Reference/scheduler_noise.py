"""What the scripts need for schedulers that draw their noise apart from the pipeline's generator."""

from contextlib import contextmanager

import torch


def seeded(scheduler, seed):
    """With the picture's seed, where its noise has a seed of its own that no configuration says: diffusers would draw
    one at random."""
    if vars(scheduler).get("noise_sampler_seed", seed) is None:
        scheduler.noise_sampler_seed = seed
    return scheduler


def _in_double(name):
    own = getattr(torch.Tensor, name)

    def function(tensor, *arguments):
        if tensor.dtype != torch.float32:
            return own(tensor, *arguments)
        return own(tensor.double(), *arguments).to(torch.float32)

    return function


@contextmanager
def rounded_once():
    """Roots, logarithms and exponentials of tensors as exact as single precision allows.

    torch's own are off by the last digit now and then, and otherwise with another library below it. DPM-Solver SDE's
    noise levels are times of a Brownian path, in millionths, and a time in another millionth has another increment: a
    case is good for a fixture where that makes no difference.
    """
    # Powers are defined by operators, all others by methods.
    functions = {name: _in_double(name) for name in ("log", "exp", "expm1", "__pow__")}
    missing = object()
    before = {name: torch.Tensor.__dict__.get(name, missing) for name in functions}
    for name, function in functions.items():
        setattr(torch.Tensor, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            if function is missing:
                delattr(torch.Tensor, name)
            else:
                setattr(torch.Tensor, name, function)
