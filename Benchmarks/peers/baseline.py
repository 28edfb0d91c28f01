"""What the PyTorch baselines share: batches, model, optimizer, measurements."""

import os

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


class Encoder:
    """Token ids of sentences, and batches of them padded to the longest of the batch."""

    def __init__(self, folder, max_length):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.max_length = max_length

    def encode(self, sentences, seconds=None):
        return self.tokenizer(
            sentences, seconds, truncation=True, max_length=self.max_length, padding=False
        )["input_ids"]

    def batch(self, ids):
        return self.tokenizer.pad({"input_ids": ids}, return_tensors="pt")


def classifier(folder, seed, labels=None):
    """The folder's model; a head that it does not have is initialised by transformers from the seed."""
    torch.manual_seed(seed)
    head = {} if labels is None else {"num_labels": labels}
    return AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, **head)


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
    """The process's peak resident size, in bytes (VmHWM, which a parent process does not raise)."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
