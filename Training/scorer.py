"""The CLIP that scores: `clip` with a shorter vision tower, trained on while its text tower is held."""

import os

from transformers import CLIPConfig, CLIPModel

import clip
from tokenizer import load

# A layer less than in `clip`: it costs no retrieval and keeps the checkpoint's weights below 40 MB.
VISION_LAYERS = 3
PEAK_RATE = 5e-4
# The scorer has to tell all captions apart, not those of `mini` only.
MINI_SHARE = 0.3


def shortened(whole: CLIPModel) -> CLIPModel:
    """`whole` without the last layers of its vision tower, its text tower frozen."""
    config = CLIPConfig.from_dict(whole.config.to_dict())
    config.vision_config.num_hidden_layers = VISION_LAYERS
    model = CLIPModel(config)
    kept = {name: value for name, value in whole.state_dict().items() if name in model.state_dict()}
    model.load_state_dict(kept)
    model.text_model.requires_grad_(False)
    return model


def train(work: str, minutes: float) -> None:
    """Trains to the budget and writes `work/scorer`."""
    folder = os.path.join(work, "clip")
    model = shortened(CLIPModel.from_pretrained(folder))
    clip.fit(
        model, load(os.path.join(work, "tokenizer")), os.path.join(work, "scorer.pt"), minutes, PEAK_RATE,
        seed=50_000_000, mini_share=MINI_SHARE)
    model.save_pretrained(os.path.join(work, "scorer"))
