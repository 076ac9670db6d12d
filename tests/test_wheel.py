"""The wheel is whole: installed beside its dependencies, without the sources, it works."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ARTICLE = """\
Varnia threatens to close the border over the toll on its trucks

PORT CELLE, March 4 - Varnian President Milos Adrec said on Tuesday that Varnia will close
the border with Ostmark unless the toll is lifted by Friday.

Ostmark's Foreign Ministry denied that it had imposed any toll.
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools would leave its work in the sources, and reuse it."""
    work = tmp_path_factory.mktemp("wheel")
    source = work / "source"
    source.mkdir()
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    for name in ("pipeline", "schemas"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run([*build, "-w", str(work), str(source)], cwd=work)
    (built,) = work.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheel and what it depends on."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    programs = home / "bin"
    python = str(programs / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    run([*pip, "--no-deps", "--no-index", str(wheel)], cwd=home)
    # The dependencies are those installed here: a folder named in a .pth file is searched, but
    # .pth files in it, such as that of the project's sources, are not read.
    (found,) = home.glob("lib/python*/site-packages")
    (found / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return programs


def run(command: list[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "pipeline").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    schemas = {f"pipeline/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.avsc")}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name} - {
        "pipeline/schemas/__init__.py"
    }
    assert packed == files | schemas
    assert len(schemas) >= 3


def test_the_package_that_runs_is_the_installed_one(installed: Path, tmp_path: Path) -> None:
    script = "import pipeline; print(pipeline.__file__)"
    where = Path(run([str(installed / "python"), "-c", script], cwd=tmp_path).strip())
    assert where.is_relative_to(installed.parent)


def test_the_bundled_feed_is_inside(installed: Path, tmp_path: Path) -> None:
    script = (
        "from importlib.resources import files;"
        "print((files('pipeline') / 'data' / 'feed.jsonl').read_text('utf-8'))"
    )
    feed = run([str(installed / "python"), "-c", script], cwd=tmp_path)
    articles = [json.loads(line) for line in feed.splitlines() if line]
    assert len(articles) >= 30


def test_extract_works_without_the_sources(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    command = [str(installed / "newswire"), "extract", "article.txt", "--format", "jsonl"]
    (line,) = run(command, cwd=tmp_path).splitlines()
    found = json.loads(line)
    assert found["actors"]
    assert found["threats"]
    assert found["denials"]


def test_the_records_can_be_encoded_without_the_sources(installed: Path, tmp_path: Path) -> None:
    script = "from pipeline.serialization.avro import schemas; assert len(schemas()) >= 3"
    run([str(installed / "python"), "-c", script], cwd=tmp_path)


def test_a_project_that_uses_it_has_its_types_checked(installed: Path, tmp_path: Path) -> None:
    """``py.typed`` is heeded: without it everything imported would be of no type."""
    (tmp_path / "program.py").write_text(
        "from pipeline.articles import Article\n"
        'article = Article(id="a1", headline="", body="")\n'
        "right: str = article.headline\n"
        "wrong: int = article.headline\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    command += ["--python-executable", str(installed / "python"), "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    (error,) = [line for line in done.stdout.splitlines() if "error:" in line]
    assert error.startswith("program.py:4:") and "[assignment]" in error, done.stdout
