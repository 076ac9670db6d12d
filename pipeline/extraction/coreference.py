"""Who nominals and pronouns refer to, and the index that the later stages ask."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import courses
from pipeline.extraction.document import Document, Entity, field_of
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.nationality import infer_countries
from pipeline.extraction.nominals import resolve_nominals
from pipeline.extraction.noun_phrases import noun_list
from pipeline.extraction.pronouns import resolve_pronouns
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.knowledge.base import KnownActor
    from pipeline.extraction.roster import Roster
    from pipeline.extraction.texts import Token
    from pipeline.extraction.wordview import WordView
    from pipeline.records import Field

_LEFT_OUT = frozenset({"DET", "PRON", "PUNCT", "SPACE"})
_ADJECTIVAL = frozenset({"amod", "compound", "nmod"})
_MEN = frozenset(
    """gunmen fighters militants rebels guerrillas soldiers troops insurgents militiamen
    officials officers representatives spokesmen executives leaders commanders lawyers""".split()
)
_BODIES = frozenset({ActorType.ARMED_GROUP, ActorType.STATE_ORGAN, ActorType.ORGANISATION})
_PARTS = frozenset(
    """some many most several all both dozens scores hundreds thousands members leaders
    musicians workers employees supporters residents""".split()
)
CLASS_PRONOUNS = frozenset({"whoever", "anyone", "anybody", "those", "everyone", "everybody"})
"""Pronouns that, with a clause behind them, name a class of people."""
_RELATED = frozenset(
    """owner heir family relative son daughter child wife widow resident inhabitant crew brother
    parent people worker employee member supporter follower""".split()
)
"""Nouns that tell no one apart without what stands behind "of"."""
_MODIFIERS = frozenset({"compound", "amod", "nummod", "nmod", "poss", "case", "punct", "quantmod"})


class ArticleActors:
    """The actors of one article (an `ActorIndex`)."""

    def __init__(self, document: Document, views: Sequence[WordView], roster: Roster) -> None:
        self._roster = roster
        self._views = {field_of(view.doc): view for view in views}
        self._antecedents: dict[tuple[Field, int], Token] = {}
        read = courses(document, views, roster)
        self._stories = {field_of(course.doc): course.stories for course in read}
        for course in read:
            resolve_nominals(course, roster)
            found = resolve_pronouns(course, roster, document)
            where = field_of(course.doc)
            self._antecedents.update({(where, at): token for at, token in found.items()})
        infer_countries(roster, read)

    @property
    def entities(self) -> list[Entity]:
        """Every actor, in the order of first mention."""
        return self._roster.entities

    def resolve(self, token: Token) -> Entity | None:
        """The actor that ``token`` belongs to, or that the name behind its noun names."""
        found = self._roster.at(token)
        if found is not None or token.pos_ != "NOUN" or token.i + 1 >= len(token.doc):
            return found
        # "the health trust Vestlege" is Vestlege.
        behind = token.nbor()
        return self._roster.at(behind) if behind.is_title and not behind.is_sent_start else None

    def participant(self, token: Token) -> Entity | None:
        """As `resolve`, or the country of a place, or a GROUP made of the noun phrase."""
        found = self.resolve(token)
        if found is not None:
            return found
        country = self._country_of(token)
        if country is not None and token.dep_ in _ADJECTIVAL:
            return None
        if country is not None:
            entity = self._roster.known(country)
            kind = MentionKind.NAME if country.name == token.text else MentionKind.METONYM
            self._roster.mention(entity, token.doc, token.i, token.i + 1, kind)
            return entity
        antecedent = self.taken_up(token)
        if antecedent is not None:
            group = self.participant(antecedent)
            if group is not None:
                self._roster.mention(group, token.doc, token.i, token.i + 1, MentionKind.PRONOUN)
            return group
        if token.lower_ in CLASS_PRONOUNS:
            return self._class(token)
        if token.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"}:
            return None
        return self._body_behind(token) or self._group(token)

    def taken_up(self, pronoun: Token) -> Token | None:
        """The noun that a pronoun takes up where that is no actor yet."""
        return self._antecedents.get((field_of(pronoun.doc), pronoun.i))

    @tracing.step("someone whom the text names nowhere")
    def unnamed(self, token: Token) -> Entity:
        """A GROUP called by the pronoun that stands for it."""
        entity = self._roster.named(token.lower_, ActorType.GROUP)
        self._roster.mention(entity, token.doc, token.i, token.i + 1, MentionKind.PRONOUN)
        return entity

    @tracing.step("the body whose men they are")
    def _body_behind(self, token: Token) -> Entity | None:
        """The body whose men they are: "gunmen from the Tarhuna Brigade", "leaders of X"."""
        if token.lower_ not in _MEN:
            return None
        for child in token.rights:
            if child.lower_ in {"of", "from"}:
                for whole in child.rights:
                    body = self._roster.at(whole) if whole.dep_ == "pobj" else None
                    if body is not None and body.type in _BODIES:
                        end = whole.i + 1
                        self._roster.mention(body, token.doc, token.i, end, MentionKind.NOMINAL)
                        return body
        return None

    def place(self, token: Token) -> str | None:
        """The code of the country that ``token`` names, or is the capital or adjective of."""
        country = self._country_of(token)
        return country.country if country is not None else None

    def _country_of(self, token: Token) -> KnownActor | None:
        """The country of a place; none for a people within another: "the Bosnian Serbs"."""
        country = self._roster.place(token)
        if country is None or token.tag_ not in {"NNPS", "NNP"} or token.i == 0:
            return country
        before = token.doc[token.i - 1]
        other = self._roster.place(before)
        within = (token.text.endswith("s") and before.tag_ == "JJ") or before.dep_ in _ADJECTIVAL
        return None if within and other is not None and other is not country else country

    def country(self, code: str) -> Entity:
        """The government of a country."""
        return self._roster.country(code)

    def home(self, token: Token) -> str | None:
        """The code of the country that the story is told from where ``token`` stands."""
        view = self._views[field_of(token.doc)]
        home = self._roster.homes(view, token.i)
        return home.code if home is not None else None

    def story(self, token: Token) -> range:
        """The tokens from the dateline before ``token``, if any, to the one behind it."""
        starts = self._stories[field_of(token.doc)]
        behind = bisect_right(starts, token.i)
        return range(starts[behind - 1], starts[behind] if behind < len(starts) else len(token.doc))

    @tracing.step("an unnamed group, called as the text calls it")
    def _group(self, token: Token) -> Entity:
        whole = token.head.head if token.dep_ == "pobj" and token.head.lower_ == "of" else token
        if whole.pos_ == "NUM" and whole.i < token.i:
            return self._group(whole)
        start = token.i
        while start > token.left_edge.i and token.doc[start - 1].dep_ in _MODIFIERS:
            start -= 1
        while start < token.i and token.doc[start].pos_ in _LEFT_OUT:
            start += 1
        end = self._group_end(token)
        name = " ".join(token.doc[start:end].text.split())
        body = token.tag_ == "NN" and end - start > 1 and token.lower_ in noun_list("unnamed")
        # "The miners' union" is one body, not an unnamed plural.
        kind = ActorType.ORGANISATION if body else ActorType.GROUP
        entity = self._roster.named(name, kind)
        if start > token.left_edge.i and token.doc[start - 1].pos_ == "DET":
            # The mention is the whole phrase, as those of other nominals are: "A hacking crew".
            start -= 1
        self._roster.mention(entity, token.doc, start, end, MentionKind.NOMINAL)
        return entity

    @tracing.step("whoever does what the text says, called as the text calls them")
    def _class(self, token: Token) -> Entity | None:
        """ "anyone who stood on the tracks", "those joining the march", "whoever walks out"."""
        deeds = [child for child in token.rights if child.dep_ in {"relcl", "acl"}]
        if token.lower_ == "whoever" and token.head.i > token.i and token.head.dep_ != "ROOT":
            # The sentence's own verb tells what befalls them.
            deeds.append(token.head)
        if not deeds:
            return None
        end = deeds[0].i + 1
        last = max(word.i for word in deeds[0].subtree) + 1
        # What follows with a verb of its own is what will happen to them.
        while (
            end < last
            and not token.doc[end].is_punct
            and token.doc[end].tag_ not in {"MD", "VBZ", "VBD", "VBP"}
        ):
            end += 1
        if end - token.i < 2:
            return None
        name = " ".join(token.doc[token.i : end].text.split())
        entity = self._roster.named(name, ActorType.GROUP)
        self._roster.mention(entity, token.doc, token.i, end, MentionKind.NOMINAL)
        return entity

    def _group_end(self, token: Token) -> int:
        """Behind the group's noun, or what it is a part of: "five of the clubs"."""
        if token.pos_ == "NUM" or token.lower_ in _PARTS:
            for child in token.rights:
                if child.lower_ == "of":
                    for whole in child.rights:
                        if whole.dep_ == "pobj":
                            return int(whole.i) + 1
        if token.lemma_.lower() in _RELATED or (
            # "the head of a school": which head.
            token.tag_ == "NN" and cue_set("office").matches(token)
        ):
            for child in token.rights:
                if child.i == token.i + 1 and child.lower_ in {"of", "at"}:
                    return _phrase_end(child)
        end = int(token.i) + 1
        behind = _belonging(token)
        if behind is not None:
            return int(behind.i) + 1
        if (
            token.tag_ in {"NNS", "NNPS"}
            and end + 1 < len(token.doc)
            and token.nbor().lower_ == "in"
        ):
            # "Farmers in Brittany": where they are tells them from others.
            place = token.doc[end + 1]
            while place.pos_ == "PROPN" and place.ent_type_ not in {"DATE", "TIME", "EVENT"}:
                end = int(place.i) + 1
                if end == len(token.doc):
                    break
                place = token.doc[end]
        return end


def _belonging(group: Token) -> Token | None:
    """ "Workers at the shipyard", "owners of such ships": what tells them from others."""
    if group.tag_ != "NNS":
        return None
    for behind in group.rights:
        if behind.i == group.i + 1 and behind.lower_ in {"of", "at", "from"}:
            for whole in behind.rights:
                if any(word.tag_ == "PRP$" for word in whole.lefts):
                    # "relieve guards of their keys": theirs, and what they are of.
                    return None
                if whole.dep_ == "pobj" and whole.pos_ in {"NOUN", "PROPN"}:
                    return whole if whole.ent_type_ not in {"DATE", "TIME", "EVENT"} else None
    return None


def _phrase_end(preposition: Token) -> int:
    """Behind the noun of a prepositional phrase; clauses and further phrases are left out."""
    for noun in preposition.rights:
        if noun.dep_ == "pobj":
            return int(noun.i) + 1
    return int(preposition.i)
