"""Writes Tests/Fixtures/tasks: what PyTorch, transformers, scikit-learn and seqeval say of tasks other than the
classification of whole texts.

    python Tests/Fixtures/generate/tasks.py

in an environment made from requirements.txt beside this file. Written are

    <model>/            a tiny random model with `expected.safetensors`: input_ids and offsets of one batch, its labels
                        (of tokens, -100 where none is; or a row of 0 and 1 for each sequence), `logits` of the labelled
                        tokens or sequences, the mean `loss` and `grad.<parameter>`, all from float64
    multilabel.json     probabilities, answers, and scikit-learn's metrics
    entities.json       tags of sentences, and seqeval's metrics and entities
    words.json          sentences as words, and the ids and words of tokens that `tokenizers` gives
"""

import json
import random
import shutil
from pathlib import Path

import numpy as np
import torch
from classifiers import FIXTURES, random_weights, takes_types
from safetensors.numpy import save_file
from seqeval.metrics import accuracy_score, classification_report, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from sklearn import metrics
from tokenizers import Tokenizer, pre_tokenizers
from transformers import (
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    DistilBertConfig,
    RobertaConfig,
)

TASKS = FIXTURES / "tasks"
LENGTHS = [7, 1, 40, 19]


def configuration(kind: str, labels: int, **more):
    common = dict(vocab_size=120, num_labels=labels, **more)
    if kind == "distilbert":
        return DistilBertConfig(
            dim=24, n_layers=2, n_heads=3, hidden_dim=40, max_position_embeddings=40, dropout=0.0,
            attention_dropout=0.0, seq_classif_dropout=0.0, **common)
    sizes = dict(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **common)
    if kind == "roberta":
        return RobertaConfig(max_position_embeddings=42, type_vocab_size=1, pad_token_id=1, **sizes)
    return BertConfig(max_position_embeddings=40, **sizes)


def write_model(name: str, config, auto, seed: int, label) -> None:
    folder = TASKS / name
    shutil.rmtree(folder, ignore_errors=True)
    generator = np.random.default_rng(seed)
    model = auto.from_config(config)
    random_weights(model, generator)
    model.save_pretrained(folder)
    model = auto.from_pretrained(folder, attn_implementation="eager").double().eval()
    ids = [generator.integers(5, 120, length, dtype=np.int32) for length in LENGTHS]
    labels = label(generator)
    pad = torch.nn.utils.rnn.pad_sequence
    arguments = {
        "input_ids": pad([torch.from_numpy(x).long() for x in ids], batch_first=True, padding_value=config.pad_token_id),
        "attention_mask": pad([torch.ones(len(x), dtype=torch.long) for x in ids], batch_first=True),
    }
    if isinstance(labels, list):
        arguments["labels"] = pad([torch.from_numpy(x).long() for x in labels], batch_first=True, padding_value=-100)
    else:
        arguments["labels"] = torch.from_numpy(labels).double()
    output = model(**arguments)
    output.loss.backward()
    logits = output.logits
    if isinstance(labels, list):
        logits = logits[arguments["labels"] != -100]
        labels = np.concatenate(labels)
    expected = {f"grad.{n}": p.grad.float().numpy() for n, p in model.named_parameters()}
    expected |= {
        "input_ids": np.concatenate(ids),
        "offsets": np.cumsum([0] + LENGTHS).astype(np.int32),
        "labels": labels.astype(np.int32),
        "logits": logits.detach().float().numpy(),
        "loss": output.loss.detach().float().reshape(1).numpy(),
    }
    save_file(expected, folder / "expected.safetensors")
    print(name, sum(f.stat().st_size for f in folder.iterdir()), "bytes")


def tags_of_tokens(generator) -> list[np.ndarray]:
    labels = [generator.integers(0, 5, length) for length in LENGTHS]
    for row in labels:
        row[generator.random(len(row)) < 0.4] = -100
    labels[0][0] = 3  # at least one
    return labels


def rows_of_labels(generator) -> np.ndarray:
    return (generator.random((len(LENGTHS), 4)) < 0.4).astype(np.int32)


def multilabel_case(name: str, probabilities: np.ndarray, expected: np.ndarray, thresholds: list[float]) -> dict:
    predicted = (probabilities >= np.array(thresholds)).astype(int)
    with np.errstate(all="ignore"):
        precision = [
            metrics.average_precision_score(expected[:, c], probabilities[:, c]) if expected[:, c].any() else 0.0
            for c in range(expected.shape[1])
        ]
    return {
        "name": name,
        "probabilities": probabilities.tolist(),
        "expected": [np.flatnonzero(row).tolist() for row in expected],
        "thresholds": thresholds,
        "values": {
            "f1_micro": metrics.f1_score(expected, predicted, average="micro", zero_division=0),
            "f1_macro": metrics.f1_score(expected, predicted, average="macro", zero_division=0),
            "exact_match": metrics.accuracy_score(expected, predicted),
            "average_precision": float(np.mean(precision)),
        },
    }


