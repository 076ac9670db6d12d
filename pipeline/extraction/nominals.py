"""Resolves nominals: "the minister", "the company", "a ministry official", "its lawyer".

A nominal is taken for an actor only where the article calls that actor so, or where an
unnamed official speaks for a body. Works on words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import FAR, Course, is_body
from pipeline.extraction.governments import acts
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.leads import named_soon
from pipeline.extraction.local_offices import local_officer
from pipeline.extraction.noun_phrases import (
    DEFINITE,
    INDEFINITE,
    POSSESSIVE,
    Phrase,
    alike_nouns,
    noun_list,
    noun_phrases,
)
from pipeline.extraction.office_holders import office_holder
from pipeline.extraction.officers import officer, owner
from pipeline.extraction.own_offices import own_office
from pipeline.extraction.spokespeople import (
    NEAR,
    bare_speaker,
    heads_of,
    is_company,
    named_later,
    press_office,
    spoken_for,
)
from pipeline.extraction.wordview import POSSESSIVES, WordView, words
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster

_OF_WORDS = 5
_SOON = 3
"""Sentences within which the one is named whom a story begins with."""
_OWNED = frozenset({ActorType.ORGANISATION, ActorType.STATE_ORGAN})
_GOVERNING = ["governing", "body"]
_COMPLEMENT = 8
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_AHEAD = 8
"""Sentences within which the one is named whom a story first calls "the dean"."""


def resolve_nominals(course: Course, roster: Roster) -> None:
    """Add the nominal mentions of a field to the roster and the course."""
    view = course.view
    for phrase in noun_phrases(view):
        if not roster.free(view.doc, phrase.head, phrase.end):
            continue
        entity = _entity(course, roster, phrase)
        if entity is None:
            continue
        start = _mention_start(roster, view, phrase, entity)
        if start == phrase.start and phrase.determiner == "'s" and entity.type in _OWNED:
            start = _with_owner(view, start)
        roster.mention(entity, view.doc, start, phrase.end, MentionKind.NOMINAL)
        course.add(entity, start, phrase.end)
        roster.profile(entity).heads.add(view.lower[phrase.head])


def _mention_start(roster: Roster, view: WordView, phrase: Phrase, entity: Entity) -> int:
    """Where the phrase begins, with the whole of a name in it: "a Bank of Japan official"."""
    start = phrase.start
    owner = roster.place(view.doc[max(start - 2, 0)])
    if phrase.determiner == "'s" and owner is not None:
        # "Paraguay's ambassador": the country belongs to the words, and is no actor by itself.
        start -= 2
        while start > 0 and roster.place(view.doc[start - 1]) is not None:
            start -= 1
        return start
    while start > 0 and roster.at(view.doc[start]) is roster.at(view.doc[start - 1]) is entity:
        start -= 1
    if start < phrase.start and view.before(start) in DEFINITE | INDEFINITE:
        start -= 1
    return start


@tracing.step()
def _entity(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    view = course.view
    person = view.lower[phrase.head] in words("person_roles")
    beside = _named_beside(roster, view, phrase)
    if beside is not None:
        return beside if (beside.type is ActorType.PERSON) == person else None
    if phrase.end < len(view) and view.capital[phrase.end] and not view.first[phrase.end]:
        return None
    found = _person(course, roster, phrase) if person else _body(course, roster, phrase)
    return found


def _person(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    noun = course.view.lower[phrase.head]
    speaker = noun in noun_list("speakers")
    if speaker and phrase.determiner in INDEFINITE:
        later = named_later(course, roster, phrase, noun)
        if later is not None:
            return later
    body = spoken_for(course, roster, phrase) if speaker else None
    if body is not None:
        return body
    local = local_officer(course, roster, phrase)
    if local is not None:
        return local
    owned_by = owner(course, roster, phrase)
    if owned_by is not None:
        return officer(course, roster, phrase, owned_by) or (
            _named_in_next_sentence(course, roster, phrase)
        )
    if phrase.determiner in DEFINITE:
        return (
            _called_so(course, roster, phrase, noun, True)
            or office_holder(course, roster, phrase)
            or _named_in_next_sentence(course, roster, phrase)
        )
    if phrase.determiner == "'s":
        later = named_later(course, roster, phrase, noun)
        return later or office_holder(course, roster, phrase)
    if phrase.determiner in INDEFINITE:
        found = named_later(course, roster, phrase, noun)
        if found is None and speaker:
            found = bare_speaker(course, phrase)
        return found or _named_in_next_sentence(course, roster, phrase)
    return None


def _body(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    noun = course.view.lower[phrase.head]
    own = press_office(course, roster, phrase) or own_office(course, roster, phrase)
    if own is not None:
        return own
    if phrase.determiner in INDEFINITE:
        found = named_later(course, roster, phrase, noun) or named_soon(course, roster, phrase)
    elif phrase.determiner and course.view.lower[phrase.head - 1 : phrase.end] == _GOVERNING:
        found = course.nearest(phrase.start, NEAR, lambda entity: _governs(roster, entity))
    elif phrase.determiner:
        found = _called_so(course, roster, phrase, noun, False)
        found = found or named_soon(course, roster, phrase)
    else:
        return None
    return found or _unnamed_body(course, roster, phrase)


def _governs(roster: Roster, entity: Entity) -> bool:
    """Whether "the governing body" of a sport or a trade may be this one, by its names."""
    known = roster.profile(entity).known
    names = (entity.name, *known.aliases) if known is not None else (entity.name,)
    words_of_names = {word for name in names for word in fold(name).split()}
    return entity.type is ActorType.ORGANISATION and bool(words_of_names & noun_list("governing"))


@tracing.step("the name that stands beside the noun")
def _named_beside(roster: Roster, view: WordView, phrase: Phrase) -> Entity | None:
    """The actor whose name stands in the phrase or right behind it.

    "the official KCNA news agency", "a gang calling itself Moonrake".
    """
    person = view.lower[phrase.head] in words("person_roles")
    if not person and phrase.end < len(view) and view.capital[phrase.end]:
        named = roster.at(view.doc[phrase.end])
        if named is not None and is_body(named) and named.type is not ActorType.GOVERNMENT:
            # "the state news agency MENA"
            return named
    apposed = roster.at(view.doc[phrase.start - 2]) if phrase.start >= 2 else None
    if (
        view.at(phrase.start - 1) == ","
        and apposed is not None
        and phrase.determiner in DEFINITE | INDEFINITE
        and person == (apposed.type is ActorType.PERSON)
        and apposed.type is not ActorType.GOVERNMENT
    ):
        return apposed
    behind = phrase.end
    if phrase.of(view):
        # "The union of secondary teachers, Synatep, has"
        behind = _past_of(view, behind)
    told = phrase.determiner and phrase.determiner not in INDEFINITE
    if told and view.at(behind) == "," and behind + 1 < len(view):
        # "The lawyer, Anand Pillay, declined".
        named = roster.at(view.doc[behind + 1])
        if named is not None and person == (named.type is ActorType.PERSON):
            return named if view.capital[behind + 1] else None
    if view.lower[behind : behind + 2] in (["calling", "itself"], ["known", "as"]):
        return roster.at(view.doc[behind + 2]) if behind + 2 < len(view) else None
    if person:
        return None
    at = phrase.head - 1
    while at > phrase.start and view.lower[at] in words("organisation_heads") | {"news"}:
        at -= 1
    entity = roster.at(view.doc[at]) if phrase.start <= at < phrase.head else None
    if entity is not None and view.lower[phrase.head] == "administration":
        return _government_of(roster, entity)
    if entity is not None and is_body(entity) and entity.type is not ActorType.GOVERNMENT:
        return entity
    return None


def _past_of(view: WordView, at: int) -> int:
    """The token behind "of" and up to four words of small letters."""
    end = at + 1
    while end < min(at + _OF_WORDS, len(view)) and view.text[end].islower():
        end += 1
    return end


@tracing.step("the government that the leader gives his name to")
def _government_of(roster: Roster, leader: Entity) -> Entity | None:
    """The government that a president gives his name to: "the Obama administration"."""
    known = roster.profile(leader).known
    state = roster.knowledge.by_country.get(leader.country or "")
    if known is None or state is None:
        return None
    led = any(office.role == state.leader for office in known.roles)
    return roster.known(state) if led else None


@tracing.step("the last actor that the article calls so")
def _called_so(
    course: Course, roster: Roster, phrase: Phrase, noun: str, person: bool
) -> Entity | None:
    """The last actor before that the article calls by this noun."""
    nouns = alike_nouns(noun)
    modifiers = set(course.view.lower[phrase.start + 1 : phrase.head])

    owners = set() if person else _plural_owners(course.view, phrase)

    def fits(entity: Entity) -> bool:
        if (entity.type is ActorType.PERSON) != person:
            return False
        if owners and not owners & set(fold(entity.name).split()):
            return False
        if not nouns & heads_of(roster, entity):
            return False
        role = set((entity.role or "").lower().split())
        wanted = modifiers & words("title_modifiers") - {"former", "senior", "chief", "military"}
        return not person or not wanted or bool(wanted & role)

    # Whoever is called just so comes before one whose title is only like it.
    for wanted in ({noun}, nouns):
        for entity in course.entities_before(phrase.start, FAR):
            if wanted & heads_of(roster, entity) and fits(entity):
                return entity
    if not person:
        full = _longer_name(course, roster, phrase)
        if full is not None:
            return full
    if not person and noun in noun_list("companies"):
        return course.nearest(phrase.start, NEAR, lambda entity: is_company(roster, entity))
    if not person and noun in noun_list("groups"):
        return course.nearest(
            phrase.start, NEAR, lambda entity: entity.type is ActorType.ARMED_GROUP
        )
    for turn in course.after(phrase.head, _AHEAD):
        if fits(turn.entity) and turn.entity.type is ActorType.PERSON:
            return turn.entity
    return None


@tracing.step("the body whose name ends so")
def _longer_name(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The body of the story whose name ends with the phrase: "the electoral commission"."""
    own = fold(course.view.phrase(phrase.start, phrase.end)).split()
    if len(own) < 2:
        return None
    return next(filter(is_body, roster.ending(own)), None)


