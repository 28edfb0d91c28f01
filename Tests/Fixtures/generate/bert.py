"""Writes Tests/Fixtures/bert: tiny random BERTs and what PyTorch computes with them.

    python Tests/Fixtures/generate/bert.py

in an environment made from requirements.txt beside this file. classifiers.py says what is in them.
"""

from classifiers import LONGEST, Case, shape, write_all
from transformers import BertConfig


def config(*sizes: int, **more) -> BertConfig:
    return BertConfig(
        **shape(*sizes, **more), max_position_embeddings=LONGEST, type_vocab_size=2
    )


if __name__ == "__main__":
    trace = [
        "bert.embeddings.word_embeddings.weight",
        "bert.encoder.layer.1.attention.output.LayerNorm.weight",
        "bert.encoder.layer.0.intermediate.dense.weight",
        "classifier.bias",
    ]
    write_all(
        [
            Case("bert/classification", 1, config(32, 2, 4, 64, labels=2), trace=trace),
            Case("bert/pairs", 2, config(30, 3, 3, 50, labels=3), pairs=True),
            Case(
                "bert/regression",
                3,
                config(16, 1, 2, 40, labels=1, hidden_act="gelu_new", layer_norm_eps=1e-5),
            ),
            Case("bert/head-size-20", 4, config(40, 2, 2, 44, labels=2), pairs=True),
        ]
    )