def write_multilabel() -> None:
    generator = np.random.default_rng(3)
    cases = []
    for number, (rows, labels) in enumerate([(1, 2), (5, 3), (40, 4), (200, 7), (30, 2)]):
        probabilities = generator.random((rows, labels))
        if number % 2:
            probabilities = np.round(probabilities, 1)  # ties
        expected = (generator.random((rows, labels)) < 0.3).astype(int)
        thresholds = [0.5] * labels if number < 2 else generator.random(labels).round(2).tolist()
        cases.append(multilabel_case(f"random {number}", probabilities, expected, thresholds))
    cases.append(multilabel_case("nothing true", generator.random((6, 3)), np.zeros((6, 3), int), [0.5] * 3))
    cases.append(multilabel_case("all right", np.eye(3), np.eye(3, dtype=int), [0.5] * 3))
    (TASKS / "multilabel.json").write_text(json.dumps(cases) + "\n")


def entity_case(name: str, predicted: list[list[str]], expected: list[list[str]]) -> dict:
    report = classification_report(expected, predicted, output_dict=True, zero_division=0)
    return {
        "name": name,
        "predicted": predicted,
        "expected": expected,
        "entities": [[[t, a, b + 1] for t, a, b in get_entities(tags)] for tags in expected],
        "values": {
            "precision": float(precision_score(expected, predicted, zero_division=0)),
            "recall": float(recall_score(expected, predicted, zero_division=0)),
            "f1": float(f1_score(expected, predicted, zero_division=0)),
            "accuracy": float(accuracy_score(expected, predicted)),
        },
        "types": {
            t: {k: float(v) for k, v in values.items()} for t, values in report.items() if not t.endswith(" avg")
        },
    }


def write_entities() -> None:
    chance = random.Random(4)
    cases = []
    for number, marks in enumerate(["BI", "BI", "BIES", "BIES"]):
        tags = ["O", "O"] + [f"{m}-{t}" for m in marks for t in ["PER", "LOC", "MISC-X"]]
        expected, predicted = [], []
        for _ in range(40):
            row = [chance.choice(tags) for _ in range(chance.randint(1, 12))]
            expected.append(row)
            predicted.append([t if chance.random() < 0.7 else chance.choice(tags) for t in row])
        cases.append(entity_case(f"random {number} {marks}", predicted, expected))
    cases.append(entity_case("none", [["O", "O"]], [["O", "O"]]))
    cases.append(entity_case("bare marks", [["B", "I", "O"], ["I", "I"]], [["B", "I", "O"], ["B", "I"]]))
    (TASKS / "entities.json").write_text(json.dumps(cases) + "\n")


def write_words() -> None:
    sentences = [
        ["John", "lives", "in", "New", "York", "."],
        ["unbelievable", "Straße", "naïve", "日本語", "x"],
        ["don't", "U.S.", "3.14", "a-b", "(", "…"],
        ["", " ", "\u0301", "word"],
        ["e\u0301te\u0301", "🙂", "ﬁne"],
        ["one"],
    ]
    results = {}
    for name, file in [("small", "small"), ("byte-level", "byte-level")]:
        tokenizer = Tokenizer.from_file(str(FIXTURES / "tokenizers" / file / "tokenizer.json"))
        tokenizer.no_truncation()
        if name == "byte-level":
            # What transformers does for add_prefix_space=True, which words need.
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        results[name] = []
        for words in sentences:
            encoding = tokenizer.encode(words, is_pretokenized=True)
            results[name].append({"words": words, "ids": encoding.ids, "owners": encoding.word_ids})
    (TASKS / "words.json").write_text(json.dumps(results, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    TASKS.mkdir(exist_ok=True)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for seed, kind in enumerate(["bert", "roberta", "distilbert"]):
        write_model(
            f"{kind}-tokens", configuration(kind, 5), AutoModelForTokenClassification, 20 + seed, tags_of_tokens)
        write_model(
            f"{kind}-multilabel", configuration(kind, 4, problem_type="multi_label_classification"),
            AutoModelForSequenceClassification, 30 + seed, rows_of_labels)
    write_multilabel()
    write_entities()
    write_words()