def _with_owner(view: WordView, start: int) -> int:
    """First token of the whole phrase: "The city's tram company", "the dockers' union"."""
    at = start
    while view.at(at - 1) in POSSESSIVES and at >= 2:
        at -= 2
        while view.before(at) and view.doc[at - 1].tag_ in {"NN", "NNS", "JJ", "NNP"}:
            at -= 1
    if view.before(at) in DEFINITE | INDEFINITE | POSSESSIVE:
        at -= 1
    return at


def _plural_owners(view: WordView, phrase: Phrase) -> set[str]:
    """Whose body it is: "dockers" of "the dockers' union", which is no pilots' union."""
    at = phrase.start - 2
    owned = phrase.determiner == "'s" and at >= 0 and _plural(view, at)
    return {fold(view.text[at])} if owned else set()


def _plural(view: WordView, at: int) -> bool:
    return not view.capital[at] and view.at(at).endswith(("s", "men", "people"))


@tracing.step("the one whom the next sentences name")
def _named_in_next_sentence(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The one whom a story's first sentence calls "the leader of ..." and the next one names."""
    view = course.view
    sentence = course.sentence_of[phrase.head]
    if course.opening(phrase.head) != sentence or not acts(
        view, phrase.start, _phrase_end(view, phrase), capital=False
    ):
        return None
    known = {entity.actor_id for entity in course.entities_before(phrase.start, FAR)}
    alike = alike_nouns(view.lower[phrase.head])
    for turn in course.after(phrase.head, _SOON):
        entity = turn.entity
        if turn.sentence == sentence:
            known.add(entity.actor_id)
        if entity.type is not ActorType.PERSON or turn.quoted or entity.actor_id in known:
            continue
        heads = roster.profile(entity).heads
        fits = turn.subject > 0 and (not heads or bool(alike & heads) or phrase.of(view))
        return entity if fits else None
    return None


def _phrase_end(view: WordView, phrase: Phrase) -> int:
    """Behind what is said of the head noun: "the chairman of crisis-hit Borava"."""
    at = phrase.end
    while at < len(view) and at - phrase.end < _COMPLEMENT and view.doc[at].tag_ not in _FINITE:
        at += 1
    return at


def _told_apart(view: WordView, phrase: Phrase, noun: str) -> bool:
    """Whether a noun, alone or with what stands before it, means one body."""
    if noun in noun_list("unnamed") or (noun == "court" and _seat(view, phrase)):
        return True
    modified = phrase.head - phrase.start > (phrase.determiner != "'s")
    return noun in noun_list("modified") and modified and phrase.determiner not in INDEFINITE


def _seat(view: WordView, phrase: Phrase) -> str:
    """Where a court without a name sits: "A Riga court", "a court in Bharatpur"."""
    if phrase.determiner not in INDEFINITE or view.before(phrase.start) in words("acting_on"):
        return ""
    if view.at(phrase.end) == "in" and view.capital[min(phrase.end + 1, len(view) - 1)]:
        return view.phrase(phrase.end + 1, phrase.end + 2)
    between = range(phrase.start + 1, phrase.head)
    return view.phrase(between[0], between[-1] + 1) if _is_town(view, between) else ""


def _is_town(view: WordView, tokens: range) -> bool:
    return bool(tokens) and all(view.capital[at] and view.label[at] != "NORP" for at in tokens)


@tracing.step("a body without a name, called as the text calls it")
def _unnamed_body(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """A body without a name that acts: "the students' association said"."""
    view = course.view
    noun = view.lower[phrase.head]
    if not _told_apart(view, phrase, noun) or not acts(
        view, phrase.start, phrase.end, capital=False
    ):
        return None
    if phrase.head in course.quoted:
        return None
    start = phrase.start
    # "Bangladesh's garment makers' association": the workers belong to the name.
    while view.at(start - 1) in POSSESSIVES and _plural(view, start - 2):
        start -= 2
        while (
            view.before(start)
            and view.doc[start - 1].is_alpha
            and (view.lower[start - 1] not in words("not_names") and not view.capital[start - 1])
        ):
            start -= 1
    if view.lower[start] in DEFINITE | INDEFINITE | POSSESSIVE:
        start += 1
    seat = _seat(view, phrase) if noun == "court" else ""
    name = f"court in {seat}" if seat else " ".join(view.phrase(start, phrase.end).split())
    organ = noun in words("organ_words") or noun in {"bureau", "office", "court", "tribunal"}
    home = roster.homes(view, phrase.start)
    kind = ActorType.STATE_ORGAN if organ else ActorType.ORGANISATION
    return roster.named(name, kind, home.code if home is not None else None)
