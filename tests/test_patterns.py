"""No regular expression of ours takes more than its share of a text that is made to cost."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import pipeline

SIZE = 20_000
"""Characters: what goes back over them for each of them takes seconds, the rest milliseconds."""
SECONDS = 1.0

UNITS = ("a", "A", "1", " ", ".", "'", "-", "\n", "a ", "A.", "as ", "a-b ", "a.b/", '."', "[", ":")
"""What texts are filled with; the pattern's own words come to it."""

READERS = ("articles.py", "extraction/", "serialization/", "sinks/", "sources/", "pages/")
"""What reads what comes from outside."""

FUNCTIONS = {"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "split"}


def patterns() -> Iterator[tuple[str, str]]:
    """Every pattern that is written in the code, and where."""
    root = Path(pipeline.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if not str(path.relative_to(root)).startswith(READERS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in FUNCTIONS
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield f"{path.relative_to(root)}:{node.lineno}", node.args[0].value


FOUND = dict(patterns())


def test_the_patterns_are_found() -> None:
    assert any(place.startswith("extraction/claims_before") for place in FOUND)


@pytest.mark.parametrize("place", FOUND)
def test_a_pattern_goes_over_a_text_once(place: str) -> None:
    pattern = re.compile(FOUND[place], re.MULTILINE)
    own = [word + " " for word in re.findall("[A-Za-z]{3,}", FOUND[place])[:4]]
    for first, unit in product(("", *own), (*UNITS, *own)):
        text = first + unit * (SIZE // len(unit)) + "\0"
        begun = time.process_time()
        for _ in zip(range(SIZE), pattern.finditer(text), strict=False):
            pass
        assert time.process_time() - begun < SECONDS, f"{FOUND[place]} on {unit!r} after {first!r}"
