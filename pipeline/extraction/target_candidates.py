"""Everyone whom a threat may be meant for, each with the signs that speak for or against it.

Names signs only; what they weigh is said in ``knowledge/targets.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import (
    FIRST,
    SECOND,
    THIRD,
    is_bystander,
    resolve,
    same_side,
)
from pipeline.extraction.target_signs import PRIVATE, TargetCandidate, describe, role_of
from pipeline.records import ActorType, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Token

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.threat_merging import Telling

_LOOK_BACK = 120
"""Tokens before a sentence in which an opponent is looked for."""
_LOOK_AHEAD = 60
"""Tokens behind it: the lead often leaves the name to the next sentence."""
_RANKS = 3
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


class _Gathering:
    """Collects the candidates of one telling."""

    def __init__(self, telling: Telling, context: Context) -> None:
        self._telling = telling
        self._context = context
        self._speeches = telling.candidate.speeches
        self._found: dict[object, TargetCandidate] = {}

    def all(self, merged: Sequence[Sequence[Telling]]) -> list[TargetCandidate]:
        """Every candidate, described."""
        self._from_action()
        self._from_hearers()
        self._from_condition()
        self._from_sentence()
        self._from_course()
        self._from_tellings(merged)
        self._from_standing()
        for candidate in self._found.values():
            describe(candidate, self._telling, self._context)
        self._frequency()
        self._contrast()
        return [c for c in self._found.values() if "ally" not in c.signs]

    def _add(self, token: Token, *signs: str, unnamed: bool = False) -> TargetCandidate | None:
        """Notes the one whom the token names; an unnamed noun only where it is asked for."""
        if token.pos_ not in _NOMINAL or token.lower_ in FIRST:
            return None
        entity = resolve(token, self._speeches, self._context.index)
        if token.lower_ in THIRD and self._may_be_hearer(entity):
            return None
        code = self._context.index.place(token) if entity is None else None
        if entity is None and token.lower_ in THIRD:
            entity = self._told_by(token)
        found = None
        if entity is not None:
            beside = ["adjective"] if token.pos_ == "ADJ" else []
            found = self._add_entity(entity, *signs, *beside)
        elif code is not None:
            found = self._add_country(code, *signs, "place")
        elif unnamed and self._is_someone(token):
            found = self._note(token.i, TargetCandidate(token=token), *signs)
        if found is not None and found.word is None:
            found.word = token
        return found

    def _add_entity(self, entity: Entity, *signs: str) -> TargetCandidate | None:
        if entity is self._telling.threatener:
            return None
        return self._note(id(entity), TargetCandidate(entity=entity), *signs)

    def _add_country(self, code: str, *signs: str) -> TargetCandidate | None:
        if code == self._telling.threatener.country and self._speaks_for_state():
            return None
        for entity in self._context.index.entities:
            if entity.type is ActorType.GOVERNMENT and entity.country == code:
                return self._add_entity(entity, *signs)
        return self._note(code, TargetCandidate(country=code), *signs)

    def _add_state_of(self, entity: Entity, sign: str) -> None:
        """Beside a foreign official, the country that he speaks for."""
        home = self._telling.threatener.country
        if entity.type is ActorType.PERSON and entity.country not in (None, home):
            self._add_country(str(entity.country), f"{sign}: state")

    def _is_answer(self) -> bool:
        """Whether the threat answers what was said before it."""
        cue = self._telling.candidate.cue
        return cue is not None and cue_set("replying").matches(cue)

    def _speaks_for_state(self) -> bool:
        """Whether the threatener's own country can't be meant: only bodies stand against it."""
        return self._telling.threatener.type not in PRIVATE

    def _note(self, key: object, candidate: TargetCandidate, *signs: str) -> TargetCandidate:
        known = self._found.setdefault(key, candidate)
        known.signs.update(signs)
        return known

    def _is_someone(self, token: Token) -> bool:
        if token.tag_ == "NNPS":
            return True
        return (
            token.pos_ == "NOUN"
            and not cue_set("craft").matches(token)
            and (cue_set("human_group").matches(token) or cue_set("office").matches(token))
        )

    def _may_be_hearer(self, entity: Entity | None) -> bool:
        """ "the lawyer said police had told his client that his sons": the client's, not his."""
        if entity is None or len(self._speeches) < 2 or self._speeches[0].quote is not None:
            return False
        hearer = self._speeches[0].addressee
        return (
            hearer is not None
            and hearer.tag_ == "NN"
            and self._context.index.resolve(hearer) is None
            and any(
                entity is self._context.index.resolve(t.speaker)
                for t in self._speeches[1:]
                if t.speaker
            )
        )

    def _told_by(self, token: Token) -> Entity | None:
        """ "said an envoy had told him": the one who tells of it."""
        if token.lower_ not in ("him", "her") or len(self._speeches) < 2:
            return None
        return resolve(self._speeches[1].speaker, [], self._context.index)

    def _from_action(self) -> None:
        candidate = self._telling.candidate
        for depth, ring in enumerate(candidate.victims):
            for token in ring:
                place = role_of(token)
                signs = [f"action:{place}"]
                if depth > 1:
                    signs.append("action:deep")
                if any(c.lower_ in ("any", "every", "all", "those") for c in token.children):
                    signs.append("action:class")
                if cue_set("forum").matches(token):
                    signs.append("action:forum")
                self._add(token, *signs, unnamed=True)

    def _from_hearers(self) -> None:
        hearers = [(self._telling.candidate.hearer, "hearer")]
        hearers += [(speech.addressee, "outer hearer") for speech in self._speeches[1:]]
        for token, place in hearers:
            if token is None or token == self._telling.candidate.threatener:
                continue
            outlet = cue_set("audience").matches(token) or cue_set("outlet").matches(token)
            sign = "audience" if outlet else place
            found = self._add(token, sign, unnamed=True)
            entity = found.entity if found is not None else None
            if entity is not None and entity.type is ActorType.PERSON and entity.country:
                self._add_country(entity.country, f"{sign}'s country")

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
        for token in condition:
            if main is not None and token.i == main.i:
                signs = ["condition:subject", *(["condition:asked"] if asked else [])]
            elif main is not None and main.left_edge.i <= token.i < main.i:
                signs = ["condition:subject's"]
            else:
                signs = [f"condition:{role_of(token)}"]
            self._add(token, *signs, unnamed=main is not None and token.i == main.i)

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
            cue = candidate.cue
            of_cue = cue is not None and token.dep_ == "pobj" and token.head.head.i == cue.i
            signs = [f"{where}:{role_of(token)}", *(["said of"] if of_cue else [])]
            self._add(token, *signs)

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
            if where == "before" and rank == 1 and self._is_answer():
                self._add_entity(entity, "answered")
                self._add_state_of(entity, "answered")
            if entity.type in (ActorType.GOVERNMENT, ActorType.ARMED_GROUP) and not states:
                states.append(id(entity))
                self._add_entity(entity, f"{where}:first state")

    def _fits(self, token: Token, entity: Entity) -> bool:
        return not (
            entity is self._telling.threatener
            or same_side(entity, self._telling.threatener)
            or is_bystander(token, self._context.index)
        )

    def _pronoun(self) -> str:
        """Whether the action is done to "you" or "them", whoever that is."""
        for ring in self._telling.candidate.victims:
            for token in ring:
                if token.lower_ in SECOND:
                    return "you"
                if token.lower_ in THIRD and token.dep_ != "poss":
                    return "them"
        return ""

    def _from_tellings(self, merged: Sequence[Sequence[Telling]]) -> None:
        threatener = self._telling.threatener
        latest = True
        for group in reversed(merged):
            for earlier in group:
                if any(target is threatener for target in earlier.targets):
                    self._add_entity(earlier.threatener, "threatened him")
                    self._add_state_of(earlier.threatener, "threatened him")
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
            self._add_entity(telling.attribution, "accuser")
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
                    strikes = telling.category == "133"
                    self._add_entity(entity, "threatener's body" if strikes else "own body")
        home = telling.threatener.country
        if telling.category == "133" and home is not None:
            self._add_country(home, "home")

    def _contrast(self) -> None:
        """Marks who stands only around a threat whose own words name another."""
        candidates = [c for c in self._found.values() if "ally" not in c.signs]
        named = any(c.is_named_in_threat and c.token is None for c in candidates)
        for candidate in candidates:
            if named and not candidate.is_named_in_threat:
                candidate.signs.add("elsewhere")
            entity = candidate.entity
            if (
                entity is not None
                and "outer hearer" in candidate.signs
                and any(
                    entity.country == other.entity.country
                    for other in candidates
                    if other.entity is not None
                    and other.entity.country is not None
                    and other is not candidate
                    and any(sign.startswith("action") for sign in other.signs)
                )
            ):
                # "a warning to the Danish premier ... he had threatened to blockade Denmark"
                candidate.signs.add("of the harmed")

    def _frequency(self) -> None:
        """The one who is named most often in the article."""
        counted = [
            (len(candidate.entity.mentions), -place, candidate)
            for place, candidate in enumerate(self._found.values())
            if candidate.entity is not None and "ally" not in candidate.signs
        ]
        if counted:
            max(counted, key=lambda one: one[:2])[2].signs.add("most named")


def _speakers(telling: Telling) -> set[int]:
    """The words that name who speaks of the threat, who is no party to it."""
    found: set[int] = set()
    for speech in telling.candidate.speeches:
        if speech.speaker is not None:
            found |= {token.i for token in speech.speaker.subtree}
    if telling.candidate.threatener is not None:
        found |= {token.i for token in telling.candidate.threatener.subtree}
    return found
