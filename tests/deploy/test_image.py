"""The image's build steps, run in an empty folder: what they make works by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.caches import cache_folder
from pipeline.runners import prism_binary
from tests.deploy.commands import ROOT

ARTICLE = "Varnia will close the border unless the toll is lifted, its president warned on Tuesday."


@pytest.mark.slow
def test_the_build_steps_make_a_newswire_that_works_alone(tmp_path: Path) -> None:
    # A Prism that is built here already is taken, and where none is, none is built: minutes.
    built = os.access(prism_binary.built_path(), os.X_OK)
    path = os.environ["PATH"]
    if not built:
        path = os.pathsep.join(
            folder for folder in path.split(os.pathsep) if not (Path(folder) / "go").exists()
        )
    target = tmp_path / "opt" / "newswire"
    (tmp_path / "opt").mkdir()
    done = subprocess.run(
        ["sh", str(ROOT / "deploy" / "image" / "build.sh"), str(ROOT), str(target)],
        env=os.environ | {"PATH": path, "PYTHON": sys.executable},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"newswire, version {__version__}"
    found = subprocess.run(
        [str(target / "bin" / "newswire"), "extract", "-", "--format", "jsonl"],
        input=ARTICLE,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    assert '"Varnia"' in found.stdout
    if built and "/go" in done.stdout + path:
        prism = target / "cache" / prism_binary.built_path().relative_to(cache_folder())
        assert os.access(prism, os.X_OK)
