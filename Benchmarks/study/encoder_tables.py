"""Collects the runs of encoder.sh into encoder.jsonl, and prints their tables.

    python encoder_tables.py [FOLDER]    # the folder of the runs; without it only the tables

Losses are those of validation (STS-B: the mean squared error), compared in pairs: the same task, seed and order of batches. A
difference is divided by regular fine-tuning's mean loss of its task, so that tasks count alike. Needs nothing but Python.
"""

import json
import math
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
FILE = HERE / "encoder.jsonl"
METHODS = [
    *("full", "lora", "meprop", "paper", "sparsegrad", "dynamic", "signal", "core", "core-signal", "random"),
]
TUNING_SEED = 0


def collect(folder: Path) -> None:
    runs = {}
    if FILE.exists():
        for line in FILE.read_text().splitlines():
            run = json.loads(line)
            runs[run["name"]] = run
    for path in folder.glob("*/metrics.json"):
        name = path.parent.name
        found = re.fullmatch(r"(head|rest)-(.+?)-([a-z-]+)-([0-9.]+(?:e-?[0-9]+)?)-([0-9]+)", name)
        if not found:
            continue
        scope, task, method, rate, seed = found.groups()
        metrics = json.loads(path.read_text())
        for key in ("command", "classes", "method", "task"):
            metrics.pop(key, None)
        names = {"name": name, "scope": scope, "task": task, "method": method}
        runs[name] = metrics | names | {"rate": float(rate), "seed": int(seed)}
    FILE.write_text("".join(json.dumps(runs[name], sort_keys=True) + "\n" for name in sorted(runs)))


def row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |")


def head(*cells: object) -> None:
    row(*cells)
    row(*["---"] * len(cells))


def sweep(runs: list[dict], scope: str) -> dict[str, float]:
    """Prints the losses of the tuning seed and returns each method's best rate."""
    sums: dict[tuple[str, float], dict[str, float]] = defaultdict(dict)
    for run in runs:
        if run["scope"] == scope and run["seed"] == TUNING_SEED:
            sums[run["method"], run["rate"]][run["task"]] = run["metrics"]["loss"]
    tasks = sorted({task for losses in sums.values() for task in losses})
    best = {}
    head("method", "rate", *tasks, "sum")
    for method in METHODS:
        tried = {rate: losses for (name, rate), losses in sums.items() if name == method and len(losses) == len(tasks)}
        if not tried:
            continue
        best[method] = min(tried, key=lambda rate: sum(tried[rate].values()))
        for rate in sorted(tried):
            total = f"{sum(tried[rate].values()):.4f}"
            mark = f"**{total}**" if rate == best[method] else total
            row(method, f"{rate:g}", *(f"{tried[rate][task]:.4f}" for task in tasks), mark)
    return best


def sign_test(differences: list[float]) -> float:
    """The probability, if both were alike, of signs at least as one-sided."""
    signs = [d for d in differences if d != 0]
    few = min(sum(d > 0 for d in signs), sum(d < 0 for d in signs))
    return min(1, 2 * sum(math.comb(len(signs), k) for k in range(few + 1)) / 2 ** len(signs))


def final(runs: list[dict], scope: str, best: dict[str, float]) -> None:
    losses: dict[str, dict[tuple[str, int], float]] = defaultdict(dict)
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    costs: dict[str, dict[str, dict[tuple[str, int], float]]] = defaultdict(lambda: defaultdict(dict))
    for run in runs:
        method = run["method"]
        if run["scope"] == scope and run["seed"] != TUNING_SEED and run["rate"] == best.get(method):
            key = run["task"], run["seed"]
            losses[method][key] = run["metrics"]["loss"]
            scores[method][run["task"]].append(100 * run["score"])
            costs["memory"][method][key] = run["peak_memory"]["total"]
    if not losses["full"]:
        return
    tasks = sorted({task for values in losses.values() for task, _ in values})
    unit = {t: statistics.mean(v for (task, _), v in losses["full"].items() if task == t) for t in tasks}

    print("\nScores, times 100:\n")
    head("method", "runs", *tasks, "mean")
    for method in METHODS:
        if losses[method]:
            means = [statistics.mean(scores[method][t]) if scores[method][t] else math.nan for t in tasks]
            row(method, len(losses[method]), *(f"{m:.1f}" for m in means), f"{statistics.mean(means):.1f}")

    print("\nLosses in pairs, in per cent of regular fine-tuning's; less is better:\n")
    others = [m for m in ("full", "lora", "meprop", "random") if losses[m]]
    head("method", *(f"minus {m}'s" for m in others), "matrices, of full's")
    for method in METHODS:
        if not losses[method]:
            continue
        cells = []
        for other in others:
            keys = sorted(losses[method].keys() & losses[other].keys())
            paired = [100 * (losses[method][k] - losses[other][k]) / unit[k[0]] for k in keys]
            if method == other or len(paired) < 2:
                cells.append("")
                continue
            error = statistics.stdev(paired) / len(paired) ** 0.5
            lower = sum(d < 0 for d in paired)
            mean = statistics.mean(paired)
            cells.append(f"{mean:+.1f} ± {error:.1f} ({lower} of {len(paired)}, p = {sign_test(paired):.2g})")
        memory = costs["memory"]
        ratios = [memory[method][k] / memory["full"][k] for k in memory[method].keys() & memory["full"].keys()]
        row(method, *cells, f"{statistics.median(ratios):.2f}" if ratios else "")


def main() -> None:
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    if len(sys.argv) == 2:
        collect(Path(sys.argv[1]))
    runs = [json.loads(line) for line in FILE.read_text().splitlines()]
    for scope, name in {"head": "MLP and head trained", "rest": "Everything trained"}.items():
        if any(run["scope"] == scope and run["seed"] == TUNING_SEED for run in runs):
            print(f"\n{name}. Loss by rate, seed {TUNING_SEED}:\n")
            final(runs, scope, sweep(runs, scope))


if __name__ == "__main__":
    main()
