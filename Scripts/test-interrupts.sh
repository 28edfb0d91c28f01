#!/usr/bin/env bash
# Interrupts runs of every method, in both precisions, at random moments: none may crash, and each, resumed until it
# has ended, must leave the bytes of a run that nobody disturbed.
#
#   Scripts/test-interrupts.sh [signals (100)] [seed (1)]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

count=${1:-100}
RANDOM=${2:-1}
sparsegrad=${SPARSEGRAD:-.build/release/sparsegrad}
model=.deps/models/minilm
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Children get the usual meaning of Ctrl-C.
set -m

{
  printf 'text\tlabel\n'
  words=(a the film story actor scene is was and very quite so this that with from director plot)
  for ((i = 0; i < 400; i++)); do
    text=
    for ((j = 0; j < 8 + RANDOM % 24; j++)); do text+="${words[RANDOM % ${#words[@]}]} "; done
    if ((i % 2)); then printf '%slovely\tpositive\n' "$text"; else printf '%sdull\tnegative\n' "$text"; fi
  done
} >"$folder/train.tsv"

finetune=(
  "$sparsegrad" finetune --model "$model" --train-file "$folder/train.tsv" --quiet --max-steps 12 --batch-size 4 --seed 7
)

settings=(
  '--method full' '--method lora' '--method meprop' '--method sparsegrad --basis-steps 4'
  '--method sparsegrad-paper --basis-steps 4'
)
sent=0 crashes=0 different=0 runs=0
while ((sent < count)); do
  before=$sent
  for precision in float32 bfloat16; do
    for setting in "${settings[@]}"; do
      read -ra flags <<<"$setting --precision $precision"
      straight="$folder/straight-${setting//[^a-z0-9]/}-$precision"
      if [[ ! -e $straight ]]; then
        if ! "${finetune[@]}" --output "$straight" "${flags[@]}" 2>"$folder/errors"; then
          echo "$setting $precision: does not run here: $(head -1 "$folder/errors")"
          mkdir -p "$straight"
        fi
      fi
      [[ -e $straight/model.safetensors ]] || continue
      rm -rf "$folder/run"
      runs=$((runs + 1))
      for ((turn = 0; ; turn++)); do
        "${finetune[@]}" --output "$folder/run" "${flags[@]}" --resume 2>"$folder/errors" &
        process=$!
        if ((turn < 6)); then
          sleep "$((RANDOM % 2)).$((RANDOM % 10))$((RANDOM % 10))"
          signals=(INT INT TERM HUP)
          signal=${signals[RANDOM % 4]}
          if kill -"$signal" $process 2>/dev/null; then sent=$((sent + 1)); fi
        fi
        status=0
        wait $process 2>/dev/null || status=$?
        case $status in
          0) break ;;
          # Interrupted after a step, or before there was anything to keep.
          1) grep -q 'interrupted' "$folder/errors" && continue ;;
          129 | 130 | 143) continue ;;
        esac
        crashes=$((crashes + 1))
        echo "$setting $precision: status $status: $(head -1 "$folder/errors")"
        ((turn < 12)) || break
      done
      if ! cmp -s "$straight/model.safetensors" "$folder/run/model.safetensors"; then
        different=$((different + 1))
        echo "$setting $precision: other bytes than an undisturbed run"
      fi
    done
  done
  if ((sent == before)); then
    echo 'no run could be interrupted'
    exit 1
  fi
done
echo "$sent signals in $runs runs: $crashes crashes, $different runs with other bytes"
((crashes == 0 && different == 0))
