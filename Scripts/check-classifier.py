"""Compares the logits of a fine-tuned classifier with those that `transformers` computes from its folder.

    python Scripts/check-classifier.py --model FOLDER --data FILE.tsv --columns sentence1,sentence2 [--rows 20]

in an environment with torch and transformers. Every text goes through `sparsegrad predict` in float32, and through
tokenizer and model of `transformers`. Prints the largest difference, and fails above --bound of the largest logit.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = PROJECT / ".build/release/sparsegrad"


def ours(options: argparse.Namespace, texts: list[str]) -> list[float]:
    command = [
        COMMAND, "predict", "--model", options.model, "--json", "--precision", "float32",
        "--max-length", str(options.max_length), texts[0],
    ]
    if len(texts) > 1:
        command += ["--pair", texts[1]]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["logits"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--columns", required=True, help="of the text, or of both texts")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--bound", type=float, default=1e-4)
    options = parser.parse_args()
    model = AutoModelForSequenceClassification.from_pretrained(options.model, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    with options.data.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[: options.rows]
    mine, theirs = [], []
    for row in rows:
        texts = [row[column] for column in options.columns.split(",")]
        mine.append(ours(options, texts))
        encoded = tokenizer(*texts, return_tensors="pt", truncation=True, max_length=options.max_length)
        with torch.inference_mode():
            theirs.append(model(**encoded).logits[0].tolist())
    difference = (torch.tensor(mine) - torch.tensor(theirs)).abs().max().item()
    largest = torch.tensor(theirs).abs().max().item()
    print(f"{type(model).__name__}, {len(rows)} rows: logits differ by at most {difference:.2g}, of up to {largest:.2f}")
    if difference > options.bound * largest:
        sys.exit(f"more than {options.bound} of the largest logit")


if __name__ == "__main__":
    main()
