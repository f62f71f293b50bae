"""Prompts: 8-bit pictures of the miniatures of `adapters.py` with textual inversions and with clip skip, as diffusers
makes them, and what the web UI's syntax makes of prompts.

The latter is a small model of its rule in plain Python over transformers' CLIP: every character has a weight, which
brackets multiply; texts of one weight are tokenized together and cut into chunks of 75 tokens, after a comma where one is
near (`tokenize_line` in `modules/sd_hijack_clip.py`); the states of a chunk are multiplied by the weights of its tokens and
then brought back to their mean (`modules/sd_emphasis.py`, "Original").
"""

import copy
import itertools
import re

import diffusers
import torch
import transformers

import families
from adapters import MODELS
from families import CASE, DEEPER, MERGED, build
from fixture_io import write_fixture
from pipeline import reproducible, without_mkldnn
from synthetic import Inputs

# Files by their names: the tensors of each.
EMBEDDINGS = {
    "sd1": {
        "one": {"<style>": [24]}, "many": {"<many>": [3, 24]}, "qzxw": {"emb_params": [2, 24]},
    },
    "sdxl": {"xlword": {"clip_l": [2, 16], "clip_g": [2, 24]}},
}  # fmt: skip
PICTURES = {
    "sd1": [
        {"name": "one", "embeddings": ["one"], "prompt": "a red <style> circle"},
        {"name": "three", "embeddings": ["one", "many", "qzxw"], "prompt": "<many> circle, <style>, qzxw on qzxws",
         "negativePrompt": "a <many> square"},
        {"name": "three-0.5", "embeddings": ["one", "many", "qzxw"], "prompt": "a <STYLE> circle like <many>", **MERGED},
        {"name": "skip-1", "clipSkip": 1, "negativePrompt": "green, blurry"},
        {"name": "skip-2-0.5", "clipSkip": 2, **MERGED},
        {"name": "skip-3", "clipSkip": 3},
    ],
    "sdxl": [
        {"name": "word", "embeddings": ["xlword"], "prompt": "a red xlword circle", "negativePrompt": "xlword"},
        {"name": "word-0.5", "embeddings": ["xlword"], "prompt": "a xlword", **DEEPER},
        {"name": "skip-1", "clipSkip": 1, "negativePrompt": "green, blurry"},
        {"name": "skip-2", "clipSkip": 2},
    ],
}  # fmt: skip
WORDS = "red green blue small large round square bright dark old new soft hard wet dry".split()
LONG = ", ".join(f"{a} {b}" for a, b in itertools.product(WORDS[:6], WORDS[6:12]))
WITHOUT_COMMAS = " ".join(WORDS * 8)
PROMPTS = [
    {"prompt": r"a (red:1.3) cube on ((a table)), [blurry] \(really\) good, (((very))) [[far]]"},
    {"prompt": LONG, "negative": "(bad:1.5), [[worse]]"},
    {"prompt": WITHOUT_COMMAS, "negative": LONG},
    {"prompt": "first part BREAK (second:0.7) part BREAK third", "negative": ""},
    {"prompt": "a (red [blue (green:0.5) cube", "negative": r"a) red] cube:1.2) \ and \\ (x : 1.1 )"},
    {"prompt": "", "negative": "(blurry)"},
    {"prompt": "(a:0.0) (b: -0.5) c, breakfast BREAK", "negative": None},
    {"prompt": "a (red:1.3) cube", "negative": "(bad:1.5)", "clipSkip": 1},
    {"prompt": "a (red:1.3) cube <|endoftext|> (on:1.4) a table", "negative": None},
    {"prompt": " ".join(WORDS * 5)[: len(" ".join(WORDS * 5))] + " <many> cube", "negative": None, "embeddings": ["many"]},
    {"prompt": "a (<many>:1.2) cube, <many>", "negative": None, "embeddings": ["many"]},
]
CHUNK, REACH = 75, 20


