"""Writes the fixtures of TokenizersTests for tokenizers of decoders: what the package `tokenizers` gives.

    python Tests/Fixtures/generate/decoder_tokenizers.py

Written: a small tokenizer of LLaMA 2's kind (decoders/tokenizer.json), trained on the corpus of
byte_level_fixtures.py, and kinds.json, a list of kinds of tokenizers, each with all sections of its
file but the model, and digests of ids and of decoded texts for 10 000 nasty strings, 100 a digest.
"""

import json

from tokenizers import Tokenizer, decoders, models, normalizers, trainers

import tokenizer_variants as word_piece
from byte_level_fixtures import corpus
from byte_level_variants import ROBERTA
from nasty_strings import FIXTURES, NastyStrings
from tokenizer_fixtures import dump, write_lines
from tokenizer_variants import OFF

COUNT, BLOCK = 10_000, 100
RECIPES = ("nasty", "nasty-decoders")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace("{1,3}", "")


def trained():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=1000, show_progress=False, limit_alphabet=150, max_token_length=12,
        special_tokens=["<unk>", "<s>", "</s>", *BYTES],
    )  # fmt: skip
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.Fuse()
    file = json.loads(tokenizer.to_str())
    file["added_tokens"] = file["added_tokens"][:3]
    return dump(file)


def template(start, id):
    token = {"SpecialToken": {"id": start, "type_id": 0}}
    texts = [{"Sequence": {"id": name, "type_id": type}} for name, type in [("A", 0), ("B", 1)]]
    return {
        "type": "TemplateProcessing",
        "single": [token, texts[0]],
        "pair": [token, texts[0], {"SpecialToken": {"id": start, "type_id": 1}}, texts[1]],
        "special_tokens": {start: {"id": start, "ids": [id], "tokens": [start]}},
    }


def sequence(key, *elements):
    return {"type": "Sequence", key: list(elements)}


