#!/usr/bin/env bash
# One piece of the study; the same command again goes on where it was interrupted.
#
#   GLUE=FOLDER study.sh tune SCOPE METHOD [RATES]        learning rates: CoLA, STS-B; seed 0
#   GLUE=FOLDER study.sh run SCOPE METHOD RATE [SEEDS]    CoLA, MRPC, RTE, STS-B; seeds 1,2,3
#
# SCOPE is rest (everything beside the MLP trains densely, as in the paper) or head. TASKS chooses other tasks, DENSITY
# other shares of elements.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sparsegrad=${SPARSEGRAD:-$folder/../../.build/release/sparsegrad}
model=${MODEL:-$folder/../../.deps/models/minilm}
stage=$1 scope=$2 method=$3

glue() {
  "$sparsegrad" glue --models "$model" --data "$GLUE" --methods "$method" --trainable "mlp+$scope" \
    --batch-size 16 --scheduler linear --warmup-ratio 0.06 --density "${DENSITY:-0.01}" --patience 0 \
    --precision bfloat16 --threads "${THREADS:-2}" "$@"
}

# The three rates that a method tries.
case $scope,$method in
*,full | rest,meprop) rates=5e-5,1e-4,2e-4 ;;
rest,*) rates=1e-4,2e-4,4e-4 ;;
head,lora) rates=5e-4,1e-3,2e-3 ;;
head,*) rates=2.5e-4,5e-4,1e-3 ;;
esac

case $stage in
tune)
  for task in ${TASKS:-CoLA STS-B}; do
    case $task in
    CoLA) epochs=3 ;;
    *) epochs=1 ;;
    esac
    glue --tasks "$task" --seeds 0 --tuning-seed 0 --epochs "$epochs" --learning-rates "${4:-$rates}" \
      --output "$folder/tuning-$scope"
  done
  ;;
run)
  for task in ${TASKS:-CoLA MRPC RTE STS-B}; do
    case $task in
    CoLA) epochs=3 ;;
    *) epochs=2 ;;
    esac
    glue --tasks "$task" --epochs "$epochs" --seeds "${5:-1,2,3}" --learning-rates "$4" \
      --output "$folder/$scope"
  done
  ;;
esac
