#!/usr/bin/env bash
# Builds and runs all tests with what is fastest on this machine; then those of the engine and of the models again with
# each lower instruction set that the kernels are compiled for, and with the other libraries that multiply matrices.
#
#   Scripts/test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sparsegrad=.build/release/sparsegrad
test=(swift test -c release --disable-xctest)

"${test[@]}"
echo "The tests above ran on:"
"$sparsegrad" env

# value NAME: what `sparsegrad env` says of it.
value() { "$sparsegrad" env | sed -n "s/^$1: //p"; }

# Lower sets stand for older processors, and each is tried with another library.
used=$(value kernels)
for pass in baseline:onednn-widened x86-64-v3:blas x86-64-v4:onednn-widened; do
  set=${pass%%:*} products=${pass##*:}
  if [[ $set == "$used" ]]; then break; fi
  if [[ ", $(value 'products available')," != *", $products,"* ]]; then
    echo "Skipped: kernels $set with products $products, which are not available here"
    continue
  fi
  echo "Again: kernels $set, products $products"
  SPARSEGRAD_INSTRUCTION_SET=$set SPARSEGRAD_PRODUCTS=$products \
    "${test[@]}" --skip-build --filter 'ComputeTests|ModelTests'
done
for set in x86-64-v3 x86-64-v4 x86-64-v4-bf16; do
  [[ ", $(value 'instruction sets')," == *", $set,"* ]] ||
    echo "Skipped: kernels $set, which this processor does not have"
done
[[ ", $(value 'products available')," == *", onednn,"* ]] ||
  echo "Skipped: products of bfloat16 as it is, which this processor does not have"
