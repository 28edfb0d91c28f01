#!/usr/bin/env bash
# Compiles the C sources for 64-bit ARM, to show that nothing in them needs x86-64. Nothing is run.
#
#   Scripts/check-aarch64.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/Scripts/lib/downloads.sh"
cd "$root"

headers=/usr/aarch64-linux-gnu/include
if [[ ! -d $headers ]]; then install_packages libc6-dev-arm64-cross; fi
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
for source in Sources/C*/*.c; do
  clang --target=aarch64-linux-gnu -isystem "$headers" -I"$(dirname "$source")/include" -O2 -Wall -Werror \
    -c "$source" -o "$objects/$(basename "$source").o"
done
echo "Compiled for aarch64-linux-gnu: $(find "$objects" -name '*.o' | wc -l) files"
