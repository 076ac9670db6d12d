"""Each ``make`` line that the pages show: what it would run is there, and takes its arguments."""

from __future__ import annotations

import argparse
import importlib.util
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.commands import parsed
from tests.shown_lines import ROOT, is_a_test, make_lines

TYPED_BY = {
    "run": "tests/commands/test_demo.py::test_the_bundled_feed_ends_in_a_table_and_the_counts",
    "chaos": "tests/chaos/test_chaos.py::test_a_minute_of_every_fault_loses_no_article",
    "fuzz": "tests/fuzz/test_fuzz.py::test_whatever_comes_in_becomes_a_result_or_a_dead_letter",
    "docs": "tests/test_docs.py::test_the_site_has_every_page_and_no_dead_link",
    "schemas-check": "tests/commands/test_schemas_compare.py"
    "::test_make_schemas_check_compares_with_the_releases_kept_here",
}
"""Which test runs ``make TARGET`` itself, quickly where there is a quick form."""

TOO_LONG = {
    "prism": "tests/runners/test_prism.py"
    "::test_the_one_that_is_built_listens_on_this_machine_alone",
    "soak": "tests/chaos/test_slope.py::test_the_memory_of_a_process_is_told_and_of_none_nothing",
    "bench": "tests/benchmarks/test_wire.py"
    "::test_what_a_pipeline_takes_is_measured_from_append_to_acknowledged_extraction",
    "evaluate": "tests/evaluation/test_kept_counts.py::test_no_count_gets_worse",
    "train": "tests/evaluation/test_training.py"
    "::test_candidates_on_annotated_evidence_are_records_and_all_others_are_none",
    "docs-samples": "tests/commands/test_demo.py"
    "::test_the_bundled_feed_ends_in_a_table_and_the_counts",
    "unseen": "tests/evaluation/test_harness.py::test_figures_are_added_over_articles",
}
"""What takes minutes, and a test of its heart; what it would run is looked at here."""

NOT_FROM_HERE = {
    "test": "it is what runs this",
    "test-runner": "on the runners that are at hand its tests are a part of make test",
    "audit": "it asks a service elsewhere, whose answer changes from day to day",
    "sbom": "it installs a program from elsewhere",
}


def target_of(line: str) -> str:
    return line.split(maxsplit=1)[0]


def would_run(line: str) -> list[list[str]]:
    """The commands, as words."""
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *shlex.split(line)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    script = shown.stdout.replace("\\\n", " ")
    for names, body in re.findall(r"^for each in (.*?); do (.*?) \|\| exit; done$", script, re.M):
        script += "".join(body.replace("$each", name) + "\n" for name in names.split())
    ours = r"^(?:exec |\w+=\S+ )*\.venv/bin/(?!python -m pip )(.*)$"
    return [shlex.split(each) for each in re.findall(ours, script, re.M)]


def test_each_target_shown_is_typed_by_a_test_or_said_not_to_be() -> None:
    shown = {target_of(line) for line in make_lines()}
    assert shown == TYPED_BY.keys() | TOO_LONG.keys() | NOT_FROM_HERE.keys()
    for name in (*TYPED_BY.values(), *TOO_LONG.values()):
        assert is_a_test(name), name


@pytest.mark.parametrize("line", make_lines())
def test_what_a_line_shown_would_run_takes_what_it_is_given(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = [words for words in would_run(line) if "$each" not in " ".join(words)]
    assert commands or target_of(line) in NOT_FROM_HERE
    for program, *words in commands:
        if program == "newswire":
            parsed(words, {}, {"my-articles.jsonl": "pipeline/data/feed.jsonl"})
        elif words[:1] == ["-m"]:
            module_takes(words[1], words[2:], monkeypatch)
        elif program == "python":
            assert (ROOT / words[0]).exists(), words


def module_takes(module: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Has its own parser look at them, and goes no further."""
    found = importlib.util.find_spec(module)
    assert found is not None, module
    if module == "pytest":
        return
    if found.submodule_search_locations:
        found = importlib.util.find_spec(f"{module}.__main__")
        assert found is not None, module
    text = Path(str(found.origin)).read_text(encoding="utf-8")
    if not re.search(r"argparse|options\(__doc__\)", text):
        # Then files are all that it takes.
        assert all((ROOT / each).exists() for each in arguments), arguments
        return
    known = argparse.ArgumentParser.parse_args

    class Taken(Exception):
        pass

    def parse_args(self: argparse.ArgumentParser, *given: object) -> None:
        known(self)
        raise Taken

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
    monkeypatch.setattr(sys, "argv", [module, *arguments])
    # What needs something that is not for each machine may end in order before it looks.
    with pytest.raises((Taken, SystemExit)) as ended:
        runpy.run_module(module, run_name="__main__")
    assert not getattr(ended.value, "code", None)
    monkeypatch.undo()
