"""What the pages show to be typed into a shell."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for part in ("docs", "schemas", "examples") for page in (ROOT / part).glob("*.md")),
        *(ROOT / "deploy").rglob("*.md"),
    ]
)


def blocks_of(page: Path) -> list[str]:
    """The page's blocks for a shell; a command stands on one line."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```(?:console|sh|bash)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [block.replace("\\\n", " ") for block in blocks]


def code_of(page: Path) -> str:
    """All of its blocks for a shell."""
    return "\n".join(blocks_of(page))


@dataclass(frozen=True)
class Line:
    """A line of a shell in which newswire stands, without its comment."""

    before: str
    arguments: str
    behind: str

    def __str__(self) -> str:
        return self.arguments


def newswire_lines() -> list[Line]:
    """Each that the pages show, once."""
    placed = r"(?:kubectl .* -- |/opt/newswire/bin/)?"
    shown = re.compile(
        rf"^ *(?:\$ )?{placed}(?:(.*) \| )?newswire\b *(.*?)(?: ([|>].*))?$", re.MULTILINE
    )
    found: dict[Line, None] = {}
    for page in PAGES:
        for before, arguments, behind in shown.findall(re.sub(" +#.*", "", code_of(page))):
            found[Line(before, " ".join(arguments.split()).removesuffix(" &"), behind)] = None
    # What a page shows of the output is no command.
    return [line for line in found if re.match("[a-z]", line.arguments)]


def outputs_of(line: Line) -> list[str]:
    """What the pages show of its output."""
    typed = f"newswire {line.arguments}{f' {line.behind}' if line.behind else ''}"
    return [
        output
        for page in PAGES
        for block in blocks_of(page)
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)+)", block, re.MULTILINE)
        if " ".join(re.sub(" +#.*", "", command).split()).endswith(typed)
    ]


def the_words(beginning: str) -> list[str]:
    """The words behind ``newswire`` of the one line shown that begins so, for a test to run."""
    [line] = [line for line in newswire_lines() if line.arguments.startswith(beginning)]
    return shlex.split(line.arguments)


def make_lines() -> list[str]:
    """What stands behind ``make`` where a page shows it, in blocks and in the text, each once."""
    in_text = r"`make ([a-z][^`…]*)`"
    in_blocks = r"^(?:\$ )?(?:\w+=\S+ +)*make ([a-z].*)$"
    found: dict[str, None] = {}
    for page in PAGES:
        lines = re.findall(in_blocks, re.sub(" +#.*", "", code_of(page)), re.MULTILINE)
        lines += re.findall(in_text, page.read_text(encoding="utf-8"))
        found |= dict.fromkeys(" ".join(line.split()) for line in lines)
    return list(found)


def is_a_test(name: str) -> bool:
    """Whether there is a test of this name (``file::function``)."""
    file, _, function = name.partition("::")
    path = ROOT / file
    return path.exists() and f"\ndef {function}(" in path.read_text(encoding="utf-8")
