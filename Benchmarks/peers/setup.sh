#!/usr/bin/env bash
# Makes the peers' environment in .deps/peers: venv/ with PyTorch, transformers and peft, and lib/ with
# the allocators that make PyTorch faster. What is there already is left alone.
#
#   Benchmarks/peers/setup.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
. "$root/Scripts/lib/downloads.sh"

prefix=$(realpath -m "$root/.deps/peers")
allocators=(libtcmalloc-minimal4 libjemalloc2)

# The packages are unpacked, not installed: nothing outside of .deps changes, and no root is needed.
provide_allocators() {
  if [[ -d $prefix/lib ]]; then return; fi
  local partial=$prefix/.partial-lib
  mkdir -p "$partial/packages" "$partial/lib"
  (cd "$partial/packages" && apt-get --quiet --quiet download "${allocators[@]}") ||
    fail "apt-get download ${allocators[*]} failed; is \`apt-get update\` needed?"
  for package in "$partial/packages"/*.deb; do dpkg-deb --extract "$package" "$partial/files"; done
  find "$partial/files" \( -name 'libtcmalloc_minimal.so.4*' -o -name 'libjemalloc.so.2' \) \
    -exec cp --no-dereference {} "$partial/lib" \;
  mv "$partial/lib" "$prefix/lib"
  rm -rf "$partial"
}

provide_python() {
  if cmp --silent "$here/requirements.txt" "$prefix/venv/.requirements"; then return; fi
  python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
  python3 -m venv --clear "$prefix/venv"
  "$prefix/venv/bin/pip" --quiet --disable-pip-version-check install \
    --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$prefix/venv/.requirements"
}

only_one "$prefix"
provide_allocators
provide_python
echo "Ready: $prefix"
