"""Who acts in an article by name: names and organs of states, merged to one actor each.

Known actors come from the knowledge base, the date of the article deciding among them; an
unknown name becomes an actor where the signs around it suffice (`name_types.py`). Nominals
and pronouns come later (`coreference.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extraction import name_types, roles
from pipeline.extraction.datelines import (
    Home,
    datelines,
    is_city,
    main_country,
    opening_place,
)
from pipeline.extraction.document import Document, Entity, field_of
from pipeline.extraction.governments import acts
from pipeline.extraction.institution_owners import with_article
from pipeline.extraction.institutions import Organ, find_organs
from pipeline.extraction.knowledge.base import KnowledgeBase, KnownActor, fold
from pipeline.extraction.name_merging import acronym_of
from pipeline.extraction.name_places import (
    adjectival,
    also_called,
    bracketed,
    coordinated,
    counted,
    is_capital,
    name_acts,
    opens,
    placed,
    spelled_out,
    written_on,
)
from pipeline.extraction.name_types import NameType
from pipeline.extraction.names import Name, NameFinder
from pipeline.extraction.roster import Roster
from pipeline.extraction.unknown_names import UnknownNames, distance
from pipeline.extraction.wordview import WordView, words
from pipeline.records import ActorType, Field, MentionKind

_STRONG = 3.0
_SURELY = 4.0
_IN_EACH_COUNTRY = frozenset(
    "coast guard,congress,house of representatives,national guard,senate,supreme court".split(",")
)
_ON_AIR = frozenset({"radio", "television", "tv"})
_STANDING_AT = frozenset({"at", "outside", "near"})

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class ActorFinder:
    """Finds the named actors of articles; holds nothing of an article."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._names = NameFinder(knowledge)

    def find(self, document: Document, views: Sequence[WordView]) -> Roster:
        """The named actors of ``document``, whose fields' words are ``views``."""
        knowledge = self.knowledge
        if document.published_at is not None:
            knowledge = knowledge.at(document.published_at.date())
        finder = (
            self._names if knowledge is self.knowledge else self._names.with_states_of(knowledge)
        )
        return _Reading(document, views, knowledge, finder).roster


