from __future__ import annotations

import json
from collections import Counter
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.articles import Article, ArticleStatus
from pipeline.extraction import default_extractor, extract
from pipeline.extraction.language import load_language
from pipeline.extraction.limits import WorkLimits
from pipeline.extraction.reading import Reader
from pipeline.records import Field

PIECES = [
    "LIMA, May 4 (Zephyr) - ", "Peru’s mines ministry", " said ", "“We will ", "Ida Brandvold",
    "she would go", ".”", "\n", "\n\n", " if ", "Moscow", "🙂 ", "<Acme Plc>", "the minister", ". ",
    "denied that ", "it had ", "threatened to bomb ", "Côte d’Ivoire", "İstanbul ", "'", '"', " - ",
    "Q: ", "A: ", "(IMF)", "\u200b", "a spokesman ", "X", ",", "e\u0301", "UPDATE 2-France ",
]  # fmt: skip


def field_text(article: Article, field: Field) -> str:
    return article.headline if field is Field.HEADLINE else article.body


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    headline=st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    body=st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)
def test_every_span_is_the_text_between_its_offsets_and_ids_are_unique(headline, body):
    article = Article(id="a", headline=headline, body=body)

    found = extract(article)

    spans = [mention for actor in found.actors for mention in actor.mentions]
    spans += [span for record in (*found.threats, *found.denials) for span in record.evidence]
    for span in spans:
        assert field_text(article, span.field)[span.start : span.end] == span.text
    for actor in found.actors:
        places = [(mention.field is Field.BODY, mention.start) for mention in actor.mentions]
        assert places == sorted(places)
    ids = Counter(record.record_id for record in found.records)
    assert [record_id for record_id, times in ids.items() if times > 1] == []


def test_the_same_article_gives_the_same_records():
    article = Article(id="a", body="Peru’s army said it would fire. The minister, Ida Holt, wept.")

    assert extract(article) == extract(article)


def test_what_was_read_before_changes_nothing():
    article = Article(id="a", body="Holt said no. The minister left, and he wept.")
    before = extract(article)

    extract(Article(id="b", body="Interior Minister Ida Holt said no. The minister left."))

    assert extract(article) == before


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (Article(id="a", body="", status=ArticleStatus.WITHDRAWN), "withdrawn"),
        (Article(id="a", body="Iran sagt nein.", language="de"), "language de"),
    ],
)
def test_what_is_not_to_be_read_says_why(article, reason):
    found = extract(article)

    assert found.skipped == reason
    assert found.records == ()


@pytest.mark.parametrize("tag", ["en", "en-GB", "EN_us", "eng"])
def test_english_by_any_tag_is_read(tag):
    assert extract(Article(id="a", body="Iran said no.", language=tag)).actors


def test_an_article_without_words_has_no_records():
    found = extract(Article(id="a", body=" \n "))

    assert found.records == ()
    assert found.skipped is None


def test_records_say_what_made_them():
    extractor = default_extractor()

    (actor,) = extractor.extract(Article(id="a7", body="Iran waited.", revision=3)).actors

    assert actor.provenance.article_id == "a7"
    assert actor.provenance.revision == 3
    assert actor.provenance.model == extractor.model


def test_headline_and_body_make_one_actor():
    (actor,) = extract(Article(id="a", headline="Iran says no", body="Iran waited.")).actors

    assert [mention.field for mention in actor.mentions] == [Field.HEADLINE, Field.BODY]


KNOWLEDGE = resources.files("pipeline.extraction") / "knowledge"


@pytest.mark.parametrize(
    "name", ["sentences", "actor_words", "institutions", "cities", "nominals", "name_signs"]
)
def test_a_data_file_keeps_its_schema(name):
    schema = json.loads((KNOWLEDGE / f"{name}.schema.json").read_text("utf-8"))
    data = json.loads((KNOWLEDGE / f"{name}.json").read_text("utf-8"))

    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


def test_every_word_list_that_the_signs_name_is_there():
    lists = set(json.loads((KNOWLEDGE / "actor_words.json").read_text("utf-8")))
    signs = json.loads((KNOWLEDGE / "name_signs.json").read_text("utf-8"))

    named = {
        name
        for kind, entries in signs.items()
        if kind != "labels"
        for entry in entries
        for key in ("lists", "except", "beyond_lists")
        for name in entry.get(key, ())
    }
    assert named <= lists


@pytest.mark.parametrize(
    "text", ["it's", "Voters worried: “It’s in their heads.” He said they'd go."]
)
def test_every_token_knows_its_subtree_before_anything_is_parsed(text: str) -> None:
    # spaCy crashes the process where one does not, and is asked for its children.
    document = Reader(load_language(), WorkLimits()).read(Article(id="a", headline=text, body=text))
    for doc in document.docs:
        assert all(token.left_edge == token == token.right_edge for token in doc)
