"""The study's tables, in Markdown, from the cells that have ended.

    python tables.py head rest            scores, validation loss, time and memory
    python tables.py --tuning tuning-head tuning-rest

A folder is an output folder of `sparsegrad glue`. Needs nothing but Python.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

TASKS = {"cola": "CoLA", "mrpc": "MRPC", "rte": "RTE", "stsb": "STS-B"}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--tuning", action="store_true", help="scores by learning rate")
    options = parser.parse_args()
    for folder in options.folders:
        cells = read(folder)
        print(f"\n## {folder.name}\n")
        tuning(cells) if options.tuning else results(cells)


def read(folder):
    """Figures by method, then task, then (rate, seed)."""
    cells = defaultdict(lambda: defaultdict(dict))
    for path in sorted(folder.rglob("cell.json")):
        record = json.loads(path.read_text())
        setup = record["setup"]
        name = setup["method"]
        if setup.get("density") not in (None, 0.01):
            name += f", density {setup['density']}"
        key = (setup["settings"]["learningRate"], setup["settings"]["seed"])
        cells[name][setup["task"]][key] = record["outcome"].get("finished", {}).get("figures")
    return cells


def tuning(cells):
    print("| method | rate | CoLA | STS-B | mean |\n| --- | --- | --- | --- | --- |")
    for method, tasks in sorted(cells.items()):
        scores = by_rate(tasks)
        for rate, values in scores.items():
            cells = [f"{v:.2f}" if v is not None else "" for v in values]
            average = f"{mean(values):.2f}" if None not in values else ""
            mark = " (chosen)" if rate == best(scores) else ""
            print(f"| {method} | {rate:g}{mark} | " + " | ".join([*cells, average]) + " |")


def by_rate(tasks):
    """Scores of CoLA and STS-B; one that diverged has none, as a rate that was not tried."""
    runs = [{rate: run for (rate, _), run in tasks[task].items() if run} for task in ("cola", "stsb")]
    return {
        rate: [100 * run[rate]["score"] if rate in run else None for run in runs]
        for rate in sorted(runs[0].keys() | runs[1].keys())
    }


def best(scores):
    """The rate with the highest mean, of those tried on both tasks."""
    means = {rate: mean(values) for rate, values in scores.items() if None not in values}
    return max(means, key=means.get) if means else None


def results(cells):
    def table(title, figure, form):
        print(f"\n{title}\n")
        print("| method | " + " | ".join(TASKS.values()) + " | mean |")
        print("| --- |" + " --- |" * (len(TASKS) + 1))
        for method, tasks in sorted(cells.items()):
            columns, by_seed = [], defaultdict(list)
            for task in TASKS:
                rates = {rate for rate, _ in tasks[task]}
                if len(rates) > 1:
                    raise SystemExit(f"{method} has runs of {task} at several rates: {sorted(rates)}")
                values = {seed: figure(run) for (_, seed), run in tasks[task].items() if run}
                for seed, value in values.items():
                    by_seed[seed].append(value)
                columns.append(form(list(values.values())))
            whole = [mean(v) for v in by_seed.values() if len(v) == len(TASKS)]
            print(f"| {method} | " + " | ".join(columns) + f" | {form(whole)} |")

    table("Scores, times 100", lambda run: 100 * run["score"], spread(2))
    table("Validation loss", lambda run: run["metrics"]["loss"], spread(4))
    table("Training, s", lambda run: run["training_seconds"], spread(0))
    table("Preliminary phase, s", lambda run: run.get("preliminary_seconds") or 0, spread(1))
    table("Peak memory by the ledger, MB", lambda run: run["peak_memory"]["total"] / 1e6, spread(0))


def spread(digits):
    def form(values):
        if not values:
            return ""
        text = f"{mean(values):.{digits}f}"
        if len(values) > 1:
            text += f" ± {stdev(values):.{digits}f}"
        return text if len(values) == 3 else f"{text} ({len(values)})"

    return form


if __name__ == "__main__":
    main()
