"""The constraints pin everything that the project can bring in, and are what is tested."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
LOCKS = ("run.txt", "test.txt")
LOCKED = [ROOT / "requirements" / name for name in LOCKS]


def pinned() -> dict[str, str]:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def needed(extras: Iterable[str] | None = None) -> dict[str, str]:
    """Every installed distribution that the project needs, with all extras, and its version.

    ``extras`` names fewer of them.
    """
    found: dict[str, str] = {}
    if extras is None:
        extras = metadata.metadata("newswire").get_all("Provides-Extra") or ()
    todo = {("newswire", frozenset(extras))}
    seen = set()
    while todo:
        name, extras = todo.pop()
        seen.add((name, extras))
        for text in metadata.requires(name) or ():
            wanted = Requirement(text)
            contexts = [{"extra": extra} for extra in (*extras, "")]
            if wanted.marker and not any(wanted.marker.evaluate(each) for each in contexts):
                continue
            child = canonicalize_name(wanted.name)
            found[child] = metadata.version(child)
            todo |= {(child, frozenset(wanted.extras))} - seen
    return found


def test_every_dependency_is_pinned_to_one_version() -> None:
    assert {"apache-beam", "grpcio", "thinc", "setuptools"} <= needed().keys()
    assert not needed().keys() - pinned().keys()


def test_what_is_tested_here_is_what_is_pinned() -> None:
    pins = pinned()
    different = {
        name: f"installed {version}, pinned {pins[name]}"
        for name, version in needed().items()
        if pins.get(name) != version
    }
    assert not different


def test_no_pin_names_where_it_comes_from() -> None:
    assert not re.search(r"://|@|--", CONSTRAINTS.read_text(encoding="utf-8"))
    for file in LOCKED:
        assert not re.search(r"://|@|--(?!hash=sha256:)", file.read_text(encoding="utf-8"))


def test_what_is_installed_is_what_is_pinned_each_with_its_hashes() -> None:
    found: dict[str, str] = {}
    for file in LOCKED:
        text = file.read_text(encoding="utf-8").replace("\\\n", "")
        for line in text.splitlines():
            if not line.startswith("#"):
                name, version, hashes = re.fullmatch(
                    r"([\w.-]+)==(\S+)((?: +--hash=sha256:[0-9a-f]{64})+) *", line
                ).groups()
                assert hashes and name not in found
                found[canonicalize_name(name)] = version
    assert found == pinned(), 'stale: run "make constraints"'


@pytest.mark.parametrize(("file", "extra"), [("run.txt", "embedded"), ("deploy.txt", "registry")])
def test_what_a_run_needs_is_locked_without_what_tests_need(file: str, extra: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    locked = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    assert not needed([extra]).keys() - locked
    assert "pytest" not in locked


def test_an_image_gets_the_files_that_tests_ran_with() -> None:
    lines = [(ROOT / "requirements" / name).read_text(encoding="utf-8") for name in LOCKS]
    deployed = (ROOT / "requirements" / "deploy.txt").read_text(encoding="utf-8")
    for entry in re.findall(r"^[\w.-]+==.*(?:\n    .*)*", deployed, re.MULTILINE):
        assert any(entry in text for text in lines), entry
