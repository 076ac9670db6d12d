"""The command line as a whole: what it loads, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import click
import pytest

from pipeline import __version__, cli
from pipeline.cli import COMMANDS, LazyGroup, run
from pipeline.errors import CommandError
from tests.newswire_process import NEWSWIRE


def failing(error: BaseException) -> click.Group:
    """A command line whose one command fails in this way."""

    @click.group()
    def group() -> None:
        """Does nothing itself."""

    @group.command()
    def fail() -> None:
        raise error

    return group


def test_help_loads_neither_beam_nor_spacy_nor_a_kafka_client() -> None:
    program = (
        "import sys; from pipeline.cli import run; run(['--help']); "
        "sys.exit(sorted({'apache_beam', 'spacy', 'kafka', 'fastavro'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "extract" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_and_its_module_are_there(name: str) -> None:
    group = cli.cli
    assert isinstance(group, LazyGroup)
    command = group.get_command(click.Context(group), name)
    assert command is not None and command.name == name


def test_the_version_is_told() -> None:
    result = subprocess.run([NEWSWIRE, "--version"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, f"newswire, version {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["exract"], "exract"),
        (["extract", "--fromat", "json"], "--fromat"),
        (["tail", "a b"], "a b"),
    ],
)
def test_wrong_usage_exits_with_2_and_names_what_is_wrong(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert named in capsys.readouterr().err


def test_an_expected_failure_exits_with_1_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "cli", failing(CommandError("the broker is away")))
    assert run(["fail"]) == 1
    assert capsys.readouterr().err == "Error: the broker is away\n"


def test_an_unexpected_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "cli", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        run(["fail"])


def test_an_interrupted_command_exits_with_130_and_no_traceback() -> None:
    process = subprocess.Popen(
        [NEWSWIRE, "extract", "-", "--format", "jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b'{"id": "a1", "status": "withdrawn"}\n')
    process.stdin.flush()
    # It has answered and waits for more.
    assert b"withdrawn" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
