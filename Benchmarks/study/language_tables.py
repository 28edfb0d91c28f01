"""Collects the runs of language.sh into language.jsonl, and prints their tables.

    python language_tables.py [FOLDER]    # the folder of the runs; without it only the tables

Needs nothing but Python.
"""

import json
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
METHODS = [
    *("full", "lora", "meprop", "paper", "sparsegrad", "dynamic", "signal", "core", "core-signal", "random"),
]


def collect(folder: Path, file: Path) -> None:
    runs = {}
    if file.exists():
        for line in file.read_text().splitlines():
            run = json.loads(line)
            runs[run["method"], run["rate"], run["seed"]] = run
    for path in folder.glob("*/metrics.json"):
        name = re.fullmatch(r"([a-z-]+)-([0-9.]+(?:e-?[0-9]+)?)-([0-9]+)", path.parent.name)
        if not name:
            continue
        method, rate, seed = name.groups()
        metrics = json.loads(path.read_text())
        metrics.pop("command", None)
        run = metrics | {"method": method, "rate": float(rate), "seed": int(seed)}
        runs[run["method"], run["rate"], run["seed"]] = run
    file.write_text("".join(json.dumps(runs[key], sort_keys=True) + "\n" for key in sorted(runs)))


def row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |")


def main() -> None:
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    file = HERE / "language.jsonl"
    if len(sys.argv) == 2:
        collect(Path(sys.argv[1]), file)
    runs = [json.loads(line) for line in file.read_text().splitlines()]
    losses = {(run["method"], run["rate"], run["seed"]): run["metrics"]["loss"] for run in runs}
    memory = {run["method"]: run["peak_memory"]["total"] / 1e6 for run in runs}
    rates = sorted({run["rate"] for run in runs})
    tuning = min(run["seed"] for run in runs)

    print(f"Validation loss by learning rate, seed {tuning}:\n")
    row("method", *(f"{rate:g}" for rate in rates))
    row(*["---"] * (len(rates) + 1))
    best = {}
    for method in METHODS:
        seen = {rate: losses[method, rate, tuning] for rate in rates if (method, rate, tuning) in losses}
        if seen:
            best[method] = min(seen, key=seen.get)
            row(method, *(f"{seen[rate]:.4f}" if rate in seen else "" for rate in rates))

    print("\nAt its own best rate, over seeds:\n")
    row("method", "rate", "seeds", "loss", "minus full's", "minus lora's", "matrices, MB")
    row(*["---"] * 7)
    values: dict[str, dict[int, float]] = defaultdict(dict)
    for (method, rate, seed), loss in losses.items():
        if best.get(method) == rate:
            values[method][seed] = loss
    for method in METHODS:
        own = values[method]
        if not own:
            continue
        cells = []
        for other in ["full", "lora"]:
            paired = [own[seed] - values[other][seed] for seed in own if seed in values[other]]
            error = f" ± {statistics.stdev(paired) / len(paired) ** 0.5:.4f}" if len(paired) > 1 else ""
            cells.append(f"{statistics.mean(paired):+.4f}{error}" if paired and method != other else "")
        spread = f" ± {statistics.stdev(own.values()):.4f}" if len(own) > 1 else ""
        mean = f"{statistics.mean(own.values()):.4f}{spread}"
        row(method, f"{best[method]:g}", len(own), mean, *cells, f"{memory[method]:.0f}")


if __name__ == "__main__":
    main()
