#!/usr/bin/env bash
# One run of the study of an encoder with a trained head: MiniLM-L6 on STS-B, MLP weights and head. A run that has ended is
# left alone.
#
#   GLUE=FOLDER ./encoder.sh METHOD RATE SEED
#
# METHOD is one of methods.sh, RATE that of the MLP weights. For every method alike the head trains alone for 40 steps before
# anything else, at 1e-3, and goes on at that rate.
set -euo pipefail
(($# == 3)) || { sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "${BASH_SOURCE[0]}"; exit 64; }
method=$1 rate=$2 seed=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SPARSEGRAD:-$here/../../.build/release/sparsegrad}
output=${OUTPUT:-$here/encoder}/$method-$rate-$seed
[[ -e $output/metrics.json ]] && exit 0

. "$here/methods.sh"
# Rank 3 is nearest to 1 % of MiniLM's 384 x 1536.
method_flags "$method" 3
exec "$program" finetune --task stsb --data "$GLUE/STS-B" --model "${MODEL:-$here/../../.deps/models/minilm}" \
  --trainable mlp+head --head-steps 40 --learning-rate 1e-3 --sparse-learning-rate "$rate" --batch-size 16 \
  --max-steps 160 --save adapter --seed "$seed" --output "$output" --overwrite "${flags[@]}"
