"""Names that no knowledge base knows become actors, each with all the forms of its name."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction import name_types, roles
from pipeline.extraction.datelines import is_city
from pipeline.extraction.governments import acts
from pipeline.extraction.kin_names import family_name
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.name_merging import Forms
from pipeline.extraction.name_types import NameType, Votes
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from pipeline.extraction.document import Entity
    from pipeline.extraction.knowledge.base import KnownActor
    from pipeline.extraction.names import Name
    from pipeline.extraction.roster import Roster

_ARMED_WORDS = frozenset(
    """liberation guerrilla guerrillas militia rebel rebels insurgent jihad martyrs brigade brigades
    resistance paramilitary fighters militants gunmen insurgents militiamen jihadists""".split()
)
_NO_PERSON = 3.0
"""Votes by which the signs of a body must lead at each place, that a name is not taken for the
surname that it is elsewhere in the article."""
_NO_BODY = 2.5
"""Votes by which the signs of a person must lead at each place, that a single word is not taken
for the short form of a body of the article."""
_WEAK = 3.0
_NICKNAME = re.compile(r"\s[\"“‘][^\s]+[\"”’]\s")
_SURNAME_ALONE = 1.2
"""Votes for a person where the article goes on with the name's last word alone."""
_OF_THE_UNION = frozenset({"commission"})
_SEAT_OF_THE_UNION = "BEL"
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "sir", "dr"})
_RECENT_DAYS = 5 * 366
"""Who left office longer ago is not called by the surname alone."""


