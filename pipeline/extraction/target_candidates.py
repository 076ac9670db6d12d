"""Everyone whom a threat may be meant for, each with the signs that speak for or against it.

Names signs only; what they weigh is said in ``knowledge/targets.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.categories import noun_category
from pipeline.extraction.clauses import is_passive, is_verb, passive_agent, surface_subject
from pipeline.extraction.coreference import CLASS_PRONOUNS
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import (
    SECOND,
    THIRD,
    same_side,
)
from pipeline.extraction.target_contrast import contrast
from pipeline.extraction.target_gathering import Gathering
from pipeline.extraction.target_signs import (
    PRIVATE,
    Describing,
    TargetCandidate,
    join,
    role_of,
)
from pipeline.extraction.victims import is_bidden, is_doer, leading_class, victim_rings
from pipeline.records import ActorType, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Token
    from pipeline.extraction.threat_merging import Telling

_LOOK_BACK = 120
"""Tokens before a sentence in which an opponent is looked for."""
_LOOK_AHEAD = 60
"""Tokens behind it: the lead often leaves the name to the next sentence."""
_EARLIER = 30
"""Threats told before that are looked at, and places that tell each, the latest: more than any
article of a wire tells."""
_RANKS = 3
_DEEP = 2
_AT = frozenset("against at for of on over to toward upon with".split())
"""Prepositions behind which stands whom a threat is said of, and not who carries it."""
_CLASS = frozenset({"any", "every", "all", "those", "whoever", "anyone", "anybody"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM"})
_FULL = frozenset({"subject", "object", "possessor", "against", "toward", "of", "from"})


def target_candidates(
    telling: Telling, merged: Sequence[Sequence[Telling]], context: Context
) -> list[TargetCandidate]:
    """The candidates in the order in which they were found: the action's own words first.

    Args:
        telling: the threat as it is told in one place.
        merged: the threats told before it.
        context: the article.
    """
    return _Gathering(telling, context).all(merged)


class _Gathering(Gathering):
    """Looks through the threat's words, its sentence, what stands around and the whole article."""

    def all(self, merged: Sequence[Sequence[Telling]]) -> list[TargetCandidate]:
        """Every candidate, described."""
        self._from_action()
        self._from_hearers()
        self._from_condition()
        self._from_sentence()
        self._from_course()
        self._from_tellings(merged)
        self._from_standing()
        self._from_states()
        self._from_quarrels()
        describing = Describing(self._telling, self._context)
        for candidate in self._found.values():
            describing.describe(candidate)
        self._frequency()
        others = [c for c in self._found.values() if "ally" not in c.signs]
        contrast(others)
        join(others, self._telling)
        return others

    def _from_action(self) -> None:
        candidate = self._telling.candidate
        rings = [(depth, ring) for depth, ring in enumerate(candidate.victims)]
        joined = candidate.predicate.head
        if (
            candidate.predicate.dep_ == "conj"
            and is_verb(joined)
            and surface_subject(candidate.predicate) is None
        ):
            # "tow away Philippine boats and detain their crews": both are held over them.
            before = victim_rings(joined, None, candidate.condition)
            rings += [(_DEEP, [t for t in ring if t.i < candidate.predicate.i]) for ring in before]
        for depth, ring in rings:
            for token in ring:
                place = role_of(token)
                if place == "subject" and depth == 0:
                    # Only one who suffers the action stands among its victims.
                    place = "patient"
                signs = [f"action:{place}"]
                if place == "patient" and is_doer(candidate.predicate):
                    signs.append("action:doer")
                if depth >= _DEEP:
                    signs.append("action:deep")
                if token.lower_ in CLASS_PRONOUNS:
                    # Whoever: the ones are meant who stand against him, where the text names any.
                    signs.append("action:whoever")
                elif any(c.lower_ in _CLASS for c in token.children):
                    signs.append("action:class")
                if cue_set("forum").matches(token) and place not in ("object", "patient"):
                    signs.append("action:forum")
                if depth <= _DEEP and is_bidden(token, candidate.predicate):
                    signs.append("action:bidden")
                self._add(token, *signs, unnamed=True)
                self._from_relative(token)
        lead = leading_class(candidate.predicate)
        if lead is not None and lead.i not in {token.i for _, ring in rings for token in ring}:
            signs = ["action:patient", "action:class"]
            if lead.lower_ in CLASS_PRONOUNS:
                signs[-1] = "action:whoever"
            self._add(lead, *signs, unnamed=True, anyone=True)

    def _from_relative(self, thing: Token) -> None:
        """ "a mast built by the monks", "the wells that Chad digs": whose the things are."""
        for clause in thing.children:
            if clause.dep_ not in ("relcl", "acl") or not is_verb(clause):
                continue
            doer = passive_agent(clause) if clause.tag_ == "VBN" else surface_subject(clause)
            if doer is not None and not doer.tag_.startswith("W"):
                self._add(doer, "action:theirs", unnamed=True)

    def _from_hearers(self) -> None:
        spoken_to = self._is_spoken_to()
        they = any(
            token.lower_ in ("they", "them", "their")
            for ring in self._telling.candidate.victims
            for token in ring
        )
        hearers = [(self._telling.candidate.hearer, "hearer")]
        hearers += [(speech.addressee, "outer hearer") for speech in self._speeches[1:]]
        hearers += [(reader, "hearer") for reader in self._readers()]
        for token, place in hearers:
            if token is None or token.lower_ == "it":
                # "let it be known" tells no one; what is called "it" is no hearer either.
                continue
            if token == self._telling.candidate.threatener or noun_category([token]) is not None:
                # "threatened holy war": what is threatened, for the parser whom.
                continue
            outlet = cue_set("audience").matches(token) or cue_set("outlet").matches(token)
            sign = "audience" if outlet else place
            signs = [sign, *(["you: hearer"] if spoken_to and not outlet else [])]
            if they and token.tag_ in ("NNS", "NNPS"):
                # "told senators that they would lose": those who hear it, whoever they are.
                signs.append("they: hearer")
            # Whoever is told something is someone, whatever the noun.
            found = self._add(token, *signs, unnamed=True, anyone=not outlet)
            entity = found.entity if found is not None else None
            if entity is not None and entity.type is ActorType.PERSON and entity.country:
                self._add_country(entity.country, f"{sign}'s country")

    def _readers(self) -> Iterator[Token]:
        """ "In a letter to 14 riders, the federation threatened": to whom the words are sent."""
        evidence = self._telling.candidate.evidence
        for token in evidence.sent:
            if token.lower_ == "to" and token.dep_ in ("prep", "dative"):
                if cue_set("advise_harm").matches(token.head):
                    yield from (noun for noun in token.children if noun.dep_ == "pobj")

    def _from_condition(self) -> None:
        condition = self._telling.candidate.condition
        if condition is None:
            return
        main: Token | None = None
        for token in condition:
            subject = surface_subject(token) if is_verb(token) else None
            if subject is not None and condition.start <= subject.i < condition.end:
                main = subject
                break
        asked = "demands" in self._telling.candidate.features
        # "Do not call the FBI, or ...": those of whom an order speaks are others.
        ordered = main is None and condition.root.tag_ == "VB"
        for token in condition:
            if main is not None and token.i == main.i and is_passive(main.head):
                # "unless the prisoners are freed": they are no party to it.
                signs = ["condition:patient"]
            elif main is not None and token.i == main.i:
                signs = ["condition:subject", *(["condition:asked"] if asked else [])]
            elif main is not None and main.left_edge.i <= token.i < main.i:
                signs = ["condition:subject's"]
            else:
                signs = [f"{'order' if ordered else 'condition'}:{role_of(token)}"]
            doer = main is not None and token.i == main.i and not is_passive(main.head)
            self._add(token, *signs, unnamed=doer and token.lower_ not in CLASS_PRONOUNS)

    def _from_sentence(self) -> None:
        """Who else stands in the sentence, those who only speak in it left out."""
        candidate = self._telling.candidate
        evidence = candidate.evidence
        spoken = _speakers(self._telling)
        seen = {token.i for ring in candidate.victims for token in ring} | spoken
        if candidate.condition is not None:
            seen |= set(range(candidate.condition.start, candidate.condition.end))
        for token in evidence.sent:
            if token.i in seen:
                continue
            where = "evidence" if evidence.start <= token.i < evidence.end else "sentence"
            of_cue = self._is_said_of(token)
            signs = [f"{where}:{role_of(token)}", *(["said of"] if of_cue else [])]
            self._add(token, *signs, unnamed=of_cue)

    def _is_said_of(self, noun: Token) -> bool:
        """ "warned of strikes on the ships", "promised a raid on any farm"."""
        cue = self._telling.candidate.cue
        if cue is None or noun.dep_ != "pobj" or noun.head.lower_ not in _AT:
            return False
        above = noun.head.head
        return above.i == cue.i or (
            noun.head.lower_ in ("against", "on", "upon") and above.head.i == cue.i
        )

    def _from_course(self) -> None:
        sentence = self._telling.candidate.evidence.sent
        doc = sentence.doc
        story = self._context.index.story(sentence[0])
        start = max(story.start, sentence.start - _LOOK_BACK)
        end = min(story.stop, sentence.end + _LOOK_AHEAD)
        self._rank(reversed(list(doc[start : sentence.start])), "before", self._pronoun())
        self._rank(doc[sentence.end : end], "after", "")

    def _rank(self, tokens: Iterable[Token], where: str, pronoun: str) -> None:
        order: list[object] = []
        states: list[object] = []
        for token in tokens:
            role = role_of(token)
            if role not in _FULL:
                continue
            entity = self._context.index.resolve(token)
            if entity is None or not self._fits(token, entity):
                continue
            if id(entity) in order:
                continue
            order.append(id(entity))
            known = self._found.get(id(entity))
            if known is not None and known.is_named_in_threat:
                continue
            rank = min(len(order), _RANKS)
            self._add_entity(entity, f"{where}:{rank}", f"{where}:{role}")
            if pronoun and rank == 1:
                self._add_entity(entity, f"{pronoun}:{where}")
            self._add_state_of(entity, where)
            if where == "before" and rank == 1 and self._is_answer():
                self._add_entity(entity, "answered")
                self._add_state_of(entity, "answered")
            if entity.type in (ActorType.GOVERNMENT, ActorType.ARMED_GROUP) and not states:
                states.append(id(entity))
                self._add_entity(entity, f"{where}:first state")

    def _pronoun(self) -> str:
        """Whether the action is done to "you", "them" or "whoever", whoever that is."""
        for ring in self._telling.candidate.victims:
            for token in ring:
                if token.lower_ in SECOND:
                    return "you"
                if token.lower_ in THIRD and token.dep_ != "poss":
                    return "them"
                if token.lower_ in _CLASS or any(c.lower_ in _CLASS for c in token.children):
                    return "class"
        return ""

    def _is_spoken_to(self) -> bool:
        """Whether the words themselves speak to someone: "you", an order."""
        candidate = self._telling.candidate
        return any(token.lower_ in SECOND for token in candidate.evidence) or (
            candidate.condition is not None and candidate.condition.root.tag_ == "VB"
        )

    def _from_tellings(self, merged: Sequence[Sequence[Telling]]) -> None:
        threatener = self._telling.threatener
        latest = True
        for group in reversed(merged[-_EARLIER:]):
            for earlier in group[-_EARLIER:]:
                if any(_is_meant(threatener, target) for target in earlier.targets):
                    self._add_entity(earlier.threatener, "threatened him")
                    self._add_state_of(earlier.threatener, "threatened him")
                if earlier.threatener is not threatener:
                    self._add_entity(earlier.threatener, "threatens too")
                    for target in earlier.targets:
                        self._add_entity(target, "threatened by another")
                if earlier.threatener is threatener:
                    for target in earlier.targets:
                        self._add_entity(target, "threatened before")
                        if latest:
                            self._add_entity(target, "threatened just before")
            latest = False

    def _from_standing(self) -> None:
        """Who told of it; whose workers strike; whose country they strike in."""
        telling = self._telling
        if telling.attribution is not None and telling.modality is Modality.ALLEGED:
            self._add_entity(telling.attribution, "accuser", *self._of_accuser())
            self._add_state_of(telling.attribution, "accuser")
        threatener = telling.candidate.threatener
        if threatener is not None:
            beside = {id(self._context.index.resolve(t)) for t in threatener.conjuncts}
            for token in threatener.subtree:
                entity = self._context.index.resolve(token)
                if (
                    entity is not None
                    and id(entity) not in beside
                    and entity.type in (ActorType.ORGANISATION, ActorType.STATE_ORGAN)
                ):
                    strikes = telling.category == "133" or (
                        telling.threatener.type is ActorType.GROUP
                    )
                    self._add_entity(entity, "threatener's body" if strikes else "own body")
        if telling.threatener.type is ActorType.GROUP:
            # "Musicians of the Teatro del Plata": those who work there press it.
            for entity in self._context.index.entities:
                if entity.type is ActorType.ORGANISATION and entity.name in telling.threatener.name:
                    self._add_entity(entity, "threatener's body")
        home = telling.threatener.country
        if telling.category == "133" and home is not None:
            self._add_country(home, "home")

    def _of_accuser(self) -> Iterator[str]:
        """ "The baker said they had sworn to rob his van": it is done to the teller."""
        candidate = self._telling.candidate
        words = [*(t for ring in candidate.victims for t in ring), *(candidate.condition or ())]
        words += candidate.hearer.subtree if candidate.hearer is not None else ()
        if any(token.lower_ in THIRD for token in words):
            yield "accuser: they"
        if candidate.hearer is None and any(token.lower_ in SECOND for token in words):
            # '"He said, sing and you will lose your teeth," X testified': X was told so.
            yield "accuser: you"

    def _from_states(self) -> None:
        """The state that the story is told from, and the one that it speaks of most."""
        first = self._telling.candidate.evidence[0]
        home = self._context.index.home(first)
        if home is not None:
            self._add_country(home, "story's state")
        own = self._telling.threatener.country
        foremost = self._context.opposition.foremost_state(own)
        if foremost is not None:
            self._add_country(foremost, "foremost state")

    def _from_quarrels(self) -> None:
        """Marks those with whom the threatener quarrels elsewhere in the article."""
        threatener = self._telling.threatener
        for candidate in self._found.values():
            country = candidate.country
            entity = candidate.entity
            if entity is None and country is None:
                continue
            if self._context.opposition.opposes(threatener, entity, country):
                candidate.signs.add("opponent")

    def _frequency(self) -> None:
        """Who is named most often in the article, and next often."""
        counted = [
            (len(candidate.entity.mentions), -place, candidate)
            for place, candidate in enumerate(self._found.values())
            if candidate.entity is not None and "ally" not in candidate.signs
        ]
        counted.sort(key=lambda one: one[:2], reverse=True)
        for rank, (_, _, candidate) in enumerate(counted, 1):
            candidate.signs.add("most named" if rank == 1 else f"named:{min(rank, _RANKS)}")


def _is_meant(threatener: Entity, target: Entity) -> bool:
    """Whether a threat against the target is one against the threatener or his state."""
    return target is threatener or (
        threatener.type not in PRIVATE and same_side(target, threatener)
    )


def _speakers(telling: Telling) -> set[int]:
    """The words that name who speaks of the threat, who is no party to it."""
    found: set[int] = set()
    for speech in telling.candidate.speeches:
        if speech.speaker is not None:
            found |= {token.i for token in speech.speaker.subtree}
    if telling.candidate.threatener is not None:
        found |= {token.i for token in telling.candidate.threatener.subtree}
    return found
