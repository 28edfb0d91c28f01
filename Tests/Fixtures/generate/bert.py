"""Writes Tests/Fixtures/bert: tiny random BERTs and what PyTorch computes with them.

    python Tests/Fixtures/generate/bert.py

in an environment made from requirements.txt beside this file. Everything comes from fixed seeds, so
the same files appear each time. Every folder is a Hugging Face model (`config.json`,
`model.safetensors`, float32) with an `expected.safetensors` beside it:

    batch.<i>.input_ids        int32 [tokens]         the sequences one after another, no padding
    batch.<i>.token_type_ids   int32 [tokens]
    batch.<i>.offsets          int32 [sequences + 1]  sequence s is tokens offsets[s] ..< offsets[s + 1]
    batch.<i>.labels           int32 or, for regression, float32 [sequences]
    batch.<i>.logits           float32 [sequences, labels]
    batch.<i>.loss             float32 [1]            mean over the batch
    grad.<parameter>           float32                of batch 0's loss, one for every parameter

and for the first model a training run of ten AdamW steps, step t on batch t mod batches:

    trace.losses               float32 [10]           each before its step
    trace.final.<parameter>    float32                some of the weights after the last step

PyTorch pads and masks. It computes in float64 from the float32 weights, and the results are rounded
to float32: they are then the same on every machine, and a test against them measures the error of
the tested code alone. The script prints how far PyTorch's own float32 is from them. Mathematically
the gradient of every `attention.self.key.bias` is zero, whatever small noise stands there.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import BertConfig, BertForSequenceClassification

OUTPUT = Path(__file__).resolve().parent.parent / "bert"
POSITIONS = 40
TRACE_STEPS = 10
TRACE_TENSORS = [
    "bert.embeddings.word_embeddings.weight",
    "bert.encoder.layer.1.attention.output.LayerNorm.weight",
    "bert.encoder.layer.0.intermediate.dense.weight",
    "classifier.bias",
]


@dataclass
class Case:
    name: str
    seed: int
    shape: dict
    labels: int
    pairs: bool = False
    trace: bool = False
    lengths: list[list[int]] = field(
        default_factory=lambda: [[7, 1, POSITIONS, 2, 19, 33], [POSITIONS], [1], [12, 5, 28]]
    )

    @property
    def config(self) -> BertConfig:
        return BertConfig(
            vocab_size=120,
            max_position_embeddings=POSITIONS,
            type_vocab_size=2,
            num_labels=self.labels,
            problem_type="regression" if self.labels == 1 else "single_label_classification",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            **self.shape,
        )


def shape(hidden: int, layers: int, heads: int, intermediate: int, **more) -> dict:
    return dict(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=intermediate,
        **more,
    )


CASES = [
    Case("classification", 1, shape(32, 2, 4, 64), labels=2, trace=True),
    Case("pairs", 2, shape(30, 3, 3, 50), labels=3, pairs=True),
    Case(
        "regression",
        3,
        shape(16, 1, 2, 40, hidden_act="gelu_new", layer_norm_eps=1e-5),
        labels=1,
    ),
    Case("head-size-20", 4, shape(40, 2, 2, 44), labels=2, pairs=True),
]


@dataclass
class Batch:
    """Sequences of different lengths; `padded` is the form PyTorch wants."""

    ids: list[np.ndarray]
    types: list[np.ndarray]
    labels: np.ndarray

    def unpadded(self) -> dict[str, np.ndarray]:
        return {
            "input_ids": np.concatenate(self.ids),
            "token_type_ids": np.concatenate(self.types),
            "offsets": np.cumsum([0] + [len(s) for s in self.ids]).astype(np.int32),
            "labels": self.labels,
        }

    def padded(self, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        def pad(rows: list[np.ndarray]) -> torch.Tensor:
            tensors = [torch.from_numpy(row).long() for row in rows]
            return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True)

        labels = torch.from_numpy(self.labels)
        return {
            "input_ids": pad(self.ids),
            "token_type_ids": pad(self.types),
            "attention_mask": pad([np.ones_like(row) for row in self.ids]),
            "labels": labels.to(dtype) if labels.is_floating_point() else labels.long(),
        }


def random_batch(case: Case, lengths: list[int], generator: np.random.Generator) -> Batch:
    ids, types = [], []
    for number, length in enumerate(lengths):
        # 0 is the padding token: PyTorch gives its embedding no gradient, and text never holds it.
        ids.append(generator.integers(1, 120, length, dtype=np.int32))
        pair = case.pairs and number % 2 == 0
        first = (length + 1) // 2 if pair else length
        types.append((np.arange(length) >= first).astype(np.int32))
    if case.labels == 1:
        labels = generator.uniform(0, 5, len(lengths)).astype(np.float32)
    else:
        labels = generator.integers(0, case.labels, len(lengths), dtype=np.int32)
    return Batch(ids, types, labels)


def random_weights(model: torch.nn.Module, generator: np.random.Generator) -> None:
    """Larger than usual, with random biases and gains, so that no gradient is tiny or hidden."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = generator.standard_normal(tuple(parameter.shape))
            if name.endswith("LayerNorm.weight"):
                values = 1 + 0.2 * noise
            elif "embeddings" in name:
                values = 0.5 * noise
            else:
                values = 0.15 * noise
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))


