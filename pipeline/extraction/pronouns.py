"""Resolves pronouns, precision first: one without a clear antecedent stays open.

Third persons take up the subject of a clause around them, else that of the sentence before;
first persons in a quotation are its speaker, second persons whom he speaks to.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import (
    PLURAL_TAGS,
    Course,
    Turn,
    governing_subjects,
    is_body,
    is_object,
)
from pipeline.extraction.document import Document, Entity
from pipeline.extraction.quote_index import QuoteIndex
from pipeline.extraction.shallow_syntax import SUBJECTS, is_parsed, predicate, subject_rank
from pipeline.extraction.wordview import words
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from pipeline.extraction.document import Quote
    from pipeline.extraction.roster import Roster
    from pipeline.extraction.texts import Token

_GENDERS = {
    "he": "m", "him": "m", "his": "m", "himself": "m",
    "she": "f", "her": "f", "hers": "f", "herself": "f",
}  # fmt: skip
_THINGS = frozenset({"it", "its", "itself"})
_PLURALS = frozenset({"they", "them", "their", "themselves"})
_FIRST = frozenset({"i", "me", "my", "myself", "mine", "we", "us", "our", "ourselves", "ours"})
_SECOND = frozenset({"you", "your", "yourself", "yours", "yourselves"})
_THIRD = _GENDERS.keys() | _THINGS | _PLURALS
_ALL = _THIRD | _FIRST | _SECOND
_PLEONASTIC = frozenset({"be", "seem", "appear", "rain", "take", "become"})
_CLAUSES = frozenset({"ccomp", "csubj", "acl", "advcl", "xcomp"})
_NEAR = 2

Antecedents = dict[int, "Token"]


def resolve_pronouns(course: Course, roster: Roster, document: Document) -> Antecedents:
    """Add the pronouns of a field to the roster.

    Returns, by token index, the antecedents of pronouns that take up no actor yet but a
    noun ("clubs warned that they would quit").
    """
    doc = course.doc
    antecedents: Antecedents = {}
    places = QuoteIndex(document.quotes)
    pronouns = [(at, word) for at, word in enumerate(course.view.lower) if word in _ALL]
    for at, word in pronouns:
        if word in _THIRD:
            _third(course, roster, doc[at], antecedents)
    # Speakers may be pronouns, so quotations come last.
    for at, word in pronouns:
        if word not in _THIRD:
            entity = _speaking(course, roster, places, doc[at], first=word in _FIRST)
            if entity is not None:
                _enter(course, roster, entity, doc[at])
        elif word in _GENDERS and at in course.quoted:
            told = _told_of(course, roster, places, doc[at])
            if told is not None:
                _enter(course, roster, told, doc[at])
    return antecedents


def _enter(course: Course, roster: Roster, entity: Entity, token: Token) -> None:
    roster.mention(entity, token.doc, token.i, token.i + 1, MentionKind.PRONOUN)
    course.add(entity, token.i, token.i + 1)


def _third(course: Course, roster: Roster, token: Token, antecedents: Antecedents) -> None:
    if token.i in course.quoted or _pleonastic(token):
        return
    found = _governing(course, roster, token, antecedents)
    if found is None and token.lower_ in _PLURALS:
        before = course.subject_before(token.i)
        if before is not None and before.tag_ in PLURAL_TAGS and roster.at(before) is None:
            found = before
    if found is None and not (token.lower_ == "it" and not subject_rank(token)):
        found = _from_before(course, roster, token)
    if isinstance(found, Entity):
        _enter(course, roster, found, token)
        profile = roster.profile(found)
        profile.gender = profile.gender or _GENDERS.get(token.lower_)
    elif found is not None and found.i != token.i:
        antecedents[token.i] = found


@tracing.step("the subject of a clause around it")
def _governing(
    course: Course, roster: Roster, token: Token, antecedents: Antecedents
) -> Entity | Token | None:
    """What the subjects of the clauses around a pronoun make it mean.

    An actor, or the noun of an unnamed plural; the pronoun itself where it rather means a
    noun that is no actor, and so stays open.
    """
    plural = token.lower_ in _PLURALS
    for subject in governing_subjects(token):
        if subject.i in course.quoted:
            continue
        if subject.lower_ in _PLURALS and subject.i in antecedents:
            if plural:
                return antecedents[subject.i]
            continue
        entity = roster.at(subject)
        if entity is not None:
            if _fits(roster, token, entity, plural=subject.tag_ in PLURAL_TAGS):
                return entity
        elif plural and subject.tag_ in PLURAL_TAGS:
            return subject
        elif _could_be(token, subject):
            return token
    return None


def _fits(roster: Roster, token: Token, entity: Entity, *, plural: bool) -> bool:
    word = token.lower_
    if word in _GENDERS:
        if entity.type is not ActorType.PERSON:
            return False
        return roster.profile(entity).gender in {None, _GENDERS[word]}
    if word in _THINGS:
        return is_body(entity) and not plural
    return is_body(entity) and (plural or entity.type is ActorType.ARMED_GROUP)


def _could_be(token: Token, subject: Token) -> bool:
    """Whether a subject that is no actor may well be what the pronoun means."""
    word = token.lower_
    if subject.pos_ == "PRON":
        return False
    if word in _THINGS:
        return subject.tag_ in {"NN", "NNP"}
    if word in _GENDERS:
        return subject.tag_ == "NNP" or subject.lower_ in words("person_roles")
    return False


def _pleonastic(token: Token) -> bool:
    """Whether "it" stands for a clause: "it is clear that ..."."""
    if token.lower_ == "it" and not is_parsed(token):
        likely = predicate(token)
        return likely is not None and likely.lemma_ in _PLEONASTIC
    if token.lower_ != "it" or token.dep_ not in SUBJECTS:
        return token.dep_ == "expl"
    verb = token.head
    return verb.lemma_ in _PLEONASTIC and any(child.dep_ in _CLAUSES for child in verb.children)


@tracing.step("what the sentences before are about")
def _from_before(course: Course, roster: Roster, token: Token) -> Entity | None:
    """The actor that the sentences before were about, where only one comes into question."""
    if token.lower_ in _PLURALS:
        return None
    sentence = course.sentence_of[token.i]
    before = course.subject_before(token.i)
    if before is not None and roster.at(before) is None and _could_be(token, before):
        return None
    # "The chair, X, contradicted him": him is not X.
    others = {
        turn.entity.actor_id
        for turn in course.before(token.i, 0)
        if turn.subject and is_object(token)
    }
    best: Turn | None = None
    for turn in course.before(token.i, _NEAR):
        if turn.entity.actor_id in others:
            continue
        if turn.quoted or not _fits(roster, token, turn.entity, plural=turn.plural):
            continue
        if turn.sentence == sentence and subject_rank(token) and not turn.subject:
            continue
        if token.lower_ == "it" and not turn.subject:
            continue
        if best is not None and turn.sentence != best.sentence:
            break
        if best is None or turn.subject > best.subject:
            best = turn
        elif turn.subject == 0 and best.subject == 0 and turn.entity is not best.entity:
            # Two who are no subjects: it may be either.
            return None
    return best.entity if best is not None else None


@tracing.step("in a quotation: the only other person of the sentences before")
def _told_of(course: Course, roster: Roster, places: QuoteIndex, token: Token) -> Entity | None:
    """Of whom a speaker tells: '"He said he would burn it," X testified' is not X himself."""
    outer = next(
        (
            quote
            for quote in places.overlapping(token.doc, token.i, token.i + 1)
            if quote.parent is None
        ),
        None,
    )
    speaker = roster.at(outer.speaker) if outer is not None and outer.speaker is not None else None
    if outer is None or speaker is None:
        return None
    found = {
        turn.entity.actor_id: turn.entity
        for turn in course.before(outer.span.start, _NEAR)
        if not turn.quoted
        and turn.entity is not speaker
        and _fits(roster, token, turn.entity, plural=turn.plural)
    }
    return next(iter(found.values())) if len(found) == 1 else None


@tracing.step("in a quotation: its speaker, or whom he speaks to")
def _speaking(
    course: Course, roster: Roster, places: QuoteIndex, token: Token, *, first: bool
) -> Entity | None:
    inner: Quote | None = None
    for quote in places.overlapping(token.doc, token.i, token.i + 1):
        if inner is None or len(quote.span) <= len(inner.span):
            inner = quote
    if inner is not None:
        voice = inner.speaker if first else inner.addressee
        return roster.at(voice) if voice is not None else None
    return _interviewee(course, roster, token) if first else None


@tracing.step("the speaker of the line of dialogue")
def _interviewee(course: Course, roster: Roster, token: Token) -> Entity | None:
    """The speaker of a line of dialogue: "RÉDEY: I have seen that."."""
    doc = course.doc
    start = course.line_start(token.i)
    if start + 1 >= len(doc) or doc[start + 1].text != ":":
        return None
    entity = roster.at(doc[start])
    if entity is not None and entity.type is ActorType.PERSON:
        return entity
    if doc[start].text != "A":
        return None
    earlier = takewhile(lambda turn: turn.start < start, course.turns)
    people = (turn.entity for turn in earlier if turn.entity.type is ActorType.PERSON)
    return next(people, None)
