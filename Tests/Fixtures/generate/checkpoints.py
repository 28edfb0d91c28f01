"""Writes Tests/Fixtures/checkpoints: small files of the Python safetensors and transformers libraries.

Run from anywhere: python checkpoints.py
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification

folder = Path(__file__).resolve().parent.parent / "checkpoints"


def float_bits(tensor):
    """The elements as float32 bit patterns, which JSON cannot round."""
    return tensor.to(torch.float32).flatten().numpy().view(numpy.uint32).tolist()


def fingerprint(file):
    """SHA-256 over name, type, shape and bytes of each tensor, by name; numbers as 8 bytes."""
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    hash = hashlib.sha256()

    def add(part):
        if isinstance(part, int):
            hash.update(part.to_bytes(8, "little"))
        else:
            add(len(part.encode()))
            hash.update(part.encode())

    for name in sorted(header.keys() - {"__metadata__"}, key=str.encode):
        tensor = header[name]
        begin, end = tensor["data_offsets"]
        for part in [name, tensor["dtype"], len(tensor["shape"]), *tensor["shape"]]:
            add(part)
        hash.update(data[start + begin:start + end])
    return hash.hexdigest()


def types():
    """Each element type that is read as floats, with the values at the borders, and some others."""
    special = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-5, 6e-8, 1e-3, float("inf"), -float("inf")]
    torch.manual_seed(0)
    values = torch.cat([torch.tensor(special), torch.randn(14)]).reshape(4, 6)
    tensors = {
        "single": values,
        "half": values.half(),
        "brain": values.bfloat16(),
        "ids": torch.arange(5),
        "scalar": torch.tensor(0.1),
        "empty": torch.zeros(0, 3),
        "mask": torch.tensor([True, False, True]),
        "größe \"1\"": torch.tensor([1, 2], dtype=torch.uint8),
    }
    save_file(tensors, folder / "types.safetensors", metadata={"format": "pt"})
    floats = {name: float_bits(tensors[name]) for name in ["single", "half", "brain", "scalar", "empty"]}
    expected = {"floats": floats, "fingerprint": fingerprint(folder / "types.safetensors")}
    (folder / "types.json").write_text(json.dumps(expected) + "\n")


def model():
    """A tiny BERT: in one file, and in shards."""
    torch.manual_seed(1)
    configuration = BertConfig(
        vocab_size=11, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=12,
        id2label={index: label for index, label in enumerate(
            ["negative", "neutral", "positiv / größer", "d", "e", "f", "g", "h", "i", "j", "k"])},
        label2id={"negative": 0, "neutral": 1, "positiv / größer": 2, "d": 3, "e": 4, "f": 5,
                  "g": 6, "h": 7, "i": 8, "j": 9, "k": 10},
    )
    bert = BertForSequenceClassification(configuration)
    for name, size in [("single", "1GB"), ("sharded", "3KB")]:
        shutil.rmtree(folder / name, ignore_errors=True)
        bert.save_pretrained(folder / name, max_shard_size=size)


if __name__ == "__main__":
    folder.mkdir(parents=True, exist_ok=True)
    types()
    model()
