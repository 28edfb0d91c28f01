"""What the PyTorch baselines share: examples, batches, model, optimizer, measurements."""

import csv
import os
import resource

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def read_column(path, column):
    """One column of a TSV file: by its name in the header, or by its index if there is no header."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if column.isdigit():
        return [row[int(column)] for row in rows]
    index = rows[0].index(column)
    return [row[index] for row in rows[1:]]


class Encoder:
    """Token ids of sentences, and batches of them padded to the longest of the batch."""

    def __init__(self, folder, max_length):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.max_length = max_length

    def encode(self, sentences):
        return self.tokenizer(
            sentences, truncation=True, max_length=self.max_length, padding=False
        )["input_ids"]

    def batch(self, ids):
        return self.tokenizer.pad({"input_ids": ids}, return_tensors="pt")


def classifier(folder, labels, seed):
    """The folder's model with a new head, initialised by transformers from the seed."""
    torch.manual_seed(seed)
    return AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=labels, dtype=torch.float32
    )


def adamw(model, learning_rate, weight_decay):
    """AdamW as transformers' Trainer groups it: biases and LayerNorm do not decay."""
    groups = {weight_decay: [], 0.0: []}
    for name, parameter in model.named_parameters():
        plain = name.endswith("bias") or "LayerNorm" in name
        groups[0.0 if plain else weight_decay].append(parameter)
    return torch.optim.AdamW(
        [{"params": p, "weight_decay": decay} for decay, p in groups.items()], lr=learning_rate
    )


def environment():
    """What a reader needs to judge a time by."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "allocator": os.path.basename(os.environ.get("LD_PRELOAD", "")) or "system",
    }


def peak_memory():
    """The process's peak resident size, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
