"""What is learned of the signs of records: the file, the sum, and where it may decide."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.likelihood import Likelihood, Thresholds, decide, likelihood
from pipeline.extraction.rules import first_rule, rules

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.document import RecordKind

STRONG = frozenset(
    {"harm", "condition", "compliance", "class", "agentive", "group-victim", "future"}
)
HALF = Thresholds(0.5, 0.5, 0.5)
AT_ODDS = frozenset(
    {
        "conflict-1",
        "conflict-2",
        "conflict-3",
        "told-near-1",
        "told-near-2",
        "at-odds",
        "plain-harm",
    }
)
OF_BUSINESS = frozenset({"business-1", "business-2", "business-3", "own-business", "at-no-one"})


def test_the_data_file_fits_its_schema() -> None:
    schema = knowledge("likelihood.schema.json")
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(knowledge("likelihood.json")))
    assert not errors, errors[0]


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_the_features_does_not_matter_to_the_last_bit(features: list[str]) -> None:
    weights = {"a": 0.1, "b": 0.2, "c": 0.3, "d": -1e-9}
    learned = Likelihood(-0.3, weights, HALF, HALF, HALF, 900, 0.1, 0.1, frozenset())
    in_order = dict.fromkeys(features).keys()
    assert learned.probability(in_order) == learned.probability(set(features))


def test_a_feature_may_count_otherwise_with_one_frame_than_with_another() -> None:
    learned = Likelihood(
        0.0, {"own": -1.0, "frame:negation+own": 3.0}, HALF, HALF, HALF, 900, 0.1, 0.1, frozenset()
    )
    assert learned.probability({"own", "frame:negation"}) > 0.5
    assert learned.probability({"own", "frame:false"}) < 0.5


def test_features_that_are_joined_count_in_twos() -> None:
    weights = {"condition+own": 2.0, "harm+own": 5.0}
    joined = frozenset({"own", "condition"})
    learned = Likelihood(0.0, weights, HALF, HALF, HALF, 900, 0.1, 0.1, frozenset(), joined=joined)
    assert learned.probability({"own", "condition", "harm"}) == pytest.approx(0.8808, abs=1e-4)


def test_weights_add_up_as_log_odds() -> None:
    learned = Likelihood(-1.0, {"harm": 2.0}, HALF, HALF, HALF, 900, 0.1, 0.1, frozenset())
    assert learned.probability(set()) == pytest.approx(0.2689, abs=1e-4)
    assert learned.probability({"harm", "unheard-of"}) == pytest.approx(0.7311, abs=1e-4)


def probability(kind: RecordKind, features: AbstractSet[str]) -> float:
    return likelihood(kind).probability(features)


def test_signs_that_no_rule_takes_make_a_record_where_they_are_likely_enough() -> None:
    assert first_rule("threat", STRONG) is None
    around = STRONG | AT_ODDS | {"hearer", "quoted-words", "message-here", "claim-1", "of:supply"}
    assert probability("threat", around) >= likelihood("threat").alone.signs
    decided = decide("threat", around, brief=False)
    assert decided is not None and decided.id == "threat-by-its-signs"
    assert decided.confidence == round(probability("threat", around), 2)
    assert decide("threat", around, brief=True) is None
    calm = STRONG | OF_BUSINESS
    assert probability("threat", calm) < likelihood("threat").alone.signs
    assert decide("threat", calm, brief=False) is None


@pytest.mark.parametrize("forbidden", sorted(likelihood("threat").never))
def test_what_a_record_never_has_outweighs_all_signs(forbidden: str) -> None:
    assert decide("threat", STRONG | AT_ODDS | {forbidden}, brief=False) is None


def test_what_a_rule_takes_must_be_likely_too_but_in_a_flash() -> None:
    rule = next(each for each in rules() if each.id == "say-consequence")
    features = rule.all | {min(group) for group in rule.any}
    taken = first_rule("threat", features)
    assert taken is not None and not taken.names_it
    assert decide("threat", features | AT_ODDS | {"claim-1", "hearer"}, brief=False) is taken
    assert decide("threat", features | OF_BUSINESS, brief=False) is None
    assert decide("threat", features | OF_BUSINESS, brief=True) is taken


def test_words_that_name_the_threat_need_less_around_them() -> None:
    for kind in ("threat", "denial"):
        learned = likelihood(kind)
        for least in (learned.alone, learned.beside, learned.backed):
            assert least.named < least.ruled < least.signs
        assert learned.backed.ruled < learned.alone.ruled
        assert learned.backed.signs < learned.alone.signs


def test_near_other_records_less_is_enough() -> None:
    rule = next(each for each in rules() if each.id == "say-consequence")
    features = rule.all | {min(group) for group in rule.any}
    for kind in ("threat", "denial"):
        learned = likelihood(kind)
        assert learned.least(0) is learned.alone and learned.least(5) is learned.backed
        for few, more in pairwise((learned.alone, learned.beside, learned.backed)):
            assert few.ruled >= more.ruled and few.signs >= more.signs
    learned = likelihood("threat")
    in_between = features | AT_ODDS
    assert learned.beside.ruled <= probability("threat", in_between) < learned.alone.ruled
    assert decide("threat", in_between, brief=False) is None
    assert decide("threat", in_between, brief=False, backing=1) == first_rule("threat", in_between)


def test_the_rules_that_name_it_are_those_of_threats_and_denials_by_name() -> None:
    named = {rule.id for rule in rules() if rule.names_it}
    assert {"threaten-to", "threat-to", "ultimatum-named", "deny-claim", "reject-claim"} <= named
    assert not named & {"say-consequence", "vow-harm", "none-done", "own-deed-answered"}
