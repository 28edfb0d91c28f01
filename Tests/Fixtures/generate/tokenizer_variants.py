"""Other sections for the small tokenizer: (name, all sections but the model, changes to the model)."""

import json

SPECIAL = [("[PAD]", 0), ("[UNK]", 1), ("[CLS]", 2), ("[SEP]", 3), ("[MASK]", 4)]
OFF = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [
        {"Sequence": {"id": "B", "type_id": 2}}, {"SpecialToken": {"id": "two", "type_id": 5}},
        {"Sequence": {"id": "A", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 0}},
    ],
    "special_tokens": {
        "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
        "two": {"id": "two", "ids": [3, 4], "tokens": ["[SEP]", "[MASK]"]},
    },
}  # fmt: skip
PROCESSING = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}


def bert(**changes):
    standard = dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    return dict(type="BertNormalizer") | standard | changes


def kinds(*names):
    return [{"type": name} for name in names]


def normalizers(*elements):
    return {"type": "Sequence", "normalizers": list(elements)}


def truncation(length, strategy, direction="Right"):
    return dict(direction=direction, max_length=length, strategy=strategy, stride=0)


def added(*tokens):
    special = [dict(id=id, content=content) | OFF | dict(special=True) for content, id in SPECIAL]
    return special + [dict(id=9000 + i) | OFF | token for i, token in enumerate(tokens)]


def header(**sections):
    standard = dict(
        version="1.0", truncation=None, padding=None, added_tokens=added(), normalizer=bert(),
        pre_tokenizer={"type": "BertPreTokenizer"}, post_processor=PROCESSING, decoder=None,
    )  # fmt: skip
    return json.dumps(standard | sections, ensure_ascii=False)[1:-1]


FLAGGED = added(
    dict(content="<left>", lstrip=True), dict(content="<right>", rstrip=True),
    dict(content="<whole>", single_word=True), dict(content="Stra\u00dfe", normalized=True),
    dict(content="Caf\u00e9", normalized=True, single_word=True),
    dict(content="<both>", lstrip=True, rstrip=True, single_word=True), dict(content="<le"),
    dict(content="new word", normalized=True, lstrip=True), dict(content="", normalized=True),
)  # fmt: skip
REPLACE = {"type": "Replace", "pattern": {"String": "e."}, "content": " \u00c9 "}
STRIP = {"type": "Strip", "strip_left": True, "strip_right": True}

VARIANTS = [
    ("standard", header()),
    ("nothing", header(added_tokens=[], normalizer=None, pre_tokenizer=None, post_processor=None)),
    ("cased", header(normalizer=bert(lowercase=False))),
    ("cased, bare", header(normalizer=bert(lowercase=False, strip_accents=True))),
    ("uncased, accents", header(normalizer=bert(strip_accents=False))),
    ("not cleaned", header(normalizer=bert(clean_text=False))),
    ("Chinese together", header(normalizer=bert(handle_chinese_chars=False))),
    ("NFD", header(normalizer={"type": "NFD"}, pre_tokenizer={"type": "Whitespace"})),
    ("NFC", header(normalizer={"type": "NFC"}, pre_tokenizer={"type": "WhitespaceSplit"})),
    ("NFKD", header(normalizer={"type": "NFKD"}, pre_tokenizer={"type": "Punctuation"})),
    ("NFKC", header(normalizer=normalizers(*kinds("NFKC", "Lowercase")))),
    ("accents", header(normalizer=normalizers(*kinds("NFD", "StripAccents", "Lowercase")))),
    ("strip, replace", header(normalizer=normalizers(STRIP, REPLACE), pre_tokenizer=None)),
    ("strip left", header(normalizer=STRIP | dict(strip_right=False), pre_tokenizer=None)),
    ("strip right", header(normalizer=STRIP | dict(strip_left=False), pre_tokenizer=None)),
    (
        "split, punctuation",
        header(
            pre_tokenizer={
                "type": "Sequence",
                "pretokenizers": [
                    {"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"},
                ],
            }
        ),
    ),
    ("template", header(post_processor=TEMPLATE)),
    ("cut left", header(truncation=truncation(9, "LongestFirst", "Left"))),
    ("cut right", header(truncation=truncation(12, "LongestFirst"))),
    ("cut first", header(truncation=truncation(20, "OnlyFirst"))),
    ("cut second", header(truncation=truncation(20, "OnlySecond", "Left"))),
    ("added", header(added_tokens=FLAGGED)),
    ("added, cased", header(added_tokens=FLAGGED, normalizer=None)),
    ("short words", header(), [('"max_input_chars_per_word":100', '"max_input_chars_per_word":4')]),
    ("no prefix", header(), [('"continuing_subword_prefix":"##"', '"continuing_subword_prefix":""')]),
    ("no type", header(), [('"type":"WordPiece",', "")]),
]  # fmt: skip
