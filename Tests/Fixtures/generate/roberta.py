"""Writes Tests/Fixtures/roberta: tiny random RoBERTas and what PyTorch computes with them.

    python Tests/Fixtures/generate/roberta.py

in an environment made from requirements.txt beside this file. classifiers.py says what is in them.
The longest sequences use all positions: rows 0 ... pad_token_id of the table belong to padding.
"""

from classifiers import LONGEST, Case, shape, write_all
from transformers import RobertaConfig


def config(*sizes: int, padding: int = 1, **more) -> RobertaConfig:
    return RobertaConfig(
        **shape(*sizes, **more),
        max_position_embeddings=LONGEST + padding + 1,
        type_vocab_size=1,
        pad_token_id=padding,
    )


if __name__ == "__main__":
    write_all(
        [
            Case("roberta/classification", 5, config(32, 2, 4, 64, labels=3)),
            Case(
                "roberta/regression",
                6,
                config(24, 2, 3, 40, labels=1, layer_norm_eps=1e-5),
                padding_in_text=[3],
            ),
            Case(
                "roberta/padding-4",
                8,
                config(20, 3, 1, 36, labels=2, padding=4, hidden_act="gelu_new"),
                padding_in_text=[1, 3],
            ),
        ]
    )
