"""Models of transformers, of a folder or of a known shape with random weights: sequence classifiers, and language models."""

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    BertConfig,
    LlamaConfig,
    RobertaConfig,
)

LARGE = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
}
MINILM = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6}
SMOLLM2 = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "vocab_size": 49152,
    "max_position_embeddings": 8192,
    "rope_theta": 100000.0,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
}
LANGUAGE_MODELS = ["llama", "mistral", "qwen2", "qwen3"]
# The defaults of both configurations are the base models, but for these of RoBERTa's.
ROBERTA = {"max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5}


def configuration(shape):
    match shape:
        case "bert-base":
            return BertConfig()
        case "bert-large":
            return BertConfig(**LARGE)
        case "minilm":
            return BertConfig(**MINILM)
        case "roberta-base":
            return RobertaConfig(**ROBERTA)
        case "roberta-large":
            return RobertaConfig(**ROBERTA, **LARGE)
        case "smollm2-135m":
            return LlamaConfig(**SMOLLM2)
        case _:
            known = "bert-base, bert-large, minilm, roberta-base, roberta-large, smollm2-135m"
            raise SystemExit(f"{shape}: expected {known}")


def of(shape=None, folder=None):
    """The configuration of the folder's model, or of the shape's."""
    return AutoConfig.from_pretrained(folder) if folder else configuration(shape)


def is_language_model(shape=None, folder=None):
    return of(shape, folder).model_type in LANGUAGE_MODELS


def build(shape=None, folder=None, attention="sdpa", seed=42):
    """The folder's model, or one of the shape; a classifier has two labels; float32, in evaluation mode."""
    torch.manual_seed(seed)
    kind = AutoModelForCausalLM if is_language_model(shape, folder) else AutoModelForSequenceClassification
    if folder:
        return kind.from_pretrained(folder, dtype=torch.float32, attn_implementation=attention)
    return kind.from_config(configuration(shape), attn_implementation=attention).eval()


def positions(shape=None, folder=None):
    """The longest sequence that the model can take."""
    config = of(shape, folder)
    # RoBERTa's positions start behind that of its padding token.
    offset = config.pad_token_id + 1 if config.model_type == "roberta" else 0
    return config.max_position_embeddings - offset
