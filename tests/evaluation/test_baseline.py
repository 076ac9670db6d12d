from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.evaluation.baseline import Baseline
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL
from pipeline.records import Extraction


@pytest.fixture(scope="module")
def toy() -> Baseline:
    return Baseline(DEFAULT_SPACY_MODEL)


def find(toy: Baseline, text: str) -> Extraction:
    return toy.extract(Article(id="a", body=text))


def test_the_subject_of_a_cue_words_sentence_threatens_every_other_name_in_it(toy: Baseline):
    found = find(toy, "Russia warned Poland and Sweden on Monday.")
    (threat,) = found.threats
    assert threat.threatener.name == "Russia"
    assert [target.name for target in threat.targets] == ["Poland", "Sweden"]
    assert found.denials == ()


def test_a_subject_that_is_no_name_stands_by_its_words(toy: Baseline):
    (denial,) = find(toy, "The ministry denied the report.").denials
    assert (denial.denier.name, denial.content) == ("The ministry", "the report")


def test_a_sentence_without_a_cue_word_makes_no_record(toy: Baseline):
    found = find(toy, "“Leave the islands or we will sink your boats,” said Maria Lopez.")
    assert (found.threats, found.denials) == ((), ())


def test_a_surname_alone_is_the_person_named_before(toy: Baseline):
    found = find(toy, "Angela Merkel spoke in Berlin. On Friday Merkel met the Polish president.")
    names = {actor.name: [mention.text for mention in actor.mentions] for actor in found.actors}
    assert names["Angela Merkel"] == ["Angela Merkel", "Merkel"]
    assert "Merkel" not in names


def test_it_links_nothing(toy: Baseline):
    found = find(toy, "Iran threatened Iraq. Iran denied that it had threatened Iraq.")
    assert found.threats and found.denials
    assert all(denial.denies == () for denial in found.denials)
