"""The samples of output in the pages, made anew: ``make docs-samples``.

A sample stands behind a comment that names it. The tests that run what the pages show hold all
of them, but for figures and signs, against what comes out (`untrue_lines`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.articles import Article, decode_json
from pipeline.extraction import default_extractor
from pipeline.records import Extraction, OutputValue
from pipeline.serialization.avro import schemas
from pipeline.serialization.values import to_json
from tests.newswire_process import NEWSWIRE
from tests.shown_lines import PAGES, ROOT, newswire_lines

WIDTH = 80
"""Columns of the terminal that the samples are from: as many as where there is no terminal."""

JSON_WIDTH = 100
"""Up to here an object of JSON stands on one line."""

CUT = "…"
SAMPLE = re.compile(r"(?<=^<!-- sample: )([\w-]+)( -->\n```\w*\n)(.*?)(?=^```)", re.M | re.S)

OF_ITS_TIME = "Broker  |Running  |[0-9]+ articles, "
"""How lines begin whose ports and speed say nothing: they stay as a quiet machine had them."""

LEARNED = re.compile(
    r"^  (?:asked for|seen too|seen|target|link)  .*\n(?: {3,}.*\n)*", re.MULTILINE
)
"""Entries of an explanation that tell of signs, which change with every training."""

FEED_ROWS = {"Threats": ("al-20261112-9", "cn-881377"), "Denials": ("nk-26-11-03-008",)}
"""Articles whose first record the README shows, of those that ``make run`` finds."""


def article_text() -> str:
    """What the README looks into first, and calls article.txt."""
    [line] = [line for line in newswire_lines() if line.arguments == "extract"]
    return line.before.removeprefix("echo '").removesuffix("'")


def quarrel_text() -> str:
    """The quarrel.txt of the page of explanations."""
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    found = re.search(r"quarrel\.txt.*?```text\n(.*?)\n```", page, re.DOTALL)
    assert found
    return found[1]


def example_article() -> Article:
    """The article that the contract's examples are of."""
    page = (ROOT / "schemas" / "README.md").read_text(encoding="utf-8")
    found = re.search(r"An example, as JSON:\n\n```json\n(.*?)```", page, re.DOTALL)
    assert found
    return decode_json(found[1].encode())


def example(kind: str) -> dict[str, Any]:
    """What lies on the topic of this kind for the `example_article`: the first, as JSON."""
    extraction = default_extractor().extract(example_article())
    records = {"actors": extraction.actors, "threats": extraction.threats}
    records |= {"denials": extraction.denials, "extractions": (extraction,)}
    return _in_order(records[kind][0])


def _in_order(record: OutputValue) -> dict[str, Any]:
    """As JSON, with the fields in the order of the schema."""
    value = to_json(record)
    if isinstance(record, Extraction):
        for kind in ("actors", "threats", "denials"):
            value[kind] = [_in_order(inner) for inner in getattr(record, kind)]
    fields = schemas()[type(record)].definition["fields"]
    return {field["name"]: value[field["name"]] for field in fields}


def untrue_lines(sample: str, output: str) -> list[str]:
    """The lines of a sample that the output has not, whatever figures and signs are in them."""
    known = [_masked(line) for line in output.splitlines()]
    return [
        line
        for line in LEARNED.sub("", sample).splitlines()
        if line.strip() not in {"", CUT}
        and not any(re.fullmatch(_pattern(line), each) for each in known)
    ]


def _masked(line: str) -> str:
    line = re.sub(r"[\w.]+:\d{4,}", "HOST:PORT", " ".join(line.split()))
    return re.sub(r"\d[\d,.]*|\.\d+", "#", line)


def _pattern(line: str) -> str:
    return re.escape(_masked(line)).replace(CUT, ".*")


