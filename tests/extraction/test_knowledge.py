"""The known actors: their files are sound, and the look-ups answer as callers expect."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from pipeline.extraction.knowledge.actor_checks import ACTOR_SCHEMA, check
from pipeline.extraction.knowledge.base import (
    ACTOR_FILES,
    ROLE_NAMES,
    ROLE_NAMES_SCHEMA,
    ActorFile,
    KnowledgeBase,
    KnownActor,
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
