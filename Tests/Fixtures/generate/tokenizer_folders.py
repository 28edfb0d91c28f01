"""Writes tokenizers/folders.json: what `transformers` makes of folders whose small files differ.

    python Tests/Fixtures/generate/tokenizer_folders.py

A folder has the vocabulary of small/tokenizer.json or byte-level/tokenizer.json, as that file or as vocab.txt, or
vocab.json with merges.txt, and beside it what the case says. For each text there is one fingerprint of its ids and
token types, whole and cut to nine tokens.
"""

import itertools
import json
import tempfile
from pathlib import Path

import transformers
from transformers import AutoTokenizer

from nasty_strings import FIXTURES, fingerprint
from tokenizer_fixtures import dump

transformers.logging.set_verbosity_error()

TEXTS = [
    ("the covid1 film",), ("The Good FILM, the café ÉCLAIR",), ("  the  good  ",), ("",),
    ("[MASK] the[MASK]good [ MASK ] [mask]",), ("<mask> the<mask>good  <mask> . </s>",), ("映画 good 你好",),
    ("Covid1 acovid1b\tCOVID1 Straße İi",), ("new<new>new  <new> NEW <NEW> [CLS] the",),
    ("good film", "bad film"), ("a b c d e f g", "covid1 <new> [MASK] <mask> the good"),
]  # fmt: skip
NAMES = {"bert": "BertTokenizer", "roberta": "RobertaTokenizer"}


def token(content, **flags):
    off = dict(lstrip=False, rstrip=False, single_word=False, normalized=False, special=False)
    return dict(content=content) | off | flags


def typed(content, **flags):
    return {"__type": "AddedToken"} | token(content, **flags)


def case(kind, name, configuration, form="tokenizer.json", model=True, sections=None, **files):
    """`files` are named without their ending."""
    files = {f"{file}.json": content for file, content in files.items()}
    if configuration is not None:
        files["tokenizer_config.json"] = configuration
    if model:
        files["config.json"] = {"model_type": kind} | (model if isinstance(model, dict) else {})
    return dict(kind=kind, name=name, form=form, files=files, sections=sections or {})


def standard(kind, form):
    """Settings of the standard class."""
    mask = "[MASK]" if kind == "bert" else "<mask>"

    def of(name, files=None, **settings):
        configuration = dict(tokenizer_class=NAMES[kind]) | settings
        return case(kind, name, configuration, form, **(files or {}))

    yield of("plain")
    yield case(kind, "no class", {}, form)
    yield case(kind, "no tokenizer_config.json", None, form)
    yield case(kind, "class in config.json", {}, form, model=dict(tokenizer_class=NAMES[kind] + "Fast"))
    yield case(kind, "no config.json", dict(tokenizer_class=NAMES[kind]), form, model=False)
    if kind == "bert":
        for lower, accents in itertools.product([True, False], [True, False, None]):
            yield of(f"lower {lower}, strip {accents}", do_lower_case=lower, strip_accents=accents)
        yield of("Chinese together", tokenize_chinese_chars=False)
    else:
        yield of("prefix", add_prefix_space=True)
    yield of("left", truncation_side="left", padding_side="left")
    yield of("length", model_max_length=7)
    yield of("no length", model_max_length=1000000000000000019884624838656)
    yield of("old length", max_len=7)
    yield of("types", model_input_names=["input_ids", "token_type_ids"])
    yield of("no types", model_input_names=["input_ids"])
    yield of("split", split_special_tokens=True)
    decoder = {"5000": token("<new>", lstrip=True, special=True), "4999": token("covid1", normalized=True)}
    yield of("decoder", added_tokens_decoder=decoder)
    yield of(
        "decoder alone counts", added_tokens_decoder=decoder,
        files=dict(added_tokens={"good": 7}, special_tokens_map=dict(mask_token="good")),
    )  # fmt: skip
    yield of("decoder, few flags", added_tokens_decoder={"7": dict(content="Covid1"), "8": dict(content=mask)})
    yield of("whole word", added_tokens_decoder={"7": token("covid1", single_word=True, rstrip=True)})
    yield of("added_tokens.json", files=dict(added_tokens={"covid1": 5001, "<new>": 5000, mask: 4}))
    yield of("added, special", files=dict(added_tokens={"COVID1": 9}), additional_special_tokens=["COVID1"])
    for key in ["additional_special_tokens", "extra_special_tokens"]:
        yield of(key, **{key: ["covid1", typed("<new>", rstrip=True)]})
        yield of(f"{key} in the map", files=dict(special_tokens_map={key: ["covid1", "<new>"]}))
    yield of("both lists", additional_special_tokens=["covid1"], extra_special_tokens=["<new>"])
    yield of("empty list", additional_special_tokens=["covid1"], extra_special_tokens=[])
    yield of("named extras", extra_special_tokens=dict(image_token="covid1"), other_token="<new>")
    yield of("named", cls_token="good", sep_token="<new>", mask_token=typed("covid1", lstrip=True))
    yield of("map", files=dict(special_tokens_map=dict(cls_token="<new>", mask_token=dict(content="Covid1"))))
    yield of("map first", sep_token="covid1", files=dict(special_tokens_map=dict(sep_token="<new>")))
    yield of("no padding token", pad_token=None, mask_token=None)


