#!/usr/bin/env bash
# Builds Examples as a user's package is built, by version, against the sources as they are (committed or
# not), and runs it on a tiny model.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What a run has left that was killed is not locked any more.
for left in "${TMPDIR:-/tmp}"/sparsegrad-examples-*/; do
  if [[ -d $left ]]; then flock --nonblock "$left" rm -rf "$left" || true; fi
done
work=$(mktemp -d -t sparsegrad-examples-XXXXXX)
trap 'rm -rf "$work"' EXIT
exec {lock}<"$work"
flock --nonblock "$lock"

# A repository of these files whose only commit is version 0.1.0.
clone=$work/sparsegrad-swift
mkdir "$clone"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [[ -e $file ]]; then cp --parents "$file" "$clone"; fi
done
git() { command git -C "$clone" -c user.name=test -c user.email=test@localhost "$@"; }
git init --quiet
git add --all
git commit --quiet --message 'The working tree'
git tag 0.1.0

# The manifest names an address that stands for any; a mirror leads it here.
cp -r Examples "$work/Examples"
swift package --package-path "$work/Examples" config set-mirror \
  --original https://example.com/sparsegrad-swift --mirror "$clone"
swift build --package-path "$work/Examples" --scratch-path "$work/build" \
  -debug-info-format none --disable-index-store

# A random BERT with a vocabulary as large as its word table.
model=$work/model
mkdir "$model"
cp Tests/Fixtures/bert/classification/{config.json,model.safetensors} "$model"
{
  printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a good bad fine dull film story
  printf '[unused%d]\n' {1..108}
} >"$model/vocab.txt"
{
  printf 'text\tlabel\n'
  for ((i = 0; i < 16; i++)); do
    printf 'a good film\tpositive\na dull story\tnegative\n'
  done
} >"$work/texts.tsv"

SPARSEGRAD_LIBRARIES=$root/.deps/lib "$work/build/debug/fine-tune" \
  "$model" "$work/texts.tsv" "$work/texts.tsv" "$work/output" | tee "$work/lines"
grep -q '^accuracy .* after 2 steps$' "$work/lines"
for file in config.json model.safetensors vocab.txt metrics.json log.jsonl; do
  [[ -s $work/output/$file ]]
done

SPARSEGRAD_LIBRARIES=$root/.deps/lib "$work/build/debug/custom-loop" "$model" "$work/texts.tsv" >"$work/lines"
grep -q '^step 20: loss 0' "$work/lines"
echo 'Examples: built by version and run'
