"""A story told over an article: hearers become targets, and denials find their threat."""

from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.extraction import extract
from pipeline.records import Extraction

STORY = (
    "NICOSIA, May 4, 2019 - A former aide says in a memoir that Norwegian President Harald "
    "Nystad reportedly threatened to sink Icelandic trawlers if Iceland extended its fishing "
    "limits.\n"
    "Nystad also allegedly recalled a similar warning to Danish Prime Minister Sofie Lindqvist, "
    "claiming he had threatened to blockade Denmark if Danish boats moved to fish off Iceland.\n"
    "A spokesman for Iceland's government, Jon Arnason, dismissed the report and denied that any "
    "such conversation between Nystad and the prime minister of Iceland had taken place."
)


@pytest.fixture(scope="module")
def found() -> Extraction:
    return extract(Article(id="1", body=STORY))


def test_who_was_warned_is_a_target_beside_the_country(found: Extraction) -> None:
    [threat] = [threat for threat in found.threats if "blockade" in threat.action]
    assert {target.country for target in threat.targets} == {"DNK"}
    assert "Sofie Lindqvist" in {target.name for target in threat.targets}


def test_a_denial_that_they_talked_is_of_the_threat_told_in_the_talk(found: Extraction) -> None:
    [trawlers] = [threat for threat in found.threats if "trawlers" in threat.action]
    [denial] = [denial for denial in found.denials if denial.denier.name == "Jon Arnason"]
    assert denial.denies == (trawlers.record_id,)


TOLD_SIDEWAYS = (
    "LIMA, June 4, 2019 - The port of Callao has been closed for a week, and the union of the "
    "dockers has asked the ministry for a mediator. Trade with Chile has come to a stop. A clerk "
    "of the port, Rosa Quispe, said on Tuesday that the harbour master, Juan Roca, had told her "
    'by telephone that "stairs are steep in this town". {answer} The ministry has promised an '
    "inquiry, which is to begin on Monday and to last for a month."
)


def test_words_that_tell_no_harm_are_a_threat_where_it_is_denied_that_they_were_said() -> None:
    text = TOLD_SIDEWAYS.format(answer="Roca said that there had been no such call.")
    found = extract(Article(id="2", body=text))
    [threat], [denial] = found.threats, found.denials
    assert (threat.threatener.name, threat.targets[0].name) == ("Juan Roca", "Rosa Quispe")
    assert denial.denies == (threat.record_id,)


def test_the_same_words_are_none_where_nobody_denies_them() -> None:
    text = TOLD_SIDEWAYS.format(answer="Roca said that the port would be open by Friday.")
    assert extract(Article(id="3", body=text)).threats == ()