def byte_level(prefix=False, regex=True):
    return dict(type="ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=regex)


def metaspace(scheme, split):
    return dict(type="Metaspace", replacement="▁", prepend_scheme=scheme, split=split)


def split(pattern, behavior="Isolated", invert=False):
    kind = "Regex" if len(pattern) > 9 else "String"
    return dict(type="Split", pattern={kind: pattern}, behavior=behavior, invert=invert)


def replace(pattern, content):
    return dict(type="Replace", pattern={"String": pattern}, content=content)


def added(*contents, **flags):
    return [
        dict(id=i, content=c) | OFF | dict(special=c[0] == "<") | flags for i, c in enumerate(contents)
    ]


STRIP = dict(type="Strip", content=" ", start=1, stop=0)
FUSE, FALLBACK = {"type": "Fuse"}, {"type": "ByteFallback"}
LLAMA_DECODER = sequence("decoders", replace("▁", " "), FALLBACK, FUSE, STRIP)
LLAMA = dict(
    added_tokens=added("<unk>", "<s>", "</s>"),
    normalizer=sequence(
        "normalizers", {"type": "Prepend", "prepend": "▁"}, replace(" ", "▁")
    ),
    pre_tokenizer=None, post_processor=template("<s>", 1), decoder=LLAMA_DECODER,
)  # fmt: skip
META = LLAMA | dict(normalizer=None)
BYTE = dict(
    added_tokens=added("<s>", "<pad>", "</s>", "<unk>", "<mask>"),
    normalizer=None, pre_tokenizer=byte_level(), post_processor=None, decoder=byte_level(),
)  # fmt: skip


def digits(individual=True):
    return dict(type="Digits", individual_digits=individual)


def cut(*pre_tokenizers):
    return dict(pre_tokenizer=sequence("pretokenizers", *pre_tokenizers))


SPLIT_LLAMA3 = cut(split(LLAMA3), byte_level(regex=False))
SPLIT_QWEN2 = cut(split(QWEN2), byte_level(regex=False))
IGNORED = ('"ignore_merges":false', '"ignore_merges":true')
UNFUSED = ('"fuse_unk":true', '"fuse_unk":false')
NO_FALLBACK = ('"byte_fallback":true', '"byte_fallback":false')
PIECES = sequence(
    "decoders", replace("▁", " "), FALLBACK, FUSE, replace(" do not", "'"), replace("ee", "e"), STRIP
)
KINDS = [
    ("LLaMA 2", "decoders", LLAMA, []),
    ("LLaMA 2, normalized tokens", "decoders", LLAMA | dict(added_tokens=added("<unk>", "<s>", "</s>", "ing", normalized=True)), []),
    ("LLaMA 2, new", "decoders", META | dict(pre_tokenizer=metaspace("first", False)), []),
    ("marks always, cut", "decoders", META | dict(pre_tokenizer=metaspace("always", True), decoder=metaspace("always", True)), []),
    ("marks first, cut", "decoders", META | dict(pre_tokenizer=metaspace("first", True), decoder=metaspace("first", True)), [UNFUSED]),
    ("marks never", "decoders", META | dict(pre_tokenizer=metaspace("never", True), decoder=metaspace("never", True)), [NO_FALLBACK]),
    ("marks always", "decoders", META | dict(pre_tokenizer=metaspace("always", False), decoder=PIECES), []),
    ("marks, digits", "decoders", META | cut(digits(), metaspace("first", True)) | dict(decoder=None), []),
    ("spaces before", "decoders", META | dict(normalizer=replace(" ", "▁"), pre_tokenizer=split("▁", "MergedWithPrevious")), []),
    ("SmolLM2", "byte-level", BYTE | cut(digits(), byte_level()), []),
    ("GPT-2", "byte-level", BYTE, []),
    ("GPT-2 by pattern", "byte-level", BYTE | cut(split(GPT2, "Removed", True), byte_level(regex=False)), []),
    ("LLaMA 3", "byte-level", BYTE | SPLIT_LLAMA3 | dict(post_processor=sequence("processors", byte_level(), template("<s>", 0))), [IGNORED]),
    ("Qwen2", "byte-level", BYTE | SPLIT_QWEN2 | dict(normalizer={"type": "NFC"}), []),
    ("numbers, prefix space", "byte-level", BYTE | cut(digits(False), byte_level(prefix=True)), []),
    ("contiguous", "byte-level", BYTE | cut(split(" ", "Contiguous"), byte_level(regex=False)), []),
    ("with next", "byte-level", BYTE | cut(split("a", "MergedWithNext"), byte_level(regex=False)), []),
    ("with next, inverted", "byte-level", BYTE | cut(split("a", "MergedWithNext", True), byte_level(regex=False)), []),
    ("removed", "byte-level", BYTE | cut(split("  ", "Removed"), byte_level(regex=False)), []),
    ("punctuation", "byte-level", BYTE | cut(dict(type="Punctuation", behavior="MergedWithPrevious"), byte_level(regex=False)), []),
    ("BERT", "small", dict(decoder=dict(type="WordPiece", prefix="##", cleanup=True)), []),
    ("BERT, not cleaned", "small", dict(decoder=dict(type="WordPiece", prefix="##", cleanup=False)), []),
    ("RoBERTa", "byte-level", BYTE | dict(post_processor=ROBERTA), []),
]  # fmt: skip


class Digest:
    """FNV-1a, 32 bits."""

    def __init__(self):
        self.state = 0x811C9DC5

    def add(self, data):
        for byte in data:
            self.state = (self.state ^ byte) * 0x01000193 % 2**32

    def numbers(self, numbers):
        for number in [len(numbers), *numbers]:
            self.add(number.to_bytes(4, "little"))

    def __str__(self):
        return f"{self.state:08x}"


def kind(name, folder, sections, replacements):
    file = (FIXTURES / folder / "tokenizer.json").read_text()
    model = file[file.index('"model":') :]
    for old, new in replacements:
        assert old in model, old
        model = model.replace(old, new, 1)
    header = word_piece.header(**sections)
    tokenizer = Tokenizer.from_str("{" + header + "," + model)
    size = max(tokenizer.get_vocab().values()) + 1
    # As they stand in the file: `id_to_token` gives them normalized.
    added_tokens = {id: token.content for id, token in tokenizer.get_added_tokens_decoder().items()}
    source = NastyStrings(
        11, lambda id: added_tokens.get(id) or tokenizer.id_to_token(id), size, RECIPES
    )
    digests = {"ids": [], "texts": []}
    for _ in range(COUNT // BLOCK):
        ids, texts = Digest(), Digest()
        for _ in range(BLOCK):
            encoded = tokenizer.encode(source.next()).ids
            ids.numbers(encoded)
            chance = [source.below(size) for _ in range(source.below(12))]
            for sequence in (encoded, chance):
                for skips in (False, True):
                    texts.add(tokenizer.decode(sequence, skip_special_tokens=skips).encode())
        digests["ids"].append(str(ids))
        digests["texts"].append(str(texts))
    return dict(
        name=name, folder=folder, header=header, replacements=replacements,
        ids="".join(digests["ids"]), texts="".join(digests["texts"]),
    )  # fmt: skip


if __name__ == "__main__":
    (FIXTURES / "decoders").mkdir(exist_ok=True)
    (FIXTURES / "decoders/tokenizer.json").write_text(trained())
    write_lines("decoders/kinds.json", [kind(*arguments) for arguments in KINDS])
