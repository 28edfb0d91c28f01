"""Generation and prefill beside llama.cpp, on the same GGUF file and as many threads.

    python Benchmarks/language/speed.py [--model FILE.gguf] [--rounds 5] [--threads 2] [--json FILE]

Each measurement is a process; ours and llama.cpp's alternate, in every second round in the opposite order, and ratios are
taken round by round. A round also measures how fast memory is read: by as many threads, from blocks that no cache
holds. What a token of generation reads is the size of the file's tensors; that times tokens/s as a share of the measured
bandwidth is how near generation is to what memory allows. Loading is not in the times.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent.parent
COMMAND = PROJECT / ".build/release/sparsegrad"
TEXT = "The lighthouse keeper climbed the stairs and looked at the sea, which was grey and quiet that day. "


def bandwidth(threads: int, megabytes: int = 256) -> float:
    """Bytes a second, the best of several passes: every thread sums up a block of its own."""
    blocks = [np.ones(megabytes << 17, dtype=np.uint64) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(5):
            start = time.perf_counter()
            list(pool.map(np.sum, blocks))
            best = max(best, threads * (megabytes << 20) / (time.perf_counter() - start))
    return best


def weight_bytes(model: Path) -> int:
    from gguf import GGUFReader

    reader = GGUFReader(model)
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    # Of a table of embeddings that is not the output layer too, one row is read.
    return sum(t.n_bytes for t in reader.tensors if tied or t.name != "token_embd.weight")


def prompt_of(model: Path, count: int) -> str:
    """A text of about so many tokens."""
    command = [COMMAND, "tokenize", "--model", model, "--json", TEXT]
    length = len(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return TEXT * round(count / length)


def ours(options: argparse.Namespace, prompt: str, tokens: int) -> dict:
    command = [
        COMMAND, "generate", "--model", options.model, "--prompt", prompt, "--max-new-tokens", str(tokens),
        "--threads", str(options.threads), "--precision", options.precision, "--json",
    ]
    line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    # The first token comes of the prompt.
    return {
        "prefill": line["prompt_tokens"] / line["prompt_seconds"],
        "generation": (len(line["tokens"]) - 1) / line["seconds"] if tokens > 1 else None,
    }


def llama_cpp(options: argparse.Namespace, prompt: str, tokens: int) -> dict:
    command = [
        sys.executable, __file__, "--alone", "--model", options.model, "--threads", str(options.threads),
        "--tokens", str(tokens), "--prompt", prompt,
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def alone(options: argparse.Namespace) -> None:
    """llama.cpp's part, in a process of its own."""
    from peers import LlamaCpp

    peer = LlamaCpp(options.model, options.threads)
    ids = peer.tokens(options.prompt)
    start = time.perf_counter()
    peer.read(ids)
    token = peer.best()
    read = time.perf_counter()
    for _ in range(options.tokens - 1):
        peer.read([token])
        token = peer.best()
    seconds = time.perf_counter() - read
    result = {
        "prefill": len(ids) / (read - start),
        "generation": (options.tokens - 1) / seconds if options.tokens > 1 else None,
    }
    print(json.dumps(result))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, default=PROJECT / ".deps/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=128, help="tokens that are written")
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--prompt", default=TEXT, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options)
        return

    long = prompt_of(options.model, options.prompt_tokens)
    size = weight_bytes(options.model)
    rounds = []
    for number in range(options.rounds):
        round_ = {"bandwidth": bandwidth(options.threads)}
        sides = [("ours", ours), ("llama.cpp", llama_cpp)]
        for name, side in sides if number % 2 == 0 else reversed(sides):
            round_[name] = {
                "generation": side(options, TEXT, options.tokens)["generation"],
                "prefill": side(options, long, 1)["prefill"],
            }
        rounds.append(round_)
        print(json.dumps(round_), flush=True)
    print(f"\n{options.model.name}, {size / 1e6:.1f} MB of weights, {options.threads} threads, {len(rounds)} rounds; medians")
    speed = statistics.median(r["bandwidth"] for r in rounds)
    print(f"memory is read at {speed / 1e9:.1f} GB/s")
    for what in ["generation", "prefill"]:
        values = {name: statistics.median(r[name][what] for r in rounds) for name in ["ours", "llama.cpp"]}
        ratios = [r["ours"][what] / r["llama.cpp"][what] for r in rounds]
        print(
            f"{what}: ours {values['ours']:.1f} tokens/s, llama.cpp {values['llama.cpp']:.1f}; "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )
        if what == "generation":
            shares = {
                name: statistics.median(r[name][what] * size / r["bandwidth"] for r in rounds)
                for name in ["ours", "llama.cpp"]
            }
            print(f"share of the bandwidth: ours {shares['ours']:.2f}, llama.cpp {shares['llama.cpp']:.2f}")
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=1) + "\n")


if __name__ == "__main__":
    main()
