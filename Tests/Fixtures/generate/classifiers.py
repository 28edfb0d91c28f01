"""What bert.py, roberta.py and distilbert.py share: tiny random classifiers and what PyTorch computes with them.

Everything comes from fixed seeds, so the same files appear each time. Every folder is a Hugging
Face model (`config.json`, `model.safetensors`, float32) with an `expected.safetensors` beside it:

    batch.<i>.input_ids        int32 [tokens]         the sequences one after another, no padding
    batch.<i>.token_type_ids   int32 [tokens]
    batch.<i>.offsets          int32 [sequences + 1]  sequence s is tokens offsets[s] ..< offsets[s + 1]
    batch.<i>.labels           int32 or, for regression, float32 [sequences]
    batch.<i>.logits           float32 [sequences, labels]
    batch.<i>.loss             float32 [1]            mean over the batch
    grad.<parameter>           float32                of batch 0's loss, one for every parameter

and, if the case says so, a training run of ten AdamW steps, step t on batch t mod batches:

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
from transformers import AutoModelForSequenceClassification, PretrainedConfig, PreTrainedModel

FIXTURES = Path(__file__).resolve().parent.parent
LONGEST = 40
TRACE_STEPS = 10

@dataclass
class Case:
    """A folder to write; `config` has everything but labels, vocabulary and dropout."""

    folder: str
    seed: int
    config: PretrainedConfig
    pairs: bool = False
    trace: list[str] = field(default_factory=list)
    lengths: list[list[int]] = field(
        default_factory=lambda: [[7, 1, LONGEST, 2, 19, 33], [LONGEST], [1], [12, 5, 28]]
    )
    # Batches behind the first whose texts hold the padding token here and there.
    padding_in_text: list[int] = field(default_factory=list)


def shape(
    hidden: int, layers: int, heads: int, intermediate: int, labels: int, **more
) -> dict:
    """The arguments of a configuration."""
    return dict(
        vocab_size=120,
        num_labels=labels,
        problem_type="regression" if labels == 1 else "single_label_classification",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=intermediate,
        **more,
    )


@dataclass
class Batch:
    """Sequences of different lengths; `padded` is the form PyTorch wants."""

    ids: list[np.ndarray]
    types: list[np.ndarray]
    labels: np.ndarray
    padding: int

    def unpadded(self) -> dict[str, np.ndarray]:
        return {
            "input_ids": np.concatenate(self.ids),
            "token_type_ids": np.concatenate(self.types),
            "offsets": np.cumsum([0] + [len(s) for s in self.ids]).astype(np.int32),
            "labels": self.labels,
        }

    def padded(self, dtype: torch.dtype, takes_types: bool) -> dict[str, torch.Tensor]:
        def pad(rows: list[np.ndarray], value: int = 0) -> torch.Tensor:
            tensors = [torch.from_numpy(row).long() for row in rows]
            return torch.nn.utils.rnn.pad_sequence(
                tensors, batch_first=True, padding_value=value
            )

        labels = torch.from_numpy(self.labels)
        return {
            "input_ids": pad(self.ids, self.padding),
            **({"token_type_ids": pad(self.types)} if takes_types else {}),
            "attention_mask": pad([np.ones_like(row) for row in self.ids]),
            "labels": labels.to(dtype) if labels.is_floating_point() else labels.long(),
        }


def random_batch(case: Case, number: int, generator: np.random.Generator) -> Batch:
    lengths = case.lengths[number]
    padding, labels = case.config.pad_token_id, case.config.num_labels
    ids, types = [], []
    for place, length in enumerate(lengths):
        # PyTorch gives the padding token's embedding no gradient, and text hardly ever holds it.
        ids.append(generator.integers(padding + 1, 120, length, dtype=np.int32))
        if number in case.padding_in_text:
            ids[-1][1::4] = padding
        pair = case.pairs and place % 2 == 0
        first = (length + 1) // 2 if pair else length
        types.append((np.arange(length) >= first).astype(np.int32))
    if labels == 1:
        answers = generator.uniform(0, 5, len(lengths)).astype(np.float32)
    else:
        answers = generator.integers(0, labels, len(lengths), dtype=np.int32)
    return Batch(ids, types, answers, padding)


def random_weights(model: torch.nn.Module, generator: np.random.Generator) -> None:
    """Larger than usual, with random biases and gains, so that no gradient is tiny or hidden."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = generator.standard_normal(tuple(parameter.shape))
            if name.endswith(("LayerNorm.weight", "layer_norm.weight")):
                values = 1 + 0.2 * noise
            elif "embeddings" in name:
                values = 0.5 * noise
            else:
                values = 0.15 * noise
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))


def load(folder: Path, dtype: torch.dtype) -> PreTrainedModel:
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager"
    )
    return model.to(dtype).eval()


def takes_types(model: PreTrainedModel) -> bool:
    """DistilBERT knows no token types."""
    return model.config.model_type != "distilbert"


def compute(folder: Path, batches: list[Batch], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    model = load(folder, dtype)
    results = {}
    for number, batch in enumerate(batches):
        output = model(**batch.padded(dtype, takes_types(model)))
        results[f"batch.{number}.logits"] = output.logits
        results[f"batch.{number}.loss"] = output.loss.reshape(1)
        if number == 0:
            output.loss.backward()
            results |= {f"grad.{name}": p.grad for name, p in model.named_parameters()}
    return results


def train(
    folder: Path, batches: list[Batch], kept: list[str], dtype: torch.dtype
) -> dict[str, torch.Tensor]:
    """Ten AdamW steps at a constant rate; biases and LayerNorm do not decay."""
    model = load(folder, dtype)
    parameters = dict(model.named_parameters())
    plain = [p for name, p in parameters.items() if name.endswith("bias") or "LayerNorm" in name]
    decayed = [p for p in parameters.values() if all(p is not other for other in plain)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for step in range(TRACE_STEPS):
        loss = model(**batches[step % len(batches)].padded(dtype, takes_types(model))).loss
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    final = {f"trace.final.{name}": parameters[name] for name in kept}
    return {"trace.losses": torch.stack(losses), **final}


def write(case: Case) -> None:
    folder = FIXTURES / case.folder
    shutil.rmtree(folder, ignore_errors=True)
    generator = np.random.default_rng(case.seed)
    model = AutoModelForSequenceClassification.from_config(case.config)
    random_weights(model, generator)
    model.save_pretrained(folder)
    batches = [random_batch(case, number, generator) for number in range(len(case.lengths))]

    def everything(dtype: torch.dtype) -> dict[str, np.ndarray]:
        results = compute(folder, batches, dtype)
        if case.trace:
            results |= train(folder, batches, case.trace, dtype)
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
            if name.startswith(prefix) and not name.endswith(("self.key.bias", "k_lin.bias"))
            and np.abs(exact[name]).max() > 0
        )

    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{case.folder}: {size} bytes; float32 differs by", end=" ")
    print(", ".join(f"{error(p):.1e} ({p})" for p in ["batch", "grad"] + ["trace"] * bool(case.trace)))


def write_all(cases: list[Case]) -> None:
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for case in cases:
        write(case)
