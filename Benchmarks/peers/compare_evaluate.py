"""`sparsegrad predict` beside PyTorch on real texts, in turn.

    python compare_evaluate.py --model ../../.demo/model --data ../../.demo/test.tsv --precision bfloat16

Our time is that of the whole process, from its start to its last answer; PyTorch's that of tokenizing
and computing alone, after a pass for warming up, without imports and loading.
"""

import argparse
import json
import time

from options import ALLOCATORS, run_python
from rounds import (
    add_command_option,
    add_round_options,
    cell,
    figures,
    in_turn,
    print_table,
    ratios,
    run_command,
)
from texts import guess_columns


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="a fine-tuned folder")
    parser.add_argument("--data", required=True, help="a TSV file with a header")
    parser.add_argument("--text-column", help="guessed unless given")
    parser.add_argument("--pair-column")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="bfloat16")
    parser.add_argument("--batch-size", type=int, default=32, help="PyTorch's")
    parser.add_argument("--allocator", choices=list(ALLOCATORS), default="tcmalloc")
    add_round_options(parser)
    add_command_option(parser)
    return parser.parse_args()


def shared_flags(options):
    text, pair = options.text_column, options.pair_column
    if text is None:
        text, pair = guess_columns(options.data)
    flags = ["--model", options.model, "--precision", options.precision, "--text-column", text]
    return flags + (["--pair-column", pair] if pair else [])


def main():
    options = arguments()
    shared = shared_flags(options)

    def theirs():
        flags = ["--data", options.data, "--batch-size", str(options.batch_size)]
        return run_python("evaluate.py", shared + flags, options.allocator)

    def ours():
        command = [options.command, "predict", "--file", options.data, "--json", *shared]
        start = time.perf_counter()
        output = run_command(command)
        seconds = time.perf_counter() - start
        return len(output.splitlines()) / seconds if output else None

    their_results, our_rates = in_turn(options.rounds, [theirs, ours])
    their_rates = [result["sequences_per_second"] for result in their_results]
    spreads = [figures(their_rates), figures(our_rates), ratios(our_rates, their_rates)]
    print_table(
        ["precision", "PyTorch, sequences/s", "sparsegrad, whole process", "ratio"],
        [[options.precision, cell(spreads[0], 1), cell(spreads[1], 1), cell(spreads[2], 2)]],
    )
    if options.json:
        names = ["pytorch", "sparsegrad", "ratio"]
        with open(options.json, "w", encoding="utf-8") as file:
            result = {"settings": vars(options), **dict(zip(names, spreads)), "runs": their_results}
            json.dump(result, file, indent=2)


if __name__ == "__main__":
    main()
