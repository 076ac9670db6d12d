"""The stages as functions of one element; the runner and the brokers have tests of their own."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from pipeline import transforms
from pipeline.articles import Article
from pipeline.extraction.knowledge.actor_files import ActorFile
from pipeline.extraction.settings import ExtractorSettings
from pipeline.messages import DeadLetter, Decoded, Encoded, Extracted, Failure, SourceMessage
from pipeline.outages import Unavailable
from pipeline.records import Extraction
from pipeline.serialization.registry import RegistrySettings
from pipeline.sinks.rolling import AvroFileSinkSettings
from pipeline.topics import TopicNames
from pipeline.transforms import Decode, Encode, Extract, Write
from tests.record_samples import EXTRACTION


def message(value: bytes | None) -> SourceMessage:
    return SourceMessage("articles", 0, 1, 1_700_000_000_000, b"key", value)


def decode(value: bytes | None, *, dead_letter_other_languages: bool = False) -> object:
    stage = Decode(max_article_chars=100, dead_letter_other_languages=dead_letter_other_languages)
    [outcome] = stage.process(message(value))
    return outcome


class BrokenExtractor:
    """The one fault that no article can be relied on to cause: a bug of ours."""

    def extract(self, article: Article) -> Extraction:
        raise KeyError("a rule that was never written")


@pytest.fixture
def broken_extract(monkeypatch: pytest.MonkeyPatch) -> Extract:
    monkeypatch.setattr(transforms.EXTRACTORS, "get", lambda model: BrokenExtractor())
    stage = Extract(ExtractorSettings("any"))
    stage.setup()
    return stage


def test_an_article_is_decoded() -> None:
    outcome = decode(json.dumps({"id": "1", "body": "Some text."}).encode())
    assert isinstance(outcome, Decoded)
    assert outcome.article == Article(id="1", body="Some text.")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"{", "not-json"),
        (b'{"id": "1", "body": "%s"}' % (b"x" * 101), "too-long"),
    ],
)
def test_what_holds_no_article_becomes_a_dead_letter_with_its_bytes(
    value: bytes | None, reason: str
) -> None:
    outcome = decode(value)
    assert isinstance(outcome, DeadLetter)
    assert (outcome.failure.stage, outcome.failure.reason) == ("decode", reason)
    assert outcome.message.value == value


def test_actors_of_ones_own_reach_a_worker_that_lacks_their_file() -> None:
    row = {"id": "nw:kestrel", "name": "Kestrel Guard", "type": "ARMED_GROUP", "country": None,
           "aliases": ["KXG"]}  # fmt: skip
    own = ActorFile("nowhere.jsonl", json.dumps(row))
    stage = pickle.loads(pickle.dumps(Extract(ExtractorSettings(actor_files=(own,)))))
    stage.setup()
    article = Article(id="1", body="KXG warned that it would close the port.")
    [outcome] = stage.process(Decoded(message(b""), article))
    assert [actor.name for actor in outcome.extraction.actors] == ["Kestrel Guard"]


def test_what_is_away_fails_a_bundle_at_its_end_and_not_at_its_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    below_a_file = AvroFileSinkSettings(str(tmp_path / "file" / "folder"))
    stage = Write((below_a_file,), max_failure_ratio=0.5)
    stage.start_bundle()
    with pytest.raises(Unavailable, match="lies below a file"):
        stage.finish_bundle()


def test_a_registry_that_is_away_fails_the_first_article_and_not_the_setup() -> None:
    stage = Encode(TopicNames("newswire"), RegistrySettings("http://127.0.0.1:1", 1.0))
    stage.setup()
    assert list(
        stage.process(dead := DeadLetter(message(b""), Failure("decode", "not-json", "E", "e")))
    ) == [dead]
    with pytest.raises(Unavailable):
        list(stage.process(Extracted(message(b""), EXTRACTION)))


def test_another_language_is_a_dead_letter_only_where_so_asked() -> None:
    value = json.dumps({"id": "1", "body": "Bonjour.", "language": "fr"}).encode()
    assert isinstance(decode(value), Decoded)
    outcome = decode(value, dead_letter_other_languages=True)
    assert isinstance(outcome, DeadLetter)
    assert outcome.failure.reason == "language"


def test_a_bug_of_ours_keeps_the_article_and_the_traceback(broken_extract: Extract) -> None:
    [outcome] = broken_extract.process(Decoded(message(b"{}"), Article(id="1", body="text")))
    assert isinstance(outcome, DeadLetter)
    assert (outcome.failure.stage, outcome.failure.reason) == ("extract", "extractor-error")
    assert outcome.failure.error_class == "KeyError"
    assert "a rule that was never written" in outcome.failure.message
    assert "Traceback" in outcome.failure.message


def test_a_dead_letter_passes_every_later_stage_as_it_is(broken_extract: Extract) -> None:
    letter = decode(b"{")
    assert list(broken_extract.process(letter)) == [letter]
    assert list(Encode(TopicNames()).process(letter)) == [letter]


def test_records_are_encoded_for_the_topics_of_their_kinds() -> None:
    [outcome] = Encode(TopicNames("wire")).process(Extracted(message(b"{}"), EXTRACTION))
    assert isinstance(outcome, Encoded)
    assert {output.topic for output in outcome.outputs} == {
        "wire.actors",
        "wire.threats",
        "wire.denials",
        "wire.extractions",
    }
    assert [output.key for output in outcome.outputs] == [
        *(record.record_id.encode() for record in EXTRACTION.records),
        EXTRACTION.provenance.article_id.encode(),
    ]


def test_received_and_decoded_articles_are_counted() -> None:
    def counts() -> tuple[float, float]:
        received = REGISTRY.get_sample_value("newswire_articles_received_total")
        decoded = REGISTRY.get_sample_value("newswire_articles_decoded_total")
        assert received is not None
        assert decoded is not None
        return received, decoded

    received, decoded = counts()
    decode(b"{")
    decode(b'{"id": "1", "body": "text"}')
    assert counts() == (received + 2, decoded + 1)


def test_a_worker_of_another_release_than_the_jobs_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    submitted = Extract(ExtractorSettings())
    monkeypatch.setattr(transforms, "__version__", "99.0")
    for _ in range(2):
        worked = pickle.loads(pickle.dumps(submitted))
        worked.setup()
    told = [
        record.message
        for record in caplog.records
        if "this worker is newswire 99.0" in record.message
    ]
    assert len(told) == 1
