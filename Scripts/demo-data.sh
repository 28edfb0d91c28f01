#!/usr/bin/env bash
# Writes .demo/{train,validation,test}.tsv: movie-review snippets rated by people, labelled negative
# or positive. They come with the vaderSentiment source archive (Hutto & Gilbert, ICWSM 2014).
#
#   Scripts/demo-data.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. Scripts/lib/downloads.sh

pins='vaderSentiment==3.3.2 --hash=sha256:5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9'
archive=.demo/vaderSentiment-3.3.2.tar.gz

only_one .demo
trap 'rm -rf .demo/.partial-*' EXIT
if ! sha256sum --status --check <<<"${pins##*:}  $archive" 2>/dev/null; then
  echo "Fetching the movie-review snippets"
  require_pip
  partial=$(mktemp -d .demo/.partial-XXXXXX)
  # pip asks a source archive for its dependencies even when told to ignore them. This archive's
  # old setup.cfg is refused by recent setuptools, so pip is given one that still reads it.
  echo 'setuptools==75.3.2' >"$partial/setuptools.txt"
  PIP_CONSTRAINT=$PWD/$partial/setuptools.txt PIP_BUILD_CONSTRAINT=$PWD/$partial/setuptools.txt \
    download "$partial" --no-binary vaderSentiment --use-pep517 <<<"$pins"
  mv -f "$partial/$(basename "$archive")" "$archive"
fi
python3 Scripts/lib/movie_reviews.py "$archive" .demo
