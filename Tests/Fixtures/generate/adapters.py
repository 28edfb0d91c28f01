"""Writes Tests/Fixtures/adapters: LoRA adapters by peft on the tiny classifiers, and the logits they make.

    python Tests/Fixtures/generate/adapters.py

in an environment made from requirements.txt beside this file, after bert.py and roberta.py. Every folder is an
adapter as peft saves it, its base named relative to Tests/Fixtures, with an `expected.safetensors` beside it:

    batch.<i>.logits    float32 [sequences, labels]    of the base's batches, computed in float64

All that peft would train has random values.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForSequenceClassification

FIXTURES = Path(__file__).resolve().parent.parent
MLP = r".*\.\d+\.(intermediate|output)\.dense"


@dataclass
class Case:
    folder: str
    base: str
    settings: dict
    # Other than the base's.
    labels: int | None = None


CASES = [
    Case("bert-mlp", "bert/classification", dict(target_modules=MLP, lora_dropout=0.25)),
    Case(
        "bert-bias-all",
        "bert/pairs",
        dict(target_modules=["query", "intermediate.dense"], bias="all", use_rslora=True),
    ),
    Case(
        "bert-new-head",
        "bert/classification",
        dict(target_modules="all-linear", modules_to_save=["classifier", "pooler.dense"]),
        labels=4,
    ),
    Case(
        "roberta-bias-lora-only",
        "roberta/classification",
        dict(target_modules=MLP, bias="lora_only", use_rslora=True),
    ),
    Case(
        "roberta-patterns",
        "roberta/regression",
        dict(
            target_modules=["query", "value", "dense"],
            exclude_modules=["attention.output.dense"],
            layers_to_transform=[1],
            layers_pattern="layer",
            rank_pattern={"intermediate.dense": 1},
            alpha_pattern={r"layer\.1\.attention.*": 7},
        ),
    ),
]


def logits(model: torch.nn.Module, batches: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every sequence by itself, so that nothing is padded."""
    results = {}
    for number in range(sum(name.endswith(".offsets") for name in batches)):
        part = {n: batches[f"batch.{number}.{n}"] for n in ["input_ids", "token_type_ids", "offsets"]}
        rows = []
        for start, end in zip(part["offsets"], part["offsets"][1:]):
            inputs = {
                name: torch.from_numpy(part[name][start:end]).long().reshape(1, -1)
                for name in ["input_ids", "token_type_ids"]
            }
            with torch.no_grad():
                rows.append(model(**inputs).logits)
        results[f"batch.{number}.logits"] = torch.cat(rows).numpy().astype(np.float32)
    return results


def write(case: Case, seed: int) -> None:
    torch.manual_seed(seed)
    base, folder = FIXTURES / case.base, FIXTURES / "adapters" / case.folder
    more = {} if case.labels is None else dict(num_labels=case.labels, ignore_mismatched_sizes=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, attn_implementation="eager", **more
    )
    settings = dict(r=3, lora_alpha=5, task_type="SEQ_CLS") | case.settings
    model = get_peft_model(model, LoraConfig(**settings))
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for _, parameter in model.named_parameters():
            if parameter.requires_grad:
                noise = 0.2 * generator.standard_normal(tuple(parameter.shape))
                parameter.copy_(torch.from_numpy(noise.astype(np.float32)))
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    configuration = json.loads(file.read_text()) | {"base_model_name_or_path": case.base}
    for key in ["target_modules", "modules_to_save", "exclude_modules"]:
        # Sets: their order is another every time.
        if isinstance(configuration[key], list):
            configuration[key] = sorted(configuration[key])
    file.write_text(json.dumps(configuration, indent=2, sort_keys=True) + "\n")
    batches = load_file(base / "expected.safetensors")
    save_file(logits(model.double().eval(), batches), folder / "expected.safetensors")
    print(case.folder, sum(file.stat().st_size for file in folder.iterdir()), "bytes")


if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for number, case in enumerate(CASES):
        write(case, number)
