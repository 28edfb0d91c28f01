"""What others compute with a GGUF file: `transformers`, which dequantises it, and `llama.cpp`."""

from pathlib import Path

import numpy as np


class Transformers:
    """The model in float32, from the dequantised weights of the file."""

    def __init__(self, model: Path):
        import torch
        from transformers import AutoModelForCausalLM

        self.torch = torch
        self.model = AutoModelForCausalLM.from_pretrained(
            model.parent, gguf_file=model.name, dtype=torch.float32
        ).eval()

    def logits(self, tokens: list[int]) -> np.ndarray:
        with self.torch.inference_mode():
            return self.model(self.torch.tensor([tokens])).logits[0, -1].numpy()

    def greedy(self, tokens: list[int], count: int) -> list[int]:
        with self.torch.inference_mode():
            result = self.model.generate(
                self.torch.tensor([tokens]), max_new_tokens=count, do_sample=False,
                pad_token_id=0,
            )
        text = result[0, len(tokens):].tolist()
        end = self.model.generation_config.eos_token_id
        ends = end if isinstance(end, list) else [end]
        return text[:-1] if text and text[-1] in ends else text


class LlamaCpp:
    """The file as it is, by llama.cpp's quantised arithmetic, on the CPU."""

    def __init__(self, model: Path, threads: int = 2, context: int = 2048):
        from llama_cpp import Llama

        self.model = Llama(
            str(model), n_ctx=context, n_batch=512, n_threads=threads, n_threads_batch=threads,
            n_gpu_layers=0, logits_all=False, verbose=False,
        )

    def tokens(self, text: str) -> list[int]:
        return self.model.tokenize(text.encode(), add_bos=False)

    def read(self, tokens: list[int]) -> None:
        """Reads tokens, without copying logits."""
        self.model.eval(tokens)

    def best(self) -> int:
        """The most probable next token."""
        return int(np.argmax(self.last()))

    def last(self) -> np.ndarray:
        import llama_cpp

        logits = llama_cpp.llama_get_logits_ith(self.model._ctx.ctx, -1)
        return np.ctypeslib.as_array(logits, shape=(self.model.n_vocab(),))

    def logits(self, tokens: list[int]) -> np.ndarray:
        self.model.reset()
        self.model.eval(tokens)
        return self.last().copy()

    def greedy(self, tokens: list[int], count: int) -> list[int]:
        self.model.reset()
        self.model.eval(tokens)
        result: list[int] = []
        while len(result) < count:
            token = self.best()
            if token == self.model.token_eos():
                break
            result.append(token)
            if len(result) < count:
                self.model.eval([token])
        return result
