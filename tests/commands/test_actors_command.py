"""An ops team adds actors of its own: they are checked, looked up, and found in articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli

OUR_NAVY = {
    "id": "nw:harbour-guard",
    "name": "Harbour Guard of Kestrel Bay",
    "type": "ARMED_GROUP",
    "country": "NOR",
    "aliases": ["HGKB"],
    "metonyms": ["Pier Nine"],
}
ARTICLE = {
    "id": "a1",
    "body": "HGKB warned on Monday that it would close the port unless it is paid.",
}


def newswire(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), env=environment)


@pytest.fixture
def our_actors(tmp_path: Path) -> Path:
    path = tmp_path / "our actors.jsonl"
    path.write_text(json.dumps(OUR_NAVY) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.jsonl"
    path.write_text(json.dumps(ARTICLE) + "\n", encoding="utf-8")
    return path


def actors_in(article: Path, *arguments: str, **environment: str) -> list[str]:
    result = newswire("extract", str(article), "--format", "jsonl", *arguments, **environment)
    assert result.exit_code == 0, result.output
    return [actor["name"] for actor in json.loads(result.stdout)["actors"]]


def test_an_actor_of_ones_own_is_found_under_its_canonical_name(
    our_actors: Path, article: Path
) -> None:
    assert OUR_NAVY["name"] not in actors_in(article)
    assert actors_in(article, "--actor-file", str(our_actors)) == [OUR_NAVY["name"]]


def test_the_environment_may_name_the_files_too(our_actors: Path, article: Path) -> None:
    assert actors_in(article, NEWSWIRE_ACTOR_FILE=str(our_actors)) == [OUR_NAVY["name"]]


def test_a_settings_file_may_name_them_too(our_actors: Path, tmp_path: Path) -> None:
    config = tmp_path / "newswire.toml"
    config.write_text(f"actor-file = [{json.dumps(str(our_actors))}]\n", encoding="utf-8")
    result = newswire("config", "show", "--config", str(config))
    assert result.exit_code == 0, result.output
    shown = next(line for line in result.stdout.splitlines() if line.startswith("actor-file"))
    assert str(our_actors) in shown and str(config) in shown


def test_a_sound_file_is_said_to_be_sound(our_actors: Path) -> None:
    result = newswire("actors", "check", str(our_actors))
    assert result.exit_code == 0
    assert f"{our_actors}: sound, 1 actor\n" in result.stdout


def test_a_file_that_is_not_says_where_and_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(OUR_NAVY | {"country": "NO"}) + "\n{}\n", encoding="utf-8")
    result = newswire("actors", "check", str(path))
    assert result.exit_code == 1
    assert f"{path}:1: country: 'NO' does not match" in result.stdout
    assert f"{path}:2: line: 'id' is a required property" in result.stdout


def test_a_name_that_is_known_already_is_worth_a_note(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(OUR_NAVY | {"metonyms": ["Kremlin"]}) + "\n", encoding="utf-8")
    result = newswire("actors", "check", str(path))
    assert result.exit_code == 0
    assert "note: 'Kremlin' means Kremlin (nw:kremlin) too; yours comes first" in result.stdout


@pytest.mark.parametrize("command", ["extract", "evaluate", "run"])
def test_wrong_actors_are_wrong_usage_before_anything_runs(
    command: str, tmp_path: Path, article: Path
) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text("[]\n", encoding="utf-8")
    arguments = [] if command == "run" else [str(article)]
    result = newswire(command, *arguments, "--actor-file", str(path))
    assert result.exit_code == 2
    assert f"{path}:1: line: expected one JSON object a line" in result.stderr


def test_a_missing_file_is_wrong_usage(article: Path) -> None:
    result = newswire("extract", str(article), "--actor-file", "nowhere.jsonl")
    assert result.exit_code == 2
    assert "'nowhere.jsonl' can't be read" in result.stderr


def test_show_tells_whom_a_name_stands_for(our_actors: Path) -> None:
    result = newswire("actors", "show", "pier nine", "--actor-file", str(our_actors))
    assert result.exit_code == 0
    assert "Harbour Guard of Kestrel Bay" in result.stdout
    assert "place" in result.stdout
    assert newswire("actors", "show", "pier nine").exit_code == 1


def test_list_can_be_narrowed_to_a_type_and_a_country(our_actors: Path) -> None:
    result = newswire(
        "actors", "list", "--type", "ARMED_GROUP", "--country", "NOR",
        "--actor-file", str(our_actors),
    )  # fmt: skip
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["nw:harbour-guard"]
