from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extraction.name_merging import acronym_of, legal_form, same_body, same_person
from pipeline.records import ActorType, MentionKind
from tests.extraction.reading import actors, mentions

PERSON, ORGANISATION = ActorType.PERSON, ActorType.ORGANISATION


# Names that no dictionary knows


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Colonel Wanjiru Adeyemi-Stone said the road was shut.", "Wanjiru Adeyemi-Stone", PERSON),
        ("The harbour master, Teodors Liepa, said the ice held.", "Teodors Liepa", PERSON),
        ("Ysolde Marchetti, 48, sells eels.", "Ysolde Marchetti", PERSON),
        ("The oil firm Brundtner denied it.", "Brundtner", ORGANISATION),
        ("Calverton Shipping Plc said it would sue.", "Calverton Shipping Plc", ORGANISATION),
        ("Shares in Pelorane fell, and Pelorane said nothing.", "Pelorane", ORGANISATION),
        ("The newspaper, El Farol de Arriba, printed it.", "El Farol de Arriba", ORGANISATION),
        ("The Weavers’ Guild said it would march.", "Weavers’ Guild", ORGANISATION),
        ("Kestrane’s chief executive, Odo Falk, resigned.", "Kestrane", ORGANISATION),
        ("The Free Highland Liberation Front said no.", "Free Highland Liberation Front",
         ActorType.ARMED_GROUP),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)  # fmt: skip
def test_an_unknown_name_is_typed_by_the_words_around_it(text, name, kind):
    assert actors(text)[name].type is kind


@pytest.mark.parametrize(
    "text",
    [
        "He drove along Marlborough Street to the Tamsin River.",
        "The film “The Long Winter of Ashes” opens on Friday.",
        "Typhoon Belinda tore roofs off.",
        "The ferry Gull of Bergen sank in the harbour.",
        "Talks resume on Monday in March after Easter.",
        "A vote in Lower Matlock was put off.",
    ],
)
def test_places_events_works_ships_and_days_are_no_actors(text):
    assert actors(text) == {}


def test_a_heading_makes_no_names_of_its_words():
    found = actors("Mayor Pia Lundgren Fights Back\nMayor Pia Lundgren said she would stay.")

    assert list(found) == ["Pia Lundgren"]


def test_a_headline_takes_up_the_names_of_the_body():
    found = actors("Tilda Krantz, a miner, said no.", headline="KRANTZ SAYS NO TO MINE DEAL")

    assert mentions(found["Tilda Krantz"], MentionKind.NAME) == ["KRANTZ", "Tilda Krantz"]


# One actor, one canonical name


def test_a_surname_is_the_person_whose_full_name_stands_elsewhere():
    found = actors("Ágota Szilvási, a nurse, wept. Szilvási then left. “No,” said Szilvasi.")

    assert mentions(found["Ágota Szilvási"], MentionKind.NAME) == [
        "Ágota Szilvási", "Szilvási", "Szilvasi",
    ]  # fmt: skip


def test_a_body_is_found_by_its_acronym_and_by_its_short_name():
    found = actors(
        "The Lakeland Water Authority (LWA) said it was broke. LWA has no cash. "
        "The Authority blamed the rain."
    )

    assert mentions(found["Lakeland Water Authority"], MentionKind.NAME)[-2:] == [
        "LWA", "Authority",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("okoye", "ngozi okoye"),
        ("lo verde", "concetta lo verde"),
        ("xi", "xi jinping"),
        ("harold t brisbane", "harold brisbane"),
        ("smith", "john smith jr"),
    ],
)
def test_forms_of_a_persons_name_are_one(short, full):
    assert same_person(short, full)


@pytest.mark.parametrize(("short", "full"), [("van", "joost van dalen"), ("anna", "hannah okoye")])
def test_particles_and_other_names_are_no_form_of_a_persons_name(short, full):
    assert not same_person(short, full)


def test_only_a_definite_generic_word_takes_up_a_bodys_name():
    assert same_body("union", "union of river pilots", definite=True)
    assert not same_body("union", "union of river pilots", definite=False)
    assert same_body("oakhanger", "oakhanger plc", definite=False)


def test_legal_forms_and_initials_are_recognised():
    assert legal_form("tesco holdings plc", "tesco")
    assert not legal_form("tesco bank", "tesco")
    assert acronym_of("U.N.", "United Nations")
    assert acronym_of("FAO", "Food and Agriculture Organization")


def test_a_known_actor_has_its_id_and_canonical_name():
    found = actors("Mr. Trump left. Donald J. Trump waved. The IMF said nothing.")

    assert found["Donald Trump"].actor_id == "Q22686"
    assert "International Monetary Fund" in found


