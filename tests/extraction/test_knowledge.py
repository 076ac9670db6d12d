"""The known actors: their files are sound, and the look-ups answer as callers expect."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipeline.extraction.knowledge.actor_checks import ACTOR_SCHEMA, check
from pipeline.extraction.knowledge.base import (
    ACTOR_FILES,
    ROLE_NAMES,
    ROLE_NAMES_SCHEMA,
    ActorFile,
    ActorFileError,
    KnowledgeBase,
    KnownActor,
    check_actor_files,
    fold,
)
from pipeline.records import ActorType

NOW = date(2026, 11, 1)

SHARED_NAMES = {
    "adf": {"Australian Defence Force", "Allied Democratic Forces"},
    "afp": {"Agence France-Presse", "Australian Federal Police"},
    "congress": {
        "United States Congress",
        "National Congress of Brazil",
        "Congress of Peru",
        "Congress of Colombia",
        "National Congress of Argentina",
        "National Congress of Chile",
        "Congress of Mexico",
        "Congress of the Philippines",
        "National Congress of Honduras",
        "Congress of Guatemala",
        "Congress of Paraguay",
        "Congress of Deputies",
    },
    "congo": {"Democratic Republic of the Congo", "Republic of the Congo"},
    "conservative party": {"Conservative Party", "Conservative Party of Canada"},
    "democratic party": {"Democratic Party", "Democratic Party of Korea"},
    "macedonia": {"North Macedonia", "Macedonia"},
    "kia": {"Kia", "Kachin Independence Army"},
    "pap": {"People's Action Party", "PAP"},
    "republicans": {"Republican Party", "Les Républicains"},
}
"""Names that really stand for more than one actor; no other may."""


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.load()


def names(actors: tuple[KnownActor, ...]) -> list[str]:
    return [actor.name for actor in actors]


class TestFold:
    @pytest.mark.parametrize(
        ("name", "folded"),
        [
            ("Türkiye", "turkiye"),
            ("Côte d’Ivoire", "cote divoire"),
            ("N'Djamena", "ndjamena"),
            ("U.S.", "us"),
            ("Washington, D.C.", "washington dc"),
            ("the Kremlin", "kremlin"),
            ("The  White\n House", "white house"),
            ("Guinea-Bissau", "guinea bissau"),
            ("Jens Stoltenberg–Støre", "jens stoltenberg store"),
            ("Wałęsa", "walesa"),
            ("ERDOĞAN", "erdogan"),
            ("Straße", "strasse"),
        ],
    )
    def test_drops_what_spellings_differ_in(self, name: str, folded: str) -> None:
        assert fold(name) == folded

    def test_keeps_the_article_where_nothing_else_is_left(self) -> None:
        assert fold("The") == "the"

    def test_keeps_the_article_inside_a_name(self) -> None:
        assert fold("Democratic Republic of the Congo") == "democratic republic of the congo"

    def test_is_idempotent(self, base: KnowledgeBase) -> None:
        for key in (*base.by_name, *base.by_metonym, *base.by_demonym, *base.by_surname):
            assert fold(key) == key


class TestFiles:
    def test_the_packaged_files_have_no_problem(self) -> None:
        packaged = [ActorFile.read(path) for path in ACTOR_FILES]
        assert check(packaged, states=frozenset(), bodies=frozenset()) == []

    def test_the_schemas_are_valid_themselves(self) -> None:
        for path in (ACTOR_SCHEMA, ROLE_NAMES_SCHEMA):
            Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))

    def test_role_names_obey_their_schema_and_none_is_two_offices(self) -> None:
        rows = json.loads(ROLE_NAMES.read_text("utf-8"))
        Draft202012Validator(json.loads(ROLE_NAMES_SCHEMA.read_text("utf-8"))).validate(rows)
        offices = {fold(name): role for role, others in rows.items() for name in (role, *others)}
        clashes = {
            name
            for role, others in rows.items()
            for name in map(fold, (role, *others))
            if offices[name] != role
        }
        assert not clashes

    def test_no_name_points_at_two_actors_unless_it_is_listed(self, base: KnowledgeBase) -> None:
        shared = {key: set(names(found)) for key, found in base.by_name.items() if len(found) > 1}
        assert shared == SHARED_NAMES

    def test_no_name_is_given_twice_for_one_actor(self, base: KnowledgeBase) -> None:
        for actor in base.actors:
            spelled = (actor.name, *actor.aliases)
            assert len(set(spelled)) == len(spelled), actor.name

    def test_ambiguous_spellings_belong_to_the_actor(self, base: KnowledgeBase) -> None:
        for actor in base.actors:
            own = {actor.name, *actor.aliases, *actor.metonyms, *actor.demonyms}
            own.add(actor.surname or "")
            unknown = {fold(name) for name in actor.ambiguous} - set(map(fold, own))
            assert not unknown, actor.name

    def test_surnames_are_part_of_the_name_or_an_alias(self, base: KnowledgeBase) -> None:
        for actor in base.actors:
            if actor.surname is not None:
                spelled = " ".join(map(fold, (actor.name, *actor.aliases)))
                assert fold(actor.surname) in spelled, actor.name

    def test_every_role_of_a_leader_is_a_known_role(self, base: KnowledgeBase) -> None:
        roles = set(json.loads(ROLE_NAMES.read_text("utf-8")))
        for actor in base.actors:
            for office in actor.roles:
                assert base.role_name(office.role) in roles, (actor.name, office.role)


class TestCoverage:
    def test_every_member_of_the_united_nations_has_demonyms(self, base: KnowledgeBase) -> None:
        states = [actor for actor in base.actors if actor.type is ActorType.GOVERNMENT]
        assert len({actor.country for actor in states}) >= 197
        assert all(actor.demonyms for actor in states)

    def test_there_are_at_least_150_metonyms(self, base: KnowledgeBase) -> None:
        assert len(base.by_metonym) >= 150

    def test_there_are_at_least_400_people_in_office_of_80_countries(
        self, base: KnowledgeBase
    ) -> None:
        people = [actor for actor in base.actors if actor.roles]
        assert len(people) >= 400
        assert len({actor.country for actor in people}) >= 80

    def test_at_least_400_of_them_of_80_countries_serve_today(self, base: KnowledgeBase) -> None:
        serving = [
            actor for actor in base.actors if any(office.held_on(NOW) for office in actor.roles)
        ]
        assert len(serving) >= 400
        assert len({actor.country for actor in serving}) >= 80

    def test_bodies_of_every_kind_are_known(self, base: KnowledgeBase) -> None:
        of_type = Counter(actor.type for actor in base.actors)
        assert of_type[ActorType.ARMED_GROUP] >= 120
        assert of_type[ActorType.STATE_ORGAN] >= 330
        assert of_type[ActorType.ORGANISATION] >= 1_500

    @pytest.mark.parametrize("year", [1987, 2003, 2015, 2025])
    def test_large_countries_have_a_leader_in_every_period(
        self, base: KnowledgeBase, year: int
    ) -> None:
        day = date(year, 6, 15)
        codes = ["USA", "CHN", "GBR", "FRA", "DEU", "JPN", "IND", "IRN", "ISR", "KOR", "PRK"]
        assert [code for code in codes if not base.holders("leader", code, day)] == []


class TestLookups:
    @pytest.mark.parametrize(
        ("name", "actor"),
        [
            ("the U.S.", "United States"),
            ("Britain", "United Kingdom"),
            ("DR Congo", "Democratic Republic of the Congo"),
            ("Ivory Coast", "Ivory Coast"),
            ("Hizbullah", "Hezbollah"),
            ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
            ("Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"),
        ],
    )
    def test_a_name_in_any_spelling_finds_its_actor(
        self, base: KnowledgeBase, name: str, actor: str
    ) -> None:
        assert names(base.by_name[fold(name)]) == [actor]

    @pytest.mark.parametrize(
        ("place", "actor"),
        [
            ("Beijing", "China"),
            ("Kiev", "Ukraine"),
            ("Foggy Bottom", "State Department"),
            ("Capitol Hill", "United States Congress"),
        ],
    )
    def test_a_place_finds_whom_it_stands_for(
        self, base: KnowledgeBase, place: str, actor: str
    ) -> None:
        assert base.by_metonym[fold(place)][0].name == actor

    def test_brussels_is_the_european_union_before_it_is_belgium(self, base: KnowledgeBase) -> None:
        assert names(base.by_metonym["brussels"]) == ["European Union", "Belgium"]

    def test_korean_means_the_south_before_the_north(self, base: KnowledgeBase) -> None:
        assert names(base.by_demonym["korean"]) == ["South Korea", "North Korea"]

    def test_family_names_that_come_first_are_the_surname(self, base: KnowledgeBase) -> None:
        assert names(base.by_surname["xi"]) == ["Xi Jinping"]
        assert "jinping" not in base.by_surname

    def test_an_arabic_surname_is_found_with_and_without_its_article(
        self, base: KnowledgeBase
    ) -> None:
        assert names(base.by_surname["al sisi"]) == ["Abdel Fattah al-Sisi"]
        assert names(base.by_surname["sisi"]) == ["Abdel Fattah al-Sisi"]

    def test_a_seat_of_power_that_gave_an_institution_its_name_is_a_metonym_too(
        self, base: KnowledgeBase
    ) -> None:
        for place in ("kremlin", "white house", "pentagon", "downing street", "elysee"):
            assert base.by_metonym[place] == base.by_name[place]

    def test_ordinary_words_are_ambiguous_and_acronyms_in_capitals_are_not(
        self, base: KnowledgeBase
    ) -> None:
        assert base.is_ambiguous("Turkey")
        assert base.is_ambiguous("Shell")
        assert base.is_ambiguous("the economist")
        assert base.is_ambiguous("May")
        assert base.is_ambiguous("us")
        assert base.is_ambiguous("Us")
        assert not base.is_ambiguous("US")
        assert not base.is_ambiguous("U.S.")


class TestHolders:
    @pytest.mark.parametrize(
        ("role", "country", "on", "holder"),
        [
            ("president", "USA", date(2019, 6, 1), "Donald Trump"),
            ("president", "USA", date(2023, 6, 1), "Joe Biden"),
            ("president", "RUS", date(2007, 1, 1), "Vladimir Putin"),
            ("prime minister", "RUS", date(2010, 1, 1), "Vladimir Putin"),
            ("Foreign Minister", "RUS", NOW, "Sergei Lavrov"),
            ("secretary of state", "USA", NOW, "Marco Rubio"),
            ("general secretary", "CHN", NOW, "Xi Jinping"),
        ],
    )
    def test_the_holder_is_the_one_of_that_day(
        self, base: KnowledgeBase, role: str, country: str, on: date, holder: str
    ) -> None:
        assert names(base.holders(role, country, on)) == [holder]

    def test_titles_of_one_office_are_the_same(self, base: KnowledgeBase) -> None:
        for title in ("defence minister", "Defense Secretary", "secretary of defense"):
            assert base.role_name(title) == "defence minister"

    def test_a_spokesman_is_found_by_the_body_he_speaks_for(self, base: KnowledgeBase) -> None:
        assert names(base.holders("spokesman", "RUS", NOW, org="the Kremlin")) == ["Dmitry Peskov"]

    @pytest.mark.parametrize(
        ("country", "leader"),
        [("GBR", "Keir Starmer"), ("DEU", "Friedrich Merz"), ("PRK", "Kim Jong Un")],
    )
    def test_the_leader_is_whoever_really_leads(
        self, base: KnowledgeBase, country: str, leader: str
    ) -> None:
        assert names(base.holders("leader", country, date(2025, 11, 1))) == [leader]

    def test_on_a_day_of_change_the_newcomer_comes_first(self, base: KnowledgeBase) -> None:
        held = base.holders("president", "USA", date(2025, 1, 20))
        assert names(held) == ["Donald Trump", "Joe Biden"]

    def test_nobody_holds_an_office_before_its_first_known_holder(
        self, base: KnowledgeBase
    ) -> None:
        assert base.holders("president", "USA", date(1900, 1, 1)) == ()


class TestExtraFiles:
    def write(self, path: Path, *rows: object) -> ActorFile:
        path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
        return ActorFile.read(path)

    def test_an_extra_actor_is_the_first_candidate(self, tmp_path: Path) -> None:
        extra = self.write(
            tmp_path / "extra.jsonl",
            {"id": "nw:beijing-group", "name": "Beijing Group", "type": "ORGANISATION",
             "country": "CHN", "metonyms": ["Beijing"]},
        )  # fmt: skip
        found = KnowledgeBase.load([extra]).by_metonym["beijing"]
        assert names(found) == ["Beijing Group", "China"]

    def test_an_extra_actor_replaces_the_packaged_one_of_its_id(self, tmp_path: Path) -> None:
        row = {"id": "Q159", "name": "Russian Federation", "type": "GOVERNMENT", "country": "RUS"}
        extra = self.write(tmp_path / "extra.jsonl", row)
        loaded = KnowledgeBase.load([extra])
        assert loaded.by_id["Q159"].name == "Russian Federation"
        assert "russia" not in loaded.by_name

    def test_the_base_is_loaded_once(self) -> None:
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
        self, tmp_path: Path, change: dict[str, object], field: str, expected: str
    ) -> None:
        good = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
        bad = {"id": "nw:b", "name": "B", "type": "PERSON", "country": "RUS"} | change
        path = self.write(tmp_path / "extra.jsonl", good, bad)
        with pytest.raises(ActorFileError) as caught:
            KnowledgeBase.load([path])
        assert str(caught.value).startswith(f"{path.path}:2: {field}: ")
        assert expected in str(caught.value)

    def test_an_id_given_twice_in_a_file_is_an_error(self, tmp_path: Path) -> None:
        row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
        path = self.write(tmp_path / "extra.jsonl", row, row)
        with pytest.raises(ActorFileError, match=r":2: id: expected an id of its own"):
            KnowledgeBase.load([path])

    def test_an_id_given_in_two_files_is_an_error(self, tmp_path: Path) -> None:
        row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "RUS"}
        first, second = (self.write(tmp_path / name, row) for name in ("1.jsonl", "2.jsonl"))
        (problem,) = check_actor_files([first, second])
        assert problem.path == second.path
        assert f"stands in line 1 of {first.path} too" in str(problem)

    def test_every_problem_is_told_and_not_the_first_alone(self, tmp_path: Path) -> None:
        bad = {"id": "A", "name": " A", "type": "PERSON", "country": "RUS"}
        problems = check_actor_files([self.write(tmp_path / "extra.jsonl", bad, 7, bad)])
        assert [(each.line, each.field) for each in problems] == [
            (1, "id"), (1, "name"), (2, "line"), (3, "id"), (3, "name"),
        ]  # fmt: skip

    def test_a_state_or_body_that_no_file_knows_is_an_error(self, tmp_path: Path) -> None:
        office = {
            "role": "spokesman",
            "country": "RUS",
            "org": "Kremln",
            "from": "2001",
            "to": None,
        }
        row = {"id": "nw:a", "name": "A", "type": "PERSON", "country": "ZZZ", "roles": [office]}
        problems = check_actor_files([self.write(tmp_path / "extra.jsonl", row)])
        assert [each.field for each in problems] == ["country", "roles.0.org"]

    def test_one_file_may_name_a_state_and_a_body_of_another(self, tmp_path: Path) -> None:
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
        people = self.write(tmp_path / "people.jsonl", person)
        states = self.write(tmp_path / "states.jsonl", state, guard)
        assert check_actor_files([people, states]) == []

    def test_a_separator_of_lines_within_a_string_ends_no_line(self, tmp_path: Path) -> None:
        row = '{"id": "nw:a", "name": "A\u2028B", "type": "PERSON", "country": null}'
        path = tmp_path / "extra.jsonl"
        path.write_text(row, "utf-8")
        assert check_actor_files([ActorFile.read(path)]) == []

    def test_a_line_that_is_no_json_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "extra.jsonl"
        path.write_text("{'id': 1}\n", "utf-8")
        with pytest.raises(ActorFileError, match="one JSON object a line"):
            KnowledgeBase.load([ActorFile.read(path)])
