"""Writes the fixtures of TokenizersTests for byte-level BPE: what the package `tokenizers` gives.

    python Tests/Fixtures/generate/byte_level_fixtures.py

Written: a small tokenizer as RoBERTa has it (byte-level/tokenizer.json), trained on words that it
makes up and on the vocabulary of the small WordPiece tokenizer, which tokenizer_fixtures.py writes;
readable cases, variants, and one fingerprint for each of 10 000 nasty strings.
"""

import json
import random

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers

from byte_level_variants import VARIANTS
from nasty_strings import FIXTURES
from tokenizer_fixtures import cases, dump, fingerprints, variant, write_lines

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)]
RECIPES = ("nasty", "nasty-byte-level")
SAMPLES = [
    "Das Mädchen übt größere Schritte, und die Straße führt über Österreich.",
    "L'été, où l'élève naïf déjeune près de la forêt; ça coûte 12,50 €.",
    "El niño comió piñas mañana a las 7:45; ¿cuándo vendrá el próximo autobús?",
    "Под снегом лежит тёмный лес, а река течёт на юг.",
    "Ένα μικρό σπίτι κοντά στη θάλασσα.", "小さな犬が公園で走る。山の上に雪が降る。", "아침에 새가 노래한다.",
    "في الصباح تشرق الشمس", "🙂🙂 👍🏽 — “quoted” … ½ × 3² ≈ 4½",
]  # fmt: skip


def corpus():
    """Frequent words first, as in any text, with the punctuation and numbers of one."""
    chance = random.Random(5)
    vocabulary = json.loads((FIXTURES / "small/tokenizer.json").read_text())["model"]["vocab"]
    words = [w for w in vocabulary if w.isascii() and w.isalpha()]
    words += [a + b.removeprefix("##") for a, b in zip(words, list(vocabulary)[-1000:])]
    weights = [1 / (3 + rank) for rank in range(len(words))]
    for _ in range(6000):
        sentence = chance.choices(words, weights, k=chance.randint(3, 14))
        if chance.random() < 0.3:
            sentence[0] += chance.choice(["'s", "'t", "'re", "'ll", "n't", "'ve"])
        if chance.random() < 0.3:
            sentence.append(str(chance.randint(0, 10 ** chance.randint(1, 6))))
        text = " ".join(sentence) + chance.choice([".", "!", "?", ", and so on...", " (or not)"])
        yield text[0].upper() + text[1:]
    for sample in SAMPLES:
        yield from [sample] * 20


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=3000,
        min_frequency=2,
        show_progress=False,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>"))
    )
    return dump(json.loads(tokenizer.to_str()))


CASES = [
    ("",), (" ",), ("Hello, World!",), (" Hello  world ",), ("it's we'll I'D don't",), ("a <mask> b",),
    ("a\t\tb \n c\u00a0d",), ("abc123 4.5m² ½",), ("naïve café", "Straße"), ("日本語のテキスト 🙂",), ("<s>x</s>",),
    ("x" * 300,), ("\u0000\u0007\ufffd\U0010ffff\u0378",),
    ("one two three four five", None, 4), ("a b c", "d e f g h i j", 9), ("a b c d", "e", 4),
]  # fmt: skip


if __name__ == "__main__":
    text = trained()
    (FIXTURES / "byte-level").mkdir(exist_ok=True)
    (FIXTURES / "byte-level/tokenizer.json").write_text(text)
    tokenizer = Tokenizer.from_str(text)
    write_lines("byte-level/cases.json", cases(tokenizer, CASES))
    variants = [variant(text, *arguments, recipes=RECIPES) for arguments in VARIANTS]
    write_lines("byte-level/variants.json", variants)
    lines = "\n".join(fingerprints(tokenizer, 10_000, RECIPES))
    (FIXTURES / "byte-level/fingerprints.txt").write_text(lines + "\n")