def test_an_unknown_actor_has_a_slug_of_type_and_name():
    found = actors("Behrouz Sattaripour, 61, an admiral, spoke.")

    assert found["Behrouz Sattaripour"].actor_id == "person:behrouz-sattaripour"


# Governments and places


@pytest.mark.parametrize(
    "text",
    [
        "Beijing warned that it would answer.",
        "China will close the strait.",
        "They accused China of theft.",
        "The measures against China stand.",
        "Beijing has repeatedly denied it.",
        "“No,” said China.",
    ],
)
def test_a_country_or_capital_that_acts_or_is_acted_on_is_its_government(text):
    assert actors(text)["China"].type is ActorType.GOVERNMENT


@pytest.mark.parametrize(
    "text",
    [
        "He flew to Beijing.",
        "Rain fell in Beijing on Monday.",
        "BEIJING, Jan 8 - Rain fell.",
        "She was born near Beijing.",
        "Chinese officials were asleep.",
        "China tea is dear.",
    ],
)
def test_a_place_or_an_adjective_is_no_actor(text):
    assert "China" not in actors(text)


def test_a_capital_is_a_metonym_and_a_country_a_name():
    found = actors("Paris said no. France will not move.")

    assert [mention.kind for mention in found["France"].mentions] == [
        MentionKind.METONYM, MentionKind.NAME,
    ]  # fmt: skip


# Organs of states


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Peru's mines ministry denied it.", "Ministry of Mines of Peru", "PER"),
        ("The Norwegian fisheries ministry said no.", "Ministry of Fisheries of Norway", "NOR"),
        ("The Ministry of Transport of Ghana said no.", "Ministry of Transport of Ghana", "GHA"),
        ("LUSAKA, May 2 - The army said it had fired.", "Armed Forces of Zambia", "ZMB"),
        ("Fiji's parliament voted.", "Parliament of Fiji", "FJI"),
        ("The Peruvian embassy in Quito said no.", "Embassy of Peru in Ecuador", "PER"),
    ],
)
def test_an_organ_without_a_name_is_named_by_its_country(text, name, country):
    found = actors(text)[name]

    assert (found.type, found.country) == (ActorType.STATE_ORGAN, country)


def test_an_organ_that_only_stands_in_a_title_is_no_actor():
    found = actors("Peruvian foreign ministry spokesman Hugo Ybarra said no.")

    assert list(found) == ["Hugo Ybarra"]


def test_the_government_is_the_country_that_the_story_is_told_from():
    found = actors("LUSAKA, May 2 - The government said it would pay.")

    assert found["Zambia"].type is ActorType.GOVERNMENT


def test_each_brief_has_a_home_of_its_own():
    found = actors("LIMA -- The army said no.\n\nQUITO -- The army said yes.")

    assert {"Armed Forces of Peru", "Armed Forces of Ecuador"} <= set(found)


def test_the_agency_in_a_dateline_is_an_actor():
    assert "Zephyr" in actors("LIMA, Peru (Zephyr) -- Rain fell all day.")


# Roles


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Acting Mines Minister Odile Sarr said no.", "Acting Mines Minister"),
        ("The veteran diplomat Odile Sarr said no.", "veteran diplomat"),
        ("Odile Sarr, a spokeswoman for the junta, said no.", "a spokeswoman for the junta"),
        ("The head of the port, Odile Sarr, said no.", "head of the port"),
    ],
)
def test_a_role_is_what_the_text_calls_the_actor(text, role):
    assert actors(text)["Odile Sarr"].role == role


def test_a_minister_of_a_country_belongs_to_it():
    found = actors("Norwegian Fisheries Minister Aslaug Berge said no.")

    assert found["Aslaug Berge"].country == "NOR"


def test_the_date_decides_for_which_state_a_capital_stands():
    text = "MOSCOW, May 3 - Moscow warned that it would wait. The foreign ministry said no more."

    found = actors(text, published_at=datetime(1988, 5, 3, tzinfo=UTC))
    assert {"Soviet Union", "Ministry of Foreign Affairs of the Soviet Union"} <= set(found)
    assert "Russia" in actors(text, published_at=datetime(1998, 5, 3, tzinfo=UTC))


def test_the_date_decides_who_held_an_office():
    text = "PARIS, France - The French president said he was tired."

    assert "Jacques Chirac" in actors(text, published_at=datetime(2003, 3, 1, tzinfo=UTC))
    assert "Emmanuel Macron" in actors(text, published_at=datetime(2020, 3, 1, tzinfo=UTC))
