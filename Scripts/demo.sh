#!/usr/bin/env bash
# Fine-tunes MiniLM-L6 with SparseGrad on movie-review snippets, then uses what came out.
# `make demo` fetches and builds what this needs, then runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. Scripts/lib/run.sh

sparsegrad=.build/release/sparsegrad
need "$sparsegrad" .deps/models/minilm/config.json .demo/train.tsv .demo/test.tsv

run "$sparsegrad" finetune \
  --model .deps/models/minilm \
  --train-file .demo/train.tsv \
  --validation-file .demo/test.tsv \
  --output .demo/model --overwrite \
  --method sparsegrad \
  --epochs 1 \
  --batch-size 32 \
  --learning-rate 2e-4 --warmup-ratio 0.06 \
  --evaluate-first \
  --seed 42

run "$sparsegrad" evaluate --model .demo/model --data .demo/test.tsv

run "$sparsegrad" predict --model .demo/model \
  "a gripping, beautifully acted film" \
  "a tedious mess"

cat <<END

The fine-tuned model is in $PWD/.demo/model, a folder that transformers loads as it is:

    from transformers import pipeline; print(pipeline("text-classification", "$PWD/.demo/model")("a tedious mess"))
END
