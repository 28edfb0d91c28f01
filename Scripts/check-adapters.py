"""Loads a LoRA adapter with peft and compares its logits with those of this project.

    python Scripts/check-adapters.py --base FOLDER --adapter FOLDER [--merged FOLDER] [--new] TEXT...

in an environment with torch, transformers and peft. Three sets of logits are compared: peft's on base and
adapter; `sparsegrad predict --adapter`; and, with --merged, those of the folder that `sparsegrad adapter merge`
(or `finetune --save both`) wrote, loaded by transformers. Prints the largest differences, and fails above 1e-4.
With --new the adapter is one that peft writes first, of random values.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import safe_open
from transformers import AutoModelForSequenceClassification, AutoTokenizer

COMMAND = Path(__file__).resolve().parent.parent / ".build/release/sparsegrad"


def label_count(adapter: Path) -> int:
    """The rows of the layer that makes the logits."""
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        names = ["classifier.weight", "classifier.out_proj.weight", "score.weight"]
        found = [n for n in file.keys() if any(n == f"base_model.model.{m}" for m in names)]
        return file.get_slice(found[0]).get_shape()[0]


def write_new(base: Path, adapter: Path) -> None:
    """An adapter of all linear layers, as peft saves it, with a head of three labels."""
    torch.manual_seed(1)
    settings = LoraConfig(
        task_type="SEQ_CLS", r=4, lora_alpha=8, use_rslora=True, bias="lora_only",
        target_modules="all-linear",
    )
    model = get_peft_model(
        AutoModelForSequenceClassification.from_pretrained(base, num_labels=3), settings
    )
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.normal_(std=0.05)
    model.save_pretrained(adapter)


def logits(model: torch.nn.Module, tokenizer, texts: list[str]) -> torch.Tensor:
    with torch.no_grad():
        rows = [model.eval()(**tokenizer(text, return_tensors="pt")).logits for text in texts]
    return torch.cat(rows)


def predicted(base: Path, adapter: Path, texts: list[str]) -> torch.Tensor:
    """What the command says."""
    command = [COMMAND, "predict", "--model", base, "--adapter", adapter, "--json", *texts]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return torch.tensor([json.loads(line)["logits"] for line in lines])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--merged", type=Path)
    parser.add_argument("--new", action="store_true", help="let peft write the adapter first")
    parser.add_argument("texts", nargs="+")
    options = parser.parse_args()
    if options.new:
        if options.adapter.exists():
            parser.error(f"{options.adapter} is there already")
        write_new(options.base, options.adapter)

    tokenizer = AutoTokenizer.from_pretrained(options.base)
    model = AutoModelForSequenceClassification.from_pretrained(
        options.base, num_labels=label_count(options.adapter), ignore_mismatched_sizes=True
    )
    theirs = logits(PeftModel.from_pretrained(model, options.adapter), tokenizer, options.texts)
    compared = {"sparsegrad predict --adapter": predicted(options.base, options.adapter, options.texts)}
    if options.merged:
        merged = AutoModelForSequenceClassification.from_pretrained(options.merged)
        compared["merged, by transformers"] = logits(merged, tokenizer, options.texts)
    worst = 0.0
    print(f"{options.adapter}: peft's logits up to {theirs.abs().max():.4f}")
    for name, ours in compared.items():
        difference = (ours - theirs).abs().max().item()
        worst = max(worst, difference)
        print(f"  {name}: differs by {difference:.1e}")
    return 0 if worst < 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
