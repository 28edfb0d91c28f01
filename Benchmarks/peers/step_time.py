"""The time of one training step in PyTorch: full fine-tuning, dynamic padding, real sentences.

    python step_time.py --model ../../.deps/models/minilm --data ../../.demo/train.tsv [--bf16]

Prints one JSON object; times in seconds. Labels are random: they do not change the time.
"""

import argparse
import json
import statistics
import time

import torch

from baseline import Encoder, adamw, classifier, environment, peak_memory, read_column


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, help="a TSV file")
    parser.add_argument("--text-column", default="sentence", help="name, or index if no header")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--bf16", action="store_true", help="autocast to bfloat16")
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    encoder = Encoder(options.model, options.max_length)
    ids = encoder.encode(read_column(options.data, options.text_column))
    model = classifier(options.model, 2, options.seed).train()
    optimizer = adamw(model, 5e-5, 0.0)
    shuffling = torch.Generator().manual_seed(options.seed)
    batches = torch.randperm(len(ids), generator=shuffling).split(options.batch_size)
    needed = options.warm_up + options.steps
    if len(batches) < needed:
        raise SystemExit(f"{options.data}: {len(batches)} batches, {needed} needed")

    times, real, padded = [], 0, 0
    for number, rows in enumerate(batches[:needed]):
        batch = [ids[i] for i in rows]
        labels = torch.randint(2, (len(batch),), generator=shuffling)
        start = time.perf_counter()
        inputs = encoder.batch(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            loss = model(**inputs, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds = time.perf_counter() - start
        if number >= options.warm_up:
            times.append(seconds)
            real += sum(map(len, batch))
            padded += inputs["input_ids"].numel()

    print(
        json.dumps(
            {
                "precision": "bfloat16 autocast" if options.bf16 else "float32",
                "batch_size": options.batch_size,
                "steps": options.steps,
                "median_step_time": statistics.median(times),
                "min_step_time": min(times),
                "max_step_time": max(times),
                "tokens_per_step": real / options.steps,
                "padded_tokens_per_step": padded / options.steps,
                "tokens_per_second": real / sum(times),
                "peak_process_memory": peak_memory(),
                **environment(),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
