"""One job in this process: training or inference of one method in one precision.

bench.py starts it with the job's settings as one JSON object, and reads one JSON object from it.
"""

import contextlib
import json
import os
import statistics
import sys
import time
from importlib.metadata import version

import torch
from torch.nn import functional

import lengths
import methods
import models
from baseline import environment, peak_memory

LABELS = 2
FIRST_ORDINARY_TOKEN = 1000


class Batches:
    """Random tokens and labels in batches of the lengths, padded when they are asked for."""

    def __init__(self, job, config):
        count = (job["warmup"] + job["steps"]) * job["batch_size"]
        longest = min(job["max_length"], models.positions(job["shape"], job["model"]))
        drawn = lengths.draw(
            job["lengths"], count, longest, job["seed"], job["tokenizer"], job["columns"]
        )
        groups = lengths.batches(drawn, job["batch_size"], job["order"], job["seed"])
        generator = torch.Generator().manual_seed(job["seed"])
        self.ids = [
            [
                torch.randint(FIRST_ORDINARY_TOKEN, config.vocab_size, (n,), generator=generator)
                for n in group
            ]
            for group in groups
        ]
        self.labels = [torch.randint(LABELS, (len(g),), generator=generator) for g in groups]
        self.padding_token = config.pad_token_id or 0
        self.width = longest if job["padding"] == "max" else None

    def __len__(self):
        return len(self.ids)

    def tokens(self, index):
        return sum(map(len, self.ids[index]))

    def inputs(self, index):
        rows = self.ids[index]
        width = self.width or max(map(len, rows))
        ids = torch.full((len(rows), width), self.padding_token)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return {"input_ids": ids, "attention_mask": mask}


def training_step(model, job, dtype):
    """A function that takes one step on a batch."""
    model, optimizers = methods.prepare(
        model, job["method"], job["trainable"], job["density"], dtype, job["adamw"]
    )
    trained = [p for optimizer in optimizers for g in optimizer.param_groups for p in g["params"]]
    model.train()
    called = torch.compile(model, dynamic=True) if job["compile"] else model
    mixed = dtype == torch.bfloat16
    continues = models.is_language_model(job["shape"], job["model"])

    def loss_of(inputs, labels):
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            if continues:
                tokens = inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)
                return called(**inputs, labels=tokens, use_cache=False).loss
            logits = called(**inputs).logits
        return functional.cross_entropy(logits.float(), labels)

    def step(inputs, labels):
        loss_of(inputs, labels).backward()
        if job["max_grad_norm"] > 0:
            methods.clip(trained, job["max_grad_norm"])
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()

    numbers = methods.trained_numbers(optimizers, job["density"])
    return step, {"trainable_parameters": numbers}


def inference_step(model, job, dtype):
    """A function that computes the logits of a batch."""
    model = model.eval()
    mixed = job["autocast"] and dtype == torch.bfloat16
    if not mixed:
        model = model.to(dtype)
    called = torch.compile(model, dynamic=True) if job["compile"] else model

    def step(inputs, labels):
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            return called(**inputs).logits

    return step, {}


def spread(name, values):
    """The median under the name, the extremes beside it."""
    return {name: statistics.median(values), f"{name}_min": min(values), f"{name}_max": max(values)}


def measure(job):
    if job["threads"]:
        torch.set_num_threads(job["threads"])
    dtype = getattr(torch, job["precision"])
    model = models.build(job["shape"], job["model"], job["attention"], job["seed"])
    batches = Batches(job, model.config)
    prepare = inference_step if job["inference"] else training_step
    step, figures = prepare(model, job, dtype)

    seconds = []
    mode = torch.inference_mode() if job["inference"] else contextlib.nullcontext()
    with mode:
        for index in range(len(batches)):
            start = time.perf_counter()
            step(batches.inputs(index), batches.labels[index])
            seconds.append(time.perf_counter() - start)

    timed = range(job["warmup"], len(batches))
    seconds = seconds[job["warmup"] :]
    real = [batches.tokens(index) for index in timed]
    sequences = [len(batches.ids[index]) for index in timed]
    padded = [batches.inputs(index)["input_ids"].numel() for index in timed]
    return {
        "method": job["method"],
        "precision": job["precision"],
        "batch_size": job["batch_size"],
        "steps": len(seconds),
        **spread("steps_per_second", [1 / s for s in seconds]),
        **spread("tokens_per_second", [n / s for n, s in zip(real, seconds)]),
        **spread("sequences_per_second", [n / s for n, s in zip(sequences, seconds)]),
        "overall_tokens_per_second": sum(real) / sum(seconds),
        "overall_sequences_per_second": sum(sequences) / sum(seconds),
        "tokens_per_step": sum(real) / len(real),
        "padded_share": 1 - sum(real) / sum(padded),
        "peak_process_memory": peak_memory(),
        **figures,
        "library": {name: version(name) for name in ("torch", "transformers", "peft")},
        "settings": {**job, **environment(), "environment": tuning()},
    }


def tuning():
    """The variables by which allocators and OpenMP are set."""
    prefixes = ("OMP_", "GOMP_", "KMP_", "MALLOC_")
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