class UnknownNames:
    """Enters an article's unknown names into its roster."""

    def __init__(
        self,
        roster: Roster,
        signs: Callable[[Name], Mapping[NameType, float]],
        acronyms: Mapping[str, str],
    ) -> None:
        self._roster = roster
        self._signs = signs
        self._acronyms = acronyms
        self._people = Forms()
        self._bodies = Forms()
        for entity in roster.entities:
            self._add(entity.name, entity)

    def enter(self, names: Sequence[Name]) -> None:
        """Make or find the actor of each name, and record its mentions."""
        clusters: defaultdict[str, list[Name]] = defaultdict(list)
        for name in names:
            if name.key:
                clusters[name.key].append(name)
        # Full names first, so that short forms find the names that they shorten.
        for key in sorted(clusters, key=lambda key: (-key.count(" "), clusters[key][0].start)):
            found = clusters[key]
            votes = self._votes(found)
            if _has_surname(key, clusters, found):
                votes[NameType.PERSON] += _SURNAME_ALONE
            decided = name_types.decide(votes)
            entity = self._merge(key, found, votes, decided) or self._new(
                key, found, decided, clusters
            )
            if entity is None:
                continue
            self._add(key, entity)
            if " " in key or " " not in entity.name:
                # A relative's surname alone means the one whom the story is about.
                self._add(entity.name, entity)
            for name in found:
                self._roster.mention(entity, name.view.doc, name.start, name.end, MentionKind.NAME)
                roles.describe(self._roster, entity, name)

    def _add(self, key: str, entity: Entity) -> None:
        (self._people if entity.type is ActorType.PERSON else self._bodies).add(key, entity)

    def _votes(self, names: Sequence[Name]) -> Votes:
        votes = name_types.total(names)
        for name in names:
            for kind, weight in self._signs(name).items():
                votes[kind] += weight
        return votes

    def _merge(
        self, key: str, found: Sequence[Name], votes: Votes, decided: NameType | None
    ) -> Entity | None:
        """The actor of the article that a name is another form of, or None."""
        full_name = self._acronyms.get(key)
        if full_name is not None:
            return self._bodies.exact(full_name) or self._people.exact(full_name)
        same = self._bodies.exact(key)
        if same is not None and same.type is ActorType.ORGANISATION:
            return same
        if decided is not NameType.THING:
            lead = votes[NameType.ORGANISATION] - votes[NameType.PERSON]
            person = self._person(key, found, votes)
            if person and lead < _NO_PERSON * len(found):
                return person
        lead = votes[NameType.PERSON] - votes[NameType.ORGANISATION]
        if decided is not NameType.PERSON or (
            " " not in found[0].text and lead < _NO_BODY * len(found)
        ):
            definite = any(name.view.before(name.start) == "the" for name in found)
            body = self._bodies.body(key, found[0].text, definite=definite) or (
                self._bodies.exact(key.removesuffix("s") if key.endswith("s") else key + "s")
            )
            place = votes[NameType.PLACE] > votes[NameType.ORGANISATION]
            if body and (
                decided is not NameType.PLACE
                or not place
                or body.type is ActorType.GOVERNMENT
                or self._acts_as_body(key, found)
            ):
                return body
        return self._known_by_surname(key, found, votes)

    def _acts_as_body(self, key: str, found: Sequence[Name]) -> bool:
        """Whether what seems a place is the body that it begins: "Delmar lost $2 billion"."""
        if is_city(key) or key in words("regions") or any(self._signs(name) for name in found):
            return False
        return any(acts(name.view, name.start, name.end, capital=True) for name in found)

    def _person(self, key: str, found: Sequence[Name], votes: Votes) -> Entity | None:
        """The person of the article with this surname; "President Obama" is not his wife."""
        alike = self._people.persons(key)
        office = next((roles.office(name) for name in found if name.title is not None), "")
        if office and office not in _COURTESY:
            wanted = self._roster.knowledge.role_name(office)
            fitting = [entity for entity in alike if self._held(entity, wanted)]
            known = None if fitting else self._known_by_surname(key, found, votes)
            if known is not None:
                return known
            alike = fitting or alike
        return max(alike, key=lambda entity: len(entity.mentions), default=None)

    def _held(self, entity: Entity, role: str) -> bool:
        profile = self._roster.profile(entity)
        known = profile.known.roles if profile.known is not None else ()
        names = (self._roster.knowledge.role_name(office.role) for office in known)
        return role.rsplit(maxsplit=1)[-1] in profile.heads or role in names

    def _known_by_surname(self, key: str, found: Sequence[Name], votes: Votes) -> Entity | None:
        """A well-known person whom the article calls by surname only."""
        knowledge = self._roster.knowledge
        owned = [
            actor
            for actor in knowledge.by_surname.get(key, ())
            if actor.country is not None and actor.country in self._owners(found)
        ]
        if len(owned) == 1:
            return self._roster.known(owned[0])
        if votes[NameType.PERSON] < 1:
            # "Trump officials": so few signs suffice only for one who leads a country now.
            weak = votes[NameType.ORGANISATION] <= _WEAK and votes[NameType.PLACE] <= 0
            leads = [actor for actor in knowledge.by_surname.get(key, ()) if self._leads(actor)]
            return self._roster.known(leads[0]) if weak and len(leads) == 1 else None
        candidates = knowledge.by_surname.get(key, ())
        titled = next((name for name in found if name.title is not None), None)
        if titled is not None:
            title = roles.office(titled)
            wanted = knowledge.role_name(title)
            fitting = tuple(
                actor
                for actor in candidates
                if any(knowledge.role_name(office.role) == wanted for office in actor.roles)
            )
            candidates = fitting or (candidates if title in _COURTESY else ())
        serving = [
            actor for actor in candidates if distance(actor, self._roster.day) < _RECENT_DAYS
        ]
        if not serving and len(candidates) == 1 and self._leads(candidates[0], ever=True):
            serving = list(candidates)
        return self._roster.known(serving[0]) if len(serving) == 1 else None

    def _owners(self, found: Sequence[Name]) -> set[str]:
        """Codes of the countries whose the name is: "Germany's Scholz"."""
        places = (
            self._roster.place(name.view.doc[name.start - 2])
            for name in found
            if name.start >= 2 and name.view.before(name.start) in POSSESSIVES
        )
        return {place.country for place in places if place is not None and place.country}

    def _body_at_home(self, name: Name) -> KnownActor | None:
        """The known body that a story of its own country calls "the Senate"."""
        home = self._roster.homes(name.view, name.start)
        for union in self._roster.knowledge.by_name.get("european union", ()):
            # "The Commission" in a story about the Union, or told from where it sits.
            seat = home is not None and home.code == _SEAT_OF_THE_UNION
            if name.key in _OF_THE_UNION and (seat or self._roster.mentions_of(union)):
                return next(
                    iter(self._roster.knowledge.by_name.get(f"european {name.key}", ())), None
                )
        if home is None or home.actor is None:
            return None
        for owner in (home.actor.name, *home.actor.demonyms[:1]):
            for phrase in (f"{owner} {name.text}", f"{name.text} of {owner}"):
                for actor in self._roster.knowledge.by_name.get(fold(phrase), ()):
                    if actor.country == home.code:
                        return actor
        return None

    def _leads(self, actor: KnownActor, *, ever: bool = False) -> bool:
        """Whether a person leads a country on the article's day, or led it before."""
        state = self._roster.knowledge.by_country.get(actor.country or "")
        day = self._roster.day
        return state is not None and any(
            office.role == state.leader and (office.held_on(day) or (ever and office.from_ <= day))
            for office in actor.roles
        )

    def _with_family(self, found: Sequence[Name], text: str) -> str:
        """A relative's given name with the family's: "Sattari's brother Reza"."""
        if " " in text:
            return text
        crowned = next((style for name in found if (style := roles.style(name))), None)
        if crowned is not None:
            return f"{crowned} {text}"
        families = (family_name(name, self._people, self._roster) for name in found)
        family = next((family for family in families if family), None)
        return f"{text} {family}" if family else text

    def _new(
        self,
        key: str,
        found: Sequence[Name],
        decided: NameType | None,
        clusters: Mapping[str, Sequence[Name]],
    ) -> Entity | None:
        longest = max(found, key=lambda name: len(name.text))
        text = " ".join(_NICKNAME.sub(" ", longest.text).split())
        short = _without_legal_form(key)
        if short in clusters and " " in clusters[short][0].text:
            # The article itself says "Harrow Steel" of Harrow Steel Corp.
            text = " ".join(clusters[short][0].text.split())
        if decided is NameType.PERSON:
            return self._roster.named(self._with_family(found, text), ActorType.PERSON)
        if decided is NameType.ORGANISATION:
            known = self._body_at_home(longest)
            if known is not None:
                return self._roster.known(known)
            return self._roster.named(_with_head(found, text), _body_type(longest))
        if decided is not NameType.PLACE or is_city(key) or self._signs(found[0]):
            return None
        parts = key.split()
        river = any(name.view.before(name.start) == "the" for name in found)
        if {parts[0], parts[-1]} & words("place_words") or (river and key in words("regions")):
            # A square or a river is not governed.
            return None
        # A well-known region is seldom an actor.
        region = key in words("regions")
        acting = (
            acts(name.view, name.start, name.end, capital=region)
            for name in found
            if name.view.at(name.end) not in words("place_heads")
            and name.view.before(name.start) not in POSSESSIVES
        )
        if any(acting):
            return self._roster.named(text, ActorType.GOVERNMENT)
        return None


