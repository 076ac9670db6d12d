"""``newswire schemas compare`` and ``make schemas-check``: what a developer is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline import __version__
from pipeline.commands.schemas_compare import compare

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"


def run(old: Path, new: Path) -> Result:
    return CliRunner().invoke(compare, [str(old), str(new)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The schemas, with a field of threats gone."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    path = folder / "threat.avsc"
    schema = json.loads(path.read_text())
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "condition"]
    path.write_text(json.dumps(schema))
    return folder


def test_the_schemas_of_now_may_follow_the_releases() -> None:
    result = run(SCHEMAS / "released", SCHEMAS)
    assert result.exit_code == 0, result.output
    assert f"may follow those of {__version__}" in result.output


def test_a_broken_change_is_told_with_file_release_field_reason_and_remedy(changed: Path) -> None:
    result = run(SCHEMAS / "released", changed)
    assert result.exit_code == 1
    assert "1 change that consumers can't live with" in result.output
    assert f"threat.avsc can't follow that of {__version__}" in result.output
    assert "Threat.condition: the field was removed" in result.output
    assert "Why: consumers that read condition would find nothing there" in result.output
    assert "What to do: put it back" in result.output


def test_two_files_can_be_compared(changed: Path) -> None:
    result = run(SCHEMAS / "threat.avsc", changed / "threat.avsc")
    assert result.exit_code == 1
    assert "Threat.condition" in result.output
    assert run(changed / "threat.avsc", SCHEMAS / "threat.avsc").exit_code == 0


def test_a_file_and_a_folder_are_a_usage_error() -> None:
    assert run(SCHEMAS, SCHEMAS / "threat.avsc").exit_code == 2


def test_a_folder_without_releases_proves_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, SCHEMAS)
    assert result.exit_code == 1
    assert "has no releases" in result.output


def test_make_schemas_check_compares_with_the_releases_kept_here() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "NEWSWIRE_SCHEMA_REGISTRY_URL"}
    done = subprocess.run(
        ["make", "schemas-check"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "0.1.0" in done.stdout


def test_make_schemas_check_asks_the_registry_that_is_given_and_has_its_client() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "--always-make", "schemas-check"],
        env={**os.environ, "NEWSWIRE_SCHEMA_REGISTRY_URL": "http://registry:8081"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "newswire schemas check --allow-unregistered" in shown.stdout
    assert "-r requirements/test.txt" in shown.stdout


def test_a_release_is_not_frozen_twice(tmp_path: Path) -> None:
    for name in ("Makefile", "setup.py", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    command = ["make", "schemas-release", "VERSION=9.9.9"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    frozen = tmp_path / "schemas" / "released" / "9.9.9"
    assert {path.name for path in frozen.iterdir()} == {
        path.name for path in SCHEMAS.glob("*.avsc")
    }
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode != 0
    assert "is released already" in again.stderr
