"""What the documentation says about commands, options, files and fields is so."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from prometheus_client import REGISTRY

import pipeline.metrics  # noqa: F401  registers them all
from pipeline.cli import COMMANDS, cli
from pipeline.options import environment_variable
from pipeline.settings_file import SECRETS
from tests.deploy.commands import parsed
from tests.runner.under_test import SETTINGS
from tests.shown_lines import PAGES, ROOT, code_of

ENVIRONMENT_ONLY = {
    "NEWSWIRE_CACHE",
    *SETTINGS.values(),
    # Credentials are no options: those stand in lists of processes.
    *(environment_variable([f"--{key}"]) for key in SECRETS),
}
COMMAND_LINE = re.compile(r"^\s*(?:\$ )?(?:.*\| )?newswire ((?:[a-z-]+)(?: .*)?)$", re.MULTILINE)


def command_lines() -> list[tuple[str, str]]:
    return [
        (page.name, found[1]) for page in PAGES for found in COMMAND_LINE.finditer(code_of(page))
    ]


def find_command(words: list[str]) -> click.Command:
    context = click.Context(cli)
    command: click.Command | None = cli
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(context, word)
        assert command is not None, f"no command {word}"
    assert command is not None
    return command


def test_the_pages_show_commands_at_all():
    assert {"README.md", "evaluation.md"} <= {page for page, _ in command_lines()}


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_a_command_line_shown_is_one_that_there_is(page: str, line: str):
    line = line.split(" -- ", maxsplit=1)[0].split(" | ", maxsplit=1)[0].split(" #", maxsplit=1)[0]
    words = line.split()
    command = find_command([word for word in words[:2] if not word.startswith("-")])
    known = {flag for parameter in command.params for flag in flags(parameter)} | {"--help"}
    used = {word.split("=")[0] for word in words if word.startswith("--")}
    assert used <= known, page


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_a_command_line_shown_is_one_that_the_parser_takes(page: str, line: str):
    line = line.split(" | ", maxsplit=1)[0].split(" > ", maxsplit=1)[0].removesuffix(" &")
    # Where something is left out for the reader, the rest is to be right.
    words = [word for word in shlex.split(line, comments=True) if word != "…"]
    try:
        parsed(words, {}, {})
    except click.exceptions.Exit as ended:
        assert ended.exit_code == 0
    except click.BadParameter as error:
        # Files of the reader's own are not here; all else must be as it is shown.
        assert re.search("does not exist|[Nn]o such file", error.message), (
            f"{page}: {error.message}"
        )


@pytest.mark.parametrize(
    ("page", "module"),
    [
        ("configuration.md", "pipeline.configuration_page"),
        ("records-reference.md", "pipeline.serialization.records_page"),
    ],
)
def test_a_generated_page_is_not_stale(page: str, module: str):
    made = subprocess.run([sys.executable, "-m", module], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    target = page.removesuffix(".md").removesuffix("-reference")
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made.stdout, (
        f'stale: run "make docs-{target}"'
    )


def test_the_site_has_every_page_and_no_dead_link():
    built = subprocess.run(["make", "docs"], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    site = ROOT / "build" / "site"
    made = {path.relative_to(site) for path in site.rglob("*.html")}
    for page in PAGES:
        name = page.relative_to(ROOT)
        name = name.with_name("index.html") if name.stem == "README" else name.with_suffix(".html")
        assert name in made, f"{page.name} is not in the menu of mkdocs.yml"
    # What looks like a page must not have the browser ask others.
    text = (site / "index.html").read_text(encoding="utf-8")
    assert not re.findall(
        r'(?:src|href)="https?://(?!www\.mkdocs|squidfunk)[^"]*\.(?:js|css)"', text
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_and_variables_named_in_the_text_are_real(page: Path):
    text = page.read_text(encoding="utf-8")
    options = {
        option
        for name in COMMANDS
        for command in commands_below(find_command([name]))
        for parameter in command.params
        for option in flags(parameter)
    }
    named = set(re.findall(r"`(--[a-z-]+)", text))
    assert named <= options | {"--help", "--version"}
    variables = {
        f"NEWSWIRE_{option[2:].replace('-', '_').upper()}"
        for option in options
        if option.startswith("--")
    }
    # Those of `make test-runner` are read by the tests.
    named = set(re.findall(r"NEWSWIRE_(?!TEST_)[A-Z_]+[A-Z]", text))
    assert named <= variables | ENVIRONMENT_ONLY


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_metrics_named_in_the_text_are_real(page: Path):
    families = [family for family in REGISTRY.collect() if family.name.startswith("newswire_")]
    real = {sample.name for family in families for sample in family.samples}
    # A histogram goes by its own name, and what has no series yet has none to look at.
    real |= {name for family in families for name in (family.name, f"{family.name}_total")}
    named = re.findall(r"`(newswire_[a-z_]+)", page.read_text(encoding="utf-8"))
    assert [name for name in named if name not in real] == []


def flags(parameter: click.Parameter) -> list[str]:
    """Every way to give the parameter, --no-… included."""
    return [*parameter.opts, *parameter.secondary_opts]


def commands_below(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        return [below for name in command.commands.values() for below in commands_below(name)]
    return [command]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_our_own_files_lead_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["actor", "threat", "denial", "extraction"])
def test_the_records_page_names_every_field_of_the_schemas(name: str):
    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "schemas" / f"{name}.avsc").read_text(encoding="utf-8"))
    missing = {field["name"] for field in schema["fields"]} - set(re.findall(r"`(\w+)`", page))
    assert missing == set()


def test_the_records_page_has_the_schemas_categories():
    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "schemas" / "threat.avsc").read_text(encoding="utf-8"))
    doc = next(field["doc"] for field in schema["fields"] if field["name"] == "category")
    assert set(re.findall(r"^\| (13\d) \|", page, re.MULTILINE)) == set(re.findall(r"13\d", doc))
