"""CLIP's tokenizer: the ids that transformers.CLIPTokenizer gives.

The published Parti Prompts file is not in the repository. Where the environment variable
PARTI_PROMPTS names it, a hash of the ids of each of its prompts is written too; the Swift
test reads the same variable.
"""

import csv
import json
import os
import shutil
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

from fixture_io import FIXTURES, write_fixture
from synthetic import fnv1a64

ROOT = Path(__file__).resolve().parents[2]
OPENAI = FIXTURES / "CLIP" / "openai-tokenizer"
DEMO = ROOT / "Sources" / "DemoCheckpoint" / "checkpoint" / "tokenizer"
LIBRARIES = ["transformers", "tokenizers"]

HARD = [
    "",
    " ",
    "\t \n",
    "a",
    "A cat.",
    "don't",
    "DON'T you've I'm we're they'll he'd it's",
    "rock 'n' roll 's ''s '' 't' 'RE",
    "l’été n’est pas fini",
    "a  photo   of    two     spaces",
    "  leading and trailing  ",
    "tabs\tand\nnew\r\nlines\u000b\u000cand\u0085more",
    "no-break\u00a0space, ideographic\u3000space, zero\u200bwidth, narrow\u202fone",
    "soft\u00adhyphen and byte order\ufeffmark",
    "ctrl\u0001\u001c\u001fchars\u007f",
    "café naïve Ångström ÉCOLE ŒUVRE straße",
    "cafe\u0301 nai\u0308ve A\u030angstro\u0308m",
    "e\u0301\u0323 reordered, e\u0323\u0301 marks",
    "İstanbul ISPARTA ıspanak",
    "ΟΔΥΣΣΕΥΣ ΣΑΣ ς",
    "ǅ ǆ Ǆ ﬁ ﬂ ﬀ Ⅳ ⅷ ½ ² ٣ ४",
    "Москва и Санкт-Петербург",
    "日本語のテキスト、東京タワー。",
    "한국어 텍스트 \u1112\u1161\u11ab",
    "العربية مرحبا بالعالم",
    "हिन्दी में नमस्ते",
    "ภาษาไทย",
    "𠮷野家 𝕱𝖗𝖆𝖐𝖙𝖚𝖗 𝟜𝟚",
    "😀 🎉🎉 👍🏽 👨‍👩‍👧‍👦 🇩🇪 ❤️ ☃",
    "a robot 🤖painting🎨 a sunset",
    "12345 3.14 1,000,000 4k 8K 1990s 16:9 f/1.8 50mm",
    "x² + y² = z², 10% off @ $5.00 & €3 #art *wow* ~tilde^",
    "C++/C#, a_b-c+d=e; f(g){h}[i]<j>|k\\l`m`",
    "wow!! hi! !? ?! ... …",
    "\"quoted\" 'single' “curly” «guillemets»",
    "http://example.com/a?b=c&d=e#f user@example.org",
    "masterpiece, (best quality:1.2), [[ugly]], {{8k}}, <lora:x:0.8>",
    "a <|endoftext|> b",
    "a<|endoftext|>b<|startoftext|>c",
    "<|startoftext|>a cat<|endoftext|>",
    "a<|ENDOFTEXT|>b <|StartOfText|>",
    "<|endoftext| |endoftext|> <endoftext> !<|endoftext|>!",
    "a  <|endoftext|>  b!!!",
    "<|endoftext|>" * 3,
    "</w> a</w>b Ġ Ã",
    "underscore_separated_words and CamelCaseWords",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "hahahahahahahahahahaha lololololololol zzzzzzzzzzz",
    "!!!!!!!!!!!!!!!!!!!! -------------------- ____________________",
    "a " * 75,
    "a " * 76,
    "a " * 77,
    "one two three four five six seven eight nine ten " * 12,
    "naïve 😀 " * 40,
    "0123456789" * 10,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " * 12,
    "\u0301 starts with a mark, i\u0307\u0307 doubles it",
    "\ud7ff\ue000\ufffd\U0010ffff",
    "a\x00b",
]

START, END = "<|startoftext|>", "<|endoftext|>"


