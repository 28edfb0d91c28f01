"""Asks `sparsegrad serve` by OpenAI's own client.

    python Scripts/check-openai.py [--model MODEL]

in an environment with the package openai. Starts the server at a free port and compares whole and streamed answers, the
counts of tokens, and what the client makes of errors; a client that goes in the middle of an answer must not disturb the
next one. In float32, where it does not matter how much of a prompt was read before. Fails at the first difference.
"""

import argparse
import subprocess
from pathlib import Path

import openai

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = PROJECT / ".build/release/sparsegrad"
ASKED = {"messages": [{"role": "user", "content": "Say hello in one short sentence."}], "max_tokens": 24, "temperature": 0}


def check(client: openai.OpenAI) -> None:
    model = client.models.list().data[0].id
    print("model:", model)

    whole = client.chat.completions.create(model=model, **ASKED)
    text = whole.choices[0].message.content
    print("whole:", repr(text), whole.choices[0].finish_reason)

    pieces = list(client.chat.completions.create(
        model=model, stream=True, stream_options={"include_usage": True}, **ASKED
    ))
    streamed = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
    assert streamed == text, streamed
    assert [p for p in pieces if p.choices][-1].choices[0].finish_reason == whole.choices[0].finish_reason
    assert pieces[-1].usage == whole.usage, pieces[-1].usage
    print("streamed: the same, in", len(pieces), "pieces;", whole.usage.total_tokens, "tokens")

    mistakes = {
        "no messages": {"messages": []},
        "a temperature below 0": {"temperature": -1},
        "three answers": {"n": 3},
        "tools": {"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]},
        "a prompt that is too long": {"messages": [{"role": "user", "content": "hello " * 9000}]},
    }
    for name, mistake in mistakes.items():
        try:
            client.chat.completions.create(model=model, **{**ASKED, **mistake})
        except openai.BadRequestError as error:
            print(f"{name}: {error.body['message']}")
        else:
            raise AssertionError(f"{name}: answered")

    stream = client.chat.completions.create(model=model, stream=True, **{**ASKED, "max_tokens": 500})
    next(iter(stream))
    stream.close()
    again = client.chat.completions.create(model=model, **ASKED)
    assert again.choices[0].message.content == text, again.choices[0].message.content
    print("after a client has gone:", repr(again.choices[0].message.content))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default=PROJECT / ".deps/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    options = parser.parse_args()
    server = subprocess.Popen(
        [COMMAND, "serve", "--model", options.model, "--port", "0", "--precision", "float32", "--quiet"], stdout=subprocess.PIPE, text=True
    )
    try:
        address = server.stdout.readline().strip().removeprefix("listening at ")
        check(openai.OpenAI(base_url=address, api_key="none", max_retries=0, timeout=120))
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
