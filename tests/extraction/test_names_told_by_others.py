"""Names that the words around them complete, explain or tell apart from ordinary words."""

from __future__ import annotations

import pytest

from pipeline.records import ActorType
from tests.extraction.reading import actors


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Farid Qazimi met lawyers. Qazimi's sister, Nadira, said he was ill.", "Nadira Qazimi"),
        ("Actor Lars Brenna, 51, was fined. His wife, Kari, told reporters so.", "Kari Brenna"),
        ("Jan van Houten spoke. Pieter, his younger brother, said no.", "Pieter van Houten"),
    ],
)
def test_a_relative_called_by_a_given_name_has_the_familys(text: str, name: str) -> None:
    assert name in actors(text)


def test_where_no_family_has_a_name_a_relative_is_given_none() -> None:
    found = actors("SEOUL, May 3 - Park Jae-won was ill. Park's wife, Mirae, told reporters so.")
    assert "Mirae" in found


def test_a_surname_alone_is_not_the_relatives() -> None:
    found = actors("Farid Qazimi left. Qazimi's sister, Nadira, said no. Qazimi denied it.")
    assert [mention.text for mention in found["Farid Qazimi"].mentions].count("Qazimi") == 2


@pytest.mark.parametrize(
    ("text", "name", "other"),
    [
        ("General Somchai Prasert, better known as Seh Lek, left.", "Somchai Prasert", "Seh Lek"),
        ("The Housing Inspection Agency, known by its initials HIX, said no.",
         "Housing Inspection Agency", "HIX"),
    ],
)  # fmt: skip
def test_who_is_also_called_otherwise_is_one(text: str, name: str, other: str) -> None:
    assert other in {mention.text for mention in actors(text)[name].mentions}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("He shared it with a firm called Tandil.", "Tandil", ActorType.ORGANISATION),
        ("A commander, who gave his name as Marek, denied it.", "Marek", ActorType.PERSON),
        ("One of their leaders, Fadil Rexhaj, admitted it.", "Fadil Rexhaj", ActorType.PERSON),
        ("A Lusaka newspaper, The Morning Drum, wrote so.", "Morning Drum",
         ActorType.ORGANISATION),
        ("Harvest, a charity, said it would sue.", "Harvest", ActorType.ORGANISATION),
        ("His lawyer, An Peeters, said no.", "An Peeters", ActorType.PERSON),
        ("Bihar Chief Minister Ranjana Devi-Sahu said no.", "Ranjana Devi-Sahu",
         ActorType.PERSON),
        ("Light Infantry Battalion 310 said it would move.", "Light Infantry Battalion 310",
         ActorType.ORGANISATION),
        ("The U.S. 6th Fleet said no.", "Sixth Fleet", ActorType.STATE_ORGAN),
        ("Pilots of Pakistan International Airlines said no.", "Pakistan International Airlines",
         ActorType.ORGANISATION),
    ],
)  # fmt: skip
def test_a_name_is_told_by_what_explains_it(text: str, name: str, kind: ActorType) -> None:
    assert actors(text)[name].type is kind


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen who hold the port left. Protesters threw stones.",
        'A frigate, the Kalymnos, left. "The Kalymnos was in dock," people said.',
        "He won three stages of the Tour of Holland.",
        'It carried these lines: "White soldiers, you have until Monday."',
        "They reached the port of Kartala, where the founder of the faith died.",
    ],
)
def test_people_ships_races_and_first_words_are_no_names(text: str) -> None:
    assert not actors(text)


def test_the_commission_is_that_of_the_union_which_the_story_is_about() -> None:
    assert "European Commission" in actors("EU ministers met. The Commission said it would sue.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NAIROBI, May 3 - He told a Senate hearing that he was ill.", "Senate of Kenya"),
        ("LIMA, May 3 - Prosecutors have charged two men.", "Prosecutors of Peru"),
        ("ATHENS, May 3 - He will go unless parliament repeals the law.", "Parliament of Greece"),
    ],
)
def test_an_organ_acts_without_its_owner_named(text: str, name: str) -> None:
    assert name in actors(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Minister of Basic Education Adama Zongo told reporters so.", "Adama Zongo"),
        ("They said Democrat Dana Kowalchuk had lied.", "Dana Kowalchuk"),
        ("Processor Shannonmore said it would pay.", "Shannonmore"),
        ("He told King Birendro that it was late.", "King Birendro"),
        ("The gang's chief, alias Pinzo, denied it.", "Pinzo"),
        ("A Riga court jailed two men.", "court in Riga"),
        ("The Commission on Elections said no.", "Commission on Elections"),
        ("Nordhavn Oil of Stavanger said no.", "Nordhavn Oil"),
        ('Gang leader Ruben "Toto" Macielo said no.', "Ruben Macielo"),
        ("The union of secondary teachers, Synatex, said no.", "Synatex"),
        ("MINSK, May 3 - The Belarusian KGB left. The KGB said no more.",
         "Belarusian KGB"),
    ],
)  # fmt: skip
def test_a_name_is_cut_and_completed_by_what_stands_before_it(text: str, name: str) -> None:
    assert list(actors(text)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Customers in Egypt and Japan had asked about it.",
        "Of the lawmakers three Democrats said no.",
        "Rain fell on villages in Ghana's Ashanto region.",
        "An El Nino threatens the harvest.",
    ],
)
def test_rows_of_places_and_members_counted_do_nothing(text: str) -> None:
    assert not actors(text)
