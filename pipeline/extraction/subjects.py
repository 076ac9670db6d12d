"""Whose act a clause of speech tells: the speaker's own, the hearer's, someone else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context
from pipeline.extraction.clauses import (
    is_passive,
    passive_agent,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import (
    DOERS,
    FIRST,
    SECOND,
    THIRD,
    is_agentive,
    resolve,
    same_side,
)
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Entity
    from pipeline.extraction.texts import Token


def subject_kind(
    verb: Token,
    subject: Token | None,
    speech: Speech | None,
    speeches: Sequence[Speech],
    context: Context,
) -> str:
    """ "own" (the speaker's side acts), "unnamed" (a passive), "you", "other", "group", "thing"."""
    if is_passive(verb):
        doer = passive_agent(verb)
        if doer is None:
            return "you" if subject is not None and subject.lower_ in SECOND else "unnamed"
        subject = doer
    if subject is None:
        return "own" if speech is not None and speech.quote is None else "unnamed"
    if subject.lower_ in SECOND:
        return "you"
    if speech is None or subject.lower_ in FIRST:
        return "own"
    if speech.speaker is not None and subject.i == speech.speaker.i:
        return "own"
    index = context.index
    speaker = resolve(speech.speaker, list(speeches[1:]), index)
    entity = resolve(subject, speeches, index)
    if entity is None and speaker is not None and speaker.country is not None:
        code = index.place(subject)
        if code is not None:
            return "own" if code == speaker.country else "other"
    if subject.lower_ in THIRD:
        return _pronoun_kind(subject, entity, speech, speaker, index)
    if entity is not None and speaker is not None:
        return "own" if _speaks_for(speaker, entity) else "other"
    owned = _owned_kind(subject, speech, speaker, speeches, index)
    if owned is not None:
        return owned
    if entity is not None:
        return "other" if speech.quote is not None else "own"
    people = cue_set("human_group").matches(subject) or (
        subject.tag_ == "NNS" and is_agentive(subject, index)
    )
    return "group" if people else "thing"


def _pronoun_kind(
    subject: Token,
    entity: Entity | None,
    speech: Speech,
    speaker: Entity | None,
    index: ActorIndex,
) -> str:
    if _is_hearer(subject, subject.lower_, speech, speaker, index):
        return "other"
    if speech.quote is not None:
        return "other" if entity is not speaker else "own"
    if entity is not None and entity is not speaker and speaker is not None:
        return "own" if same_side(entity, speaker) else "other"
    plural = speech.speaker is not None and speech.speaker.tag_ in ("NNS", "NNPS")
    return "thing" if entity is None and subject.lower_ == "it" and plural else "own"


def _owned_kind(
    subject: Token,
    speech: Speech,
    speaker: Entity | None,
    speeches: Sequence[Speech],
    index: ActorIndex,
) -> str | None:
    """The kind by the subject's possessor: "our ships", "their villages"."""
    for child in subject.children:
        if child.dep_ != "poss":
            continue
        nominative = {"his": "he", "her": "she", "their": "they"}.get(child.lower_)
        if nominative and _is_hearer(child, nominative, speech, speaker, index):
            return "other"
        if child.lower_ in FIRST:
            return "own"
        if child.lower_ in THIRD and speech.quote is None and not _does_as_told(subject, index):
            return None
        owner = resolve(child, speeches, index)
        if child.lower_ in THIRD and speech.quote is None and (owner is None or speaker is None):
            return "own"
        if owner is not None and speaker is not None:
            return "own" if same_side(owner, speaker) else "other"
    return None


def _does_as_told(noun: Token, index: ActorIndex) -> bool:
    """Whether what belongs to someone acts for him: his troops, her ships, and not his style."""
    return is_agentive(noun, index) or any(
        cue_set(name).matches(noun) for name in ("weapon", "craft", "consequence_noun")
    )


def _speaks_for(speaker: Entity, entity: Entity) -> bool:
    """A state's officials speak for it, and for the alliances it belongs to."""
    if (
        speaker.country is None
        and entity.type in (ActorType.GOVERNMENT, ActorType.STATE_ORGAN)
        and speaker.type is not ActorType.ORGANISATION
    ):
        # An official of whom nothing is known is taken to speak for the state he speaks of.
        return True
    if (
        speaker.country is not None
        and speaker.country == entity.country
        and (entity.type is ActorType.STATE_ORGAN)
    ):
        return True
    return same_side(entity, speaker) or (
        entity.type is ActorType.ORGANISATION
        and entity.country is None
        and speaker.country is not None
        and speaker.type is not ActorType.ORGANISATION
    )


def _is_hearer(
    pronoun: Token, word: str, speech: Speech, speaker: Entity | None, index: ActorIndex
) -> bool:
    """ "warned him that he would": the pronoun is the hearer's, where it can't be the speaker's."""
    hearer = speech.addressee
    if hearer is None or word not in ("he", "she", "they"):
        return False
    if word == "they":
        plural_hearer = hearer.tag_ in ("NNS", "NNPS") or hearer.lower_ == "them"
        return (
            plural_hearer
            and speech.speaker is not None
            and (speech.speaker.tag_ not in ("NNS", "NNPS") and speech.speaker.lower_ != "they")
        )
    if speaker is not None and speaker.type is ActorType.PERSON:
        told = index.resolve(hearer)
        return told is not None and told is index.resolve(pronoun) and told is not speaker
    if hearer.lower_ in ("him", "her") or hearer.ent_type_ == "PERSON":
        return True
    # "the cartel warned the mayor that her children would pay": only one of them is a she.
    return hearer.tag_ == "NN" and is_agentive(hearer, index) and not _is_person(speech, speaker)


def _is_person(speech: Speech, speaker: Entity | None) -> bool:
    """Whether the speaker can be meant by "he" or "she"."""
    if speaker is not None:
        return speaker.type is ActorType.PERSON
    noun = speech.speaker
    return noun is None or (
        noun.tag_ not in ("NNS", "NNPS")
        and (
            noun.pos_ in ("PRON", "PROPN")
            or cue_set("office").matches(noun)
            or cue_set("spokesperson").matches(noun)
            or lemma(noun).endswith(DOERS)
        )
    )


def befalls(verb: Token) -> bool:
    """Whether the verb says what befalls its subject."""
    return cue_set("suffer").matches(verb) or cue_set("suffer_weak").matches(verb)