def distance(actor: KnownActor, day: date) -> int:
    """Days between a day and the nearest time in office of ``actor``; 0 for one without office."""
    days = []
    for office in actor.roles:
        if day < office.from_:
            days.append((office.from_ - day).days)
        elif office.to is not None and day > office.to:
            days.append((day - office.to).days)
        else:
            return 0
    return min(days, default=0)


def _has_surname(key: str, clusters: Mapping[str, object], found: Sequence[Name]) -> bool:
    """Whether the article calls "Mamadou N'Diaye-Sow" by the last part of the name too."""
    parts = key.split()
    if len(parts) < 2 or any(word in words("organisation_words") for word in parts):
        return False
    if any(name.view.before(name.start) == "the" for name in found):
        return False
    return any(" ".join(parts[at:]) in clusters for at in range(1, len(parts)))


def _without_legal_form(key: str) -> str:
    """The name of a company without "Corp" and the like; "" where it has no such form."""
    short = key.removesuffix(" a s")
    parts = short.split()
    while len(parts) > 1 and parts[-1] in words("legal_forms"):
        del parts[-1]
    return " ".join(parts) if " ".join(parts) != key else ""


def _with_head(found: Sequence[Name], text: str) -> str:
    """The name with the noun that belongs to it: "Erawan hotel", "Daryan news agency"."""
    for name in found:
        view, end = name.view, name.end
        if view.before(name.start) != "the":
            continue
        head = end + 1 if view.at(end) == "news" else end
        agency = head > end and view.at(head) == "agency"
        if agency or (view.at(head) in words("heads_of_names") and not view.capital[head]):
            return f"{text} {view.phrase(end, head + 1)}"
    return text


def _body_type(name: Name) -> ActorType:
    if any(word in _ARMED_WORDS for word in [*name.words, name.view.at(name.end)]):
        return ActorType.ARMED_GROUP
    last = name.words[-1]
    if last in words("organ_words"):
        return ActorType.STATE_ORGAN
    return ActorType.ORGANISATION
