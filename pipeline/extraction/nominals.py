"""Resolves nominals: "the minister", "the company", "a ministry official", "its lawyer".

A nominal is taken for an actor only where the article calls that actor so, or where an
unnamed official speaks for a body. Works on words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.discourse import Course, is_body
from pipeline.extraction.document import field_of
from pipeline.extraction.governments import acts
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.roles import titles_a_name
from pipeline.extraction.wordview import POSSESSIVES, WordView, words
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from datetime import date

    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster

_DEFINITE = frozenset({"the", "this", "that"})
_INDEFINITE = frozenset({"a", "an", "another", "one"})
_POSSESSIVE = frozenset({"its", "his", "her", "their", "our", "my", "your"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_PHRASE_WORDS = 7
_NEAR = 4
"""Sentences over which a nominal may reach back to a body not called so yet."""
_FAR = 400
_AHEAD = 8
"""Sentences within which a person first called "a commander" is named."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A noun phrase with a role or body noun as its head."""

    start: int
    head: int
    determiner: str
    """"the", "a", "its" or the like; "'s" behind a possessor; "" for none."""

    @property
    def end(self) -> int:
        """The token behind the phrase."""
        return self.head + 1


@cache
def _alike() -> dict[str, frozenset[str]]:
    """For each noun the nouns that take up the same actor: spokesman, spokesperson."""
    groups = data_file("nominals.json")["alike"]
    table: dict[str, frozenset[str]] = {}
    for group in groups:
        for word in group:
            table[word] = table.get(word, frozenset()) | frozenset(group)
    return table


@cache
def _nouns(name: str) -> frozenset[str]:
    return frozenset(data_file("nominals.json")[name])


def resolve_nominals(course: Course, roster: Roster, day: date) -> None:
    """Add the nominal mentions of a field to the roster and the course."""
    view = course.view
    for phrase in _phrases(view):
        if not roster.free(view.doc, phrase.head, phrase.end):
            continue
        entity = _entity(course, roster, phrase, day)
        if entity is None:
            continue
        roster.mention(entity, view.doc, phrase.start, phrase.end, MentionKind.NOMINAL)
        course.add(entity, phrase.start, phrase.end)
        roster.profile(entity).heads.add(view.lower[phrase.head])


def _phrases(view: WordView) -> list[_Phrase]:
    found = []
    heads = words("person_roles") | words("organisation_heads") | _nouns("collectives")
    for at, word in enumerate(view.lower):
        if word not in heads or (view.capital[at] and not view.first[at]):
            continue
        following = view.at(at + 1)
        if following in heads or following.removesuffix("s") in heads or following == "-":
            continue
        if word in words("person_roles") and titles_a_name(view, at) and view.at(at + 1) != ",":
            continue
        phrase = _phrase(view, at)
        if phrase is not None:
            found.append(phrase)
    return found


def _phrase(view: WordView, head: int) -> _Phrase | None:
    at = head
    while head - at < _PHRASE_WORDS:
        if view.doc[at].is_sent_start:
            return _Phrase(at, head, "")
        before = view.lower[at - 1]
        if before in _DEFINITE | _INDEFINITE | _POSSESSIVE:
            return _Phrase(at - 1, head, before)
        if before in POSSESSIVES:
            return _Phrase(at, head, "'s")
        if not (view.text[at - 1][0].isalpha() or before == "-") or before in words("saying"):
            return _Phrase(at, head, "")
        if view.doc[at - 1].tag_ in _FINITE:
            return _Phrase(at, head, "")
        if before in words("not_names") | words("locative") | {"and", "or"}:
            return _Phrase(at, head, "")
        at -= 1
    return None


def _entity(course: Course, roster: Roster, phrase: _Phrase, day: date) -> Entity | None:
    view = course.view
    noun = view.lower[phrase.head]
    person = noun in words("person_roles")
    beside = _named_beside(roster, view, phrase)
    if beside is not None:
        return beside if (beside.type is ActorType.PERSON) == person else None
    if phrase.end < len(view) and view.capital[phrase.end] and not view.first[phrase.end]:
        return None
    if person and noun in _nouns("speakers"):
        if phrase.determiner in _INDEFINITE:
            later = _named_later(course, roster, phrase, noun)
            if later is not None:
                return later
        body = _spoken_for(course, roster, phrase)
        if body is not None:
            return body
    if phrase.determiner in _DEFINITE:
        found = _called_so(course, roster, phrase, noun, person)
        if found is not None:
            return found
        if person:
            holder = _office_holder(course, roster, phrase, day)
            return holder or _named_in_next_sentence(course, roster, phrase)
        return _unnamed_body(course, roster, phrase)
    if phrase.determiner in _INDEFINITE:
        found = _named_later(course, roster, phrase, noun)
        if found is None and person and noun in _nouns("speakers"):
            found = _bare_speaker(course, phrase)
        if found is None and not person:
            found = _unnamed_body(course, roster, phrase)
        return found
    if not person and (phrase.determiner == "'s" or phrase.determiner in _POSSESSIVE):
        return _called_so(course, roster, phrase, noun, person) or _unnamed_body(
            course, roster, phrase
        )
    return None