def as_it_stands(kind):
    """`tokenizer.json` read as it stands."""
    base = dict(tokenizer_class="PreTrainedTokenizerFast")
    yield case(kind, "as it stands", base | dict(do_lower_case=False, add_prefix_space=True))
    yield case(kind, "as it stands, types", base | dict(model_input_names=["input_ids", "token_type_ids"]))
    yield case(
        kind, "as it stands, decoder", base | dict(added_tokens_decoder={"9": token("covid1"), "4": token("good")})
    )
    yield case(
        kind, "as it stands, map", base | dict(extra_special_tokens=["covid1"]), added_tokens={"new": 9},
        special_tokens_map=dict(mask_token=dict(content="<new>", lstrip=True)),
    )  # fmt: skip
    yield case(kind, "as it stands, split", base | dict(split_special_tokens=True))


def other_sections(kind):
    """Sections of `tokenizer.json` that count, and that do not."""
    cut = dict(direction="Left", max_length=6, strategy="LongestFirst", stride=0)
    tokens = [dict(id=9) | token("covid1", normalized=True), dict(id=8) | token("<new>", special=True, lstrip=True)]
    for name in [NAMES[kind], "TokenizersBackend"]:
        base = dict(tokenizer_class=name)
        yield case(kind, f"{name}, truncation", base, sections=dict(truncation=cut))
        yield case(kind, f"{name}, normalizer", base, sections=dict(normalizer=dict(type="Lowercase")))
        yield case(kind, f"{name}, tokens", base, sections=dict(added_tokens=tokens))
        yield case(
            kind, f"{name}, tokens twice", base, sections=dict(added_tokens=tokens),
            added_tokens={"covid1": 3, "good": 4},
        )  # fmt: skip
        yield case(kind, f"{name}, no template", base, sections=dict(post_processor=None))


def write(folder, case):
    base = FIXTURES / ("small" if case["kind"] == "bert" else "byte-level") / "tokenizer.json"
    file = json.loads(base.read_text()) | case["sections"]
    model = file["model"]
    if case["form"] == "tokenizer.json":
        (folder / "tokenizer.json").write_text(dump(file))
    elif case["kind"] == "bert":
        tokens = sorted(model["vocab"], key=model["vocab"].get)
        (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in tokens))
    else:
        (folder / "vocab.json").write_text(dump(model["vocab"]))
        (folder / "merges.txt").write_text("".join(f"{left} {right}\n" for left, right in model["merges"]))
    for name, content in case["files"].items():
        (folder / name).write_text(dump(content))


def encoded(tokenizer, texts, **options):
    encoding = tokenizer(*texts, **options)
    ids = encoding["input_ids"]
    return ids, encoding.get("token_type_ids", [0] * len(ids))


def measured(case):
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), case)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        prints = [
            fingerprint([encoded(tokenizer, texts), encoded(tokenizer, texts, truncation=True, max_length=9)])
            for texts in TEXTS
        ]
        longest = tokenizer.model_max_length
        return case | dict(modelMaximumLength=longest if longest < 1e20 else None, fingerprints="".join(prints))


def main():
    cases = [
        case
        for kind in NAMES
        for form in ["tokenizer.json", "vocabulary"]
        for case in standard(kind, form)
    ]
    for kind in NAMES:
        cases += [*as_it_stands(kind), *other_sections(kind)]
    lines = ",\n".join(dump(measured(case)) for case in cases)
    texts = dump(TEXTS)
    (FIXTURES / "folders.json").write_text(f'{{"texts": {texts},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
