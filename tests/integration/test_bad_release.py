"""A release that fails on most articles stops, instead of draining the wire into dead letters.

The fault is put into the model, where it is a real one: its attribute ruler is given a rule
that names a token outside of what it matches, and spaCy raises wherever the rule matches.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler

from pipeline.brokers.process import LocalBroker
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def model_that_fails_on(folder: Path, word: str) -> Path:
    """A model in a folder of its own that raises on every text with ``word``."""
    nlp: Language = spacy.load(DEFAULT_SPACY_MODEL)
    ruler = nlp.get_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    ruler.add(patterns=[[{"ORTH": word}]], attrs={"TAG": "NNP"}, index=3)
    nlp.to_disk(folder / "model")
    return folder / "model"


def test_a_release_that_fails_on_most_articles_stops_and_commits_nothing(
    broker: LocalBroker, tmp_path: Path
) -> None:
    model = model_that_fails_on(tmp_path, "Corvane")  # who is in every article
    wire = Wire(broker, partitions=1)
    wire.publish(*range(30))
    broken = [f"--spacy-model={model}", "--parse=all"]
    with NewswireProcess(tmp_path, *wire.run_arguments, *broken) as process:
        assert process.wait() == 1, process.output
    assert "20 of the last 20 articles failed in our own code" in process.output
    assert "raised ValueError" in process.output
    assert "--max-failure-ratio" in process.output
    assert "is submitted again" not in process.output
    assert "Traceback" not in process.output
    assert wire.committed == 0

    with NewswireProcess(tmp_path, *wire.run_arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {f"article-{number}" for number in range(30)}


def test_a_fault_in_fewer_articles_leaves_dead_letters_and_the_wire_goes_on(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    word = "ANTWERP"  # where each fifth article is datelined
    failing = [number for number in range(32) if word.encode() in numbered_article(number)[1]]
    assert 3 < len(failing) < 10
    model = model_that_fails_on(tmp_path, word)
    wire = Wire(embedded_broker, partitions=1)
    wire.publish(*range(32))
    arguments = [f"--spacy-model={model}", "--parse=all", "--until-caught-up"]
    with NewswireProcess(tmp_path, *wire.run_arguments, *arguments) as process:
        assert process.wait() == 0, process.output
    letters = wire.dead_letters()
    assert sorted(int(letter["newswire-offset"]) for letter in letters) == failing
    assert {letter["newswire-reason"] for letter in letters} == {b"extractor-error"}
    assert all(b"Traceback" in letter["newswire-error-message"] for letter in letters)
    assert len(wire.article_ids()) == 32 - len(failing)
    assert wire.committed == 32
