"""Who may know whom: what finds the records knows neither Beam nor Kafka."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIPELINE = ROOT / "pipeline"

PURE = sorted(
    [
        PIPELINE / "articles.py",
        PIPELINE / "records.py",
        *(PIPELINE / "extraction").rglob("*.py"),
        *(PIPELINE / "evaluation").rglob("*.py"),
    ]
)
FORBIDDEN = {"apache_beam", "kafka"}
MOST_LINES = 400

IMPORT_ALL = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def imported_packages(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports anywhere, within functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_what_finds_records_imports_neither_beam_nor_kafka() -> None:
    imports = {module_name(path): FORBIDDEN & set(imported_packages(path)) for path in PURE}
    assert "pipeline.extraction" in imports
    assert not {name: found for name, found in imports.items() if found}


def test_what_finds_records_brings_in_neither_through_anything_it_imports() -> None:
    names = [module_name(path) for path in PURE]
    command = [sys.executable, "-c", IMPORT_ALL, *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = set(done.stdout.split())
    assert "pipeline" in loaded
    assert not FORBIDDEN & loaded


def test_a_module_is_short_enough_to_have_one_job() -> None:
    lines = {
        module_name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in PIPELINE.rglob("*.py")
    }
    assert not {name: count for name, count in lines.items() if count >= MOST_LINES}


def test_the_help_needs_neither_beam_nor_spacy() -> None:
    script = IMPORT_ALL.replace("print", "import pipeline.cli; pipeline.cli.run(['--help']); print")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not {"apache_beam", "spacy", "kafka"} & loaded


def test_tokens_are_never_compared_by_identity() -> None:
    # spaCy makes a new object at each access: `token.head is token` never holds, and a loop
    # that waits for it never ends.
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "pipeline" / "extraction").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops)
        and any(
            isinstance(side, ast.Attribute) and side.attr in {"head", "root"}
            for side in (node.left, *node.comparators)
        )
        and not any(
            isinstance(side, ast.Constant) and side.value is None for side in node.comparators
        )
    ]
    assert found == []


def test_no_two_test_modules_share_a_name() -> None:
    """Outside of packages they are imported by name alone, and the second would not be run."""
    names = Counter(
        path.name
        for path in Path(__file__).parent.rglob("test_*.py")
        if not path.with_name("__init__.py").exists()
    )
    assert not [name for name, times in names.items() if times > 1]
