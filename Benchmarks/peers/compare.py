"""`sparsegrad bench` beside PyTorch: the same jobs on the same lengths, in turn, each in a process.

    python compare.py --rounds 3 --methods full,lora,sparsegrad --precision float32,bfloat16
    python compare.py --methods sparsegrad --against sparsegrad=sparsegrad-paper
    python compare.py --inference --model ../../.deps/models/minilm

Prints Markdown: medians over the rounds with minimum and maximum; ratios are taken round by round.
Run it on an idle machine.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from functools import partial

import lengths
from options import add_job_options, jobs, run_job
from rounds import (
    add_command_option,
    add_round_options,
    cell,
    figures,
    in_turn,
    load,
    print_table,
    ratios,
    run_command,
)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_job_options(parser)
    add_round_options(parser)
    add_command_option(parser)
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="what of ours a method is compared with, if not the one of its name",
    )
    options = parser.parse_args()
    if options.max_grad_norm != 1 or options.density != 0.01:
        parser.error("--max-grad-norm, --density: sparsegrad bench clips at 1 and trains 1 %")
    return options


def drawn_lengths(job):
    """The lengths of all steps, in the order in which both sides are to take them."""
    count = (job["warmup"] + job["steps"]) * job["batch_size"]
    drawn = lengths.draw(
        job["lengths"], count, job["max_length"], job["seed"], job["tokenizer"], job["columns"]
    )
    batches = lengths.batches(drawn, job["batch_size"], job["order"], job["seed"])
    # What needs most memory comes first, so that no timed step meets memory for the first time.
    for size in (max, lambda batch: len(batch) * max(batch)):
        batches.insert(0, batches.pop(batches.index(max(batches, key=size))))
    return [length for batch in batches for length in batch]


def our_method(options, job):
    pairs = dict(pair.split("=", 1) for pair in options.against)
    return pairs.get(job["method"], job["method"])


def our_command(options, job):
    """`lengths` and the rest mean the same to both sides; a process measures once."""
    command = [options.command, "bench", "--json", "--quiet", "--repeats", "1"]
    command += ["--model", job["model"]] if job["model"] else ["--shape", job["shape"]]
    if job["inference"]:
        command.append("--inference")
    else:
        command += ["--methods", our_method(options, job), "--trainable", job["trainable"]]
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


def compared(options, job, theirs, mine):
    """The figures of one job, from the results of its rounds."""
    sides = {"pytorch": theirs, "sparsegrad": mine}
    values = {
        side: {name: [value(r, path) for r in results] for name, path in FIGURES.items()}
        for side, results in sides.items()
    }
    a, b = values["sparsegrad"], values["pytorch"]
    return {
        "method": job["method"],
        "our_method": our_method(options, job),
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
                " / ".join(dict.fromkeys([row["method"], row["our_method"]])),
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


COSTS = {
    "tokens_per_second": "tokens/s",
    "peak_process_memory": "process peak",
    "peak_matrix_memory": "matrices' peak",
}


def print_within(rows):
    """Each method of a side against that side's regular fine-tuning and its LoRA."""
    bases = [(name, base) for name in COSTS for base in ("full", "lora")]
    lines = []
    for side, label in (("pytorch", "PyTorch"), ("sparsegrad", "sparsegrad")):
        values = {(row["method"], row["precision"]): row["values"][side] for row in rows}
        for (method, precision), own in values.items():
            others = [(name, values.get((base, precision))) for name, base in bases]
            spreads = [ratios(own[name], other[name]) if other else None for name, other in others]
            lines.append([label, method, precision, *(cell(spread, 2) for spread in spreads)])
    header = ["", "method", "precision", *(f"{COSTS[name]} / {base}'s" for name, base in bases)]
    print_table(header, lines)


@contextlib.contextmanager
def on_same_lengths(todo):
    """The jobs, with their lengths in a file that both sides read while this lasts."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        print(*drawn_lengths(todo[0]), sep="\n", file=file, flush=True)
        yield [{**job, "lengths": f"file:{file.name}", "order": "given"} for job in todo]


def run_rounds(options, todo):
    """PyTorch's results and ours: a list for each job with a result for each round."""
    sides = []
    for job in todo:
        sides.append(partial(run_job, job, options.allocator))
        sides.append(partial(ours, options, job))
    results = in_turn(options.rounds, sides)
    return results[0::2], results[1::2]


def main():
    options = arguments()
    todo, load_before = jobs(options), load()
    with on_same_lengths(todo) as with_lengths:
        theirs, mine = run_rounds(options, with_lengths)
    rows = [compared(options, job, *pair) for job, *pair in zip(todo, theirs, mine)]

    print_sides(rows)
    if len(options.methods) > 1 and not options.inference:
        print()
        print_within(rows)
    if options.json:
        report = {
            "settings": vars(options),
            "load_before": load_before,
            "jobs": rows,
            "runs": {"pytorch": theirs, "sparsegrad": mine},
        }
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)
    if any(result is None for results in mine for result in results):
        sys.exit("sparsegrad bench gave no figures (see above)")


if __name__ == "__main__":
    main()