def load(folder: Path, dtype: torch.dtype) -> BertForSequenceClassification:
    model = BertForSequenceClassification.from_pretrained(folder, attn_implementation="eager")
    return model.to(dtype).eval()


def compute(folder: Path, batches: list[Batch], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    model = load(folder, dtype)
    results = {}
    for number, batch in enumerate(batches):
        output = model(**batch.padded(dtype))
        results[f"batch.{number}.logits"] = output.logits
        results[f"batch.{number}.loss"] = output.loss.reshape(1)
        if number == 0:
            output.loss.backward()
            results |= {f"grad.{name}": p.grad for name, p in model.named_parameters()}
    return results


def train(folder: Path, batches: list[Batch], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Ten AdamW steps at a constant rate; biases and LayerNorm do not decay."""
    model = load(folder, dtype)
    parameters = dict(model.named_parameters())
    plain = [p for name, p in parameters.items() if name.endswith("bias") or "LayerNorm" in name]
    decayed = [p for p in parameters.values() if all(p is not other for other in plain)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for step in range(TRACE_STEPS):
        loss = model(**batches[step % len(batches)].padded(dtype)).loss
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    final = {f"trace.final.{name}": parameters[name] for name in TRACE_TENSORS}
    return {"trace.losses": torch.stack(losses), **final}


def write(case: Case) -> None:
    folder = OUTPUT / case.name
    shutil.rmtree(folder, ignore_errors=True)
    generator = np.random.default_rng(case.seed)
    model = BertForSequenceClassification(case.config)
    random_weights(model, generator)
    model.save_pretrained(folder)
    batches = [random_batch(case, lengths, generator) for lengths in case.lengths]

    def everything(dtype: torch.dtype) -> dict[str, np.ndarray]:
        results = compute(folder, batches, dtype)
        if case.trace:
            results |= train(folder, batches, dtype)
        return {name: value.detach().numpy() for name, value in results.items()}

    exact, single = everything(torch.float64), everything(torch.float32)
    expected = {name: value.astype(np.float32) for name, value in exact.items()}
    for number, batch in enumerate(batches):
        expected |= {f"batch.{number}.{name}": v for name, v in batch.unpadded().items()}
    save_file(expected, folder / "expected.safetensors")

    def error(prefix: str) -> float:
        """The largest difference, relative to the largest element of each tensor."""
        return max(
            np.abs(exact[name] - single[name]).max() / np.abs(exact[name]).max()
            for name in exact
            if name.startswith(prefix) and not name.endswith("self.key.bias")
            and np.abs(exact[name]).max() > 0
        )

    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{case.name}: {size} bytes; float32 differs by", end=" ")
    print(", ".join(f"{error(p):.1e} ({p})" for p in ["batch", "grad"] + ["trace"] * case.trace))


if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for case in CASES:
        write(case)
