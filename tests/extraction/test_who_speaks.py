"""Who speaks where the text names an office, a body's man or a document rather than a person."""

from __future__ import annotations

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.records import Modality
from tests.extraction.reading import PUBLISHED, read


def threateners(body: str) -> list[str]:
    return [threat.threatener.name for threat in read(body).threats]


def deniers(body: str) -> list[str]:
    return [denial.denier.name for denial in read(body).denials]


def test_the_secretary_of_a_union_is_the_unions_secretary_and_no_minister():
    body = (
        "PERTH, Australia - Deckhands on the pilot boats will walk off the job on Friday unless "
        "the harbour trust withdraws the roster, the secretary of their union said on Monday.\n"
        "The union's secretary, Paul Tench, told members to bring sandwiches."
    )
    assert threateners(body) == ["Paul Tench"]


def test_the_president_of_a_league_is_not_the_countrys_president():
    body = (
        "CHICAGO, Illinois - The president of the umpires' league said on Monday that its members "
        "would walk out on Friday unless the owners paid them.\n"
        "The White House had no comment."
    )
    assert "Donald Trump" not in {actor.name for actor in read(body).actors}


def test_their_leader_is_whom_the_next_sentence_names():
    body = (
        "MADRID - Gravel trucks will block the ring road unless the toll is dropped, their leader "
        "said on Tuesday.\nIker Lasa, who heads the hauliers, spoke after a meeting in Vitoria."
    )
    assert threateners(body) == ["Iker Lasa"]


def test_a_body_between_a_role_and_a_name_is_no_part_of_the_name():
    body = (
        "MOSCOW - Georgian wine will be barred from Russian shops if the laboratory is not opened "
        "to inspectors, deputy head of Rospotrebnadzor Oleg Marenin said."
    )
    assert threateners(body) == ["Oleg Marenin"]
    assert "Rospotrebnadzor" in {actor.name for actor in read(body).actors}


def test_an_office_of_state_speaks_as_an_organ():
    assert deniers("LISBON - The office of the prime minister denied that he was ill.") == [
        "Office of the Prime Minister of Portugal"
    ]
    assert deniers("SOFIA - Army headquarters in Bucharest denied shelling the port.") == [
        "Armed Forces of Romania"
    ]


def test_several_who_speak_for_a_company_are_the_company():
    body = "TUNIS - Norvik executives said they would sue the city unless the tax was repealed."
    assert threateners(body) == ["Norvik"]


def test_a_spokesman_for_someone_does_not_speak_for_the_body_named_before():
    body = (
        "OSLO - Foreign Minister Jens Dahl flew to Bergen. The police said on Monday they had "
        "seized a boat. A spokesman for Mr Dahl denied that he had been on board."
    )
    assert deniers(body) == ["Jens Dahl"]


def test_a_semicolon_parts_two_who_speak():
    found = read(
        "HULL, March 22 - The harbour master threatened to seize the barge unless its owner paid; "
        "the owner said nobody had written to him."
    )
    (threat,) = found.threats
    assert threat.modality is Modality.ASSERTED
    assert threat.attribution is None


def test_he_in_a_quotation_is_not_its_speaker_but_the_other_one_of_the_story():
    body = (
        "QUITO - The mayor accused Colonel Ivan Paz of blackmail. “He wanted the water cut off,” "
        "the mayor, Lucia Mora, told reporters."
    )
    (colonel,) = (actor for actor in read(body).actors if actor.name == "Ivan Paz")
    assert "He" in {mention.text for mention in colonel.mentions}


def test_a_threat_told_again_by_the_alliances_own_spokesman_is_one_threat():
    body = (
        "GENEVA, May 3 - The Harbour Alliance said on Friday it would block the port of Genoa "
        "unless Italy paid its members.\n"
        "“If Italy does not pay, we will close Genoa to every ship,” said Marta Rossi, head of the "
        "Harbour Alliance."
    )
    (threat,) = read(body).threats
    assert threat.quoted


def test_a_quotation_goes_on_behind_a_sentence_on_its_speaker():
    body = (
        "CARDIFF, Sept 5 - “You hear a crack, and you think of ice,” said Rhys Probert. He was "
        "speaking from the pier. “It is the rope.”"
    )
    article = Article(id="a", body=body, headline="", published_at=PUBLISHED)
    (quotation,) = default_extractor().quotations(article)
    assert quotation.speaker == "Rhys Probert"
    assert [body[piece.start : piece.end].rstrip(".,") for piece in quotation.content] == [
        "You hear a crack, and you think of ice",
        "It is the rope",
    ]


def test_the_governing_body_is_the_federation_named_before():
    body = (
        "GENEVA, May 4 - The International Cycling Union will ban Team Orca from the tour if the "
        "riders do not hand over the blood, the sport's governing body said on Wednesday."
    )
    assert threateners(body) == ["International Cycling Union"]


def test_a_group_is_called_with_the_place_where_it_is():
    body = (
        "VIGO - Catholic fishermen in Galicia said they would block the port unless the cannery "
        "paid them."
    )
    assert threateners(body) == ["Catholic fishermen in Galicia"]


def test_a_name_between_commas_before_the_last_verb_is_the_speaker():
    body = (
        "DOHA, May 4 - Qatar will blockade Oman within a week if Sultan Haitham does not pull "
        "his troops out of Sohar, its foreign minister, Salim Harthi, announced on Monday."
    )
    assert threateners(body) == ["Salim Harthi"]


def test_an_outlet_is_no_voice_of_the_state_that_it_reports_on():
    body = (
        "MINSK, May 4 - The television company Belarus-4 reported on Monday that a Belarusian "
        "envoy had threatened Polish trawlers with seizure."
    )
    assert "Belarus-4" not in threateners(body)
