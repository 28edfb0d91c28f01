"""Writes Sources/Tokenizers/Unicode/ScalarTraitRuns.swift.

Asks the Python package `tokenizers` (0.23.3) what each of its normalizers and pre-tokenizers does
with every Unicode scalar, and packs the answers into runs of equal traits. Few of all combinations
of traits occur, so a run holds the number of its combination.

    python Tests/Fixtures/generate/scalar_traits.py && swift format -i <the written file>
"""

from pathlib import Path

import tokenizers
from tokenizers import normalizers, pre_tokenizers

OUTPUT = Path(__file__).parents[3] / "Sources/Tokenizers/Unicode/ScalarTraitRuns.swift"


def bert(**switches):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(off | switches)).normalize_str


def pieces(splitter, character):
    return len(splitter.pre_tokenize_str("a" + character + "b"))


clean, spaced, bare = bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True)
lowercase = normalizers.Lowercase().normalize_str
strip_marks = normalizers.StripAccents().normalize_str
nfd, nfkd = normalizers.NFD().normalize_str, normalizers.NFKD().normalize_str
bert_words, words = pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Whitespace()
byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
digits = pre_tokenizers.Digits(individual_digits=True)


def reorders(c):
    """Has a combining class other than 0: moves around marks of the highest or lowest class."""
    return nfd(c) == c and (nfd("\u0345" + c) != "\u0345" + c or nfd(c + "\u0334") != c + "\u0334")


def joins(character, other):
    """GPT-2's pattern takes the two for one word."""
    return len(byte_level.pre_tokenize_str(other + character)) == 1


# In the order of the bits of `ScalarTraits`.
TRAITS = [
    lambda c: clean(c) == "",
    lambda c: pieces(words, c) == 2,
    lambda c: pieces(bert_words, c) == 3,
    lambda c: spaced(c) != c,
    lambda c: bare(c) == "",
    lambda c: strip_marks(c) == "",
    lambda c: pieces(words, c) == 1,
    lambda c: lowercase(c) != c,
    lambda c: nfd(c) != c,
    lambda c: nfkd(c) != nfd(c),
    reorders,
    lambda c: joins(c, "a"),
    lambda c: joins(c, "1"),
    lambda c: pieces(digits, c) == 3,
]

runs, combinations, last = [], {}, None
for value in range(0x110000):
    surrogate = 0xD800 <= value < 0xE000
    bits = 0 if surrogate else sum(has(chr(value)) << i for i, has in enumerate(TRAITS))
    if bits != last:
        runs.append(value << 11 | combinations.setdefault(bits, len(combinations)))
        last = bits
assert len(combinations) <= 1 << 11, "a scalar has 21 bits and a packed run 32"


def rows(numbers, digits, count):
    texts = [f"0x{number:0{digits}X}," for number in numbers]
    return ["    " + " ".join(texts[i : i + count]) for i in range(0, len(texts), count)]


lines = [
    "// Written by Tests/Fixtures/generate/scalar_traits.py from the behaviour of the Python package",
    f"// tokenizers {tokenizers.__version__}; do not edit.",
    "",
    "extension ScalarTraits {",
    "  /// The combinations of traits that occur.",
    "  static let combinations: [UInt16] = [",
    *rows(combinations, 4, 10),
    "  ]",
    "",
    "  /// Runs of scalars with equal traits, ascending: the run's first scalar in the upper 21 bits,",
    "  /// the number of its combination in the lower 11. A run ends where the next one begins.",
    "  static let runs: [UInt32] = [",
    *rows(runs, 8, 8),
    "  ]",
    "}",
    "",
]
OUTPUT.write_text("\n".join(lines))
print(len(runs), "runs of", len(combinations), "combinations")