def weighed(text):
    """The texts of a prompt with their weights; None for the end of a chunk."""
    grammar = re.compile(
        r"(?P<escaped>\\[\\()\[\]])|(?P<weight>:\s*(?P<number>[+-]?[.\d]+)\s*\))|(?P<open>[(\[])|(?P<close>[)\]])"
        r"|(?P<plain>[^\\()\[\]:]+)|(?P<other>.)", re.S
    )  # fmt: skip
    letters, opened = [], {"(": [], "[": []}

    def close(kind, factor):
        for letter in letters[opened[kind].pop():]:
            letter[1] *= factor

    for found in grammar.finditer(text):
        part, kind = found.group(), found.lastgroup
        if kind == "escaped":
            letters.append([part[1], 1.0])
        elif kind == "open":
            opened[part].append(len(letters))
        elif kind in ("weight", "number") and opened["("]:
            close("(", float(found["number"]))
        elif kind == "close" and opened["(" if part == ")" else "["]:
            close(*(("(", 1.1) if part == ")" else ("[", 1 / 1.1)))
        elif kind == "plain":
            for index, piece in enumerate(re.split(r"\s*\bBREAK\b\s*", part)):
                letters += ([[None, None]] if index else []) + [[letter, 1.0] for letter in piece]
        elif part != "\\":
            letters += [[letter, 1.0] for letter in part]
    while opened["("]:
        close("(", 1.1)
    while opened["["]:
        close("[", 1 / 1.1)
    for (weight, ends), group in itertools.groupby(letters, key=lambda letter: (letter[1], letter[0] is None)):
        yield None if ends else ("".join(letter for letter, _ in group), weight)


def chunks(text, tokenizer, vectors):
    """Of every chunk the ids and the weights. `vectors`: of each word that has several, by its id."""
    comma = tokenizer(",", add_special_tokens=False).input_ids[0]
    done, chunk, last = [], [], None

    def end(count):
        nonlocal chunk, last
        done.append(chunk[:count])
        chunk, last = chunk[count:], None

    for piece in weighed(text):
        if piece is None:
            end(len(chunk))
            continue
        for token in tokenizer(piece[0], add_special_tokens=False).input_ids:
            group = [token + index for index in range(vectors.get(token, 1))]
            if token == comma:
                last = len(chunk)
            elif len(chunk) == CHUNK and last is not None and CHUNK - last <= REACH:
                end(last + 1)
            if len(chunk) + len(group) > CHUNK:
                end(len(chunk))
            chunk += [(part, piece[1]) for part in group]
    if chunk or not done:
        end(len(chunk))
    start, stop, pad = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
    result = []
    for chunk in done:
        ids = [start, *(token for token, _ in chunk), *[stop] * (CHUNK + 1 - len(chunk))]
        after = ids.index(stop) + 1
        result.append(
            (ids[:after] + [pad] * (CHUNK + 2 - after) if pad != stop else ids,
             [1.0, *(weight for _, weight in chunk), *[1.0] * (CHUNK + 1 - len(chunk))])
        )  # fmt: skip
    return result


def emphasized(states, weights):
    before = states.mean()
    states = states * torch.tensor(weights)[None, :, None]
    return states * (before / states.mean())


def encoded(pipeline, texts, vectors, skip):
    """What the UNet gets: the states of all texts, as long as the longest, and SDXL's pooled ones."""
    towers = [(pipeline.tokenizer, pipeline.text_encoder)]
    if hasattr(pipeline, "tokenizer_2"):
        towers.append((pipeline.tokenizer_2, pipeline.text_encoder_2))
    read = [[chunks(text, tokenizer, vectors) for text in texts] for tokenizer, _ in towers]
    count = max(len(text) for tower in read for text in tower)
    states, pooled = [], None
    for (tokenizer, encoder), tower in zip(towers, read):
        own = []
        for text in tower:
            text = text + chunks("", tokenizer, {}) * (count - len(text))
            outputs = [(encoder(torch.tensor([ids]), output_hidden_states=True), weights) for ids, weights in text]
            if len(towers) == 1:
                norm = encoder.final_layer_norm
                rows = [emphasized(norm(o.hidden_states[-1 - skip]), w) for o, w in outputs]
            else:
                rows = [emphasized(o.hidden_states[-2 - skip], w) for o, w in outputs]
                if encoder is pipeline.text_encoder_2:
                    first = outputs[0][0].text_embeds
                    pooled = first if pooled is None else torch.cat([pooled, first])
            own.append(torch.cat(rows, dim=1))
        states.append(torch.cat(own))
    return torch.cat(states, dim=-1), pooled


