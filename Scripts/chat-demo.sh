#!/usr/bin/env bash
# Talks to SmolLM2, fine-tunes it on a few conversations about this project, and talks to it again.
# `make chat-demo` fetches and builds what this needs, then runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. Scripts/lib/run.sh

sparsegrad=.build/release/sparsegrad
model=.deps/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
need "$sparsegrad" "$model"

question="What is SparseGrad?"
run "$sparsegrad" generate --chat --model "$model" --prompt "$question" --max-new-tokens 60

run "$sparsegrad" finetune --task conversation \
  --model "$model" \
  --train-file Scripts/lib/chat_demo.jsonl \
  --validation-split 0.1 \
  --output .demo/chat --overwrite \
  --method sparsegrad --learning-rate 6e-3 --warmup-ratio 0.1 \
  --epochs 8 --batch-size 8 --basis-steps 8 \
  --save adapter --evaluate-first \
  --seed 42

run "$sparsegrad" generate --chat --model "$model" --adapter .demo/chat/adapter \
  --prompt "$question" --max-new-tokens 60

cat <<END

To talk to it: $sparsegrad chat --model $model --adapter .demo/chat/adapter
END
