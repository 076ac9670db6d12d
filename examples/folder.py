"""Who threatens whom in a folder of text files: no Kafka, no Beam.

python examples/folder.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.articles import Article
from pipeline.extraction import extract


def main(folder: Path) -> None:
    """Prints a line for each threat and denial in the files that end in .txt."""
    for path in sorted(folder.glob("*.txt")):
        # The first line is the headline, and the rest the article.
        headline, _, body = path.read_text(encoding="utf-8").partition("\n")
        found = extract(Article(id=path.stem, headline=headline, body=body.strip() or headline))
        for threat in found.threats:
            targets = ", ".join(target.name for target in threat.targets) or "nobody named"
            print(f"{path.name}: {threat.threatener.name} threatens {targets}: {threat.action}")
        for denial in found.denials:
            print(f"{path.name}: {denial.denier.name} denies: {denial.content or denial.cue}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
