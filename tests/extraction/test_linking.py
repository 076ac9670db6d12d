"""Which threat of the article a denial denies."""

from __future__ import annotations

from pipeline.records import Extraction
from tests.extraction.reading import read

ALLEGED = "Poland accused Belarus of having threatened to shell its border posts. "


def links(found: Extraction) -> list[tuple[str, str]]:
    actions = {threat.record_id: threat.action for threat in found.threats}
    return [
        (denial.denier.name, actions[record_id])
        for denial in found.denials
        for record_id in denial.denies
    ]


def test_a_denial_that_tells_the_threat_again_denies_it() -> None:
    found = read(ALLEGED + "Belarus denied that it had threatened to shell any border posts.")
    assert [who for who, _ in links(found)] == ["Belarus"]


def test_such_threats_are_those_told_before() -> None:
    found = read(ALLEGED + '"No such threat was ever made," Belarus said.')
    assert links(found) == [("Belarus", "shell its border posts")]


def test_the_allegation_is_the_one_told_before() -> None:
    found = read(ALLEGED + "Belarus called the allegation false.")
    assert links(found) == [("Belarus", "shell its border posts")]


def test_a_denial_of_the_conversation_denies_the_threat_made_in_it() -> None:
    found = read(
        "A book says that Donald Trump told Vladimir Putin in a telephone call that he would "
        'bomb Moscow if Russia invaded Ukraine. "There was no such telephone call," '
        "Kremlin spokesman Dmitry Peskov said."
    )
    assert [who for who, _ in links(found)] == ["Dmitry Peskov"]


def test_a_denial_of_something_else_denies_no_threat() -> None:
    found = read(ALLEGED + "Belarus denied that its banks were short of dollars.")
    assert found.denials
    assert links(found) == []


def test_a_threatener_who_stands_by_his_words_denies_no_threat_by_denying_something_else() -> None:
    found = read(
        "Belarus threatened to shell Polish border posts if Warsaw closed the crossing. "
        "Belarus also denied a report that its president was ill."
    )
    assert found.denials
    assert links(found) == []
