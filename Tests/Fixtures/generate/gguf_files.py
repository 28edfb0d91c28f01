"""Tests/Fixtures/gguf: tensors of every type that is read, with their values by the `gguf` package,
and a tiny LLaMA, whose weights `transformers` reads."""

import json
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file
from transformers import AutoModelForCausalLM

folder = Path(__file__).parent.parent / "gguf"
random = np.random.default_rng(20241007)
ROWS, COLUMNS = 3, 512

# Where the halves of a block are: random bits there could be infinite.
HALVES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}


def random_blocks(kind):
    elements, size = GGML_QUANT_SIZES[kind]
    count = ROWS * COLUMNS // elements
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    for offset in HALVES[kind]:
        halves = (random.standard_normal(count) * 10.0 ** random.integers(-7, 3, count)).astype(np.float16)
        blocks[:, offset : offset + 2] = halves.view(np.uint8).reshape(count, 2)
    return blocks.reshape(ROWS, -1)


def types():
    writer = gguf.GGUFWriter(folder / "types.gguf", "llama")
    writer.add_uint8("test.uint8", 200)
    writer.add_int8("test.int8", -100)
    writer.add_uint16("test.uint16", 60000)
    writer.add_int16("test.int16", -30000)
    writer.add_uint32("test.uint32", 4000000000)
    writer.add_int32("test.int32", -2000000000)
    writer.add_uint64("test.uint64", 2**63 + 1)
    writer.add_int64("test.int64", -(2**62))
    writer.add_float32("test.float32", 0.1)
    writer.add_float64("test.float64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "größe \U0001f600")
    writer.add_array("test.strings", ["a", "", "ß"])
    writer.add_array("test.integers", [1, -2, 3])
    values = {}
    numbers = random.standard_normal((ROWS, COLUMNS)).astype(np.float32)
    for kind in [Type.F32, Type.F16, Type.BF16]:
        stored = quantize(numbers, kind)
        values[kind.name] = dequantize(stored, kind).reshape(ROWS, COLUMNS)
        writer.add_tensor(kind.name, stored, raw_dtype=kind)
    for kind in HALVES:
        stored = random_blocks(kind)
        values[kind.name] = dequantize(stored, kind)
        writer.add_tensor(kind.name, stored, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(values, folder / "types.safetensors")


# name: what is quantised, and the bytes of the package for it
def quantised():
    numbers = random.standard_normal((2, 96)).astype(np.float32) * 3
    numbers[0, :32] = 0
    numbers[1, :8] = [0.5, 1.5, -0.5, -1.5, 2.5, 127, -127, 1e-9]
    tensors = {"numbers": numbers}
    for kind in [Type.F16, Type.BF16, Type.Q8_0]:
        tensors[kind.name] = quantize(numbers, kind).view(np.uint8)
    save_file(tensors, folder / "quantised.safetensors")


def llama():
    hidden, heads, kv, size, inner, vocabulary = 32, 4, 2, 8, 64, 40
    writer = gguf.GGUFWriter(folder / "llama.gguf", "llama")
    writer.add_context_length(128)
    writer.add_block_count(1)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)
    writer.add_rope_dimension_count(size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(["<|a|>", "<|b|>"] + [chr(97 + i) for i in range(26)] + [f"t{i}" for i in range(12)])
    writer.add_token_types([3, 3] + [1] * 38)
    writer.add_token_merges(["a b", "c d"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_chat_template("{{ messages[0]['content'] }}")
    shapes = {
        "token_embd": (vocabulary, hidden), "output_norm": (hidden,), "blk.0.attn_norm": (hidden,),
        "blk.0.ffn_norm": (hidden,), "blk.0.attn_q": (heads * size, hidden),
        "blk.0.attn_k": (kv * size, hidden), "blk.0.attn_v": (kv * size, hidden),
        "blk.0.attn_output": (hidden, heads * size), "blk.0.ffn_gate": (inner, hidden),
        "blk.0.ffn_up": (inner, hidden), "blk.0.ffn_down": (hidden, inner),
    }
    for name, shape in shapes.items():
        kind = Type.F32 if len(shape) == 1 else Type.Q8_0
        stored = quantize(random.standard_normal(shape).astype(np.float32), kind)
        writer.add_tensor(name + ".weight", stored, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint
    from transformers import LlamaConfig

    parsed = load_gguf_checkpoint(folder / "llama.gguf")
    config = LlamaConfig(**{k: v for k, v in parsed["config"].items() if not k.startswith("_")})
    with torch.device("meta"):
        dummy = AutoModelForCausalLM.from_config(config)
    tensors = load_gguf_checkpoint(folder / "llama.gguf", return_tensors=True, model_to_load=dummy)["tensors"]
    save_file({k: v.float().numpy().copy() for k, v in tensors.items()}, folder / "llama.safetensors")
    keys = [
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
        "head_dim", "max_position_embeddings", "rms_norm_eps", "vocab_size", "model_type", "tie_word_embeddings",
        "bos_token_id", "eos_token_id", "rope_theta",
    ]
    found = {k: parsed["config"][k] for k in keys if k in parsed["config"]}
    (folder / "llama.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


folder.mkdir(exist_ok=True)
types()
quantised()
llama()
