"""Who leads or speaks for a body that is no state: "the president of their union", "its leader".

The officer whom the article names, else the body itself; never the holder of a state's office
that happens to have the same title.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import FAR, Course, is_body
from pipeline.extraction.noun_phrases import POSSESSIVE, Phrase, alike_nouns, noun_list
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster

_OWNING = frozenset({"of", "at", "for"})
_OWNER_WORDS = 7
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_AHEAD = 12
"""Sentences within which the officer is named."""
_STATE_OFFICES = frozenset({"president", "premier", "minister", "king", "queen", "chancellor"})
_OF_STATES = frozenset({"country", "nation", "republic", "state", "government", "cabinet"})


def owner(course: Course, roster: Roster, phrase: Phrase) -> range | None:
    """The words that name whose officer it is, where that is no state; None elsewhere."""
    view = course.view
    if phrase.determiner in POSSESSIVE - {"our", "my", "your"}:
        return range(phrase.start, phrase.start)
    if view.at(phrase.end) in _OWNING:
        end = phrase.end + 1
        while end < len(view) and end - phrase.end <= _OWNER_WORDS:
            if view.doc[end].tag_ in _FINITE or view.lower[end] in words("saying"):
                break
            if not view.text[end][0].isalpha() and view.lower[end] not in POSSESSIVES:
                break
            end += 1
        found = range(phrase.end + 1, end)
    elif phrase.determiner == "'s":
        start = phrase.start - 2
        while start > 0 and view.doc[start - 1].tag_ in {"NN", "NNS", "NNP", "NNPS", "JJ"}:
            start -= 1
        found = range(max(start, 0), phrase.start - 1)
    else:
        return None
    return found if _is_body(course, roster, found) else None


def _is_body(course: Course, roster: Roster, owner_words: range) -> bool:
    view = course.view
    for at in owner_words:
        named = roster.at(view.doc[at])
        if named is not None and is_body(named) and named.type is not ActorType.GOVERNMENT:
            return True
        if view.lower[at] in words("organisation_heads") | noun_list("unnamed") - _OF_STATES:
            return True
    return False


@tracing.step("the officer of that body whom the article names")
def officer(course: Course, roster: Roster, phrase: Phrase, owner_words: range) -> Entity | None:
    """The officer named in the article; else the body, where only one bears its name."""
    view = course.view
    wanted = alike_nouns(view.lower[phrase.head])
    nouns = {view.lower[at] for at in owner_words if view.doc[at].tag_[:2] == "NN"}
    beside = view.at(phrase.end) == "," and phrase.end + 1 < len(view)
    best = roster.at(view.doc[phrase.end + 1]) if beside and view.capital[phrase.end + 1] else None
    if best is not None and best.type is ActorType.PERSON:
        return best
    best = None
    for entity in chain(
        (turn.entity for turn in course.after(phrase.head, _AHEAD)),
        course.entities_before(phrase.start, FAR),
    ):
        profile = roster.profile(entity)
        if entity.type is not ActorType.PERSON or not wanted & profile.heads:
            continue
        if profile.known is not None and any(
            _STATE_OFFICES & set(office.role.lower().split()) for office in profile.known.roles
        ):
            continue
        role = set((entity.role or "").lower().replace("'s", " ").split())
        if nouns and nouns & role:
            return entity
        best = best or entity
    if best is not None or not owner_words:
        return best
    bodies = {
        body.actor_id: body
        for at in owner_words
        if (body := roster.at(view.doc[at])) is not None and is_body(body)
    }
    return next(iter(bodies.values())) if len(bodies) == 1 else None
