"""Writes what is installed with its hashes.

``run.txt`` is what "make run" installs, ``test.txt`` what "make test" adds to it, and
``deploy.txt`` what deploy/image/build.sh installs: no broker, but the registry's client.

    python requirements/lock.py REPORT...

"make constraints" calls it, in an environment where newswire is installed with all that it can
bring. The reports are pip's (``--dry-run --report``), one for each Python and kind of machine: a
version may have a wheel of its own for each, and any of them may be installed.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parent
HEAD = '# Made by "make constraints" from constraints.txt. pip refuses what has another hash.\n'


def closure(extras: Iterable[str]) -> set[str]:
    """The names of all that newswire with these extras brings, and of what builds it."""
    found = {"setuptools"}
    todo = {("newswire", frozenset(extras))}
    seen = set(todo)
    while todo:
        name, wanted = todo.pop()
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            contexts = [{"extra": extra} for extra in (*wanted, "")]
            if needed.marker and not any(needed.marker.evaluate(each) for each in contexts):
                continue
            child = (canonicalize_name(needed.name), frozenset(needed.extras))
            found.add(child[0])
            todo |= {child} - seen
            seen.add(child)
    return found


def locked(reports: Iterable[Path]) -> dict[str, str]:
    """The requirement of each package, by its name: version and hashes."""
    versions: dict[str, str] = {}
    hashes: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        for each in json.loads(report.read_text(encoding="utf-8"))["install"]:
            name = canonicalize_name(each["metadata"]["name"])
            versions[name] = each["metadata"]["version"]
            hashes[name].add(each["download_info"]["archive_info"]["hashes"]["sha256"])
    return {
        name: " \\\n    ".join(
            [f"{name}=={versions[name]}", *(f"--hash=sha256:{each}" for each in sorted(found))]
        )
        for name, found in hashes.items()
    }


def main(reports: list[str]) -> None:
    """Writes both files."""
    lines = locked(map(Path, reports))
    to_run = closure(["embedded"])
    for file, names in (
        ("run.txt", to_run),
        ("test.txt", lines.keys() - to_run),
        ("deploy.txt", closure(["registry"])),
    ):
        text = "".join(f"{lines[name]}\n" for name in sorted(names))
        (FOLDER / file).write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
