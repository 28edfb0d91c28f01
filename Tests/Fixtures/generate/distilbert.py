"""Writes Tests/Fixtures/distilbert: tiny random DistilBERTs and what PyTorch computes with them.

    python Tests/Fixtures/generate/distilbert.py

in an environment made from requirements.txt beside this file. classifiers.py says what is in them.
"""

from classifiers import LONGEST, Case, write_all
from transformers import DistilBertConfig


def config(hidden: int, layers: int, heads: int, intermediate: int, labels: int, **more) -> DistilBertConfig:
    return DistilBertConfig(
        vocab_size=120,
        num_labels=labels,
        problem_type="regression" if labels == 1 else "single_label_classification",
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
        dim=hidden,
        n_layers=layers,
        n_heads=heads,
        hidden_dim=intermediate,
        max_position_embeddings=LONGEST,
        **more,
    )


if __name__ == "__main__":
    write_all(
        [
            Case("distilbert/classification", 11, config(32, 2, 4, 64, labels=3)),
            Case("distilbert/regression", 12, config(24, 3, 2, 40, labels=1, activation="relu")),
        ]
    )