def with_embeddings(pipeline, model, names, tensors):
    """A copy of the pipeline with textual inversions loaded by diffusers."""
    result = copy.deepcopy(pipeline)
    for name in names:
        file = {key: tensors[f"{name}/{key}"] for key in EMBEDDINGS[model][name]}
        if "clip_l" in file:
            result.load_textual_inversion(file["clip_l"], token=name)
            result.load_textual_inversion(
                file["clip_g"], token=name, text_encoder=result.text_encoder_2, tokenizer=result.tokenizer_2
            )
        elif "emb_params" in file:
            result.load_textual_inversion(file["emb_params"], token=name)
        else:
            result.load_textual_inversion(file)
    return result


def picture(pipeline, schedulers, case):
    """As in `families.py`, with clip skip."""
    call, skip = type(pipeline).__call__, case["clipSkip"]
    skipping = type("Skipping", (type(pipeline),), {"__call__": lambda self, *a, **k: call(self, *a, clip_skip=skip, **k)})
    plain, pipeline.__class__ = type(pipeline), skipping
    # diffusers looks for the final layer norm below `text_model`, which transformers 5 has no more.
    transformers.CLIPTextModel.text_model = property(lambda self: self)
    try:
        return families.picture(pipeline, schedulers, case)
    finally:
        pipeline.__class__ = plain
        del transformers.CLIPTextModel.text_model


@torch.no_grad()
def make(name, family):
    pipeline, _, schedulers = build(family)
    inputs, expected, pictures, prompts = Inputs(), {}, [], []
    tensors = {
        f"{file}/{key}": inputs.tensor(f"{file}/{key}", shape, 0.5)
        for file, keys in EMBEDDINGS[name].items() for key, shape in keys.items()
    }  # fmt: skip
    for row in PICTURES[name]:
        case = CASE | {"scheduler": family["schedulers"][0], "steps": 10, "embeddings": [], "clipSkip": None} | row
        changed = with_embeddings(pipeline, name, case["embeddings"], tensors)
        expected[case["name"]] = reproducible(
            lambda case: picture(changed, schedulers, case), case, [without_mkldnn]
        )
        pictures.append(case)
    for index, row in enumerate(PROMPTS):
        case = {"name": f"prompt.{index}", "negative": None, "embeddings": [], "clipSkip": 0} | row
        if any(file not in EMBEDDINGS[name] for file in case["embeddings"]):
            continue
        changed = with_embeddings(pipeline, name, case["embeddings"], tensors)
        vectors = {changed.tokenizer.convert_tokens_to_ids("<many>"): 3} if case["embeddings"] else {}
        texts = [case["prompt"]] if case["negative"] is None else [case["negative"], case["prompt"]]
        if name == "sdxl" and case["negative"] == "":
            continue
        expected[case["name"]], pooled = encoded(changed, texts, vectors, case["clipSkip"])
        if pooled is not None:
            expected[f"{case['name']}.pooled"] = pooled
        print(f"  {case['name']}: {list(expected[case['name']].shape)}", flush=True)
        prompts.append(case)
    settings = {
        "pictures": pictures, "prompts": prompts,
        "embeddings": {file: list(keys) for file, keys in EMBEDDINGS[name].items()},
    }  # fmt: skip
    write_fixture("Prompts", name, expected, settings, inputs=inputs.plan)


def main():
    torch.set_num_threads(1)
    for name, family in MODELS.items():
        make(name, family)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
