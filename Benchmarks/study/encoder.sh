#!/usr/bin/env bash
# One run of the study of an encoder: MiniLM-L6 on a task of GLUE. A run that has ended is left alone.
#
#   GLUE=FOLDER ./encoder.sh SCOPE TASK METHOD RATE SEED
#
# SCOPE is head (MLP weights and head train) or rest (everything trains), TASK a folder of GLUE (STS-B), METHOD one of
# methods.sh, RATE that of the MLP weights. For every method alike the head trains alone for 40 steps before anything else;
# head and rest have one rate for all methods: 1e-3 where only the head trains beside the MLP, 2e-4 where the rest does.
set -euo pipefail
(($# == 5)) || { sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "${BASH_SOURCE[0]}"; exit 64; }
scope=$1 task=$2 method=$3 rate=$4 seed=$5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SPARSEGRAD:-$here/../../.build/release/sparsegrad}
output=${OUTPUT:-$here/encoder}/$scope-$task-$method-$rate-$seed
[[ -e $output/metrics.json ]] && exit 0

. "$here/methods.sh"
# Rank 3 is nearest to 1 % of MiniLM's 384 x 1536.
method_flags "$method" 3
case $scope in
head) dense=1e-3 ;;
rest) dense=2e-4 ;;
*) echo "$scope is no scope of this study" >&2; exit 64 ;;
esac
name=$(tr -d - <<<"${task,,}")
exec "$program" finetune --task "$name" --data "$GLUE/$task" --model "${MODEL:-$here/../../.deps/models/minilm}" \
  --trainable "mlp+$scope" --head-steps 40 --learning-rate "$dense" --sparse-learning-rate "$rate" --batch-size 16 \
  --max-steps 160 --max-length 128 --save adapter --seed "$seed" --output "$output" --overwrite "${flags[@]}"
