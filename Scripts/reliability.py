#!/usr/bin/env python3
"""Kills runs and spoils checkpoints, and looks what becomes of them. Needs the built command and Python alone.

    Scripts/reliability.py kills --count 300
    Scripts/reliability.py spoil --count 250

Exits with 1 when a run that was killed ends with other bytes than one that was not, a folder holds files of two
results, or a spoilt checkpoint leads to another result without an error. See docs/reliability.md.
"""

import argparse
import hashlib
import json
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

GOOD, BAD = ["good", "fine", "warm", "funny"], ["bad", "dull", "cold", "boring"]
OTHER = ["a", "the", "film", "story", "is", "was", "and", "very"]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + GOOD + BAD + OTHER
HIDDEN, INNER, LAYERS = 32, 64, 2


def write_model(folder):
    """A tiny random BERT with a WordPiece tokenizer."""
    folder.mkdir()
    config = {
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(VOCABULARY),
        "hidden_size": HIDDEN, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
        "num_attention_heads": 2, "max_position_embeddings": 32, "type_vocab_size": 2,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02, "pad_token_id": 0,
    }
    (folder / "config.json").write_text(json.dumps(config))
    shapes = {
        "embeddings.word_embeddings.weight": [len(VOCABULARY), HIDDEN],
        "embeddings.position_embeddings.weight": [32, HIDDEN],
        "embeddings.token_type_embeddings.weight": [2, HIDDEN],
        "pooler.dense.weight": [HIDDEN, HIDDEN], "pooler.dense.bias": [HIDDEN],
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        block = f"encoder.layer.{layer}."
        for name, rows, columns in [
            ("attention.self.query", HIDDEN, HIDDEN), ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN), ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN), ("output.dense", HIDDEN, INNER),
        ]:
            shapes[f"{block}{name}.weight"], shapes[f"{block}{name}.bias"] = [rows, columns], [rows]
        norms += [block + "attention.output.LayerNorm", block + "output.LayerNorm"]
    for norm in norms:
        shapes[norm + ".weight"], shapes[norm + ".bias"] = [HIDDEN], [HIDDEN]
    draw, header, data = random.Random(1), {}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = [1.0 if name.endswith("LayerNorm.weight") else draw.gauss(0, 0.2) for _ in range(count)]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * count]}
        data += struct.pack(f"<{count}f", *values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    special = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [
            {"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True} for i, t in enumerate(VOCABULARY[:5])],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]")],
            "pair": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]"),
                     {"Sequence": {"id": "B", "type_id": 1}}, special("[SEP]")],
            "special_tokens": {t: {"id": t, "ids": [VOCABULARY.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(VOCABULARY)}},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer", "do_lower_case": true}')


def write_data(file, seed, count):
    draw = random.Random(seed)
    lines = ["text\tlabel"]
    for _ in range(count):
        label = draw.choice(["positive", "negative"])
        words = draw.choices(OTHER, k=draw.randint(2, 8)) + [draw.choice(GOOD if label == "positive" else BAD)]
        lines.append(" ".join(words) + "\t" + label)
    file.write_text("\n".join(lines) + "\n")


class Workshop:
    """A folder with a model, data, and what runs make of them."""

    def __init__(self, command, folder):
        self.command, self.folder = command, folder
        write_model(folder / "model")
        write_data(folder / "train.tsv", 1, 64)
        write_data(folder / "valid.tsv", 2, 24)

    def arguments(self, output, flags):
        sparse = [] if "lora" in flags or "full" in flags else ["--density", "0.1"]
        if "sparsegrad" in flags:
            sparse += ["--basis-steps", "3"]
        return [
            self.command, "finetune", "--model", "model", "--train-file", "train.tsv",
            "--validation-file", "valid.tsv", "--output", output, "--quiet", "--batch-size", "8",
            "--learning-rate", "3e-3", "--log-every", "1",
        ] + sparse + flags

    def start(self, output, flags):
        return subprocess.Popen(
            self.arguments(output, flags), cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def run(self, output, flags):
        """Status (below 0: a signal) and errors."""
        process = self.start(output, flags)
        try:
            errors = process.communicate(timeout=120)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"hangs: {' '.join(self.arguments(output, flags))}")
        return process.returncode, errors

    def succeed(self, output, flags):
        status, errors = self.run(output, flags)
        if status != 0:
            sys.exit(f"status {status} of {' '.join(self.arguments(output, flags))}: {errors}")

    def result(self, output):
        """Digests of the files that a reader of the result loads."""
        names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
                 "adapter/adapter_config.json", "adapter/adapter_model.safetensors"]
        return {n: digest(self.folder / output / n) for n in names if (self.folder / output / n).exists()}


