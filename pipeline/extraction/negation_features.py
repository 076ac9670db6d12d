"""What a negated statement tells: whose deed, which act, of what thing, in what words.

Names the features of a negation that the rules look at; `negations.py` finds the negations.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import (
    auxiliaries,
    direct_object,
    is_passive,
    is_verb,
    passive_agent,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import FIRST, resolve, same_side

if TYPE_CHECKING:
    from collections.abc import Set

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Span, Token


_BY_US = frozenset({"him", "her", "us", "me", "them"})
"""Who is not the doer where "by him" is negated."""


def subject_features(
    verb: Token,
    subject: Token | None,
    no: Token,
    speech: Speech,
    speeches: list[Speech],
    context: Context,
) -> set[str]:
    """Whose deed is negated: the speaker's own, another's, no one's; of which thing it is said."""
    if subject is None:
        return set()
    found = set()
    speaker = resolve(speech.speaker, speeches[1:], context.index)
    entity = resolve(subject, speeches, context.index)
    if entity is None and cue_set("natural").matches(subject):
        found.add("unknowing")
    word = subject.lower_
    if (
        word in FIRST
        or (entity is not None and entity is speaker)
        or (
            speech.quote is None
            and word in ("he", "she", "it", "they")
            and entity in (None, speaker)
        )
    ):
        found.add("own")
    if any(
        c.lower_ in FIRST | {"its", "his", "her", "their"} and c.dep_ == "poss"
        for c in subject.children
    ):
        found.add("own")
    if word == "there" or any(c.lower_ == "there" and c.dep_ == "expl" for c in verb.children):
        found.add("there")
    if (
        (no.head == subject or no.i == subject.i or subject.left_edge.i == no.i < subject.i)
        and (
            no.lower_ != "not" or (no.i + 1 < subject.i and no.nbor().lower_ in ("a", "one", "an"))
        )
        and not is_verb(subject)
    ):
        found.add("no-subject")
    if "no-subject" in found:
        found |= _of_no_one(verb, subject, no)
    if cue_set("communication_noun").matches(subject):
        found.add("talk")
    if cue_set("claim_noun").matches(subject):
        found.add("claim-subject")
    if subject.lower_ in ("that", "this", "it", "which") and subject.pos_ == "PRON":
        found.add("pronoun-subject")
    if (
        entity is not None
        and entity is not speaker
        and not _vouches(speech.speaker, speaker, entity)
    ):
        found.add("third")
    return found


def _of_no_one(verb: Token, subject: Token, no: Token) -> set[str]:
    """Whether the subject that is none is a person, and whether such a thing is denied."""
    found = set()
    if (
        subject.lower_ in ("nobody", "none", "neither")
        or (subject.lower_ in ("one", "body") and no.lower_ in ("no", "not"))
        or no.lower_ in ("neither", "nor")
        or cue_set("human_group").matches(subject)
    ):
        found.add("no-one")
        if cue_set("unraised").matches(verb):
            found.add("unknowing")  # "Nobody has disputed a word of it"
        if _such_a(verb):
            # "Nobody has heard such a thing from me"
            found |= {"such", "of-such"}
    if any(c.lower_ == "such" for c in subject.children):
        found.add("such")
    return found


def _such_a(verb: Token) -> bool:
    thing = direct_object(verb)
    return thing is not None and any(
        c.lower_ in ("such", "anything") for c in (thing, *thing.children)
    )


def _vouches(token: Token | None, speaker: Entity | None, entity: Entity) -> bool:
    """Whether the speaker can deny for the other: a spokesman, a lawyer, a state's official."""
    if token is not None and cue_set("spokesperson").matches(token):
        return True
    if speaker is None:
        return False
    role = set((speaker.role or "").lower().replace("-", " ").split())
    return same_side(speaker, entity) or bool(role & cue_set("spokesperson").words)


def verb_features(verb: Token, no: Token, sentence: Span) -> set[str]:
    """What the negated clause tells: which act or thing, when, in what telling words."""
    words = [t.lower_ for t in verb.subtree if sentence.start <= t.i < sentence.end]
    return (
        _deed_features(verb) | _phrase_features(" ".join(words), verb, no) | _object_features(verb)
    )


