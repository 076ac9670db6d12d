"""How sure a record is said to be, and on what grounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from pipeline.extraction.confidence import PLAIN_SIGNS, RULE, SIGNS, Confidence, calibration
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.rules import rules

THREATEN = next(rule for rule in rules() if rule.id == "threaten-to")
FEATURES = frozenset({"harm", "agentive", "frame:threaten", "bare"})


def confidence(*grounds: str) -> Confidence:
    return Confidence.of("threat", THREATEN, FEATURES, grounds)


def test_the_data_file_fits_its_schema() -> None:
    schema = knowledge("confidence.schema.json")
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(knowledge("confidence.json")))
    assert not errors, errors[0]


def test_each_ground_moves_the_value_as_its_weight_says_and_the_last_is_what_is_stated() -> None:
    sure = confidence("alleged", "told again")
    assert [why for why, _ in sure.reasons] == [
        "rule threaten-to",
        "plain words",
        "alleged",
        "told again",
    ]
    weights = calibration("threat").weights
    for (_, before), (why, after) in zip(sure.reasons, sure.reasons[1:], strict=False):
        assert (after - before) * weights[why] > 0
    assert sure.stated == round(sure.reasons[-1][1], 2)


def test_what_the_value_is_computed_from_can_be_learned_from_again() -> None:
    measures = confidence("alleged").measures
    assert measures["alleged"] == 1 and measures[RULE] > 0
    by_signs = replace(THREATEN, match=())
    learned = Confidence.of("threat", by_signs, FEATURES, ()).measures
    assert learned[RULE] == 0 and learned[SIGNS] == measures[PLAIN_SIGNS] != 0
    assert PLAIN_SIGNS not in learned and SIGNS not in measures


def test_the_likelier_the_target_is_the_surer_is_the_record() -> None:
    values = [
        Confidence.of("threat", THREATEN, FEATURES, (), aim=aim).value for aim in (-1.0, 0.5, 2.0)
    ]
    assert values == sorted(values) and values[2] - values[0] > 0.2


@pytest.mark.parametrize("kind", ["threat", "denial"])
def test_stronger_signs_are_never_less_sure(kind: str) -> None:
    assert calibration(kind).weights[SIGNS] > 0
