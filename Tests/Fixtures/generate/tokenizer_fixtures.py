"""Writes the fixtures of TokenizersTests: what the Python package `tokenizers` (0.23.3) gives.

    python Tests/Fixtures/generate/tokenizer_fixtures.py .deps/models/minilm/tokenizer.json

Written: a tokenizer with a trimmed vocabulary (small/tokenizer.json), readable cases (cases.json),
variants of it with other sections (variants.json), and one fingerprint for each of many nasty
strings: 2 500 for the small tokenizer, 10 000 for the one named on the command line.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

from nasty_strings import FIXTURES, NastyStrings, fingerprint
from tokenizer_variants import VARIANTS

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def trimmed(path):
    """The tokenizer at `path` with about a seventh of its vocabulary, as the text of a file."""
    file = json.loads(path.read_text())
    tokens = sorted(file["model"]["vocab"], key=file["model"]["vocab"].get)
    tokens = [token for token in tokens if not token.startswith("[unused")]
    kept = [
        token
        for i, token in enumerate(tokens)
        if token in SPECIAL or len(token.removeprefix("##")) == 1 or i % 12 == 0
    ]
    ids = {token: i for i, token in enumerate(kept)}
    for token in file["added_tokens"]:
        token["id"] = ids[token["content"]]
    for token in file["post_processor"]["special_tokens"].values():
        token["ids"] = [ids[content] for content in token["tokens"]]
    file["model"]["vocab"] = ids
    file["truncation"] = file["padding"] = None
    return dump(file)


def encoded(tokenizer, text, pair=None):
    encoding = tokenizer.encode(text, pair)
    return encoding.ids, encoding.type_ids


def nasty_texts(tokenizer, seed, count, recipes):
    """One more than `count`, so that each has a successor to be its pair."""
    size = max(tokenizer.get_vocab().values()) + 1
    source = NastyStrings(seed, tokenizer.id_to_token, size, recipes)
    return [source.next() for _ in range(count + 1)]


def fingerprints(tokenizer, count, recipes=("nasty",)):
    tokenizer.no_padding()
    texts = nasty_texts(tokenizer, 2024, count, recipes)
    shortest = tokenizer.num_special_tokens_to_add(True)
    for i, (text, pair) in enumerate(zip(texts, texts[1:])):
        tokenizer.no_truncation()
        whole = [encoded(tokenizer, text), encoded(tokenizer, text, pair)]
        tokenizer.enable_truncation(shortest + i % 20)
        cut = [encoded(tokenizer, text), encoded(tokenizer, text, pair)]
        yield fingerprint(whole + cut)


def or_dashes(tokenizer, *texts):
    """Some truncations raise an error; there the test expects nothing."""
    try:
        return fingerprint([encoded(tokenizer, *texts)])
    except Exception:
        return "-" * 8


def variant(small, name, header, replacements=(), count=150, recipes=("nasty",)):
    model = small[small.index('"model":') :]
    for old, new in replacements:
        assert old in model, old
        model = model.replace(old, new, 1)
    tokenizer = Tokenizer.from_str("{" + header + "," + model)
    texts = nasty_texts(tokenizer, 7, count, recipes)
    prints = [
        or_dashes(tokenizer, text) + or_dashes(tokenizer, text, pair)
        for text, pair in zip(texts, texts[1:])
    ]
    return dict(name=name, header=header, replacements=replacements, fingerprints="".join(prints))


CASES = [
    ("",), (" \t\n",), ("Hello, World!",), ("unaffable",), ("naïve café", "NAI\u0308VE CAFE\u0301"),
    ("我是中国人",), ("日本語のテキスト",), ("한국어 \u1112\u1161\u11ab",), ("العربية", "עברית"),
    ("👩\u200d👩\u200d👧\u200d👦 ok",), ("a\u0000b\u0007c\ufffdd\u200be\u00adf",), ("İSTANBUL ΣΟΦΟΣ",),
    ("[CLS] is [MASK]ed [sep]",), ("don't--stop...now",), ("x" * 100,), ("x" * 101,), ("x" * 101, "y"),
    ("\u3000wide\u00a0space\u2028line\x85",), ("q\u0323\u0307 q\u0307\u0323 \u1e69",), ("\ufb01 ﷺ ｆｕｌｌ",),
    ("\U0001d400\U00010400\U00020000\U0002b820",), ("\ue000\U000f0000\U0010ffff\u0378",),
]
CUT_CASES = [
    ("one two three four five", None, 4), ("one two three four five", None, 2),
    ("a b c d e f g", "h i j", 8), ("a b c", "d e f g h i j", 8), ("a b c d e f", "g h i j k l", 10),
    ("a b c d e f g", "h i j k l m", 10), ("a", "b c d e f g h", 6), ("a b c", "d e f", 9), ("a", "b", 3),
]  # fmt: skip


def cases(tokenizer, texts):
    for case in texts:
        text, pair, limit = (*case, None, None)[:3]
        tokenizer.no_truncation()
        if limit:
            tokenizer.enable_truncation(limit)
        encoding = tokenizer.encode(text, pair)
        yield dict(
            text=text, pair=pair, maxLength=limit, ids=encoding.ids, typeIds=encoding.type_ids,
            tokens=list(map(tokenizer.id_to_token, encoding.ids)), wasTruncated=bool(encoding.overflowing),
        )  # fmt: skip


def write_lines(name, values):
    """A list with a line for each value."""
    (FIXTURES / name).write_text("[\n" + ",\n".join(map(dump, values)) + "\n]\n")


def main(path):
    small = trimmed(path)
    (FIXTURES / "small").mkdir(exist_ok=True)
    (FIXTURES / "small/tokenizer.json").write_text(small)
    tokenizer = Tokenizer.from_str(small)
    write_lines("cases.json", cases(tokenizer, CASES + CUT_CASES))
    write_lines("variants.json", [variant(small, *arguments) for arguments in VARIANTS])
    real = Tokenizer.from_file(str(path))
    for name, tokenizer, count in [("small", tokenizer, 2_500), ("minilm", real, 10_000)]:
        lines = "\n".join(fingerprints(tokenizer, count))
        (FIXTURES / f"fingerprints-{name}.txt").write_text(lines + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
