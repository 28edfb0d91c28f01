"""Turns the movie-review snippets of the vaderSentiment archive into three TSV files.

    python3 movie_reviews.py vaderSentiment-3.3.2.tar.gz FOLDER

The snippets carry the mean of at least 20 people's ratings, -4 to 4. Those rated at least half a
point away from neutral are kept, each text once, and labelled by their sign. Ids are plain numbers
(a snippet does not say which review it is from); an id's last digit decides its file, so every file
has the same mixture and nobody's random generator matters.
"""

import os
import re
import sys
import tarfile
from collections import Counter

INNER = "additional_resources/hutto_ICWSM_2014.tar.gz"
SNIPPETS = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
FILES = {9: "validation", 0: "test"}  # by the last digit of the id; the others are train


def snippets(archive):
    """Yields (id, rating, text) in the order of the file."""
    with tarfile.open(archive) as outer:
        member = next(name for name in outer.getnames() if name.endswith(INNER))
        with tarfile.open(fileobj=outer.extractfile(member)) as inner:
            text = inner.extractfile(SNIPPETS).read().decode("utf-8")
    for line in text.split("\n"):
        if line.strip():
            number, rating, snippet = line.split("\t", 2)
            yield int(number), float(rating), " ".join(snippet.split())


def split(rows):
    """Returns {file: [(text, label)]}."""
    files, seen = {name: [] for name in ("train", "validation", "test")}, set()
    for number, rating, text in rows:
        key = re.sub(r"\W+", " ", text.lower()).strip()
        if abs(rating) < 0.5 or key in seen:
            continue
        seen.add(key)
        label = "positive" if rating > 0 else "negative"
        files[FILES.get(number % 10, "train")].append((text, label))
    return files


def write(path, rows):
    partial = os.path.join(os.path.dirname(path), ".partial-" + os.path.basename(path))
    with open(partial, "w", encoding="utf-8", newline="\n") as file:
        file.write("sentence\tlabel\n")
        file.writelines(f"{text}\t{label}\n" for text, label in rows)
    os.replace(partial, path)


if __name__ == "__main__":
    archive, folder = sys.argv[1:]
    for name, rows in split(snippets(archive)).items():
        path = os.path.join(folder, name + ".tsv")
        write(path, rows)
        label, count = Counter(label for _, label in rows).most_common(1)[0]
        print(f"{path}: {len(rows)} sentences, majority share {count / len(rows):.3f} ({label})")
