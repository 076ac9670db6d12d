"""Files of actors that a team adds: what they change, and what is said of a bad one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.extraction.knowledge.base import (
    ActorFile,
    ActorFileError,
    KnowledgeBase,
    check_actor_files,
)


def write(path: Path, *rows: object) -> ActorFile:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    return ActorFile.read(path)


def test_an_extra_actor_is_the_first_candidate(tmp_path: Path) -> None:
    extra = write(
        tmp_path / "extra.jsonl",
        {"id": "nw:beijing-group", "name": "Beijing Group", "type": "ORGANISATION",
         "country": "CHN", "metonyms": ["Beijing"]},
    )  # fmt: skip
    found = KnowledgeBase.load([extra]).by_metonym["beijing"]
    assert [each.name for each in found] == ["Beijing Group", "China"]


def test_an_extra_actor_replaces_the_packaged_one_of_its_id(tmp_path: Path) -> None:
    row = {"id": "Q159", "name": "Russian Federation", "type": "GOVERNMENT", "country": "RUS"}
    extra = write(tmp_path / "extra.jsonl", row)
    loaded = KnowledgeBase.load([extra])
    assert loaded.by_id["Q159"].name == "Russian Federation"
    assert "russia" not in loaded.by_name


def test_the_base_is_loaded_once() -> None:
    assert KnowledgeBase.load() is KnowledgeBase.load(())


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"country": "RU"}, "country", "alpha-3"),
        ({"type": "COMPANY"}, "type", "ORGANISATION"),
        ({"id": "kremlin"}, "id", "Wikidata"),
        ({"aliases": ["x", 3]}, "aliases.1", "string"),
        ({"colour": "red"}, "line", "colour"),
        (
            {"roles": [{"role": "mayor", "country": "RUS", "from": "soon", "to": None}]},
            "roles.0.from",
            "YYYY-MM-DD",
        ),
        (
            {"roles": [{"role": "mayor", "country": "RUS", "from": "2001-02-30", "to": None}]},
            "roles.0",
            "real dates",
        ),
        (
            {"roles": [{"role": "mayor", "country": "RUS", "from": "2009", "to": "2008"}]},
            "roles.0.to",
            "on or after 2009",
        ),
    ],
)
def test_an_error_names_file_line_field_and_what_was_expected(
    tmp_path: Path, change: dict[str, object], field: str, expected: str
) -> None:
    good = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
    bad = {"id": "nw:b", "name": "B", "type": "PERSON", "country": "RUS"} | change
    path = write(tmp_path / "extra.jsonl", good, bad)
    with pytest.raises(ActorFileError) as caught:
        KnowledgeBase.load([path])
    assert str(caught.value).startswith(f"{path.path}:2: {field}: ")
    assert expected in str(caught.value)


def test_an_id_given_twice_in_a_file_is_an_error(tmp_path: Path) -> None:
    row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
    path = write(tmp_path / "extra.jsonl", row, row)
    with pytest.raises(ActorFileError, match=r":2: id: expected an id of its own"):
        KnowledgeBase.load([path])


def test_an_id_given_in_two_files_is_an_error(tmp_path: Path) -> None:
    row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
    first, second = (write(tmp_path / name, row) for name in ("1.jsonl", "2.jsonl"))
    (problem,) = check_actor_files([first, second])
    assert problem.path == second.path
    assert f"stands in line 1 of {first.path} too" in str(problem)


def test_every_problem_is_told_and_not_the_first_alone(tmp_path: Path) -> None:
    bad = {"id": "A", "name": " A", "type": "PERSON", "country": "RUS"}
    problems = check_actor_files([write(tmp_path / "extra.jsonl", bad, 7, bad)])
    assert [(each.line, each.field) for each in problems] == [
        (1, "id"), (1, "name"), (2, "line"), (3, "id"), (3, "name"),
    ]  # fmt: skip


def test_a_state_or_body_that_no_file_knows_is_an_error(tmp_path: Path) -> None:
    office = {
        "role": "spokesman",
        "country": "RUS",
        "org": "Kremln",
        "from": "2001",
        "to": None,
    }
    row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "ZZZ", "roles": [office]}
    problems = check_actor_files([write(tmp_path / "extra.jsonl", row)])
    assert [each.field for each in problems] == ["country", "roles.0.org"]


def test_one_file_may_name_a_state_and_a_body_of_another(tmp_path: Path) -> None:
    state = {"id": "nw:z", "name": "Zed", "type": "GOVERNMENT", "country": "ZZZ"}
    office = {
        "role": "spokesman",
        "country": "ZZZ",
        "org": "Zed Guard",
        "from": "2001",
        "to": None,
    }
    guard = {"id": "nw:g", "name": "Zed Guard", "type": "ARMED_GROUP", "country": "ZZZ"}
    person = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "ZZZ", "roles": [office]}
    people = write(tmp_path / "people.jsonl", person)
    states = write(tmp_path / "states.jsonl", state, guard)
    assert check_actor_files([people, states]) == []


def test_a_separator_of_lines_within_a_string_ends_no_line(tmp_path: Path) -> None:
    row = '{"id": "nw:a", "name": "A\u2028B", "type": "PERSON", "country": null}'
    path = tmp_path / "extra.jsonl"
    path.write_text(row, "utf-8")
    assert check_actor_files([ActorFile.read(path)]) == []


def test_a_line_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "extra.jsonl"
    path.write_text("{'id': 1}\n", "utf-8")
    with pytest.raises(ActorFileError, match="one JSON object a line"):
        KnowledgeBase.load([ActorFile.read(path)])
