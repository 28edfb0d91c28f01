#!/usr/bin/env python3
"""Loads the same spoilt model folders by `transformers` (with `safetensors` and `tokenizers`) and by `sparsegrad predict`.

    .deps/python/bin/python Scripts/reliability-peers.py --count 300

Prints a row for each kind of damage. Exits with 1 when both give logits and they differ, or the command ends otherwise than
with status 0 or with status 1 and one line. See docs/reliability.md.
"""

import argparse
import collections
import importlib.util
import json
import math
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import torch
import transformers

here = pathlib.Path(__file__).resolve().parent
specification = importlib.util.spec_from_file_location("reliability", here / "reliability.py")
reliability = importlib.util.module_from_spec(specification)
specification.loader.exec_module(reliability)

TEXT = "a very good film and the dull story"


def leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for key, inner in items:
        yield path + (key,)
        yield from leaves(inner, path + (key,))


def change_value(file, draw):
    """Another value for one key of a JSON file, or none."""
    content = json.loads(file.read_text())
    path = draw.choice([p for p in leaves(content) if "vocab" not in p[:-1]])
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    value = draw.choice([None, -1, 0, 3, 2**63 - 1, 1e300, "x", [], {}, True, False, "removed"])
    if value == "removed":
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    file.write_text(json.dumps(content))


def change_weights(file, draw):
    data = bytearray(file.read_bytes())
    start = 8 + struct.unpack("<Q", data[:8])[0]
    kind = draw.choice(["header", "header", "length", "cut", "longer", "NaN"])
    if kind == "header":
        data[draw.randrange(8, start)] ^= 1 << draw.randrange(8)
    elif kind == "length":
        data[draw.randrange(8)] ^= 1 << draw.randrange(8)
    elif kind == "cut":
        del data[draw.randrange(len(data)):]
    elif kind == "longer":
        data += bytes(draw.randrange(1, 64))
    else:
        place = start + 4 * draw.randrange((len(data) - start) // 4)
        data[place:place + 4] = struct.pack("<f", math.nan)
    file.write_bytes(data)


DAMAGES = {
    "model.safetensors": change_weights, "config.json": change_value, "tokenizer.json": change_value,
    "tokenizer_config.json": change_value,
}


def theirs(folder):
    """Logits; or what stands in the way: an error, or weights that were drawn by chance."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        model, report = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder, output_loading_info=True, dtype=torch.float32)
        if report["missing_keys"] or report["mismatched_keys"]:
            return "random weights"
        length = min(model.config.max_position_embeddings, tokenizer.model_max_length)
        inputs = tokenizer(TEXT, truncation=True, max_length=length, return_tensors="pt")
        with torch.no_grad():
            logits = model.eval()(**inputs).logits[0].tolist()
        return logits if all(map(math.isfinite, logits)) else "NaN"
    except Exception:
        return "error"


def ours(command, folder):
    arguments = [command, "predict", "--model", folder, "--threads", "1", "--precision", "float32", "--json", TEXT]
    process = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    if process.returncode == 0:
        return json.loads(process.stdout)["logits"]
    lines = [line for line in process.stderr.splitlines() if line.startswith("Error: ")]
    if process.returncode != 1 or process.stderr.splitlines()[-1:] != lines[-1:] or len(lines) != 1:
        print(f"status {process.returncode}: {process.stderr.strip()[:300]}", flush=True)
        return "crash"
    return "error"


def verdict(theirs, ours):
    if ours == "crash":
        return "crash"
    if isinstance(ours, list) and isinstance(theirs, list):
        close = len(ours) == len(theirs) and all(abs(a - b) < 2e-3 for a, b in zip(ours, theirs))
        return "same logits" if close else "different"
    if isinstance(theirs, list):
        return "ours alone refuses"
    if isinstance(ours, list):
        return "theirs alone refuses" if theirs == "error" else "different"
    return "both refuse" if theirs == "error" else f"theirs: {theirs}, ours refuses"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", default=".build/release/sparsegrad")
    options = parser.parse_args()
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    draw, command = random.Random(options.seed), str(pathlib.Path(options.command).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reliability-"))
    verdicts = collections.defaultdict(collections.Counter)
    try:
        shop = reliability.Workshop(command, folder)
        shop.succeed("good", ["--method", "full", "--max-steps", "2"])
        for number in range(options.count):
            name = list(DAMAGES)[number % len(DAMAGES)]
            spoilt = folder / "spoilt"
            shutil.rmtree(spoilt, ignore_errors=True)
            spoilt.mkdir()
            for file in DAMAGES:
                shutil.copy(folder / "good" / file, spoilt)
            DAMAGES[name](spoilt / name, draw)
            result = verdict(theirs(spoilt), ours(command, str(spoilt)))
            verdicts[name][result] += 1
            if result in ("different", "crash"):
                print(f"{result}: input {number}, {name}", flush=True)
                shutil.copytree(spoilt, pathlib.Path(f"peers-{number}"), dirs_exist_ok=True)
    finally:
        shutil.rmtree(folder)
    for name, counts in verdicts.items():
        print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.most_common()))
    bad = sum(counts[what] for counts in verdicts.values() for what in ("different", "crash"))
    sys.exit(1 if bad else 0)


main()
