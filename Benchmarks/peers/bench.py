"""Speed and memory of PyTorch, for the jobs that `sparsegrad bench` measures. Each job is a process.

    python bench.py --shape roberta-base --methods full,lora --precision bfloat16 --lengths mean:53

Training: autocast for bfloat16, fused AdamW, SparseAdam for sparse gradients, dropout on, gradients
clipped. Inference: torch.inference_mode, weights in the precision. Rates are medians over the steps with
minimum and maximum; "overall" is all tokens, or sequences, over all seconds.
"""

import argparse
import json
import sys

from options import add_job_options, jobs, run_job
from rounds import print_table


def spread(result, name, digits):
    middle, low, high = (f"{result[name + end]:.{digits}f}" for end in ("", "_min", "_max"))
    return f"{middle} ({low} to {high})"


def row(result):
    return [
        result["method"],
        result["precision"],
        spread(result, "steps_per_second", 3),
        spread(result, "tokens_per_second", 0),
        f"{result['overall_tokens_per_second']:.0f}",
        f"{result['overall_sequences_per_second']:.1f}",
        f"{result['peak_process_memory'] / 1e9:.2f}",
    ]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_job_options(parser)
    parser.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="results as JSON, to a file or stdout"
    )
    options = parser.parse_args()

    results = []
    for job in jobs(options):
        results.append(run_job(job, options.allocator))
        print(f"{job['method']}, {job['precision']}: done", file=sys.stderr)
    if options.json == "-":
        print(json.dumps(results, indent=2))
        return
    print_table(
        ["method", "precision", "steps/s", "real tokens/s", "overall", "sequences/s", "peak, GB"],
        [row(result) for result in results],
    )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    main()
