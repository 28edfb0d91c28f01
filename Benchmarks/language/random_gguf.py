"""Writes a GGUF file of LLaMA-2-7B's shape, or of a smaller one, with random weights in quantised blocks.

    python Benchmarks/language/random_gguf.py OUTPUT.gguf [--type Q4_K|Q8_0] [--blocks 32] [--hidden 4096]
        [--intermediate 11008] [--heads 32] [--vocabulary 32000]

What it is for: memory and time of training at that size, without the weights. Numbers have about the size of a trained
model's; the tokenizer knows bytes and made-up words. LLaMA-2-7B takes 3.8 GB as Q4_K and 7.2 GB as Q8_0.
"""

import argparse
from pathlib import Path

import gguf
import numpy as np

ELEMENTS = {"Q4_K": 256, "Q8_0": 32}
SPREAD = 0.02


def blocks(kind: str, count: int, random: np.random.Generator) -> np.ndarray:
    """Random blocks, one a row, of numbers around 0."""
    if kind == "Q8_0":
        result = random.integers(0, 256, (count, 34), dtype=np.uint8)
        scale = SPREAD / 74  # the spread of 8 random bits
        result[:, :2] = np.full((count, 1), scale, np.float16).view(np.uint8)
    else:
        result = random.integers(0, 256, (count, 144), dtype=np.uint8)
        # Scales of 6 bits are about 32 and numbers of 4 bits about 7.5, which minima of about 32 take away again.
        scale = SPREAD / (32 * 4.6)
        result[:, 0:2] = np.full((count, 1), scale, np.float16).view(np.uint8)
        result[:, 2:4] = np.full((count, 1), 7.5 * scale, np.float16).view(np.uint8)
    return result


def tokenizer(writer: gguf.GGUFWriter, size: int) -> None:
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [2, 3, 3] + [6] * 256
    words = [f"▁w{number}" for number in range(size - len(tokens))]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens + words)
    writer.add_token_scores([0.0] * len(tokens) + [-float(i) for i in range(len(words))])
    writer.add_token_types(kinds + [1] * len(words))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--type", choices=ELEMENTS, default="Q4_K")
    parser.add_argument("--blocks", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=4096)
    parser.add_argument("--intermediate", type=int, default=11008)
    parser.add_argument("--heads", type=int, default=32)
    parser.add_argument("--vocabulary", type=int, default=32000)
    options = parser.parse_args()

    writer = gguf.GGUFWriter(options.output, "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(options.hidden)
    writer.add_block_count(options.blocks)
    writer.add_feed_forward_length(options.intermediate)
    writer.add_head_count(options.heads)
    writer.add_head_count_kv(options.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(options.hidden // options.heads)
    writer.add_vocab_size(options.vocabulary)
    tokenizer(writer, options.vocabulary)

    random = np.random.default_rng(1)
    pool = blocks(options.type, 1 << 16, random)
    kind = gguf.GGMLQuantizationType[options.type]

    def matrix(name: str, rows: int, columns: int) -> tuple[str, int, int]:
        count = rows * columns // ELEMENTS[options.type]
        shape = (rows, columns // ELEMENTS[options.type] * pool.shape[1])
        writer.add_tensor_info(name, shape, np.dtype(np.uint8), count * pool.shape[1], kind)
        return name, count, 0

    order: list[tuple[str, int, int]] = []

    def norm(name: str) -> None:
        writer.add_tensor_info(name, (options.hidden,), np.dtype(np.float32), 4 * options.hidden)
        order.append((name, 0, options.hidden))

    order.append(matrix("token_embd.weight", options.vocabulary, options.hidden))
    for block in range(options.blocks):
        norm(f"blk.{block}.attn_norm.weight")
        for name in ["attn_q", "attn_k", "attn_v", "attn_output"]:
            order.append(matrix(f"blk.{block}.{name}.weight", options.hidden, options.hidden))
        norm(f"blk.{block}.ffn_norm.weight")
        for name in ["ffn_gate", "ffn_up"]:
            order.append(matrix(f"blk.{block}.{name}.weight", options.intermediate, options.hidden))
        order.append(matrix(f"blk.{block}.ffn_down.weight", options.hidden, options.intermediate))
    norm("output_norm.weight")
    order.append(matrix("output.weight", options.vocabulary, options.hidden))

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, count, ones in order:
        if ones:
            data = np.ones(ones, dtype=np.float32)
        else:
            # Blocks of the pool from a random place on, again and again: random enough for time and memory.
            start = int(random.integers(len(pool)))
            data = np.resize(np.roll(pool, start, axis=0), (count, pool.shape[1]))
        writer.write_tensor_data(data)
    writer.close()
    print(f"{options.output}: {options.output.stat().st_size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
