"""What is learned of the signs of records: the file, the sum, and where it may decide."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.extraction.dispute import REACH, Dispute
from pipeline.extraction.document import FIELD_KEY
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.likelihood import Likelihood, decide, likelihood
from pipeline.extraction.rules import first_rule, rules
from pipeline.records import Field

STRONG = frozenset({"harm", "condition", "compliance", "class", "agentive", "group-victim"})


def test_the_data_file_fits_its_schema() -> None:
    schema = knowledge("likelihood.schema.json")
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(knowledge("likelihood.json")))
    assert not errors, errors[0]


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_the_features_does_not_matter_to_the_last_bit(features: list[str]) -> None:
    learned = Likelihood(-0.3, {"a": 0.1, "b": 0.2, "c": 0.3, "d": -1e-9}, 0.5, 0.9, frozenset())
    assert learned.probability(features) == learned.probability(sorted(features))


def test_weights_add_up_as_log_odds() -> None:
    learned = Likelihood(-1.0, {"harm": 2.0}, 0.5, 0.9, frozenset())
    assert learned.probability([]) == pytest.approx(0.2689, abs=1e-4)
    assert learned.probability(["harm", "unheard-of"]) == pytest.approx(0.7311, abs=1e-4)


def test_signs_that_no_rule_takes_make_a_record_only_in_a_dispute() -> None:
    assert first_rule("threat", STRONG) is None
    decided = decide("threat", STRONG, disputed=True)
    assert decided is not None and decided.id == "threat-by-its-signs"
    assert decided.confidence == round(likelihood("threat").probability(STRONG), 2)
    assert decide("threat", STRONG, disputed=False) is None
    assert decide("threat", STRONG, disputed=False, flash=True) is None


@pytest.mark.parametrize("forbidden", sorted(likelihood("threat").never))
def test_what_a_record_never_has_outweighs_all_signs(forbidden: str) -> None:
    assert decide("threat", STRONG | {forbidden}, disputed=True) is None


def test_a_dispute_reaches_as_far_as_a_few_sentences() -> None:
    nlp = spacy.blank("en")
    doc = nlp("word " * REACH)
    doc.user_data[FIELD_KEY] = Field.BODY
    dispute = Dispute()
    assert not dispute.is_near(doc[0])
    dispute.add([doc[0:2]])
    near = REACH // len("word ")
    assert dispute.is_near(doc[near]) and not dispute.is_near(doc[near + 1])
    headline = nlp("word")
    headline.user_data[FIELD_KEY] = Field.HEADLINE
    assert not dispute.is_near(headline[0])


def test_a_wording_that_is_not_plain_is_taken_in_a_dispute_and_in_a_flash_alone() -> None:
    rule = next(each for each in rules() if each.kind == "denial" and not each.is_plain)
    features = rule.all | {min(group) for group in rule.any}
    taken = first_rule("denial", features)
    assert taken is not None and not taken.is_plain
    assert decide("denial", features, disputed=True) is taken
    assert decide("denial", features, disputed=False, flash=True) is taken
    probability = likelihood("denial").probability(features)
    alone = taken if probability >= likelihood("denial").alone else None
    assert decide("denial", features, disputed=False) is alone
