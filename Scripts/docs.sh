#!/usr/bin/env bash
# Writes the reference of the library by DocC, which comes with Swift's toolchain: a folder for `python3 -m http.server`
# or any other server of files. A comment that DocC warns of is an error.
#
#   Scripts/docs.sh [folder (.build/reference)]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=${1:-.build/reference}
symbols=$(mktemp -d)
trap 'rm -rf "$symbols"' EXIT

swift build --target SparseGrad -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$symbols" \
  -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public --scratch-path .build-docs
docc convert --additional-symbol-graph-dir "$symbols" --output-dir "$output" --warnings-as-errors \
  --fallback-display-name SparseGrad --fallback-bundle-identifier sparsegrad --transform-for-static-hosting
echo "Reference: $output, begin at documentation/sparsegrad"
