"""The rules and lexicons as data: sound files, and examples that hold in the real pipeline."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module

import pytest
from jsonschema import Draft202012Validator

import pipeline.extraction
from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.extraction.accounts import Accounts
from pipeline.extraction.candidates import Context
from pipeline.extraction.claims_before import answers, rejoins
from pipeline.extraction.denial_frames import denial_candidates
from pipeline.extraction.feature_words import words_of
from pipeline.extraction.lexicon import cue_set, knowledge
from pipeline.extraction.menaces import menace_candidates
from pipeline.extraction.negations import negation_candidates
from pipeline.extraction.rules import Rule, rules
from pipeline.extraction.threat_features import clause_candidates
from tests.extraction.reading import read


def matches() -> list[tuple[Rule, str]]:
    return [(rule, text) for rule in rules() for text in rule.match]


def refusals() -> list[tuple[Rule, str]]:
    return [(rule, text) for rule in rules() for text in rule.refuse]


def rule_id(value: object) -> str | None:
    return value.id if isinstance(value, Rule) else None


def features_in(text: str, kind: str) -> list[set[str]]:
    """The features of everything in the text that is weighed as a threat or denial."""
    document, index = default_extractor().read(Article(id="a", body=text))
    provenance = read(text).provenance
    context = Context.of(document, index, provenance)
    accounts = Accounts(context)
    found: list[set[str]] = []
    for sentence in document.body.sents:
        if kind == "threat":
            for weigh in (menace_candidates, clause_candidates):
                found += [candidate.features for candidate in weigh(sentence, context)]
        else:
            for weigh in (denial_candidates, negation_candidates):
                for candidate in weigh(sentence, context):
                    # What follows an earlier denial in the text is told by `denials.py`.
                    features = candidate.features | answers(sentence) | {"after-denial"}
                    features |= accounts.answered(candidate, sentence)
                    found.append(features | rejoins(features))
    return found


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ('"The door is closed to them," the minister said.', "static"),
        ('"Cut it and you and I will find ourselves standing in line," the minister said.', "self"),
        ('"If she becomes mayor, we will see our parks sold off," Helen Marsh said.', "self"),
        ("The envoy told reporters he would try to promote trade if talks resumed.", "help"),
    ],
)
def test_what_harms_no_other_is_told_by_a_feature(text: str, feature: str) -> None:
    assert any(feature in each for each in features_in(text, "threat"))
    harmed = '"The door will be closed to them, and they will try to flee," the minister said.'
    assert not any(feature in each for each in features_in(harmed, "threat"))


@pytest.mark.parametrize("name", ["cues", "categories", "gate", "rules", "targets", "word_classes"])
def test_the_data_file_fits_its_schema(name: str) -> None:
    schema = knowledge(f"{name}.schema.json")
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(knowledge(f"{name}.json")))
    assert not errors, errors[0]


@pytest.mark.parametrize(("rule", "text"), matches(), ids=rule_id)
def test_the_rule_fires_where_its_example_says_so(rule: Rule, text: str) -> None:
    weighed = features_in(text, rule.kind)
    assert any(rule.fits(features) for features in weighed), weighed
    found = read(text)
    assert found.threats if rule.kind == "threat" else found.denials


@pytest.mark.parametrize(("rule", "text"), refusals(), ids=rule_id)
def test_nothing_comes_of_the_example_that_the_rule_must_refuse(rule: Rule, text: str) -> None:
    found = read(text)
    assert not (found.threats if rule.kind == "threat" else found.denials)


def test_no_two_rules_share_an_id() -> None:
    ids = [rule.id for rule in rules()]
    assert len(set(ids)) == len(ids)


def test_every_feature_that_a_rule_asks_for_is_named_somewhere_in_the_code() -> None:
    source = "".join(_sources())
    built = ("frame:", "code:")
    for rule in rules():
        for feature in rule.all | rule.none | frozenset().union(*rule.any):
            assert feature.startswith(built) or f'"{feature}"' in source, (rule.id, feature)


def test_every_category_of_the_lexicon_has_a_name() -> None:
    data = knowledge("categories.json")
    assert {entry["code"] for entry in data["entries"]} <= set(data["names"])


def test_every_cue_set_is_used_and_every_one_asked_for_exists() -> None:
    asked = set()
    for source in _sources():
        asked |= set(re.findall(r'cue_set\(\s*"([a-z_]+)"', source))
    for name in asked:
        assert cue_set(name)
    source = "".join(_sources())
    unused = [name for name in knowledge("cues.json")["sets"] if f'"{name}"' not in source]
    assert not unused


def _sources() -> list[str]:
    modules = pkgutil.iter_modules(pipeline.extraction.__path__, "pipeline.extraction.")
    return [inspect.getsource(import_module(module.name)) for module in modules]


def test_every_feature_that_a_rule_names_stands_in_words_for_whoever_asks_why() -> None:
    # A new feature: say in knowledge/features.json what it means.
    unsaid = {
        (rule.kind, feature)
        for rule in rules()
        for feature in rule.all | rule.none | frozenset().union(*rule.any)
        if words_of(rule.kind, feature) is None
    }
    assert unsaid == set()


def test_no_feature_stands_in_words_that_the_code_does_not_name() -> None:
    source = "".join(_sources())
    for kind in ("threat", "denial"):
        for feature in knowledge("features.json")[kind]:
            assert feature.startswith("frame:") or f'"{feature}"' in source, (kind, feature)
