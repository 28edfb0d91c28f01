"""Strings that tokenizers get wrong, from a seed. Tests/TokenizersTests/NastyStrings.swift makes the
same ones from the same recipes (Tests/Fixtures/tokenizers/nasty*.json)."""

import json
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "tokenizers"


class NastyStrings:
    """`token(id)` gives words of the vocabulary of `size` tokens, recipes add up."""

    def __init__(self, seed, token, size, recipes=("nasty",)):
        self.state, self.token, self.size = seed, token, size
        self.kinds = []
        for recipe in recipes:
            self.kinds += json.loads((FIXTURES / f"{recipe}.json").read_text())

    def below(self, count):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % count

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def piece(self):
        kind = self.pick(self.kinds)
        if "strings" in kind:
            return self.pick(kind["strings"])
        if "ranges" not in kind:
            token = self.token(self.below(self.size)) or ""
            return token.removeprefix("##").replace("Ġ", " ")
        return "".join(
            self.scalar(*self.pick(kind["ranges"])) for _ in range(1 + self.below(kind["longest"]))
        )

    def scalar(self, first, last):
        value = first + self.below(last - first + 1)
        return "\ufffd" if 0xD800 <= value < 0xE000 else chr(value)

    def next(self):
        pieces = []
        for _ in range(1 + self.below(10)):
            pieces.append(self.piece())
            if self.below(2) == 0:
                pieces.append(" ")
        return "".join(pieces)


def fingerprint(encodings):
    """FNV-1a, 32 bits, over the lengths, ids and type ids as little-endian 32-bit numbers."""
    state = 0x811C9DC5
    for ids, type_ids in encodings:
        for number in [len(ids), *ids, *type_ids]:
            for byte in number.to_bytes(4, "little"):
                state = (state ^ byte) * 0x01000193 % 2**32
    return f"{state:08x}"
