"""What the text calls an actor: titles before the name, appositions behind it.

Fills an entity's role and country, and the nouns by which later sentences may take it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.datelines import Home
    from pipeline.extraction.document import Entity
    from pipeline.extraction.names import Name
    from pipeline.extraction.roster import Profile, Roster
    from pipeline.extraction.wordview import WordView

_ARTICLES = frozenset({"the", "a", "an"})
_COURTESY = {"mr": "m", "sir": "m", "lord": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f"}
_FEMALE = frozenset(
    """spokeswoman chairwoman woman girl queen princess duchess wife mother daughter sister aunt
    niece widow actress nun dame businesswoman congresswoman grandmother girlfriend policewoman
    waitress hostess""".split()
)
_MALE = frozenset(
    """spokesman chairman man boy king prince duke husband father son brother uncle nephew widower
    actor monk businessman congressman grandfather boyfriend policeman""".split()
)
_STATE_ROLES = frozenset(
    """minister president premier general admiral colonel ambassador chancellor secretary commander
    governor king queen envoy senator brigadier commodore""".split()
)
_STATE_TYPES = frozenset({ActorType.GOVERNMENT, ActorType.STATE_ORGAN})
_VERBS = frozenset({"VB", "VBD", "VBZ", "VBP", "MD"})
_PHRASE_WORDS = 12
_BREAKS = frozenset(
    """of for at in on to by with from who whom whose which that and but or as said says told while
    when after before because , . ; : ( ) - -- – —""".split()
)


_STYLES = frozenset({"king", "queen", "prince", "princess", "pope", "lord", "lady", "comrade"})
"""Titles that are part of the name of one who has no other."""


def describe(roster: Roster, entity: Entity, name: Name) -> None:
    """Note what the text calls ``entity`` around ``name``."""
    profile = roster.profile(entity)
    home = roster.homes(name.view, name.start)
    if name.title is not None:
        _by_title(roster, entity, profile, name, home)
    if entity.type is ActorType.PERSON:
        _by_role_before(roster, entity, profile, name, home)
    if entity.type is not ActorType.PERSON:
        _body_heads(profile, name)
    else:
        _by_clause(profile, name)
        if name.end - name.start > 1:
            profile.gender = profile.gender or _gender_of(name.words[0])
    _by_apposition(roster, entity, profile, name)


def _by_clause(profile: Profile, name: Name) -> None:
    """What a clause calls a person: "named the aide as X", "X, who speaks for Y"."""
    view, at = name.view, name.start - 2
    if view.before(name.start) == "as" and view.at(at) in words("person_roles"):
        if view.at(at - 1) in _ARTICLES | {"her", "his", "their", "its"}:
            profile.heads.add(view.lower[at])
    if view.lower[name.end : name.end + 4] == [",", "who", "speaks", "for"]:
        profile.heads.update(("spokesman", "spokesperson"))


def office(name: Name) -> str:
    """The title before a name without adjectives of country: "foreign minister"."""
    if name.title is None:
        return ""
    title = name.view.lower[name.title[0] : name.title[1]]
    return " ".join(word for word in title if word in words("title_modifiers") | words("titles"))


def style(name: Name) -> str:
    """The style that stays with a name of one word: "Crown Prince" of "Crown Prince Salman"."""
    if name.title is None or name.view.lower[name.title[1] - 1] not in _STYLES:
        return ""
    end = name.title[1]
    crown = end - name.title[0] > 1 and name.view.lower[end - 2] == "crown"
    written = name.view.phrase(end - 1 - crown, end)
    return written if written.istitle() else ""


def titles_a_name(view: WordView, at: int) -> bool:
    """Whether the role noun at ``at`` introduces a person's name, before or behind it."""
    following = at + 1
    if view.at(following) == ",":
        following += 1
    if following < len(view) and view.capital[following]:
        return view.lower[following] not in words("not_names") | words("calendar")
    return False


def _by_title(
    roster: Roster, entity: Entity, profile: Profile, name: Name, home: Home | None
) -> None:
    view = name.view
    start, end = name.title or (name.start, name.start)
    start = _phrase_start(view, start)
    last = view.lower[end - 1].removesuffix(".")
    if last in _COURTESY and end - start == 1:
        profile.gender = profile.gender or _COURTESY[last]
        if entity.role is None and last == "sir":
            return
        return
    _set_role(roster, entity, profile, view, start, end, home)


def _by_role_before(
    roster: Roster, entity: Entity, profile: Profile, name: Name, home: Home | None
) -> None:
    view = name.view
    first = name.title[0] if name.title is not None else name.start
    at = first - 1
    if at < 0 or view.starts[first]:
        return
    if view.lower[at] in words("person_roles") and name.title is None:
        _set_role(roster, entity, profile, view, _phrase_start(view, at), name.start, home)
    elif view.lower[at] == ",":
        start = role_before(view, at)
        if start is not None and view.at(name.end) in {",", "."} | words("saying"):
            _set_role(roster, entity, profile, view, start, at, home)


