#!/usr/bin/env bash
# Shows that the tests notice a command that fails or hangs: runs those that start `sparsegrad` with a program in its
# place that ends at once, and with one that does nothing. Such a run has to end, to fail, and to name the command and
# what it has written. Expects the tests to be built: swift build -c release --build-tests -Xswiftc -enable-testing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

suites='CommandTests|ResumeTests|BadAdapterTests|BadInputTests|SearchCommandTests'
check() {
  local name=$1 script=$2 said=$3
  printf '#!/bin/sh\necho "what %s says" >&2\n%s\n' "$name" "$script" >"$work/$name"
  chmod +x "$work/$name"
  local status=0
  SPARSEGRAD_TEST_COMMAND=$work/$name SPARSEGRAD_TEST_DEADLINE=0.5 \
    timeout 1200 swift test -c release --disable-xctest --skip-build --filter "$suites" \
    >"$work/log" 2>&1 || status=$?
  local failed
  failed=$(grep -cE '^✘ Test .* failed after' "$work/log" || true)
  if ((status == 0 || status == 124 || failed < 2)) ||
    ! grep -q "$work/$name finetune" "$work/log" ||
    ! grep -q "standard error: what $name says" "$work/log" || ! grep -q "$said" "$work/log"; then
    tail -50 "$work/log" >&2
    echo "$name: not noticed as it should be (exit status $status, $failed failures)" >&2
    exit 1
  fi
  echo "$name: $(tail -1 "$work/log")"
}
check ends-at-once 'exit 1' 'exit status 1'
check hangs 'exec sleep 1000' 'has not ended within 0.5 seconds and was killed'
