"""Collects the cells of a study that have ended into one file, a line each, and removes their folders.

    python collect.py head rest

A folder is an output folder of `sparsegrad glue`; beside it appears FOLDER.jsonl, or the cells are added to it. A cell that
is there already is replaced. Needs nothing but Python.
"""

import json
import shutil
import sys
from pathlib import Path


def key(record: dict) -> tuple:
    setup = record["setup"]
    settings = setup["settings"]
    settings = settings | settings.get("optimizer", {}) | settings.get("data", {})
    return (setup["method"], setup["task"], setup.get("density") or 0, settings["learningRate"], settings["seed"])


def main() -> None:
    for name in sys.argv[1:]:
        folder = Path(name)
        file = folder.with_suffix(".jsonl")
        cells = {}
        if file.exists():
            cells = {key(record): record for record in map(json.loads, file.read_text().splitlines())}
        for path in folder.rglob("cell.json"):
            record = json.loads(path.read_text())
            cells[key(record)] = record
        lines = [json.dumps(cells[k], sort_keys=True) + "\n" for k in sorted(cells)]
        beside = file.with_suffix(".new")
        beside.write_text("".join(lines))
        beside.rename(file)
        if folder.exists():
            shutil.rmtree(folder)
        print(f"{file}: {len(lines)} cells")


if __name__ == "__main__":
    main()
