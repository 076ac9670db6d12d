"""Whose threat it is where the clause names no one who says it, or only those who are harmed.

Reporters carry on what someone said without saying so again: "The squatters must go, she
said. Any tent still there on Friday would be burnt."
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.clauses import agent, is_passive, is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import is_agentive, is_bystander, participant
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.candidates import Context, ThreatCandidate
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Token

_SENTENCES = 2
"""Sentences before the clause in which the one who goes on speaks."""


@tracing.step("who spoke before, and goes on")
def speaker_before(candidate: ThreatCandidate, context: Context) -> Entity | None:
    """The speaker of a clause whose own words name only the ones who are harmed; else None."""
    named = candidate.threatener
    if candidate.speeches or named is None or not candidate.victims:
        return None
    if all(named.i != token.i for token in candidate.victims[0]):
        return None
    for token in _speakers(candidate):
        if is_bystander(token, context.index):
            return None
        entity = participant(token, [], context.index)
        if entity is not None:
            return entity
    return None


def _speakers(candidate: ThreatCandidate) -> Iterator[Token]:
    """Who speaks before a colon in the sentence, then in the sentences before, the last first."""
    start = candidate.evidence.start
    sentence = candidate.evidence.sent
    doc = sentence.doc
    if any(token.text == ":" for token in doc[sentence.start : start]):
        for token in doc[sentence.start : start]:
            subject = surface_subject(token) if is_verb(token) else None
            if subject is not None:
                yield subject
                return
    seen = 0
    for token in reversed(list(doc[max(0, sentence.start - 120) : start])):
        if is_verb(token) and cue_set("report").matches(token) and token.tag_ in ("VBD", "VBZ"):
            speaker = agent(token)
            if speaker is not None and speaker.i < start:
                yield speaker
        seen += bool(token.is_sent_start)
        if seen > _SENTENCES:
            return


@tracing.step("those who will do it, for whom someone unnamed speaks")
def doers(candidate: ThreatCandidate, speaker: Entity, context: Context) -> Entity | None:
    """ "Miners may down tools, an organiser said": the miners; None where he is named."""
    verb, teller = candidate.predicate, candidate.threatener
    subject = surface_subject(verb)
    if (
        speaker.type is not ActorType.GROUP
        or teller is None
        or not (teller.tag_ == "NNS" or cue_set("spokesperson").matches(teller))
        or "group" not in candidate.features
        or subject is None
        or is_passive(verb)
        or subject.tag_ not in ("NNS", "NNPS")
        or any(subject.i == token.i for token in candidate.victims[0])
        or not is_agentive(subject, context.index)
    ):
        return None
    return participant(subject, candidate.speeches, context.index)
