#!/usr/bin/env python3
"""Runs two builds of `sparsegrad` on the same jobs and compares every byte of what they write.

    Scripts/compare-bytes.py BEFORE AFTER [--rename "--old value=--new value"]...

BEFORE and AFTER are the commands; --rename says what the second calls something that the first calls otherwise. The jobs
are six methods and settings, on tiny BERTs and RoBERTas and on the small model that `make setup` fetches, in float32 and
bfloat16: the model's weights, the adapters, and the predictions must be the same.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
METHODS = {
    "full": "--method full",
    "lora": "--method lora --save both",
    "meprop": "--method meprop --density 0.05 --save both",
    "sparsegrad": "--method sparsegrad --density 0.05 --basis-steps 3 --save both",
    "sparsegrad-paper": "--method sparsegrad-paper --density 0.05 --basis-steps 3",
    "recomputed": "--method sparsegrad --density 0.05 --basis-steps 3 --recompute --gradient-accumulation 2",
}


def data(folder: Path) -> None:
    words = {"good": "fine warm funny bright lovely".split(), "bad": "dull cold boring dark awful".split()}
    rows = []
    for i in range(48):
        label = ["good", "bad"][i % 2]
        chosen = " ".join(words[label][(i * k) % 5] for k in range(1, 2 + i % 5))
        rows.append(f"the film is {chosen} and very {label}\t{label}")
    (folder / "train.tsv").write_text("text\tlabel\n" + "\n".join(rows) + "\n")
    (folder / "held.tsv").write_text("text\tlabel\n" + "\n".join(rows[::3]) + "\n")


def tiny(folder: Path, kind: str) -> Path:
    """A fixture's model with a tokenizer of its own kind."""
    source = PROJECT / "Tests/Fixtures" / kind / "classification"
    target = folder / kind
    target.mkdir()
    for name in ["config.json", "model.safetensors"]:
        (target / name).write_bytes((source / name).read_bytes())
    letters = "abcdefghijklmnopqrstuvwxyz"
    if kind == "bert":
        tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters)]
        (target / "vocab.txt").write_text("\n".join(tokens) + "\n")
        (target / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    else:
        tokens = ["<s>", "<pad>", "</s>", "<unk>", *letters, "\u0120"]
        vocabulary = ", ".join(f'"{t}": {i}' for i, t in enumerate(tokens))
        (target / "vocab.json").write_text("{" + vocabulary + "}", encoding="utf-8")
        (target / "merges.txt").write_text("#version: 0.2\n")
        (target / "tokenizer_config.json").write_text('{"tokenizer_class": "RobertaTokenizer"}')
    return target


def run(command: str, arguments: list[str]) -> str:
    result = subprocess.run([command, *arguments], capture_output=True, text=True, timeout=600, check=False)
    if result.returncode != 0:
        sys.exit(f"{command} {' '.join(arguments)}: status {result.returncode}\n{result.stderr}")
    return result.stdout


def results(command: str, model: Path, flags: list[str], precision: str, data: Path, output: Path) -> dict[str, bytes]:
    run(command, ["finetune", "--model", str(model), "--train-file", str(data / "train.tsv"),
                  "--validation-file", str(data / "held.tsv"), "--output", str(output), "--max-steps", "12",
                  "--batch-size", "8", "--learning-rate", "1e-3", "--precision", precision, "--quiet",
                  "--overwrite", *flags])
    found = {"predictions": run(command, [
        "predict", "--model", str(output), "--precision", precision, "--json", "the film is dull", "good",
        "warm and very lovely"]).encode()}
    for name in ["model.safetensors", "adapter/adapter_model.safetensors"]:
        if (output / name).exists():
            found[name] = (output / name).read_bytes()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW")
    options = parser.parse_args()
    renames = [pair.rsplit("=--", 1) for pair in options.rename]
    same = different = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data(folder)
        models = [tiny(folder, "bert"), tiny(folder, "roberta"), PROJECT / ".deps/models/minilm"]
        for model in models:
            for precision in ["float32", "bfloat16"]:
                for method, flags in METHODS.items():
                    renamed = flags
                    for old, new in renames:
                        renamed = renamed.replace(old, "--" + new)
                    a = results(options.before, model, flags.split(), precision, folder, folder / "out")
                    b = results(options.after, model, renamed.split(), precision, folder, folder / "out")
                    others = [key for key in a if a[key] != b.get(key)]
                    same, different = same + (not others), different + bool(others)
                    if others:
                        print(f"{model.name}, {precision}, {method}: {', '.join(others)} differ")
    print(f"{same + different} jobs: {same} the same, {different} different")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
