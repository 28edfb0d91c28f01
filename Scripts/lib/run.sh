# shellcheck shell=bash
# What the demos share; sourced, not run.

# need FILE...: stops if one is missing.
need() {
  local needed
  for needed; do
    if [[ ! -e $needed ]]; then
      echo "$(basename "$0"): $needed is missing: run make $(basename "$0" .sh)" >&2
      exit 1
    fi
  done
}

# run COMMAND...: shows the command a user would type, then runs it.
run() {
  local word
  printf '\n$'
  for word; do
    if [[ $word == *' '* ]]; then word="\"$word\""; fi
    printf ' %s' "$word"
  done
  printf '\n'
  "$@"
}
