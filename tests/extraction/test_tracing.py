"""The trace of an extraction: it sees what happened, and changes nothing."""

from __future__ import annotations

from threading import Thread

import pytest

from pipeline.extraction import tracing
from pipeline.extraction.document import Entity
from pipeline.extraction.tracing import Trace, collecting
from pipeline.records import ActorType, Extraction, Field, Mention, MentionKind
from tests.extraction.reading import read

BODY = (
    "Hungary threatened on Tuesday to close the bridge to Serbian lorries. The transport minister, "
    "Agota Benko, said: “We will not wait.” She denied that Hungary had asked for money."
)
BENKO = Entity("a", "Benko", ActorType.PERSON)
OTHER = Entity("b", "Other", ActorType.PERSON)
MENTION = Mention(Field.BODY, 0, 3, "She", MentionKind.PRONOUN)


def traced(body: str) -> tuple[Extraction, Trace]:
    with collecting() as trace:
        return read(body), trace


def test_an_extraction_that_is_traced_finds_the_same_records() -> None:
    with collecting():
        found = read(BODY)
    assert found == read(BODY)
    assert found.threats and found.denials


def test_every_record_is_traced_to_the_candidates_that_it_was_made_of() -> None:
    found, trace = traced(BODY)
    assert [made.record for made in trace.made] == [*found.threats, *found.denials]
    taken = [weighed.candidate for weighed in trace.weighed if weighed.rule is not None]
    for made in trace.made:
        assert made.confidence.stated == made.record.confidence
        for candidate in made.candidates:
            assert any(candidate is each for each in taken)


def test_candidates_that_no_rule_took_are_kept_too() -> None:
    _, trace = traced("Rain will fall on Tuesday if it is cold.")
    assert [weighed.rule for weighed in trace.weighed] == [None]


def test_nominals_and_pronouns_are_traced_to_the_step_that_resolved_them() -> None:
    _, trace = traced(BODY)
    steps = {mention.text: (entity.name, why) for mention, entity, why in trace.mentions}
    assert steps["She"] == ("Agota Benko", "what the sentences before are about")
    assert steps["The transport minister"] == (
        "Agota Benko",
        "the name that stands beside the noun",
    )
    assert steps["We"] == ("Agota Benko", "in a quotation: its speaker, or whom he speaks to")


def test_nothing_is_collected_once_the_block_has_ended() -> None:
    with collecting() as trace:
        pass
    read(BODY)
    assert tracing.current() is None
    assert trace == Trace()


def test_what_another_thread_extracts_is_no_part_of_a_trace() -> None:
    with collecting() as trace:
        thread = Thread(target=read, args=(BODY,))
        thread.start()
        thread.join()
    assert trace == Trace()


def test_of_steps_within_steps_the_innermost_with_the_same_result_tells_why() -> None:
    @tracing.step("by the name")
    def inner() -> Entity:
        return BENKO

    @tracing.step("by anything")
    def outer(result: Entity | None) -> Entity | None:
        inner()
        return result

    for result, why in ((BENKO, "by the name"), (OTHER, "by anything")):
        with collecting() as trace:
            outer(result)
            trace.mention(MENTION, result)
        assert trace.mentions[0][1:] == (result, why)


def test_a_step_that_decides_nothing_leaves_none() -> None:
    @tracing.step("by the name")
    def step() -> Entity | None:
        return None

    with collecting() as trace:
        step()
        trace.mention(MENTION, BENKO)
    assert trace.mentions[0][2] == ""


def test_a_step_that_fails_does_not_disturb_those_after_it() -> None:
    @tracing.step("by the name")
    def step(fails: bool) -> Entity:
        if fails:
            raise LookupError
        return BENKO

    with collecting() as trace:
        with pytest.raises(LookupError):
            step(True)
        step(False)
        trace.mention(MENTION, BENKO)
    assert trace.mentions[0][2] == "by the name"


def test_a_step_that_enters_the_mention_itself_is_its_reason() -> None:
    _, trace = traced("Fishermen threatened to block the port unless the fee is dropped.")
    [(mention, entity, why)] = trace.mentions
    assert (mention.text, entity.name) == ("Fishermen", "Fishermen")
    assert why == "an unnamed group, called as the text calls it"
