"""The flags that bench.py and compare.py share, and how a process with its own allocator is started."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from models import is_language_model

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBRARIES = ROOT / ".deps/peers/lib"
METHODS = ["full", "lora", "meprop", "sparsegrad"]
PRECISIONS = ["float32", "bfloat16"]
# Both keep what is freed instead of giving it back to the system, which would cost page faults.
ALLOCATORS = {
    "system": {},
    "tcmalloc": {"LD_PRELOAD": LIBRARIES / "libtcmalloc_minimal.so.4"},
    "jemalloc": {
        "LD_PRELOAD": LIBRARIES / "libjemalloc.so.2",
        "MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
    },
}


def choices(known):
    """Parses a list separated by commas."""

    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name}: expected {', '.join(known)}")
        return names

    return parse


def add_job_options(parser):
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--model", help="a Hugging Face folder")
    model.add_argument("--shape", default="roberta-base", help="random weights of this shape")
    parser.add_argument("--methods", type=choices(METHODS), default=METHODS)
    parser.add_argument("--precision", type=choices(PRECISIONS), default=["bfloat16"])
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument(
        "--lengths", default="mean:53", help="mean:53, fixed:128 or file:PATH (see lengths.py)"
    )
    parser.add_argument("--text-column", help="of a file of texts; guessed for GLUE's")
    parser.add_argument("--pair-column", help="of a file of pairs, beside --text-column")
    parser.add_argument("--tokenizer", help="a folder, for a file of texts (default: --model)")
    parser.add_argument(
        "--max-length", type=int, help="longest sequence (default: 128, or that of fixed lengths)"
    )
    parser.add_argument("--padding", choices=["dynamic", "max"], default="dynamic")
    parser.add_argument(
        "--order",
        choices=["given", "sorted"],
        help="sorted: batches of neighbours in length (default: given, for inference sorted)",
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument(
        "--trainable",
        choices=["mlp+rest", "mlp+head", "mlp"],
        help="(default: mlp+rest, for language models mlp)",
    )
    parser.add_argument("--density", type=float, default=0.01, help="PyTorch's; it also decides LoRA's rank")
    parser.add_argument("--max-grad-norm", type=float, default=1.0, help="0 does not clip")
    parser.add_argument("--inference", action="store_true", help="evaluation instead of training")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--allocator", choices=list(ALLOCATORS), default="tcmalloc")
    parser.add_argument(
        "--attention",
        choices=["sdpa", "eager"],
        help="(default: the faster: eager, for inference and language models sdpa)",
    )
    parser.add_argument("--adamw", choices=["fused", "foreach", "loop"], default="fused")
    parser.add_argument(
        "--autocast", action="store_true", help="in bfloat16 inference, instead of bfloat16 weights"
    )
    parser.add_argument("--compile", action="store_true", help="torch.compile, dynamic shapes")


def jobs(options):
    """The jobs that the flags ask for, as job.py takes them."""
    fixed = options.lengths.removeprefix("fixed:")
    shape = None if options.model else options.shape
    continues = is_language_model(shape, options.model)
    common = {
        **{name: value for name, value in vars(options).items() if name in JOB_SETTINGS},
        "shape": shape,
        "trainable": options.trainable or ("mlp" if continues else "mlp+rest"),
        "max_length": options.max_length or (int(fixed) if fixed.isdigit() else 128),
        "tokenizer": options.tokenizer or options.model,
        "columns": [options.text_column, options.pair_column],
        "order": options.order or ("sorted" if options.inference else "given"),
        "attention": options.attention or ("sdpa" if options.inference or continues else "eager"),
    }
    kinds = ["inference"] if options.inference else options.methods
    return [
        {**common, "method": method, "precision": precision}
        for precision in options.precision
        for method in kinds
    ]


JOB_SETTINGS = {
    *("model", "batch_size", "lengths", "padding", "steps", "warmup", "density"),
    *("max_grad_norm", "inference", "threads", "seed", "adamw", "autocast", "compile"),
}


class JobFailed(SystemExit):
    """A script of this folder ended with an error; ends the program unless it is caught."""


def run_job(job, allocator, variables=None):
    return run_python("job.py", [json.dumps(job)], allocator, variables)


def run_python(script, arguments, allocator, variables=None):
    """Runs a script of this folder under the allocator; returns the JSON object that it prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    result = subprocess.run(
        command, env=environment(allocator) | (variables or {}), text=True, capture_output=True
    )
    if result.returncode != 0:
        raise JobFailed(f"{script} {' '.join(arguments)}\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def environment(allocator):
    changes = {name: str(value) for name, value in ALLOCATORS[allocator].items()}
    library = changes.get("LD_PRELOAD")
    if library and not Path(library).exists():
        raise SystemExit(f"{library} is missing: run Benchmarks/peers/setup.sh, or --allocator system")
    return {**os.environ, **changes, "TOKENIZERS_PARALLELISM": "true"}