def _deed_features(verb: Token) -> set[str]:
    """What kind of act the verb tells, and whether it lies in the past."""
    found = set()
    children = {child.lower_ for child in verb.children}
    if lemma(verb) == "be":
        found |= _being_features(verb, children)
    agent = passive_agent(verb) if is_passive(verb) else None
    if agent is not None and agent.lower_ in _BY_US:
        found.add("not-responsible")  # "It was not written by him"
    if cue_set("ignorant").matches(verb):
        found.add("ignorant")
    if cue_set("unknowing").matches(verb):
        found.add("unknowing")
    elif cue_set("deed").matches(verb):
        found |= {"deed", "act"}
    elif cue_set("act").matches(verb):
        found.add("act")
    if not found & {"unknowing", "ignorant"} and not cue_set("stative").matches(verb):
        found.add("open")
    past = _is_past(verb)
    found.add("past" if past else "present")
    if not past and verb.tag_ in ("VB", "VBP", "VBZ"):
        found.add("habit")
    if verb.tag_ == "VBG" and lemma(verb) != "go":
        found.add("progressive")
    return found


def _being_features(verb: Token, children: Set[str]) -> set[str]:
    """What someone or something is said not to be: the doer, his work, there, able to."""
    found = set()
    if children & cue_set("ours").words:
        found.add("not-responsible")
    if any(
        cue_set("handiwork").matches(word) and any(child.dep_ == "poss" for child in word.children)
        for word in verb.subtree
        if word.i > verb.i
    ):
        # "none of his ministry's doing", "not our work"
        found.add("not-responsible")
    if any(
        child.dep_ == "attr"
        and cue_set("communication_noun").matches(child)
        and any(owner.dep_ == "poss" and owner.pos_ == "PRON" for owner in child.children)
        for child in verb.children
    ):
        # "It was not our letter"
        found.add("not-responsible")
    if children & {"there", "present", "at", "near", "in", "nowhere"}:
        found.add("alibi")
    if any(
        cue_set("deed").matches(relative)
        for child in verb.children
        if child.dep_ == "attr"
        for relative in child.children
        if relative.dep_ == "relcl"
    ):
        # "We're not a country that takes hostages"
        found |= {"deed", "act"}
    if any(cue_set("state_of_mind").matches(child) for child in verb.children):
        found.add("unknowing")
    return found


def _is_past(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBN") or any(
        t.lower_ in ("had", "has", "have", "did", "was", "were", "'ve", "’ve")
        for t in auxiliaries(verb)
    )


def _phrase_features(text: str, verb: Token, no: Token) -> set[str]:
    """What the clause's words say together, whatever their parse."""
    found = set()

    def says(*phrases: str) -> bool:
        return any(f" {phrase} " in f" {text} " for phrase in phrases)

    if says(*_phrases("not_responsible")):
        found.add("not-responsible")
    if says(*_phrases("at_no_time"), "nothing of the sort", "nothing of the kind"):
        found.add("emphatic")
    if any(t.lower_ == "had" for t in auxiliaries(verb)):
        found.add("pluperfect")
    if (
        no.lower_ in ("nothing", "none")
        or (no.lower_ == "not" and no.i < verb.i - 2)
        or no.head.lower_ in ("single", "one")
    ):
        found.add("nothing")
    if no.lower_ == "never" or says(*_phrases("at_no_time")) or "ever" in text.split():
        found.add("never")
    if says("nothing of the sort", "nothing of the kind", "no such", "any such"):
        found.add("such")
    befell = lemma(verb) in ("happen", "occur") and _is_past(verb)
    if befell or lemma(verb) == "exist" or says("take place", "taken place"):
        found.add("exist")
    if says("a single", "one single"):
        found.add("single")
    if says(*_phrases("not_yet")) or any(child.lower_ == "yet" for child in verb.children):
        found.add("not-yet")
    return found


def _object_features(verb: Token) -> set[str]:
    """Whether the negated thing is talk, or something whose lack answers no one."""
    found = set()
    thing = direct_object(verb)
    things = (
        [thing]
        if thing is not None
        else [c for c in verb.children if c.dep_ in ("attr", "nsubj") and c.i > verb.i]
    )
    for noun in things:
        if cue_set("communication_noun").matches(noun):
            found.add("talk")
        if cue_set("idle_object").matches(noun) or _is_nothing_to_do(noun):
            found.add("idle-object")
    if is_passive(verb) and (
        cue_set("idle_passive").matches(verb)
        or any(c.dep_ == "nsubjpass" and cue_set("undecided").matches(c) for c in verb.children)
    ):
        found.add("idle-passive")  # "no decision has been taken"
    return found


def _is_nothing_to_do(noun: Token) -> bool:
    """ "nothing to apologise for": no answer to a claim, but "nothing to do with" is."""
    behind = noun.doc[noun.i + 1 : noun.i + 3]
    return (
        noun.lower_ == "nothing"
        and len(behind) > 1
        and behind[0].lower_ == "to"
        and behind[1].tag_ == "VB"
        and lemma(behind[1]) != "do"
    )


@cache
def _phrases(name: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase) for phrase in cue_set(name).phrases)