def digest(file):
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


METHODS = [
    ["--method", "full"], ["--method", "full", "--gradient-accumulation", "2"],
    ["--method", "lora"], ["--method", "sparsegrad"],
    ["--method", "sparsegrad", "--axes", "both", "--sharing", "shared"],
    ["--method", "sparsegrad", "--preliminary", "trained"], ["--method", "meprop"],
    ["--method", "sparsegrad", "--support", "periodic", "--support-interval", "5", "--support-observation", "2"],
]
SAVES = ["model", "both", "adapter"]


def loadable(result, save):
    """What makes a model of a folder for transformers, an adapter for peft."""
    model = {n: d for n, d in result.items() if not n.startswith("adapter/")}
    adapter = {n: d for n, d in result.items() if n.startswith("adapter/")}
    return model if "config.json" in model else {}, adapter


def kills(shop, count, draw):
    killed = runs = in_publication = different = mixed = 0
    while killed < count:
        flags = METHODS[runs % len(METHODS)] + [
            "--save", SAVES[runs // len(METHODS) % len(SAVES)], "--max-steps", "16", "--save-every", "1",
            "--evaluate-every", "5", "--threads"]
        save, overwrites = flags[flags.index("--save") + 1], runs % 2 == 1
        straight, output = f"straight-{runs}", f"output-{runs}"
        began = time.monotonic()
        shop.succeed(straight, flags + ["1"])
        duration = time.monotonic() - began
        new, old = shop.result(straight), {}
        if overwrites:
            # Another result: the labels the other way round, another seed.
            shop.succeed(output, flags + ["1", "--labels", "positive,negative", "--seed", "7"])
            old = shop.result(output)
            (shop.folder / output / "notes.txt").write_text("mine")
            (shop.folder / output / "plots").mkdir()
            (shop.folder / output / "plots" / "a").write_text("mine")
        mode = "--overwrite" if overwrites else "--resume"
        for attempt in range(200):
            process = shop.start(output, flags + [str(draw.randint(1, 2)), mode])
            if attempt < 10 and killed < count:
                if draw.random() < 0.5:
                    time.sleep(draw.uniform(0, 0.9 * duration))
                else:
                    wait_for_publication(shop.folder, output, process)
                    time.sleep(draw.choice([0, draw.uniform(0, 0.004), draw.uniform(0, 0.02)]))
                in_publication += bool(publications(shop.folder, output))
                process.send_signal(signal.SIGKILL)
            errors = process.communicate(timeout=120)[1]
            now = shop.result(output)
            parts = zip(loadable(now, save), loadable(old, save), loadable(new, save))
            whole = [part in ({}, before, after) for part, before, after in parts]
            if overwrites and old and loadable(old, save)[0]:
                whole.append(loadable(now, save)[0] != {})
            if not all(whole):
                mixed += 1
                print(f"mixed: {output} {' '.join(flags)}: {sorted(now)}", flush=True)
            if process.returncode == 0:
                break
            if process.returncode == -signal.SIGKILL:
                killed += 1
                mode = "--resume"
            elif "was started with" in errors:
                mode = "--overwrite"  # killed before the old run's figures were put aside
            else:
                sys.exit(f"status {process.returncode} of {output} {' '.join(flags)}: {errors}")
        if shop.result(output) != new:
            different += 1
            print(f"different: {output} {' '.join(flags)}", flush=True)
        kept = not overwrites or (shop.folder / output / "notes.txt").exists() and (
            shop.folder / output / "plots" / "a").read_text() == "mine"
        if not kept:
            mixed += 1
            print(f"lost files of the user: {output}", flush=True)
        left = [p.name for p in shop.folder.iterdir() if p.name.startswith(".partial")]
        if left:
            print(f"left behind: {left}", flush=True)
        shutil.rmtree(shop.folder / straight)
        shutil.rmtree(shop.folder / output)
        runs += 1
    print(f"{killed} kills of {runs} runs, {in_publication} of them while a result was published: "
          f"{different} with other bytes, {mixed} mixed folders")
    return different == 0 and mixed == 0


def publications(folder, output):
    inside = folder / output
    names = [p.name for p in folder.iterdir() if p.name.startswith(".partial") and p.name.endswith("-" + output)]
    try:
        names += [p.name for p in inside.iterdir() if p.name.startswith(".partial") and p.name.endswith("-result")]
    except OSError:
        pass
    return names


def wait_for_publication(folder, output, process):
    while process.poll() is None and not publications(folder, output):
        time.sleep(0.0005)


def damage(file, other, draw):
    """Spoils a file and says how."""
    data = bytearray(file.read_bytes())
    kind = draw.choice(["bit", "bit", "bit", "nan", "truncated", "removed", "swapped", "emptied", "zeroed"])
    if kind == "removed":
        file.unlink()
        return kind
    if kind == "bit" and data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == "nan" and file.suffix == ".safetensors":
        start = 8 + struct.unpack("<Q", data[:8])[0]
        place = start + 4 * draw.randrange(max(1, (len(data) - start) // 4))
        data[place:place + 4] = struct.pack("<f", float("nan"))
    elif kind == "truncated":
        del data[draw.randrange(max(1, len(data))):]
    elif kind == "emptied":
        data.clear()
    elif kind == "zeroed":
        place = draw.randrange(max(1, len(data)))
        data[place:place + 64] = bytes(len(data[place:place + 64]))
    elif kind == "swapped" and other.exists():
        data = bytearray(other.read_bytes())
    file.write_bytes(data)
    return kind


def spoil(shop, count, draw):
    refused = same = 0
    silent = []
    for number in range(count):
        method = METHODS[number % len(METHODS)]
        name = f"good-{number % len(METHODS)}"
        flags = method + ["--learning-rate", "0.1", "--scheduler", "constant", "--metric", "loss",
                          "--evaluate-every", "2", "--threads", "1", "--max-steps"]
        if not (shop.folder / name).exists():
            shop.succeed(name, flags + ["6"])
            shutil.copytree(shop.folder / name, shop.folder / ("longer-" + name))
            shop.succeed("longer-" + name, flags + ["10", "--resume"])
        good, output = shop.folder / name, shop.folder / "output"
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(good, output)
        folders = sorted(p for p in output.iterdir() if p.name.startswith("checkpoint-"))
        files = [(f, folders[i - 1] / f.name) for i, folder in enumerate(folders) for f in sorted(folder.iterdir())]
        basis = output / "preliminary-basis.safetensors"
        if basis.exists():
            files += 3 * [(basis, basis)]
        file, other = draw.choice(files)
        before = digest(file)
        kind = damage(file, other, draw)
        while digest(file) == before:
            kind = damage(file, other, draw)
        names = sorted(p.name for p in output.iterdir())
        status, errors = shop.run("output", flags + ["10", "--resume"])
        what = f"{file.relative_to(output)}, {kind}, {' '.join(method)}"
        if status == 0 and shop.result("output") == shop.result("longer-" + name):
            same += 1
        elif status == 1 and len(errors.strip().splitlines()) == 1 and str(file.parent.name) in errors and (
                sorted(p.name for p in output.iterdir()) == names):
            refused += 1
        else:
            silent.append(what)
            print(f"status {status}: {what}: {errors.strip()[:300]}", flush=True)
    print(f"{count} spoilt files: {refused} refused, {same} with the same result, {len(silent)} otherwise")
    return not silent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaign", choices=["kills", "spoil"])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", default=".build/release/sparsegrad")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reliability-"))
    try:
        shop = Workshop(str(pathlib.Path(options.command).resolve()), folder)
        campaign = {"kills": kills, "spoil": spoil}[options.campaign]
        sys.exit(0 if campaign(shop, options.count, random.Random(options.seed)) else 1)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
