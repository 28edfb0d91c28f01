"""Makes the runs of encoder.sh in an order of its own, so that the study can be stopped and taken up at any time.

    GLUE=FOLDER OUTPUT=FOLDER python encoder.py SCOPE [SEEDS]

First every method finds its own rate on two tasks with seed 0: from a first guess the rate is halved and doubled until the best
one has a worse neighbour on both sides. Then all methods run all tasks with seeds 1 to SEEDS (10), seed by seed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUTPUT = Path(os.environ.get("OUTPUT", HERE / "encoder"))
TUNING_TASKS = ["STS-B", "QNLI"]
TASKS = ["STS-B", "SST-2", "QNLI", "MRPC"]
FIRST_GUESS = {
    **{"full": 2e-4, "lora": 4e-3, "meprop": 2e-3, "paper": 2e-3, "sparsegrad": 1e-3},
    **{"core": 2e-3, "core-signal": 2e-3, "dynamic": 2e-3, "random": 1.6e-2},
}


def loss(scope: str, task: str, method: str, rate: float, seed: int) -> float:
    """The validation loss of one run, which is made if it has not been yet; infinite if it diverged."""
    text = f"{rate:.3g}"
    folder = OUTPUT / f"{scope}-{task}-{method}-{text}-{seed}"
    if not (folder / "metrics.json").exists():
        command = ["bash", HERE / "encoder.sh", scope, task, method, text, str(seed)]
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if run.returncode:
            print(f"{folder.name}: {run.stderr.strip().splitlines()[-1:]}", flush=True)
            return float("inf")
    return json.loads((folder / "metrics.json").read_text())["metrics"]["loss"]


def tune(scope: str, method: str) -> float:
    """The rate with the least sum of losses over the tuning tasks, better than half and twice of it."""
    sums: dict[float, float] = {}

    def total(rate: float) -> float:
        if rate not in sums:
            sums[rate] = sum(loss(scope, task, method, rate, seed=0) for task in TUNING_TASKS)
        return sums[rate]

    rate = FIRST_GUESS[method]
    while True:
        best = min([rate, rate / 2, rate * 2], key=total)
        if best == rate:
            return rate
        rate = best


def main() -> None:
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("head", "rest"):
        sys.exit(__doc__)
    scope, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    rates = {}
    for method in FIRST_GUESS:
        rates[method] = tune(scope, method)
        print(f"{method}: {rates[method]:g}", flush=True)
    for seed in range(1, seeds + 1):
        for task in TASKS:
            for method, rate in rates.items():
                loss(scope, task, method, rate, seed)
        print(f"seed {seed}", flush=True)


if __name__ == "__main__":
    main()