class _Reading:
    """One article's names on their way to a roster."""

    def __init__(
        self,
        document: Document,
        views: Sequence[WordView],
        knowledge: KnowledgeBase,
        finder: NameFinder,
    ) -> None:
        self.knowledge = knowledge
        self.roster = Roster(document, knowledge)
        self._views = views
        self._datelines = {field_of(view.doc): datelines(view, knowledge) for view in views}
        self.roster.datelines = self._datelines
        self._line_starts = {
            where: [line.start for line in lines] for where, lines in self._datelines.items()
        }
        self._homes_so_far = {
            where: _so_far(line.home for line in lines) for where, lines in self._datelines.items()
        }
        self._first_home = next(
            (line.home for line in self._datelines.get(Field.BODY, ()) if line.home), None
        )
        document.names = document.names or finder.find(views)
        # Who is who adds to what is known of a name, and is asked again once more is parsed.
        names = [replace(name) for name in document.names]
        self._main = main_country(names, knowledge)
        self._acronyms: dict[str, str] = {}
        self.roster.homes = self.home_at
        organs = [
            (view, organ)
            for view in views
            for organ in find_organs(view, knowledge, partial(self.home_at, view))
        ]
        covered = self._cover(organs)
        self._dateline_places = {
            fold(word)
            for view in views
            for line in self._datelines[field_of(view.doc)]
            for word in view.phrase(line.start, line.end).split("(")[0].replace("/", ",").split(",")
        }
        names = [
            name for name in names if not self._covered(name, covered) and not written_on(name)
        ]
        self._introduce_acronyms(names)
        unknown = self._enter_known(names)
        self._enter_organs(organs)
        UnknownNames(self.roster, self._signs, self._acronyms).enter(unknown)

    def home_at(self, view: WordView, at: int) -> Home | None:
        """The country that the story is told from at a token."""
        here = opening_place(view, at, self.knowledge)
        if here is not None:
            return here
        home = self._told_from(field_of(view.doc), at)
        return home or self._first_home or self._main

    def _told_from(self, where: Field, at: int) -> Home | None:
        """The country of the last dateline before a token that has one."""
        before = bisect_right(self._line_starts[where], at)
        return self._homes_so_far[where][before - 1] if before else None

    # Organs of states

    def _cover(self, organs: Iterable[tuple[WordView, Organ]]) -> set[tuple[Field, int]]:
        """The tokens of organs, which are no names of their own."""
        return {
            (field_of(view.doc), at)
            for view, organ in organs
            if _stands(view, organ)
            or (
                view.at(organ.end) in words("person_roles") and roles.titles_a_name(view, organ.end)
            )
            for at in range(organ.start, organ.end)
        }

    def _enter_organs(self, organs: Iterable[tuple[WordView, Organ]]) -> None:
        for view, organ in organs:
            where = field_of(view.doc)
            if not self.roster.free(view.doc, organ.core, organ.end):
                continue
            end, kind = organ.end, MentionKind.NAME
            role = view.at(end)
            titles = role in words("person_roles") and roles.titles_a_name(view, end)
            if titles and view.capital[min(end, len(view) - 1)]:
                # "Police Commissioner Dhananjay Kamat"
                continue
            if (
                role.removesuffix("s") in words("person_roles")
                and not view.capital[min(end, len(view) - 1)]
            ):
                if titles:
                    continue
                if role.endswith("s"):
                    end, kind = end + 1, MentionKind.NOMINAL
                else:
                    # Whether "a ministry official" is the ministry is seen once all persons
                    # are known (`nominals.py`).
                    self.roster.latent.update(
                        {(where, at): organ for at in range(organ.start, end)}
                    )
                    continue
            elif view.capital[organ.core] is False:
                kind = MentionKind.NOMINAL
            if not _stands(view, organ):
                continue
            entity = self.roster.organ(organ)
            self.roster.mention(entity, view.doc, organ.start, end, kind)
            self.roster.profile(entity).heads.add(view.lower[organ.end - 1])

    def _introduce_acronyms(self, names: Sequence[Name]) -> None:
        """An acronym in brackets means the name before it, whatever else it may stand for.

        So does what a name is also said to be known as, unless that is known itself.
        """
        meant: dict[str, Name] = {}
        for before, name in pairwise(names):
            if also_called(before, name) and not (before.known or name.known or name.metonym):
                self._acronyms.setdefault(name.key, before.key)
        for before, name in pairwise(names):
            if (
                bracketed(name)
                and before.view is name.view
                and before.end == name.start - 1
                and before.key != name.key
                and (acronym_of(name.text, before.text) or not name.known)
            ):
                meant.setdefault(name.key, before)
        for name in names:
            full = meant.get(name.key)
            if full is not None and name.text.isupper():
                name.known, name.metonym, name.demonym = full.known, (), None
                self._acronyms[name.key] = full.key

    def _covered(self, name: Name, covered: set[tuple[Field, int]]) -> bool:
        where = field_of(name.view.doc)
        if any((where, at) in covered for at in range(name.start, name.end)):
            return True
        # Of a dateline only the agency in brackets is an actor: "NIARO, Sahelia (Meridian) -".
        return self._dateline_of(name) and name.view.at(name.start - 1) != "("

    def _dateline_of(self, name: Name) -> bool:
        where = field_of(name.view.doc)
        before = bisect_right(self._line_starts[where], name.start)
        return bool(before) and name.start < self._datelines[where][before - 1].end

    # Known actors

    def _enter_known(self, names: Sequence[Name]) -> list[Name]:
        """Enter what the knowledge base names; return the names that it does not."""
        unknown = []
        metonyms = []
        spelled = spelled_out(names)
        states: list[Name] = []
        for name in names:
            if self._is_state(name):
                states.append(name)
                continue
            if name.known and (adjectival(name) or counted(name)):
                continue
            if name.known and self._fits(name):
                actor = spelled.get(name.key) or self._choose(name.known, name)
                entity = self._at_home(name, actor) or self.roster.known(actor)
                self._mention(entity, name, MentionKind.NAME)
            elif name.metonym:
                metonyms.append(name)
            else:
                unknown.append(name)
        self._enter_states(states)
        for name in metonyms:
            self._enter_metonym(name)
        return unknown

    def _is_state(self, name: Name) -> bool:
        if name.title is not None and not name.known:
            return False
        first = (*name.known, *name.metonym)[:1]
        if first and first[0].type is ActorType.GOVERNMENT and not self._is_person(name):
            return True
        governs = any(actor.type is ActorType.GOVERNMENT for actor in name.metonym)
        if governs and not name.known and not self._is_person(name):
            return False
        return name.demonym is not None

    def _is_person(self, name: Name) -> bool:
        """A place's name that somebody bears: "Jordan, 52, said"."""
        votes = name_types.vote(name)
        return votes[NameType.PERSON] >= 3

    def _fits(self, name: Name) -> bool:
        article = name.view.before(name.start) == "the"
        before = name.view.before(name.start - article)
        if before in _STANDING_AT and name.known[0] in name.metonym:
            # "told reporters at the Kremlin"
            return False
        body = name.known[0].type is ActorType.ORGANISATION
        if self._dateline_of(name) and not body:
            return False
        view, end = name.view, name.end
        if name.words[-1] in words("person_roles") and end < len(view) and view.capital[end]:
            # "U.S. Trade Representative Anne Holt"
            return False
        votes = name_types.vote(name)
        if votes[NameType.THING] >= _SURELY and len(name.words) > 1:
            return False
        # A shop's name that is a town's too: "in Carrefour".
        return not (body and votes[NameType.PLACE] > votes[NameType.ORGANISATION] + _STRONG - 1)

    def _choose(self, actors: Sequence[KnownActor], name: Name) -> KnownActor:
        if len(actors) == 1:
            return actors[0]
        home = self.home_at(name.view, name.start)
        own = [actor for actor in actors if home is not None and actor.country == home.code]
        if len(own) == 1 and own[0].country is not None:
            return own[0]
        person = name_types.vote(name)[NameType.PERSON] >= 2
        fitting = [a for a in actors if (a.type is ActorType.PERSON) == person] or list(actors)
        return min(fitting, key=lambda actor: distance(actor, self.roster.day))

    def _at_home(self, name: Name, actor: KnownActor) -> Entity | None:
        """The organ of the story's own country where "Congress" is known in one it never names."""
        home = self.home_at(name.view, name.start)
        if (
            actor.type is not ActorType.STATE_ORGAN
            or name.key not in _IN_EACH_COUNTRY
            or home is None
            or home.code in {None, actor.country}
            or self._speaks_of(actor.country)
        ):
            return None
        title = f"{name.text.removeprefix('The ')} of {with_article(home.name)}"
        return self.roster.named(title, ActorType.STATE_ORGAN, home.code)

    def _speaks_of(self, country: str | None) -> bool:
        """Whether the article names a country, or uses its adjective."""
        state = self.knowledge.by_country.get(country or "")
        called = {*state.aliases, *state.demonyms, state.name} if state is not None else set()
        return any(word in called for view in self._views for word in view.text)

    def _enter_metonym(self, name: Name) -> None:
        """A place that stands for a body ("Brussels", "Turtle Bay")."""
        # "Brussels" is the Commission in a story about the Commission.
        actor = max(name.metonym, key=self.roster.mentions_of)
        if acts(name.view, name.start, name.end, capital=True):
            self._mention(self.roster.known(actor), name, MentionKind.METONYM)
        elif actor.country is not None and actor.country in self.knowledge.by_country:
            self._place(name, self.knowledge.by_country[actor.country])

    def _enter_states(self, names: Sequence[Name]) -> None:
        """Countries and capitals, which are actors or places by where they stand."""
        behind: Name | None = None
        acting = False
        actors: set[int] = set()
        places = placed(names)
        for name in reversed(names):
            # "Mali, Niger and Chad have left": who stands before one that acts acts with it.
            acting = (id(name) not in places and name_acts(name)) or (
                acting and behind is not None and coordinated(name, behind) and opens(name)
            )
            behind = name
            if acting:
                actors.add(id(name))
        before: Name | None = None
        for name in names:
            joined = before is not None and coordinated(before, name)
            if name.demonym is not None and not name.known:
                self._place(name, name.demonym)
                continue
            if joined or id(name) in actors:
                kind = MentionKind.METONYM if is_capital(name) else MentionKind.NAME
                self._mention(self.roster.known((name.known or name.metonym)[0]), name, kind)
                before = name
            else:
                self._place(name, (name.known or name.metonym)[0])

    def _signs(self, name: Name) -> Mapping[NameType, float]:
        """What the datelines and the map tell of a name beside the words around it."""
        if self._dateline_of(name):
            return {NameType.ORGANISATION: _STRONG}
        if name.key in self._dateline_places or is_city(name.key):
            return {NameType.PLACE: _STRONG}
        return {}

    def _place(self, name: Name, country: KnownActor | None) -> None:
        if country is not None:
            where = field_of(name.view.doc)
            for at in range(name.start, name.end):
                self.roster.places[where, at] = country

    def _mention(self, entity: Entity, name: Name, kind: MentionKind) -> None:
        self.roster.mention(entity, name.view.doc, name.start, name.end, kind)
        roles.describe(self.roster, entity, name)


def _so_far(homes: Iterable[Home | None]) -> list[Home | None]:
    """For each dateline the last country that it or one before it names."""
    found: list[Home | None] = []
    for home in homes:
        found.append(home or (found[-1] if found else None))
    return found


def _stands(view: WordView, organ: Organ) -> bool:
    """Whether an organ is an actor: a bare "the police" only where it acts.

    Nor is a station without a name to which somebody speaks: "told Swedish radio".
    """
    if organ.noun in _ON_AIR and view.label[organ.start] == "NORP":
        if view.before(organ.start) in {"on", "told"}:
            return False
    named = view.capital[organ.core] and not view.first[organ.core]
    if organ.owned or named or organ.type is ActorType.GOVERNMENT:
        return True
    return acts(view, organ.start, organ.end, capital=False)