def described(content, normalized, **more):
    return {"content": content, "lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False, **more}


def strings(pad):
    return {"bos_token": START, "eos_token": END, "pad_token": pad, "unk_token": END}


def legacy(pad, **more):
    """As transformers 4 wrote it for the first checkpoints: tokens as objects, matched in lower-cased text."""
    tokens = {"bos_token": START, "eos_token": END, "unk_token": END}
    return {**{name: described(token, True, **more) for name, token in tokens.items()}, "pad_token": pad}


SETTINGS = {
    "strings": {
        "tokenizer_config.json": {**strings(END), "model_max_length": 77},
        "special_tokens_map.json": strings(END),
    },
    "Stable Diffusion 1.x": {
        "tokenizer_config.json": {
            **legacy(END, __type="AddedToken"), "model_max_length": 77, "do_lower_case": True, "add_prefix_space": False,
        },
        "special_tokens_map.json": legacy(END),
    },
    "Stable Diffusion 2.x": {
        "tokenizer_config.json": {**legacy(END, __type="AddedToken"), "model_max_length": 77},
        "special_tokens_map.json": legacy("!"),
    },
    "added_tokens_decoder": {
        "tokenizer_config.json": {
            "added_tokens_decoder": {
                "0": described("!", False, special=True),
                "49406": described(START, True, special=True),
                "49407": described(END, False, special=True),
            },
            **strings("!"),
            "model_max_length": 77,
        },
        "special_tokens_map.json": {"pad_token": "?"},
    },
    "short": {"tokenizer_config.json": {**strings(END), "model_max_length": 12}},
    "nothing stated": {},
}


def bundled_prompts():
    with open(ROOT / "Prompts" / "parti-subset.tsv", encoding="utf-8", newline="") as file:
        return [row["Prompt"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def encode(tokenizer, text):
    length = tokenizer.model_max_length if tokenizer.model_max_length < 1e6 else 77
    return tokenizer(text, padding="max_length", truncation=True, max_length=length).input_ids


def unpadded(tokenizer, text):
    return tokenizer(text, add_special_tokens=False, verbose=False).input_ids


def hashed(ids):
    return f"{fnv1a64(' '.join(map(str, ids))):016x}"


def folders():
    yield "openai", OPENAI
    yield "demo", DEMO


def main():
    write_fixture(
        "CLIP",
        "tokenizer",
        settings={
            name: [{"text": text, "ids": unpadded(tokenizer, text)} for text in HARD + bundled_prompts()]
            for name, folder in folders()
            for tokenizer in [CLIPTokenizer.from_pretrained(folder)]
        },
        libraries=LIBRARIES,
    )

    variants = []
    texts = ["wow!! hi!", "a<|ENDOFTEXT|>b <|endoftext|> ?", "<|StartOfText|> a <|startoftext|>", "a " * 100]
    for name, files in SETTINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            for file in ["vocab.json", "merges.txt"]:
                shutil.copy(OPENAI / file, folder)
            for file, content in files.items():
                (Path(folder) / file).write_text(json.dumps(content))
            tokenizer = CLIPTokenizer.from_pretrained(folder)
            cases = [{"text": text, "ids": encode(tokenizer, text)} for text in texts]
            variants.append({"name": name, "files": {f: json.dumps(c) for f, c in files.items()}, "cases": cases})
    write_fixture("CLIP", "tokenizer-folders", settings={"variants": variants}, libraries=LIBRARIES)

    published = os.environ.get("PARTI_PROMPTS")
    if not published:
        print("CLIP/tokenizer-parti: kept as it is; set PARTI_PROMPTS to the published TSV to make it again")
        return
    lines = Path(published).read_text(encoding="utf-8").split("\n")[1:]
    prompts = [line.split("\t")[0] for line in lines if line]
    write_fixture(
        "CLIP",
        "tokenizer-parti",
        settings={
            name: [hashed(encode(tokenizer, prompt)) for prompt in prompts]
            for name, folder in folders()
            for tokenizer in [CLIPTokenizer.from_pretrained(folder)]
        },
        libraries=LIBRARIES,
    )


if __name__ == "__main__":
    main()
