"""A CLIP-style byte-level BPE tokenizer, trained on the scenes' captions."""

import json
import os
import random

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from captions import MINI
from scenes import layout

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
MERGES = 900
LENGTH = 77
# The word pattern of OpenAI's CLIP.
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def _merges(texts: list[str]) -> list[tuple[str, str]]:
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=2 * len(alphabet) + MERGES, initial_alphabet=alphabet, end_of_word_suffix="</w>",
        show_progress=False))
    merges = json.loads(bpe.to_str())["model"]["merges"]
    return [tuple(pair) for pair in merges]


def train(folder: str) -> None:
    """Writes `vocab.json` and `merges.txt` as OpenAI's: bytes, bytes with `</w>`, merges, two marks."""
    rng = random.Random(1)
    texts = [layout(rng).caption for _ in range(20000)] + [chosen.caption for chosen in MINI] * 50
    merges = _merges(texts)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = alphabet + [byte + "</w>" for byte in alphabet] + [a + b for a, b in merges] + [BOS, EOS]
    vocabulary = {entry: index for index, entry in enumerate(dict.fromkeys(entries))}
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf8") as file:
        file.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf8") as file:
        json.dump({"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "bos_token": BOS, "eos_token": EOS,
                   "pad_token": EOS, "unk_token": EOS, "do_lower_case": True}, file, indent=2)
    with open(os.path.join(folder, "special_tokens_map.json"), "w", encoding="utf8") as file:
        json.dump({"bos_token": BOS, "eos_token": EOS, "pad_token": EOS, "unk_token": EOS}, file, indent=2)
    # Last, because its presence says that the folder is complete.
    with open(os.path.join(folder, "vocab.json"), "w", encoding="utf8") as file:
        json.dump(vocabulary, file, ensure_ascii=False)
    print(f"tokenizer: {len(vocabulary)} tokens", flush=True)


def load(folder: str) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(folder)


def encode(tokenizer: CLIPTokenizer, texts: list[str], padding: str = "max_length"):
    """`input_ids` and `attention_mask`, padded to 77 tokens or to the longest text."""
    return tokenizer(texts, padding=padding, truncation=True, max_length=LENGTH, return_tensors="pt")
