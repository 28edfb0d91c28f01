"""The study's tables, in Markdown, from the cells that have ended.

    python tables.py head rest            scores, validation loss, time and memory
    python tables.py --tuning tuning-head tuning-rest

A name is that of a file of cells (head.jsonl, see collect.py), of an output folder of `sparsegrad glue`, or of both. Needs
nothing but Python.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

DENSITY = ", density "
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
    file = folder.with_suffix(".jsonl")
    lines = file.read_text().splitlines() if file.exists() else []
    for text in [*lines, *(path.read_text() for path in sorted(folder.rglob("cell.json")))]:
        record = json.loads(text)
        setup = record["setup"]
        name = setup["method"]
        if setup.get("density") not in (None, 0.01):
            name += f"{DENSITY}{setup['density']}"
        # Older cells have settings without groups.
        settings = setup["settings"]
        settings = settings | settings.get("optimizer", {}) | settings.get("data", {})
        key = (settings["learningRate"], settings["seed"])
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
    """Tables of figures by method and task; runs at other densities have one of their own, of scores."""
    methods = {name: tasks for name, tasks in cells.items() if DENSITY not in name}
    others = {name: tasks for name, tasks in cells.items() if DENSITY in name}
    full = whole(methods.get("full", {}), score)
    print("\n### Scores, times 100\n")
    header([*TASKS.values(), "mean", "mean − full's"])
    for method, tasks in ordered(methods):
        means = whole(tasks, score)
        differences = [means[seed] - full[seed] for seed in means if seed in full]
        columns = [spread(seeds(tasks[task], score).values(), 2) for task in TASKS]
        columns += [spread(means.values(), 2), spread(differences, 2)]
        row(method, columns)
    for title, figure, digits in FIGURES:
        print(f"\n### {title}\n")
        header([*TASKS.values(), "mean"])
        for method, tasks in ordered(methods):
            columns = [spread(seeds(tasks[task], figure).values(), digits) for task in TASKS]
            row(method, [*columns, spread(whole(tasks, figure).values(), digits)])
    if others:
        print("\n### Other densities: scores, times 100\n")
        header(TASKS.values())
        for method, tasks in sorted(others.items()):
            row(method, [spread(seeds(tasks[task], score).values(), 2) for task in TASKS])


def score(run):
    return 100 * run["score"]


# The training seconds are those of one thread, beside another run on the other core.
FIGURES = [
    ("Validation loss", lambda run: run["metrics"]["loss"], 4),
    ("Seconds of training", lambda run: run["training_seconds"], 0),
    ("Seconds of the preliminary phase", lambda run: run["preliminary_seconds"], 1),
    ("Peak memory by the ledger, MB", lambda run: run["peak_memory"]["total"] / 1e6, 0),
]


def seeds(runs, figure):
    """A figure by seed, of the runs of one method and task."""
    rates = {rate for rate, _ in runs}
    if len(rates) > 1:
        raise SystemExit(f"runs at several rates: {sorted(rates)}")
    return {seed: figure(run) for (_, seed), run in sorted(runs.items()) if run}


def whole(tasks, figure):
    """The mean over the tasks by seed, of the seeds that have all tasks."""
    by_task = [seeds(tasks.get(task, {}), figure) for task in TASKS]
    common = set.intersection(*(set(values) for values in by_task))
    return {seed: mean(values[seed] for values in by_task) for seed in sorted(common)}


def ordered(methods):
    first = ["full", "lora", "meprop", "sparsegrad-paper"]
    return sorted(methods.items(), key=lambda item: (item[0] not in first, item[0]))


def header(columns):
    columns = ["method", *columns]
    print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))


def row(method, columns):
    print(f"| `{method}` | " + " | ".join(columns) + " |")


def spread(values, digits):
    """Mean and deviation; their number where it is not three."""
    values = list(values)
    if not values:
        return ""
    text = f"{mean(values):.{digits}f}"
    if len(values) > 1:
        text += f" ± {stdev(values):.{digits}f}"
    return text if len(values) == 3 else f"{text} ({len(values)})"


if __name__ == "__main__":
    main()