def _newswire(folder: Path, *arguments: str, given: str = "") -> list[str]:
    done = subprocess.run(
        [NEWSWIRE, *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": str(WIDTH)},
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


def _first_look(folder: Path) -> Iterator[str]:
    yield f"$ echo '{article_text()}' | newswire extract"
    yield from _newswire(folder, "extract", given=article_text())


def _part(lines: list[str], heading: str, labels: Iterable[str] = ()) -> Iterator[str]:
    """The first part with this heading; of several labels only their entries, if any is given."""
    begin = next(number for number, line in enumerate(lines) if line.startswith(heading))
    wanted = True
    for line in lines[begin:]:
        if not line:
            return
        if line[:2] == "  " and line[2] != " ":
            wanted = not labels or any(line.startswith(f"  {label} ") for label in labels)
        if wanted:
            yield line


def _why_in_short(folder: Path) -> Iterator[str]:
    yield from ("$ newswire extract article.txt --explain", CUT)
    lines = _newswire(folder, "extract", "article.txt", "--explain")
    labels = ("rule", "threatener", "attribution", "confidence")
    yield from (*_part(lines, "Why this threat", labels), CUT)


def _why(folder: Path) -> Iterator[str]:
    yield from ("$ newswire extract quarrel.txt --explain", CUT)
    lines = _newswire(folder, "extract", "quarrel.txt", "--explain")
    yield from (*_part(lines, "Why this threat"), CUT)
    yield from (*_part(lines, "What was taken for whom", ("“Athens”", "“its”")), CUT)
    yield from (*_part(lines, "Nearly a threat"), CUT)


def _make_run(folder: Path) -> Iterator[str]:
    lines = _newswire(folder, "demo")
    yield from lines[: lines.index("")]
    for table, articles in FEED_ROWS.items():
        begin = lines.index(table)
        yield from ("", *lines[begin : begin + 2])
        for article in articles:
            [row, *_] = [n for n in range(begin, len(lines)) if lines[n].endswith(f" {article}")]
            yield from ("", *lines[row : lines.index("", row)])
        yield from ("", CUT)
    yield from (line for line in lines if line.startswith("newswire."))
    yield lines[-1]


def _example(kind: str) -> Callable[[Path], Iterator[str]]:
    def made(folder: Path) -> Iterator[str]:
        yield from _spread(example(kind))

    return made


def _spread(value: Any, indent: str = "", name: str = "", end: str = "") -> Iterator[str]:
    """JSON with each object and list on one line where there is room, but for the outermost."""
    line = f"{indent}{name}{json.dumps(value, ensure_ascii=False)}{end}"
    if not isinstance(value, dict | list) or (indent and len(line) <= JSON_WIDTH):
        yield line
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{indent}{name}{opening}"
    entries = value.items() if isinstance(value, dict) else (("", each) for each in value)
    for number, (key, each) in enumerate(entries, 1):
        label = f"{json.dumps(key)}: " if key else ""
        yield from _spread(each, indent + "  ", label, "," if number < len(value) else "")
    yield f"{indent}{closing}{end}"


MAKERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "first-look": _first_look,
    "make-run": _make_run,
    "why-in-short": _why_in_short,
    "why": _why,
    **{f"example-{kind}": _example(kind) for kind in ("actors", "threats", "denials")},
    "example-extractions": _example("extractions"),
}


def main() -> None:
    """Writes them into the pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "article.txt").write_text(article_text(), encoding="utf-8")
        (folder / "quarrel.txt").write_text(quarrel_text(), encoding="utf-8")

        def made(found: re.Match[str]) -> str:
            print(f"Making {found[1]} ...", flush=True)
            text = "\n".join(MAKERS[found[1]](folder)).rstrip("\n")
            for old in re.findall(f"^(?:{OF_ITS_TIME}).*$", found[3], re.MULTILINE):
                lines = text.split("\n")
                text = "\n".join(old if _masked(old) == _masked(new) else new for new in lines)
            return f"{found[1]}{found[2]}{text}\n"

        for page in PAGES:
            before = page.read_text(encoding="utf-8")
            after = SAMPLE.sub(made, before)
            if after != before:
                page.write_text(after, encoding="utf-8")
                print(f"{page.relative_to(ROOT)} has changed.")


if __name__ == "__main__":
    main()
