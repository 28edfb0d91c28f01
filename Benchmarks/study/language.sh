#!/usr/bin/env bash
# One run of the study of a language model: section 5.2 of the paper, small. A run that has ended is left alone.
#
#   MODEL=SmolLM2-135M-Instruct.Q4_1.gguf TRAIN=train.messages.jsonl VALIDATION=validation.messages.jsonl \
#     ./language.sh METHOD RATE SEED
#
# METHOD: full, lora, meprop, paper, sparsegrad, core (the dense core) or random (as many elements, by chance).
set -euo pipefail
(($# == 3)) || { sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "${BASH_SOURCE[0]}"; exit 64; }
method=$1 rate=$2 seed=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SPARSEGRAD:-$here/../../.build/release/sparsegrad}
output=${OUTPUT:-$here/language}/$method-$rate-$seed
[[ -e $output/metrics.json ]] && exit 0

case $method in
  full | meprop | sparsegrad) flags=(--method "$method") ;;
  paper) flags=(--method sparsegrad-paper) ;;
  # Rank 4 is nearest to 1 % of SmolLM2's 576 x 1536.
  lora) flags=(--method lora --lora-rank 4) ;;
  core) flags=(--method sparsegrad --support core) ;;
  random) flags=(--method meprop --support random) ;;
  *) echo "language.sh: $method is no method of this study" >&2; exit 64 ;;
esac
exec "$program" finetune --task conversation --model "$MODEL" --train-file "$TRAIN" \
  --validation-file "$VALIDATION" --replies best --max-length 256 --batch-size 4 --max-steps 40 \
  --save adapter --learning-rate "$rate" --seed "$seed" --output "$output" --overwrite "${flags[@]}"