def _named_beside(roster: Roster, view: WordView, phrase: _Phrase) -> Entity | None:
    """The actor whose name stands in the phrase or right behind it.

    "the official KCNA news agency", "a gang calling itself Moonrake".
    """
    behind = phrase.end
    if view.lower[behind : behind + 2] in (["calling", "itself"], ["known", "as"]):
        return roster.at(view.doc[behind + 2]) if behind + 2 < len(view) else None
    if view.lower[phrase.head] in words("person_roles"):
        return None
    at = phrase.head - 1
    while at > phrase.start and view.lower[at] in words("organisation_heads") | {"news"}:
        at -= 1
    entity = roster.at(view.doc[at]) if phrase.start <= at < phrase.head else None
    if entity is not None and entity.type is ActorType.ORGANISATION:
        return entity
    return None


def _called_so(
    course: Course, roster: Roster, phrase: _Phrase, noun: str, person: bool
) -> Entity | None:
    """The last actor before that the article calls by this noun."""
    nouns = _alike().get(noun, frozenset({noun}))
    modifiers = set(course.view.lower[phrase.start + 1 : phrase.head])

    def fits(entity: Entity) -> bool:
        if (entity.type is ActorType.PERSON) != person:
            return False
        if not nouns & _heads(roster, entity):
            return False
        role = set((entity.role or "").lower().split())
        wanted = modifiers & words("title_modifiers") - {"former", "senior", "chief", "military"}
        return not person or not wanted or bool(wanted & role)

    for turn in course.before(phrase.start, _FAR):
        if fits(turn.entity):
            return turn.entity
    if not person:
        full = _longer_name(course, roster, phrase)
        if full is not None:
            return full
    if not person and noun in _nouns("companies"):
        return course.nearest(phrase.start, _NEAR, lambda entity: _company(roster, entity))
    if not person and noun in _nouns("groups"):
        return course.nearest(
            phrase.start, _NEAR, lambda entity: entity.type is ActorType.ARMED_GROUP
        )
    for turn in course.after(phrase.head, _AHEAD):
        if fits(turn.entity) and turn.entity.type is ActorType.PERSON:
            return turn.entity
    return None


def _longer_name(course: Course, roster: Roster, phrase: _Phrase) -> Entity | None:
    """The body of the story whose name ends with the phrase: "the electoral commission"."""
    own = fold(course.view.phrase(phrase.start, phrase.end)).split()
    if len(own) < 2:
        return None
    for entity in roster.entities:
        if is_body(entity) and fold(entity.name).split()[-len(own) :] == own:
            return entity
    return None


def _heads(roster: Roster, entity: Entity) -> set[str]:
    profile = roster.profile(entity)
    if profile.known is None:
        return profile.heads
    named = {
        word
        for name in (profile.known.name, *profile.known.aliases)
        for word in fold(name).split()
        if word in words("organisation_heads") - _nouns("shared")
    }
    extra = data_file("nominals.json")["known"].get(profile.known.name, ())
    return profile.heads | named | set(extra)


def _company(roster: Roster, entity: Entity) -> bool:
    if entity.type is not ActorType.ORGANISATION:
        return False
    heads = _heads(roster, entity)
    return not heads & _nouns("no_companies")


