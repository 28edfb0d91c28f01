"""Sequence classifiers of transformers: of a folder, or of a known shape with random weights."""

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, RobertaConfig

LARGE = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
}
MINILM = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6}
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
        case _:
            raise SystemExit(f"{shape}: expected bert-base, bert-large, minilm, roberta-base, roberta-large")


def build(shape=None, folder=None, attention="sdpa", seed=42):
    """The folder's model, or one of the shape; two labels, float32, in evaluation mode."""
    torch.manual_seed(seed)
    if folder:
        return AutoModelForSequenceClassification.from_pretrained(
            folder, dtype=torch.float32, attn_implementation=attention
        )
    return AutoModelForSequenceClassification.from_config(
        configuration(shape), attn_implementation=attention
    ).eval()


def positions(shape=None, folder=None):
    """The longest sequence that the model can take."""
    config = AutoConfig.from_pretrained(folder) if folder else configuration(shape)
    # RoBERTa's positions start behind that of its padding token.
    offset = config.pad_token_id + 1 if config.model_type == "roberta" else 0
    return config.max_position_embeddings - offset
