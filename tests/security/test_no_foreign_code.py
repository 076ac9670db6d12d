"""Nothing that comes from outside is unpickled, evaluated or handed to a shell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PIPELINE = Path(__file__).parents[2] / "pipeline"

FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "yaml"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_OF_MODULES = {("os", "system"), ("os", "popen")}


def uses(source: str) -> list[str]:
    """Every use of what loads or runs code that it is given."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # Beam's own pickler is as much to be watched.
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            names = [*parts[:1], *(["pickle"] if "pickler" in parts else [])]
        else:
            names = []
        found += [name for name in names if name in FORBIDDEN_MODULES]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in FORBIDDEN_CALLS else []
        if isinstance(node, ast.keyword) and node.arg == "shell":
            found.append("shell")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            place = (node.value.id, node.attr)
            found += [".".join(place)] if place in FORBIDDEN_OF_MODULES else []
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "from apache_beam.internal import pickler",
        "import yaml.loader",
        "eval(text)",
        "os.system(text)",
        "subprocess.run(text, shell=True)",
    ],
)
def test_the_search_finds_each_kind(source: str) -> None:
    assert uses(source)


def test_no_module_loads_or_runs_what_it_is_given() -> None:
    modules = sorted(PIPELINE.rglob("*.py"))
    assert len(modules) > 100
    found = {path.name: uses(path.read_text(encoding="utf-8")) for path in modules}
    assert {name: used for name, used in found.items() if used} == {}
