"""Runs in turn, so that a machine that slows down slows both sides; and what is said of them."""

import os
import statistics
import subprocess
import sys

from options import ROOT

COMMAND = ROOT / ".build/release/sparsegrad"


def add_round_options(parser):
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="every run and the figures drawn from them")


def add_command_option(parser):
    parser.add_argument("--command", default=str(COMMAND), help="ours")


def in_turn(rounds, sides):
    """Calls the functions in turn, in each round in the opposite order of the last. Lists of results."""
    results = [[] for _ in sides]
    order = list(range(len(sides)))
    for number in range(rounds):
        for side in order if number % 2 == 0 else reversed(order):
            results[side].append(sides[side]())
            done = sum(map(len, results))
            print(f"{done} of {rounds * len(sides)} runs", file=sys.stderr)
    return results


def run_command(command):
    """Output of our command, or None with a line on standard error that says why there is none."""
    try:
        result = subprocess.run(command, text=True, capture_output=True)
    except FileNotFoundError:
        print(f"{command[0]} is missing: swift build -c release", file=sys.stderr)
        return None
    if result.returncode != 0:
        print(f"{' '.join(command)}\n{result.stderr.strip()}", file=sys.stderr)
        return None
    return result.stdout


def figures(values):
    """Median, minimum and maximum, or None if a round has no value."""
    if not values or None in values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratios(numerators, denominators):
    """Figures of the ratios round by round."""
    if None in numerators or None in denominators:
        return None
    return figures([n / d for n, d in zip(numerators, denominators)])


def cell(spread, digits):
    if spread is None:
        return "-"
    middle, low, high = (f"{spread[name]:.{digits}f}" for name in ("median", "min", "max"))
    return f"{middle} ({low} to {high})"


def print_table(header, rows):
    for line in [header, ["---"] * len(header), *rows]:
        print(f"| {' | '.join(line)} |")


def load():
    """Of the last minute: what else the machine was doing."""
    return os.getloadavg()[0]
