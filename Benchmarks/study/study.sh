#!/usr/bin/env bash
# One piece of the study; the same command again goes on where it was interrupted.
#
#   GLUE=FOLDER study.sh tune SCOPE METHOD         learning rates: STS-B and MRPC, one epoch, seed 0
#   GLUE=FOLDER study.sh run SCOPE METHOD RATE     CoLA, MRPC, RTE, STS-B, seeds 1 to 3
#
# SCOPE is rest (everything beside the MLP trains densely, as in the paper) or head.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sparsegrad=${SPARSEGRAD:-$folder/../../.build/release/sparsegrad}
model=${MODEL:-$folder/../../.deps/models/minilm}
stage=$1 scope=$2 method=$3

glue() {
  "$sparsegrad" glue --models "$model" --data "$GLUE" --methods "$method" --trainable "mlp+$scope" \
    --scheduler linear --warmup-ratio 0.06 --patience 0 --precision bfloat16 --threads "${THREADS:-2}" "$@"
}

case $stage in
tune)
  case $scope in
  rest) rates=full=5e-5,1e-4,2e-4,lora=1e-4,2e-4,5e-4,meprop=1e-4,2e-4,5e-4,sparsegrad-paper=1e-4,2e-4,5e-4,sparsegrad=1e-4,2e-4,5e-4 ;;
  head) rates=full=1e-4,2e-4,5e-4,lora=5e-4,1e-3,2e-3,meprop=5e-4,1e-3,2e-3,sparsegrad-paper=5e-4,1e-3,2e-3,sparsegrad=5e-4,1e-3,2e-3 ;;
  esac
  glue --tasks STS-B,MRPC --seeds 0 --tuning-seed 0 --epochs 1 --learning-rates "$rates" \
    --output "$folder/tuning-$scope"
  ;;
run)
  # About as many tokens of each: CoLA's sentences are short.
  glue --tasks CoLA --epochs 4 --seeds 1,2,3 --learning-rates "$4" --output "$folder/$scope"
  glue --tasks MRPC,RTE,STS-B --epochs 2 --seeds 1,2,3 --learning-rates "$4" --output "$folder/$scope"
  ;;
esac
