"""Writes Tests/Fixtures/decoders: tiny random language models and what PyTorch computes with them.

    python Tests/Fixtures/generate/decoders.py

in an environment made from requirements.txt beside this file. Every folder is a Hugging Face model (`config.json`,
`model.safetensors`) with an `expected.safetensors` beside it:

    batch.<i>.input_ids        int32 [tokens]         the sequences one after another, no padding
    batch.<i>.offsets          int32 [sequences + 1]  sequence s is tokens offsets[s] ..< offsets[s + 1]
    batch.<i>.answers          int32 [answers]        the tokens that are to be predicted, by their place in input_ids
    batch.<i>.logits           float32 [answers, vocabulary]  those of the tokens before the answers
    batch.<i>.loss             float32 [1]            mean over the answers
    grad.<parameter>           float32                of batch 0's loss, one for every parameter
    greedy                     int32 [prompt + 24]    the third sequence, and what greedy decoding makes of it

PyTorch pads; it computes in float64 from the float32 weights (see classifiers.py).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import classifiers
import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, PretrainedConfig, Qwen2Config, Qwen3Config

FIXTURES = Path(__file__).resolve().parent.parent
VOCABULARY = 120
LENGTHS = [[7, 1, 40, 2, 19, 33], [40], [2, 12, 5, 28]]


@dataclass
class Case:
    """A folder to write."""

    folder: str
    seed: int
    config: PretrainedConfig
    dtype: torch.dtype = torch.float32


def shape(hidden: int, layers: int, heads: int, groups: int, intermediate: int, **more) -> dict:
    """The arguments of a configuration."""
    return dict(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=groups,
        intermediate_size=intermediate,
        max_position_embeddings=64,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        **more,
    )


def random_weights(model: torch.nn.Module, generator: np.random.Generator) -> None:
    """Larger than usual, with random biases and gains, so that no gradient is tiny or hidden."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = generator.standard_normal(tuple(parameter.shape))
            if "norm" in name:
                values = 1 + 0.2 * noise
            elif "embed" in name:
                values = 0.5 * noise
            else:
                values = 0.15 * noise
            parameter.copy_(torch.from_numpy(values.astype(np.float32)))


@dataclass
class Batch:
    ids: list[np.ndarray]
    answers: list[np.ndarray]

    def unpadded(self) -> dict[str, np.ndarray]:
        offsets = np.cumsum([0] + [len(s) for s in self.ids]).astype(np.int32)
        places = [offset + answers for offset, answers in zip(offsets, self.answers)]
        return {
            "input_ids": np.concatenate(self.ids),
            "offsets": offsets,
            "answers": np.concatenate(places).astype(np.int32),
        }


def random_batch(lengths: list[int], share: float, generator: np.random.Generator) -> Batch:
    ids = [generator.integers(3, VOCABULARY, length, dtype=np.int32) for length in lengths]
    answers = [1 + np.flatnonzero(generator.random(length - 1) < share) for length in lengths]
    return Batch(ids, answers)


def compute(folder: Path, batches: list[Batch], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).to(dtype).eval()
    results = {}
    for number, batch in enumerate(batches):
        rows = [torch.from_numpy(row).long() for row in batch.ids]
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=0)
        # Padding comes last, where no token sees it.
        logits = model(input_ids=padded).logits
        read = torch.cat([logits[s, answers - 1] for s, answers in enumerate(batch.answers)])
        wanted = torch.cat([rows[s][answers] for s, answers in enumerate(batch.answers)])
        loss = torch.nn.functional.cross_entropy(read, wanted)
        results[f"batch.{number}.logits"] = read
        results[f"batch.{number}.loss"] = loss.reshape(1)
        if number == 0:
            loss.backward()
            results |= {f"grad.{name}": p.grad for name, p in model.named_parameters()}
    with torch.no_grad():
        ids = torch.from_numpy(batches[0].ids[2][:12]).long().reshape(1, -1)
        for _ in range(24):
            ids = torch.cat([ids, model(input_ids=ids).logits[:, -1].argmax(-1, keepdim=True)], 1)
        results["greedy"] = ids.reshape(-1).int()
    return results


def write(case: Case) -> None:
    folder = FIXTURES / case.folder
    shutil.rmtree(folder, ignore_errors=True)
    generator = np.random.default_rng(case.seed)
    model = AutoModelForCausalLM.from_config(case.config, dtype=torch.float32)
    random_weights(model, generator)
    model.to(case.dtype).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    batches = [random_batch(lengths, 1 if n == 1 else 0.5, generator) for n, lengths in enumerate(LENGTHS)]
    exact, single = (
        {name: value.detach().numpy() for name, value in compute(folder, batches, dtype).items()}
        for dtype in [torch.float64, torch.float32]
    )
    expected = {n: v if v.dtype == np.int32 else v.astype(np.float32) for n, v in exact.items()}
    for number, batch in enumerate(batches):
        expected |= {f"batch.{number}.{name}": v for name, v in batch.unpadded().items()}
    save_file(expected, folder / "expected.safetensors")
    worst = max(
        np.abs(exact[name] - single[name]).max() / np.abs(exact[name]).max()
        for name in exact
        if name != "greedy" and not name.endswith("k_proj.bias")
    )
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{case.folder}: {size} bytes; float32 differs by {worst:.1e}")


def rope(kind: str, **more) -> dict:
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **more))


CASES = [
    Case("decoders/llama", 21, LlamaConfig(**shape(32, 3, 4, 2, 56))),
    Case("decoders/llama-tied", 22, LlamaConfig(**shape(24, 2, 6, 3, 40), tie_word_embeddings=True)),
    Case("decoders/llama-biases", 23, LlamaConfig(**shape(24, 2, 3, 1, 40), attention_bias=True, mlp_bias=True)),
    Case(
        "decoders/llama3",
        24,
        LlamaConfig(
            **shape(32, 2, 2, 1, 48),
            **rope(
                "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16
            ),
        ),
    ),
    Case("decoders/linear", 25, LlamaConfig(**shape(32, 2, 4, 4, 48), **rope("linear", factor=4.0))),
    Case(
        "decoders/yarn",
        26,
        LlamaConfig(**shape(32, 2, 4, 2, 48), **rope("yarn", factor=4.0, original_max_position_embeddings=16)),
    ),
    Case("decoders/mistral", 27, MistralConfig(**shape(32, 3, 4, 2, 48), sliding_window=8)),
    Case("decoders/qwen2", 28, Qwen2Config(**shape(32, 2, 4, 2, 48))),
    Case(
        "decoders/qwen2-window",
        29,
        Qwen2Config(**shape(32, 3, 4, 2, 48), use_sliding_window=True, sliding_window=8, max_window_layers=1),
    ),
    Case("decoders/qwen3", 30, Qwen3Config(**shape(32, 2, 4, 2, 48), head_dim=16)),
    Case("decoders/bfloat16", 31, LlamaConfig(**shape(32, 2, 4, 2, 48)), torch.bfloat16),
]

if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for case in CASES:
        write(case)
    classifiers.random_weights = random_weights
    classifiers.write_all(
        [
            classifiers.Case(
                "decoders/classification", 32, LlamaConfig(**shape(32, 2, 4, 2, 48), num_labels=3, problem_type="single_label_classification")
            )
        ]
    )
