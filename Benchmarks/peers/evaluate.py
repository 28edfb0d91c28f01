"""How fast PyTorch labels real texts: tokenized, sorted by length, batches padded to their longest.

    python evaluate.py --model ../../.deps/models/minilm --data MRPC/dev.tsv --precision bfloat16

Under torch.inference_mode, weights in the precision. Prints one JSON object; a rate for tokenizing and
model together, and for the model alone; loading is not counted. A model without a head gets a random
one: that does not change the time.
"""

import argparse
import json
import statistics
import time

import torch

from baseline import Encoder, classifier, environment, peak_memory
from texts import read_texts


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, help="a TSV file")
    parser.add_argument("--text-column", help="name, or index if no header (default: guessed)")
    parser.add_argument("--pair-column")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--max-length", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=3, help="after one that is not counted")
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


def pass_over(model, encoder, texts, batch_size):
    """Answers for all texts, in their order, and the seconds of tokenizer and model."""
    start = time.perf_counter()
    ids = encoder.encode(*texts)
    tokenized = time.perf_counter()
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    answers = torch.empty(len(ids), model.config.num_labels)
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        answers[rows] = model(**encoder.batch([ids[i] for i in rows])).logits.float()
    return answers, tokenized - start, time.perf_counter() - tokenized


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    start = time.perf_counter()
    texts = read_texts(options.data, options.text_column, options.pair_column)
    encoder = Encoder(options.model, options.max_length)
    model = classifier(options.model, seed=42).eval().to(getattr(torch, options.precision))
    loading = time.perf_counter() - start

    times = []
    with torch.inference_mode():
        for _ in range(1 + options.repeats):
            _, tokenizing, computing = pass_over(model, encoder, texts, options.batch_size)
            times.append((tokenizing, computing))
    times = times[1:]
    count = len(texts[0])
    print(
        json.dumps(
            {
                "precision": options.precision,
                "sequences": count,
                "batch_size": options.batch_size,
                "sequences_per_second": count / statistics.median(sum(pair) for pair in times),
                "model_sequences_per_second": count / statistics.median(pair[1] for pair in times),
                "loading_seconds": loading,
                "peak_process_memory": peak_memory(),
                **environment(),
            }
        )
    )


if __name__ == "__main__":
    main()
