# shellcheck shell=bash
# What the scripts here share; sourced, not run.

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# install_packages NAME...: installs Debian packages where this user may, else says which are missing.
install_packages() {
  local as_root=()
  if ((EUID != 0)); then as_root=(sudo); fi
  if ! command -v apt-get >/dev/null || { ((EUID != 0)) && ! command -v sudo >/dev/null; }; then
    fail "please install $* (Debian's names), then run this again"
  fi
  echo "Installing $*"
  "${as_root[@]}" apt-get update --quiet --quiet
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet --quiet --yes --no-install-recommends "$@" ||
    fail "could not install $*"
}

require_pip() {
  if ! python3 -m pip --version >/dev/null 2>&1; then install_packages python3-pip; fi
}

# download FOLDER PIP-OPTION...: fetches the distributions named on standard input, one
# `name==version --hash=sha256:...` a line, into FOLDER. pip refuses a file with another hash.
download() {
  local folder=$1
  shift
  cat >"$folder/pins.txt"
  python3 -m pip --quiet --disable-pip-version-check download --no-deps --require-hashes \
    --dest "$folder" "$@" --requirement "$folder/pins.txt" ||
    fail "could not download what $(basename "$0") needs (see above)"
}

# only_one FOLDER: waits until no other run works on FOLDER, then clears what a killed one left there.
only_one() {
  mkdir -p "$1"
  exec 9>"$1/.lock"
  flock 9
  rm -rf "$1"/.partial-*
}
