"""Full fine-tuning of a sentence classifier in PyTorch, float32: the demo's baseline.

    python finetune.py --model ../../.deps/models/minilm --train-file ../../.demo/train.tsv \\
        --test-file ../../.demo/test.tsv --seed 1

Prints one JSON object: accuracy before and after training, time, speed, memory.
"""

import argparse
import json
import time
from collections import Counter

import torch
from transformers import get_scheduler

from baseline import Encoder, adamw, classifier, environment, peak_memory
from texts import read_column


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--train-file", required=True)
    parser.add_argument("--test-file", required=True)
    parser.add_argument("--text-column", default="sentence")
    parser.add_argument("--label-column", default="label")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--scheduler", choices=["constant", "linear"], default="constant")
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def evaluate(model, encoder, ids, labels, batch_size=64):
    """Returns accuracy and mean loss."""
    model.eval()
    correct, loss = 0, 0.0
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    with torch.no_grad():
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            logits = model(**encoder.batch([ids[i] for i in rows])).logits
            target = labels[rows]
            correct += (logits.argmax(1) == target).sum().item()
            loss += torch.nn.functional.cross_entropy(logits, target, reduction="sum").item()
    return {"accuracy": correct / len(ids), "loss": loss / len(ids)}


def main():
    options = arguments()
    encoder = Encoder(options.model, options.max_length)
    names = sorted(set(read_column(options.train_file, options.label_column)))

    def load(path):
        labels = [names.index(name) for name in read_column(path, options.label_column)]
        return encoder.encode(read_column(path, options.text_column)), torch.tensor(labels)

    train_ids, train_labels = load(options.train_file)
    test_ids, test_labels = load(options.test_file)
    model = classifier(options.model, options.seed, len(names))
    before = evaluate(model, encoder, test_ids, test_labels)

    optimizer = adamw(model, options.learning_rate, options.weight_decay)
    steps = options.epochs * -(-len(train_ids) // options.batch_size)
    scheduler = get_scheduler(options.scheduler, optimizer, 0, steps)
    shuffling = torch.Generator().manual_seed(options.seed)
    model.train()
    tokens, start = 0, time.perf_counter()
    for _ in range(options.epochs):
        for rows in torch.randperm(len(train_ids), generator=shuffling).split(options.batch_size):
            ids = [train_ids[i] for i in rows]
            loss = model(**encoder.batch(ids), labels=train_labels[rows]).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            tokens += sum(map(len, ids))
    seconds = time.perf_counter() - start

    majority = Counter(test_labels.tolist()).most_common(1)[0][1] / len(test_labels)
    settings = ["epochs", "batch_size", "learning_rate", "weight_decay", "scheduler", "seed"]
    result = {
        "method": "full fine-tuning",
        **{name: vars(options)[name] for name in settings},
        "train_examples": len(train_ids),
        "test_examples": len(test_ids),
        "majority_share": majority,
        "before": before,
        "after": evaluate(model, encoder, test_ids, test_labels),
        "steps": steps,
        "training_seconds": seconds,
        "steps_per_second": steps / seconds,
        "tokens_per_second": tokens / seconds,
        "peak_process_memory": peak_memory(),
        **environment(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
