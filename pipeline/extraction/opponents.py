"""Whom a threat is meant for where its own words name no one, or only an unnamed group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.participants import SECOND, is_bystander, same_side
from pipeline.extraction.threat_merging import Telling, is_near
from pipeline.records import ActorType, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Token

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity

_LOOK_BACK = 100
"""Tokens before a sentence in which an opponent is looked for."""
_STATES = frozenset({ActorType.GOVERNMENT, ActorType.ARMED_GROUP})
_ROLES = frozenset(
    {"nsubj", "nsubjpass", "dobj", "pobj", "poss", "amod", "nmod", "compound", "appos", "conj"}
)
_FULL_ROLES = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "poss"})


def find_opponent(telling: Telling, merged: list[list[Telling]], context: Context) -> None:
    """Gives the telling a target where it has none that has a name.

    In this order: whoever has threatened this threatener, or whom he has threatened just
    before; whoever tells that he was threatened; whose workers strike; who else the sentence
    names; the last government or body, else anyone, named before. An unnamed group stays a
    target beside those that the sentence names.
    """
    if any(target.type is not ActorType.GROUP for target in telling.targets):
        return
    if not telling.targets:
        told = _from_tellings(telling, merged) or _accuser(telling) or _employer(telling, context)
        if told:
            telling.targets = told
            return
    beside = _in_sentence(telling, context)
    if beside is not None:
        telling.targets = [*telling.targets, beside]
    elif not telling.targets:
        before = _before(telling, context)
        telling.targets = [before] if before is not None else []


@tracing.step("the two have threatened each other, or he has threatened them, just before")
def _from_tellings(telling: Telling, merged: list[list[Telling]]) -> list[Entity]:
    threatener = telling.threatener
    for group in reversed(merged):
        for earlier in group:
            if any(target is threatener for target in earlier.targets):
                return [earlier.threatener]
            if earlier.threatener is threatener and earlier.targets and is_near(telling, earlier):
                return list(earlier.targets)
    return []


@tracing.step("who tells that he was threatened")
def _accuser(telling: Telling) -> list[Entity]:
    accuser = telling.attribution
    if (
        accuser is not None
        and telling.modality is Modality.ALLEGED
        and accuser.type is not ActorType.GROUP
        and not same_side(accuser, telling.threatener)
    ):
        return [accuser]
    return []


@tracing.step("whom the strikers work for")
def _employer(telling: Telling, context: Context) -> list[Entity]:
    """Whom a strike presses: the body that the strikers are of."""
    if telling.category != "133" or telling.candidate.threatener is None:
        return []
    for token in telling.candidate.threatener.subtree:
        entity = context.index.resolve(token)
        if (
            entity is not None
            and entity is not telling.threatener
            and entity.type in (ActorType.ORGANISATION, ActorType.STATE_ORGAN)
        ):
            return [entity]
    return []


def _speakers(telling: Telling) -> set[int]:
    """The words that name who speaks of the threat, who is no party to it."""
    found: set[int] = set()
    for speech in telling.candidate.speeches:
        if speech.speaker is not None:
            found |= {token.i for token in speech.speaker.subtree}
    if telling.candidate.threatener is not None:
        found |= {token.i for token in telling.candidate.threatener.subtree}
    return found


@tracing.step()
def _fits(token: Token, telling: Telling, context: Context) -> Entity | None:
    """The actor that the token names, if it can be held under this threat."""
    entity = context.index.resolve(token)
    if (
        entity is None
        or entity is telling.threatener
        or entity is telling.attribution
        or entity.type is ActorType.GROUP
        or same_side(entity, telling.threatener)
        or is_bystander(token, context.index)
    ):
        return None
    return entity


@tracing.step("who else the sentence names")
def _in_sentence(telling: Telling, context: Context) -> Entity | None:
    """Who else the sentence names: in the threat itself, in its condition, beside it."""
    evidence = telling.candidate.evidence
    spoken = _speakers(telling)
    sentence = evidence.sent
    rings: list[Iterable[Token]] = [evidence]
    if telling.candidate.condition is not None:
        rings.insert(0, telling.candidate.condition)
    rings.append(reversed(list(sentence.doc[sentence.start : evidence.start])))
    for ring in rings:
        for token in ring:
            if token.dep_ in _ROLES and token.i not in spoken:
                entity = _fits(token, telling, context)
                if entity is not None:
                    return entity
    return None


@tracing.step("no one in the sentence: the last opponent before it")
def _before(telling: Telling, context: Context) -> Entity | None:
    """The last government or armed group before the sentence, else body, else person.

    Who is spoken to may be any of them. A strike is meant for the government of its country.
    """
    spoken_to = any(token.lower_ in SECOND for ring in telling.candidate.victims for token in ring)
    at_home = telling.threatener.country
    if telling.category == "133" and at_home is not None and telling.threatener.type not in _STATES:
        return context.index.country(at_home)
    span = telling.candidate.evidence
    body: Entity | None = None
    person: Entity | None = None
    start = max(0, span.sent.start - _LOOK_BACK)
    for token in reversed(list(span.doc[start : span.sent.start])):
        if token.dep_ not in _FULL_ROLES:
            continue
        entity = _fits(token, telling, context)
        if entity is None:
            continue
        if spoken_to or entity.type in _STATES:
            return entity
        if entity.type is ActorType.PERSON:
            person = person or entity
        else:
            body = body or entity
    return body or person