def role_before(view: WordView, comma: int) -> int | None:
    """First token of a role that ends at a comma: "the ambassador in question, X"."""
    at, start = comma, None
    while at > 0 and comma - at < _PHRASE_WORDS and not view.starts[at]:
        at -= 1
        word = view.lower[at]
        if word in words("saying") or word in {",", ";", ":"}:
            break
        if word in words("person_roles"):
            following = view.lower[at + 1]
            if at + 1 == comma or following in {"of", "in", "at", "for", "on", "to"}:
                start = _phrase_start(view, at)
    return start


def _by_apposition(roster: Roster, entity: Entity, profile: Profile, name: Name) -> None:
    view, end = name.view, name.end
    if view.at(end) != "," or end + 1 >= len(view):
        return
    start = end + 1
    head = None
    stop = start
    while stop < min(start + _PHRASE_WORDS, len(view)):
        word = view.lower[stop]
        if word in {",", ".", ";", "who", "which", "whose"} or word in words("saying"):
            break
        if view.doc[stop].tag_ in _VERBS:
            return
        if head is None and word in words("person_roles") | words("organisation_heads"):
            following = view.at(stop + 1)
            if following in _BREAKS or following in words("saying") or not following:
                head = word
        stop += 1
    if head is None or view.starts[start]:
        return
    person = entity.type is ActorType.PERSON
    if person != (head in words("person_roles")) and not (
        head in words("organisation_heads") and not person
    ):
        return
    if view.at(stop) not in {",", ".", "who", "which", "whose", ";"} | words("saying"):
        return
    first = start + 1 if view.lower[start] in _ARTICLES and not person else start
    if person and entity.role is None:
        _set_role(roster, entity, profile, view, first, stop, None)
    profile.heads.add(head)
    _gender(profile, head)


def _body_heads(profile: Profile, name: Name) -> None:
    view = name.view
    if name.start and not view.starts[name.start]:
        for before in (view.lower[name.start - 1], view.at(name.start - 2)):
            if before in words("organisation_heads"):
                profile.heads.add(before)
                break
    for word in name.words:
        if word in words("organisation_heads"):
            profile.heads.add(word)
    if view.lower[name.end : name.end + 3] == [",", "as", "the"] and view.at(name.end + 4) == "is":
        profile.heads.add(view.lower[name.end + 3])
    first = name.start - 1 if view.before(name.start) == "the" else name.start
    phrase = view.lower[max(first - 3, 0) : first]
    owned = view.at(name.end) in POSSESSIVES and "editor" in view.lower[name.end : name.end + 3]
    if owned or phrase[-2:] == ["editor", "of"]:
        profile.heads.update(("newspaper", "paper"))
    for word in (view.at(name.end), view.at(name.end + 1)):
        if word in words("organisation_heads"):
            profile.heads.add(word)


def _set_role(
    roster: Roster,
    entity: Entity,
    profile: Profile,
    view: WordView,
    start: int,
    end: int,
    home: Home | None,
) -> None:
    if start >= end:
        return
    phrase = view.phrase(start, end)
    own = view.lower[start:end]
    head = before = None
    for word in own:
        if word in {"of", "for", "at", "in"} and head is not None:
            break
        if word in words("person_roles") | words("titles"):
            # A "director general" is no general.
            head = before if word == "general" and before is not None else word
        before = word
    if head is not None:
        profile.heads.add(head)
        _gender(profile, head)
    if entity.role is None:
        entity.role = " ".join(phrase.split())
    if entity.country is None and entity.type is ActorType.PERSON:
        entity.country = _country(roster, view, start, end)
        if entity.country is None and home is not None and head in _STATE_ROLES:
            entity.country = home.code


def _country(roster: Roster, view: WordView, start: int, end: int) -> str | None:
    for at in range(start, end):
        if not view.capital[at]:
            continue
        for length in (3, 2, 1):
            key = fold(view.phrase(at, min(at + length, end)))
            for table in (roster.knowledge.by_demonym, roster.knowledge.by_name):
                found = table.get(key)
                if found and found[0].country and found[0].type in _STATE_TYPES:
                    return found[0].country
    return None


def _gender_of(given_name: str) -> str | None:
    if given_name in words("men"):
        return "m"
    return "f" if given_name in words("women") else None


def _gender(profile: Profile, word: str) -> None:
    if word in _FEMALE:
        profile.gender = "f"
    elif word in _MALE:
        profile.gender = "m"


def _phrase_start(view: WordView, end: int) -> int:
    """First token of the noun phrase that ends before ``end``, its article left out."""
    at = end
    while at > 0 and end - at < _PHRASE_WORDS and not view.starts[at]:
        word = view.lower[at - 1]
        if word == "." and view.at(at - 2) in words("titles") and not view.spaced[at - 2]:
            at -= 2  # "Maj. Gen.", which is three tokens and more
            continue
        if word == "-" and not view.spaced[at - 1]:
            at -= 1
            continue
        if word in _ARTICLES or word in _BREAKS or word in words("saying"):
            break
        if word in words("not_names") and not view.capital[at - 1]:
            break
        tag = view.doc[at - 1].tag_
        if tag in _VERBS or (tag in {"VBG", "RB"} and word not in words("title_modifiers")):
            break
        if word in POSSESSIVES or view.text[at - 1][0].isalpha() or word == "-":
            at -= 1
            continue
        break
    while at < end and view.lower[at] in POSSESSIVES:
        at += 1
    return at
