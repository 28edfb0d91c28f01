"""Writes the fixtures of TokenizersTests for `tokenizer.model`: what `transformers` makes of it.

    python Tests/Fixtures/generate/sentencepiece_folders.py

Written: a small model of SentencePiece (sentencepiece/tokenizer.model), BPE with bytes, trained on the
corpus of byte_level_fixtures.py, and folders.json: settings for tokenizer_config.json, each with
digests of ids and of decoded texts for 10 000 nasty strings, 100 a digest; gguf.json, the same
for the tokenizer that a GGUF file of the same model stands for.
"""

import io
import json
import shutil
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import normalizers
from transformers import AutoTokenizer

from byte_level_fixtures import corpus
from decoder_tokenizers import BLOCK, COUNT, RECIPES, Digest
from nasty_strings import FIXTURES, NastyStrings
from tokenizer_fixtures import write_lines

FOLDER = FIXTURES / "sentencepiece"
NAMES = dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>")
SETTINGS = [
    NAMES,
    NAMES | dict(legacy=True, add_bos_token=True),
    NAMES | dict(legacy=False, add_bos_token=True, add_eos_token=True, pad_token="<unk>"),
    NAMES | dict(add_prefix_space=False, add_bos_token=False, add_eos_token=True),
]


def train():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=corpus(), model_writer=model, model_type="bpe", vocab_size=800,
        byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity",
        remove_extra_whitespaces=False, split_digits=True, user_defined_symbols=["<|im_start|>"],
        num_threads=1, minloglevel=2,
    )  # fmt: skip
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "tokenizer.model").write_bytes(model.getvalue())


def as_in_gguf(tokenizer):
    """llama.cpp, like LLaMA's first tokenizer, puts a space before every text between special tokens."""
    tokenizer._tokenizer.pre_tokenizer = None
    tokenizer._tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    return tokenizer


def digests(settings, change=lambda tokenizer: tokenizer, count=COUNT):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FOLDER / "tokenizer.model", folder)
        settings = dict(tokenizer_class="LlamaTokenizer") | settings
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(settings))
        tokenizer = change(AutoTokenizer.from_pretrained(folder))
    source = NastyStrings(11, tokenizer.convert_ids_to_tokens, len(tokenizer), RECIPES)
    digests = {"ids": [], "texts": []}
    for _ in range(count // BLOCK):
        ids, texts = Digest(), Digest()
        for _ in range(BLOCK):
            encoded = tokenizer.encode(source.next())
            ids.numbers(encoded)
            for skips in (False, True):
                texts.add(tokenizer.decode(encoded, skip_special_tokens=skips).encode())
        digests["ids"].append(str(ids))
        digests["texts"].append(str(texts))
    special = [tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id]
    return dict(
        settings=json.dumps(settings), special=special,
        ids="".join(digests["ids"]), texts="".join(digests["texts"]),
    )  # fmt: skip


if __name__ == "__main__":
    train()
    write_lines("sentencepiece/folders.json", [digests(settings) for settings in SETTINGS])
    write_lines("sentencepiece/gguf.json", [digests(SETTINGS[1], as_in_gguf, COUNT // 10)])
