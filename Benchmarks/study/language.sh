#!/usr/bin/env bash
# One run of the study of a language model: section 5.2 of the paper, small. A run that has ended is left alone.
#
#   MODEL=SmolLM2-135M-Instruct.Q4_1.gguf TRAIN=train.messages.jsonl VALIDATION=validation.messages.jsonl \
#     ./language.sh METHOD RATE SEED
#
# METHOD is one of methods.sh.
set -euo pipefail
(($# == 3)) || { sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "${BASH_SOURCE[0]}"; exit 64; }
method=$1 rate=$2 seed=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SPARSEGRAD:-$here/../../.build/release/sparsegrad}
output=${OUTPUT:-$here/language}/$method-$rate-$seed
[[ -e $output/metrics.json ]] && exit 0

. "$here/methods.sh"
# Rank 4 is nearest to 1 % of SmolLM2's 576 x 1536.
method_flags "$method" 4
exec "$program" finetune --task conversation --model "$MODEL" --train-file "$TRAIN" \
  --validation-file "$VALIDATION" --replies best --max-length 256 --batch-size 4 --max-steps 40 \
  --save adapter --learning-rate "$rate" --seed "$seed" --output "$output" --overwrite "${flags[@]}"
