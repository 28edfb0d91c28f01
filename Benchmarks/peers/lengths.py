"""Lengths of sequences, in tokens, the special ones included.

    mean:53      normal with a mean of 53 and a deviation of 53/3, cut to 8 and the maximum length
    fixed:128    all equal
    file:PATH    one integer a line, taken in this order, from the start again when they run out;
                 or a TSV file of texts, tokenized by the model's tokenizer and shuffled

As a program it writes lengths in the first form of file, for other programs to read:

    python lengths.py mean:53 --count 800 --max-length 128 --seed 1 > lengths.txt
"""

import argparse
import itertools
import random

from texts import read_texts

SHORTEST = 8


def draw(spec, count, max_length, seed, model=None, columns=(None, None)):
    """`count` lengths, none above `max_length`. `model` is a folder whose tokenizer is used for texts."""
    kind, _, value = spec.partition(":")
    generator = random.Random(seed)
    if kind == "mean":
        mean = float(value)
        drawn = (round(generator.gauss(mean, mean / 3)) for _ in range(count))
        return [min(max(length, SHORTEST), max_length) for length in drawn]
    if kind == "fixed":
        return [min(int(value), max_length)] * count
    if kind != "file":
        raise SystemExit(f"{spec}: expected mean:NUMBER, fixed:NUMBER or file:PATH")
    found = integers(value)
    if found is None:
        found = tokenized(value, model, max_length, columns)
        generator.shuffle(found)
    if not found:
        raise SystemExit(f"{value}: no lengths")
    cycled = itertools.islice(itertools.cycle(found), count)
    return [min(length, max_length) for length in cycled]


def integers(path):
    """The numbers of a file that has nothing else, or None."""
    with open(path, encoding="utf-8") as file:
        words = file.read().split()
    return [int(word) for word in words] if all(word.isdigit() for word in words) else None


def tokenized(path, model, max_length, columns):
    if model is None:
        raise SystemExit(f"{path}: texts need the tokenizer of a model folder (--model, --tokenizer)")
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    ids = tokenizer(*read_texts(path, *columns), truncation=True, max_length=max_length)["input_ids"]
    return [len(sequence) for sequence in ids]


def batches(lengths, size, order, seed):
    """Batches of `size` in the order given; or of neighbours in length (`sorted`), then shuffled."""
    if order == "sorted":
        lengths = sorted(lengths)
    groups = [lengths[start : start + size] for start in range(0, len(lengths), size)]
    if order == "sorted":
        random.Random(seed).shuffle(groups)
    return groups


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lengths")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--tokenizer", help="a model folder")
    options = parser.parse_args()
    drawn = draw(options.lengths, options.count, options.max_length, options.seed, options.tokenizer)
    print(*drawn, sep="\n")


if __name__ == "__main__":
    main()