def _spoken_for(course: Course, roster: Roster, phrase: _Phrase) -> Entity | None:
    """The body for which an unnamed official speaks: "a White House official", "its lawyer"."""
    view = course.view
    at = phrase.head - 1
    if titles_a_name(view, phrase.head):
        return None
    if at < phrase.start:
        return None
    # What stands right before the noun: a name, a body noun or a country's adjective.
    latent = roster.latent.get((field_of(view.doc), at))
    if latent is not None and phrase.determiner in _INDEFINITE | {""}:
        return roster.organ(latent)
    inner = roster.at(view.doc[at])
    if inner is not None and is_body(inner):
        return inner
    before = view.lower[at]
    if before in words("organisation_heads"):
        nouns = _alike().get(before, frozenset({before}))
        for turn in course.before(phrase.start, _FAR):
            if is_body(turn.entity) and nouns & _heads(roster, turn.entity):
                return turn.entity
        if before in _nouns("companies"):
            return course.nearest(phrase.start, _NEAR, lambda entity: _company(roster, entity))
        return None
    if phrase.determiner == "'s":
        owner = roster.at(view.doc[phrase.start - 2])
        return owner if owner is not None and is_body(owner) else None
    if phrase.determiner in {"his", "her"}:
        return course.nearest(phrase.start, 1, lambda entity: entity.type is ActorType.PERSON)
    if phrase.determiner in {"its", "their"}:
        return course.nearest(phrase.start, 1, is_body)
    if phrase.determiner in _INDEFINITE and view.lower[phrase.head] == "official":
        for step in range(at, phrase.start, -1):
            country = roster.place(view.doc[step])
            if country is not None and country.country is not None:
                named = _named_later(course, roster, phrase, view.lower[phrase.head])
                return named or roster.known(country)
    return None


def _bare_speaker(course: Course, phrase: _Phrase) -> Entity | None:
    """Whom "a spokesman" alone speaks for: the body that the sentences before were about."""
    if phrase.head - phrase.start > 1 or not course.view.lower[phrase.head].startswith("spokes"):
        return None
    return course.nearest(phrase.start, 2, is_body)


def _named_later(course: Course, roster: Roster, phrase: _Phrase, noun: str) -> Entity | None:
    """The actor first called "a U.S. envoy" whose name follows ("The envoy, X, said")."""
    nouns = _alike().get(noun, frozenset({noun}))
    earlier = {id(turn.entity) for turn in course.before(phrase.start, _FAR)}
    for turn in course.after(phrase.head, _AHEAD):
        if id(turn.entity) in earlier or turn.quoted:
            continue
        if nouns & roster.profile(turn.entity).heads and (
            (turn.entity.type is ActorType.PERSON) == (noun in words("person_roles"))
        ):
            return turn.entity
    return None


def _named_in_next_sentence(course: Course, roster: Roster, phrase: _Phrase) -> Entity | None:
    """The one whom a story's first sentence calls "the leader of ..." and its second names."""
    sentence = course.sentence_of[phrase.head]
    if course.view.at(phrase.end) != "of" or course.opening(phrase.head) != sentence:
        return None
    if any(turn.entity.type is ActorType.PERSON for turn in course.before(phrase.start, 1)):
        return None
    for turn in course.after(phrase.head, 1):
        if turn.entity.type is ActorType.PERSON:
            first = turn.subject == 2 and turn.sentence == sentence + 1 and not turn.quoted
            return turn.entity if first else None
    return None


def _office_holder(course: Course, roster: Roster, phrase: _Phrase, day: date) -> Entity | None:
    """The known holder of an office that acts here: "the French foreign minister said"."""
    view = course.view
    if not acts(view, phrase.start, phrase.end, capital=False):
        return None
    country = None
    for at in range(phrase.start, phrase.head):
        place = roster.place(view.doc[at])
        country = place.country if place is not None else country
    if country is None:
        home = roster.homes(view, phrase.start)
        country = home.code if home is not None else None
    if country is None:
        return None
    title = [
        word
        for word in view.lower[phrase.start : phrase.end]
        if word in words("title_modifiers") | words("titles")
    ]
    if "former" in title or "ex" in title:
        return None
    holders = roster.knowledge.holders(" ".join(title), country, day)
    return roster.known(holders[0]) if len(holders) == 1 else None


def _unnamed_body(course: Course, roster: Roster, phrase: _Phrase) -> Entity | None:
    """A body without a name that acts: "the students' association said"."""
    view = course.view
    noun = view.lower[phrase.head]
    if noun not in _nouns("unnamed") or not acts(view, phrase.start, phrase.end, capital=False):
        return None
    if phrase.head in course.quoted:
        return None
    start = phrase.start
    # "Bangladesh's garment makers' association": the workers belong to the name.
    while view.at(start - 1) == "'" and view.at(start - 2).endswith("s"):
        start -= 2
        while (
            view.before(start)
            and view.doc[start - 1].is_alpha
            and (view.lower[start - 1] not in words("not_names") and not view.capital[start - 1])
        ):
            start -= 1
    if view.lower[start] in _DEFINITE | _INDEFINITE | _POSSESSIVE:
        start += 1
    name = " ".join(view.phrase(start, phrase.end).split())
    organ = noun in words("organ_words") or noun in {"bureau", "office", "court", "tribunal"}
    home = roster.homes(view, phrase.start)
    kind = ActorType.STATE_ORGAN if organ else ActorType.ORGANISATION
    return roster.named(name, kind, home.code if home is not None else None)
