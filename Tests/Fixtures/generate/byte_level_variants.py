"""Other sections for the byte-level tokenizer: (name, all sections but the model, changes to the model)."""

import tokenizer_variants as word_piece
from tokenizer_variants import OFF, REPLACE, STRIP, kinds, normalizers, truncation

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
BYTES = {f"<0x{byte:02X}>": 9000 + byte for byte in range(256)}
ROBERTA = {
    "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
    "trim_offsets": True, "add_prefix_space": False,
}  # fmt: skip
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 1}},
        {"Sequence": {"id": "B", "type_id": 1}},
    ],
    "special_tokens": {
        "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
        "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]},
    },
}  # fmt: skip
OFFSETS = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}


def byte_level(prefix=False, regex=True):
    return dict(type="ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=regex)


def processors(*elements):
    return {"type": "Sequence", "processors": list(elements)}


def pre_tokenizers(*elements):
    return {"type": "Sequence", "pretokenizers": list(elements)}


def added(*tokens, **flags):
    special = [
        dict(id=id, content=content) | OFF | dict(special=True) | flags
        for id, content in enumerate(SPECIAL)
    ]
    special[-1]["lstrip"] = True
    return special + [dict(id=9500 + i) | OFF | token for i, token in enumerate(tokens)]


def header(**sections):
    standard = dict(
        added_tokens=added(), normalizer=None, pre_tokenizer=byte_level(), post_processor=ROBERTA
    )
    return word_piece.header(**standard | sections)


def tokens(vocabulary):
    return "".join(f'"{token}":{id},' for token, id in vocabulary.items())


MORE = added(
    dict(content="<new>", rstrip=True), dict(content="new word", normalized=True, lstrip=True),
    dict(content="it", single_word=True, normalized=True), dict(content=" ", normalized=False),
)  # fmt: skip
WHITESPACE = {"type": "Whitespace"}
UNKNOWN = ('"unk_token":null', '"unk_token":"<unk>"')
FUSED = ('"fuse_unk":false', '"fuse_unk":true')
FALLBACK = ('"byte_fallback":false', '"byte_fallback":true')
ALL_BYTES = ('"vocab":{', '"vocab":{' + tokens(BYTES))
SOME_BYTES = ('"vocab":{', '"vocab":{' + tokens({t: i for t, i in BYTES.items() if i % 5}))

VARIANTS = [
    ("standard", header()),
    ("nothing around", header(added_tokens=[], post_processor=None)),
    ("prefix space", header(pre_tokenizer=byte_level(prefix=True))),
    ("one word", header(pre_tokenizer=byte_level(regex=False))),
    ("one word, prefix space", header(pre_tokenizer=byte_level(prefix=True, regex=False))),
    ("normalized tokens", header(added_tokens=added(normalized=True))),
    ("more tokens", header(added_tokens=MORE)),
    ("more tokens, prefix space", header(added_tokens=MORE, pre_tokenizer=byte_level(prefix=True))),
    ("NFC", header(normalizer={"type": "NFC"})),
    ("NFKD, lower case", header(normalizer=normalizers(*kinds("NFKD", "Lowercase")))),
    ("strip, replace", header(normalizer=normalizers(STRIP, REPLACE), added_tokens=MORE)),
    ("after white space", header(pre_tokenizer=pre_tokenizers(WHITESPACE, byte_level(prefix=True)))),
    ("before white space", header(pre_tokenizer=pre_tokenizers(byte_level(), WHITESPACE))),
    ("template", header(post_processor=TEMPLATE)),
    ("offsets", header(post_processor=OFFSETS)),
    ("offsets, template", header(post_processor=processors(OFFSETS, TEMPLATE))),
    ("BERT", header(post_processor=word_piece.PROCESSING)),
    ("cut left", header(truncation=truncation(9, "LongestFirst", "Left"))),
    ("cut right", header(truncation=truncation(12, "LongestFirst"))),
    ("cut first", header(truncation=truncation(20, "OnlyFirst"))),
    ("ignored merges", header(), [('"ignore_merges":false', '"ignore_merges":true')]),
    ("no type", header(), [('"type":"BPE",', "")]),
    ("few keys", header(), [('"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,', "")]),
    ("unknown left out", header(pre_tokenizer=WHITESPACE)),
    ("unknown", header(pre_tokenizer=WHITESPACE), [UNKNOWN]),
    ("unknown fused", header(pre_tokenizer=None), [UNKNOWN, FUSED]),
    ("bytes", header(pre_tokenizer=WHITESPACE), [FALLBACK, ALL_BYTES]),
    ("some bytes", header(pre_tokenizer=WHITESPACE), [FALLBACK, SOME_BYTES]),
    ("some bytes, unknown", header(pre_tokenizer=WHITESPACE), [FALLBACK, SOME_BYTES, UNKNOWN]),
    ("some bytes, fused", header(pre_tokenizer=None), [FALLBACK, SOME_BYTES, UNKNOWN, FUSED]),
]  # fmt: skip
