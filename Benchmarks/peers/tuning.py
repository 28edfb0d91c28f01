"""What makes PyTorch faster here: one setting changed at a time, in turn, each run in a process.

    python tuning.py --rounds 3                 training
    python tuning.py --rounds 3 --inference     inference

Takes the flags of bench.py for the job that all variants share. Prints Markdown: real tokens per second
as a ratio to the first line, round by round. Run it on an idle machine.
"""

import argparse
import json
import sys
from functools import partial

from options import JobFailed, add_job_options, jobs, run_job
from rounds import add_round_options, cell, figures, in_turn, load, print_table, ratios

# (what is changed, settings of the job, variables of the process)
ANY = [
    ("as measured by default", {}, {}),
    ("the system's allocator", {"allocator": "system"}, {}),
    ("jemalloc", {"allocator": "jemalloc"}, {}),
    (
        "the system's, told to keep memory",
        {"allocator": "system"},
        {"MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 40)},
    ),
    ("one thread", {"threads": 1}, {"OMP_NUM_THREADS": "1"}),
    ("OMP_WAIT_POLICY=active", {}, {"OMP_WAIT_POLICY": "active"}),
    ("OMP_WAIT_POLICY=passive", {}, {"OMP_WAIT_POLICY": "passive"}),
    ("threads bound to cores", {}, {"OMP_PROC_BIND": "true"}),
    ("torch.compile, dynamic shapes", {"compile": True}, {}),
    ("padded to the maximum length", {"padding": "max"}, {}),
]
TRAINING = [
    ("sdpa attention", {"attention": "sdpa"}, {}),
    ("AdamW foreach", {"adamw": "foreach"}, {}),
    ("AdamW in a loop", {"adamw": "loop"}, {}),
    ("no clipping", {"max_grad_norm": 0.0}, {}),
    ("batches of neighbours in length", {"order": "sorted"}, {}),
]
INFERENCE = [
    ("eager attention", {"attention": "eager"}, {}),
    ("autocast instead of bfloat16 weights", {"autocast": True}, {}),
    ("batches in the order given", {"order": "given"}, {}),
]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_job_options(parser)
    add_round_options(parser)
    parser.set_defaults(methods=["full"])
    parser.add_argument("--only", help="variants whose name has this, and the first")
    options = parser.parse_args()

    known = ANY + (INFERENCE if options.inference else TRAINING)
    variants = [v for v in known if v is known[0] or (options.only or "") in v[0]]
    for job in jobs(options):
        load_before = load()
        results = in_turn(options.rounds, [partial(run, options, job, *v[1:]) for v in variants])
        print(f"\n{job['method']}, {job['precision']}; load before: {load_before:.1f}\n")
        rates = [[result.get("overall_tokens_per_second") for result in runs] for runs in results]
        print_table(
            ["", "real tokens/s", "ratio", "process peak, GB"],
            [
                [
                    name,
                    cell(figures(own), 0),
                    cell(ratios(own, rates[0]), 2),
                    f"{max(result.get('peak_process_memory', 0) for result in runs) / 1e9:.2f}",
                ]
                for (name, _, _), own, runs in zip(variants, rates, results)
            ],
        )
        if options.json:
            with open(options.json, "a", encoding="utf-8") as file:
                print(json.dumps({v[0]: runs for v, runs in zip(variants, results)}), file=file)


def run(options, job, settings, variables):
    """A variant's result; empty, with the reason on standard error, if it does not run here."""
    changed = {**job, **settings}
    try:
        return run_job(changed, changed.pop("allocator", options.allocator), variables)
    except JobFailed as failure:
        print(failure, file=sys.stderr)
        return {}


if __name__ == "__main__":
    main()
