"""`sparsegrad bench` beside PyTorch: the same jobs on the same lengths, in turn, each in a process.

    python compare.py --rounds 3 --methods full,lora,sparsegrad --precision float32,bfloat16
    python compare.py --methods sparsegrad --against sparsegrad=sparsegrad-paper
    python compare.py --inference --model ../../.deps/models/minilm

Prints Markdown: medians over the rounds with minimum and maximum; ratios are taken round by round.
Run it on an idle machine.
"""

import argparse
import json
import os
import sys
import tempfile

import lengths
from options import add_job_options, jobs, run_job
from rounds import add_round_options, cell, figures, in_turn, load, print_table, ratios, run_command


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_job_options(parser)
    add_round_options(parser)
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="what of ours a method is compared with, if not the one of its name",
    )
    return parser.parse_args()


def drawn_lengths(job):
    """The lengths of all steps, in the order in which both sides are to take them."""
    count = (job["warmup"] + job["steps"]) * job["batch_size"]
    drawn = lengths.draw(
        job["lengths"], count, job["max_length"], job["seed"], job["tokenizer"], job["columns"]
    )
    batches = lengths.batches(drawn, job["batch_size"], job["order"], job["seed"])
    return [length for batch in batches for length in batch]


def our_command(options, job):
    """`lengths` and the rest mean the same to both sides; a process measures once."""
    command = [options.command, "bench", "--json", "--quiet", "--repeats", "1"]
    command += ["--model", job["model"]] if job["model"] else ["--shape", job["shape"]]
    if job["inference"]:
        command.append("--inference")
    else:
        against = dict(pair.split("=", 1) for pair in options.against)
        command += ["--methods", against.get(job["method"], job["method"])]
        command += ["--trainable", job["trainable"]]
    names = ["precision", "batch_size", "lengths", "max_length", "steps", "warmup", "seed"]
    if job["threads"]:
        names.append("threads")
    for name in names:
        command += [f"--{name.replace('_', '-')}", str(job[name])]
    return command


def ours(options, job):
    output = run_command(our_command(options, job))
    return json.loads(output)[0] if output else None


# What is compared, and where it is in a result.
FIGURES = {
    "tokens_per_second": ["tokens_per_second"],
    "steps_per_second": ["steps_per_second"],
    "sequences_per_second": ["sequences_per_second"],
    "flop_fraction": ["flop_fraction"],
    "peak_process_memory": ["peak_process_memory"],
    "peak_matrix_memory": ["peak_memory", "total"],
}


def value(result, path):
    for name in path:
        result = (result or {}).get(name)
    return result


def compared(job, theirs, mine):
    """The figures of one job, from the results of its rounds."""
    sides = {"pytorch": theirs, "sparsegrad": mine}
    values = {
        side: {name: [value(r, path) for r in results] for name, path in FIGURES.items()}
        for side, results in sides.items()
    }
    a, b = values["sparsegrad"], values["pytorch"]
    return {
        "method": job["method"],
        "precision": job["precision"],
        "values": values,
        **{side: {name: figures(v) for name, v in named.items()} for side, named in values.items()},
        "speed_ratio": ratios(a["tokens_per_second"], b["tokens_per_second"]),
        "memory_ratio": ratios(a["peak_process_memory"], b["peak_process_memory"]),
    }


def gigabytes(spread):
    return f"{spread['median'] / 1e9:.2f}" if spread else "-"


def print_sides(rows):
    header = ["method", "precision", "PyTorch, real tokens/s", "sparsegrad", "ratio"]
    print_table(
        [*header, "PyTorch, process peak in GB", "sparsegrad", "ratio"],
        [
            [
                row["method"],
                row["precision"],
                cell(row["pytorch"]["tokens_per_second"], 0),
                cell(row["sparsegrad"]["tokens_per_second"], 0),
                cell(row["speed_ratio"], 2),
                gigabytes(row["pytorch"]["peak_process_memory"]),
                gigabytes(row["sparsegrad"]["peak_process_memory"]),
                cell(row["memory_ratio"], 2),
            ]
            for row in rows
        ],
    )


def within(rows, side):
    """Each method of a side against its regular fine-tuning and its LoRA."""
    values = {(row["method"], row["precision"]): row["values"][side] for row in rows}
    for (method, precision), own in values.items():
        cells = []
        for name in ("tokens_per_second", "peak_process_memory", "peak_matrix_memory"):
            for base in ("full", "lora"):
                other = values.get((base, precision))
                cells.append(cell(ratios(own[name], other[name]) if other else None, 2))
        yield [side, method, precision, *cells]


def main():
    options = arguments()
    todo = jobs(options)
    started = load()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        print(*drawn_lengths(todo[0]), sep="\n", file=file)
    for job in todo:
        job.update(lengths=f"file:{file.name}", order="given")
    sides = []
    for job in todo:
        sides.append(lambda job=job: run_job(job, options.allocator))
        sides.append(lambda job=job: ours(options, job))
    try:
        results = in_turn(options.rounds, sides)
    finally:
        os.unlink(file.name)
    theirs, mine = results[0::2], results[1::2]
    rows = [compared(job, *pair) for job, *pair in zip(todo, theirs, mine)]

    print_sides(rows)
    if len(options.methods) > 1 and not options.inference:
        print()
        bases = [f"{what} / {base}" for what in ("tokens/s", "process peak", "matrices' peak")
                 for base in ("full", "lora")]
        print_table(
            ["", "method", "precision", *bases],
            [line for side in ("pytorch", "sparsegrad") for line in within(rows, side)],
        )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            summary = {"settings": vars(options), "load_before": started, "jobs": rows}
            runs = {"pytorch": theirs, "sparsegrad": mine}
            json.dump({**summary, "runs": runs}, out, indent=2)
    if any(result is None for job in mine for result in job):
        sys.exit("sparsegrad bench gave no figures (see above)")


if __name__ == "__main__":
    main()
