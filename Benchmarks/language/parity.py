"""Logits and greedy texts of a GGUF file beside `transformers` and `llama.cpp`.

    python Benchmarks/language/parity.py [--model FILE.gguf] [--prompts FILE] [--tokens 64] [--json FILE]

`transformers` computes in float32 from the dequantised weights, as we do with --precision float32; llama.cpp rounds
activations to 8 bits. Logits are those of the token after each prompt, all of the vocabulary. Of each pair the largest
difference is told, and that as a share of the largest logit. Fails if logits beside transformers differ by more than
--bound of the largest logit, or a text differs.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from peers import LlamaCpp, Transformers

PROJECT = Path(__file__).resolve().parent.parent.parent
COMMAND = PROJECT / ".build/release/sparsegrad"


def ours(model: Path, prompt: str, tokens: int, precision: str) -> dict:
    command = [
        COMMAND, "generate", "--model", model, "--prompt", prompt, "--max-new-tokens", str(tokens),
        "--precision", precision, "--json", "--logits",
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def prompt_tokens(model: Path, prompt: str) -> list[int]:
    command = [COMMAND, "tokenize", "--model", model, "--json", prompt]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def difference(mine: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """The largest, and as a share of the largest logit."""
    largest = float(np.abs(mine - theirs).max())
    return largest, largest / float(np.abs(theirs).max())


def common(mine: list[int], theirs: list[int]) -> int:
    """How many tokens two texts begin with in common."""
    for place, (a, b) in enumerate(zip(mine, theirs)):
        if a != b:
            return place
    return min(len(mine), len(theirs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=PROJECT / ".deps/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--prompts", type=Path, default=Path(__file__).parent / "prompts.txt")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--bound", type=float, default=1e-4)
    parser.add_argument("--peers", default="transformers,llama.cpp", help="which of them, separated by commas")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    prompts = options.prompts.read_text().splitlines()
    known = {"transformers": Transformers, "llama.cpp": LlamaCpp}
    peers = {name: known[name](options.model) for name in options.peers.split(",")}
    rows = []
    for prompt in prompts:
        result = ours(options.model, prompt, options.tokens, options.precision)
        ids = prompt_tokens(options.model, prompt)
        mine = np.array(result["logits"], dtype=np.float32)
        row = {"prompt": prompt, "tokens": len(result["tokens"])}
        for name, peer in peers.items():
            theirs = peer.logits(ids)
            text = peer.greedy(ids, options.tokens)
            absolute, share = difference(mine, theirs[: len(mine)])
            row[name] = {
                "difference": absolute, "share": share, "same_best": int(mine.argmax()) == int(theirs.argmax()),
                "common_tokens": common(result["tokens"], text), "same_text": result["tokens"] == text,
            }
        rows.append(row)
        print(json.dumps(row), flush=True)
    print(f"\n{len(rows)} prompts, {options.tokens} tokens each, {options.precision}")
    for name in peers:
        values = [row[name] for row in rows]
        print(
            f"{name}: largest difference of a logit {max(v['difference'] for v in values):.2g}, "
            f"{max(v['share'] for v in values):.2g} of the largest; "
            f"the same best token {sum(v['same_best'] for v in values)} times; "
            f"the same text {sum(v['same_text'] for v in values)} times; "
            f"{sum(v['common_tokens'] for v in values) / len(values):.1f} tokens in common as a mean"
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    exact = [row["transformers"] for row in rows if "transformers" in peers]
    if any(v["share"] > options.bound or not v["same_text"] for v in exact):
        sys.exit(f"beside transformers: more than {options.bound} of the largest logit, or another text")


if __name__ == "__main__":
    main()
