"""Time per training step, ours against PyTorch's, in turn: full fine-tuning of the same folder on the
same sentences.

    python compare_step_time.py --rounds 3 [--precision bfloat16] [--method sparsegrad]

Batches are drawn by each side's own generator, so times are compared per step of as many sequences and
per real token. Run it on an idle machine. Preload PyTorch's best allocator with --preload.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = ROOT / ".build/release/sparsegrad"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default=str(ROOT / ".deps/models/minilm"))
    parser.add_argument("--data", default=str(ROOT / ".demo/train.tsv"))
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--method", default="full")
    parser.add_argument("--preload", help="a library for LD_PRELOAD of PyTorch")
    return parser.parse_args()


def pytorch(options):
    script = Path(__file__).with_name("step_time.py")
    command = [sys.executable, str(script), "--model", options.model, "--data", options.data]
    command += ["--batch-size", str(options.batch_size), "--steps", str(options.steps)]
    command += ["--warm-up", str(options.warm_up)]
    command += ["--bf16"] if options.precision == "bfloat16" else []
    environment = dict(os.environ)
    if options.preload:
        environment["LD_PRELOAD"] = options.preload
    result = json.loads(subprocess.check_output(command, env=environment, stderr=subprocess.DEVNULL))
    return result["median_step_time"], result["tokens_per_second"]


def ours(options):
    with tempfile.TemporaryDirectory() as output:
        command = [str(COMMAND), "finetune", "--model", options.model, "--train-file", options.data]
        command += ["--output", output, "--method", options.method, "--json"]
        command += ["--batch-size", str(options.batch_size), "--precision", options.precision]
        command += ["--max-steps", str(options.warm_up + options.steps)]
        lines = subprocess.check_output(command, text=True).splitlines()
    events = [json.loads(line) for line in lines]
    steps = [e for e in events if e.get("event") == "step"][options.warm_up :]
    seconds = [step["seconds"] for step in steps]
    return statistics.median(seconds), sum(step["tokens"] for step in steps) / sum(seconds)


def row(name, values, digits):
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{name:34} {middle:10.{digits}f}   ({low:.{digits}f} to {high:.{digits}f})")


def main():
    options = arguments()
    theirs_all, ours_all = [], []
    for _ in range(options.rounds):
        theirs_all.append(pytorch(options))
        ours_all.append(ours(options))
    print(f"{options.method}, {options.precision}, batch {options.batch_size}: medians of {options.rounds} rounds")
    row("PyTorch, seconds a step", [t[0] for t in theirs_all], 3)
    row("sparsegrad, seconds a step", [o[0] for o in ours_all], 3)
    row("PyTorch, real tokens a second", [t[1] for t in theirs_all], 0)
    row("sparsegrad, real tokens a second", [o[1] for o in ours_all], 0)
    row("ratio of step times", [t[0] / o[0] for t, o in zip(theirs_all, ours_all)], 2)
    row("ratio of tokens a second", [o[1] / t[1] for t, o in zip(theirs_all, ours_all)], 2)


if __name__ == "__main__":
    main()
