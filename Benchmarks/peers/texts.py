"""Texts of TSV files, GLUE's among them."""

import csv

PAIRS = [
    ("#1 String", "#2 String"),
    ("sentence1", "sentence2"),
    ("question1", "question2"),
    ("question", "sentence"),
    ("premise", "hypothesis"),
]
SINGLES = ["sentence", "text"]


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def column(rows, name):
    """One column: by its name in the header, or by its index (from 0) if there is no header."""
    if name.isdigit():
        return [row[int(name)] for row in rows]
    if name not in rows[0]:
        raise SystemExit(f"no column {name}; the header has {', '.join(rows[0])}")
    index = rows[0].index(name)
    return [row[index] for row in rows[1:]]


def read_column(path, name):
    return column(read_rows(path), name)


def guess_columns(path):
    """The names of the text's column and of its pair's, or None for the latter."""
    header = read_rows(path)[0]
    known = [names for names in PAIRS if set(names) <= set(header)]
    known += [(name, None) for name in SINGLES if name in header]
    if not known:
        raise SystemExit(f"{path}: which column is the text? (--text-column, --pair-column)")
    return known[0]


def read_texts(path, text=None, pair=None):
    """Texts and, if the file has pairs, the second ones, else None. Columns are guessed unless given."""
    if text is None:
        text, pair = guess_columns(path)
    rows = read_rows(path)
    return column(rows, text), column(rows, pair) if pair else None
