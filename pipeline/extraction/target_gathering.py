"""Collects those whom a threat may be meant for: what word may name one, and as whom.

What is looked at for them stands in ``target_candidates.py``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.extraction.coreference import CLASS_PRONOUNS
from pipeline.extraction.knowledge.folding import fold
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import FIRST, THIRD, is_bystander, resolve, same_side
from pipeline.extraction.target_signs import TargetCandidate, speaks_for_state
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Token
    from pipeline.extraction.threat_merging import Telling

_BESIDE = frozenset({"amod", "compound", "nmod"})
_STATES = frozenset({"country", "state", "nation", "republic", "kingdom"})
"""Nouns for a state, of which the words around say which: no one without a name."""
_ANY = frozenset({"any", "every", "each", "no"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM"})


def _does_something(noun: Token) -> bool:
    """ "any line that broke its contract", "any company drilling there", however parsed."""
    behind = noun.nbor() if noun.i + 1 < len(noun.doc) else noun
    return (
        behind.tag_ == "VBG"
        or behind.lower_ in ("that", "who", "which")
        or any(child.dep_ in ("relcl", "acl") for child in noun.children)
    )


class Gathering:
    """The candidates of one telling, each once, with the signs noted so far."""

    def __init__(self, telling: Telling, context: Context) -> None:
        self._telling = telling
        self._context = context
        self._speeches = telling.candidate.speeches
        self._found: dict[object, TargetCandidate] = {}
        self._for_state = speaks_for_state(telling.threatener)
        self._met: dict[str, Entity] = {}
        """Governments among the candidates that became actors with the threats before."""

    def _add(
        self, token: Token, *signs: str, unnamed: bool = False, anyone: bool = False
    ) -> TargetCandidate | None:
        """Notes the one whom the token names; an unnamed noun only where it is asked for."""
        if token.pos_ not in _NOMINAL or token.lower_ in FIRST:
            return None
        entity = resolve(token, self._speeches, self._context.index)
        if token.lower_ in THIRD and self._may_be_hearer(entity):
            return None
        code = self._context.index.place(token) if entity is None else None
        if entity is None and token.lower_ in THIRD:
            entity = self._told_by(token)
        if entity is None and token.lower_ in THIRD:
            noun = self._context.index.taken_up(token)
            if noun is not None and noun.pos_ in ("NOUN", "PROPN"):
                # "Anglers heard that they would be fined": what no name is given is meant.
                return self._add(noun, *signs, "taken up", unnamed=True, anyone=True)
        found = None
        if entity is not None:
            beside = ["adjective"] if token.pos_ == "ADJ" else []
            found = self._add_entity(entity, *signs, *beside)
        elif code is not None:
            found = self._add_country(code, *signs, "place")
        elif unnamed and ((anyone and token.pos_ == "NOUN") or self._is_someone(token)):
            called = self._called_so(token)
            if called is not None:
                self._add_entity(called, *signs, "same noun")
            found = self._note(token.i, TargetCandidate(token=token), *signs)
        if found is not None and found.word is None:
            found.word = token
        if entity is None and cue_set("organ").matches(token):
            self._add_state_behind(token, *signs)
        return found

    def _add_state_behind(self, token: Token, *signs: str) -> None:
        """ "if police clear the camp": what its organs do, the state does."""
        home = self._telling.threatener.country or self._context.index.home(token)
        if home is not None and token.tag_ in ("NN", "NNS"):
            self._add_country(home, *signs, "organ")

    def _add_entity(self, entity: Entity, *signs: str) -> TargetCandidate | None:
        if entity is self._telling.threatener:
            return None
        if entity.type is ActorType.GOVERNMENT and entity.country is not None:
            self._met.setdefault(entity.country, entity)
        return self._note(id(entity), TargetCandidate(entity=entity), *signs)

    def _add_country(self, code: str, *signs: str) -> TargetCandidate | None:
        if code == self._telling.threatener.country and self._for_state:
            return None
        state = self._states.get(code) or self._met.get(code)
        if state is not None:
            return self._add_entity(state, *signs)
        return self._note(code, TargetCandidate(country=code), *signs)

    @cached_property
    def _states(self) -> dict[str, Entity]:
        """The governments among the article's actors by their countries; the first counts."""
        return {
            entity.country: entity
            for entity in reversed(self._context.index.entities)
            if entity.type is ActorType.GOVERNMENT and entity.country is not None
        }

    def _add_state_of(self, entity: Entity, sign: str) -> None:
        """Beside a foreign official, the country that he speaks for."""
        home = self._telling.threatener.country
        if entity.type is ActorType.PERSON and entity.country not in (None, home):
            self._add_country(str(entity.country), f"{sign}: state")

    def _is_answer(self) -> bool:
        """Whether the threat answers what was said before it."""
        cue = self._telling.candidate.cue
        return cue is not None and cue_set("replying").matches(cue)

    def _note(self, key: object, candidate: TargetCandidate, *signs: str) -> TargetCandidate:
        known = self._found.setdefault(key, candidate)
        known.signs.update(signs)
        return known

    def _is_someone(self, token: Token) -> bool:
        if token.dep_ in _BESIDE:
            # "state land" is no state.
            return False
        if token.tag_ == "NNPS":
            return True
        if token.lower_ in CLASS_PRONOUNS:
            return token.lower_ == "whoever" or any(
                child.dep_ in ("relcl", "acl") for child in token.children
            )
        if token.pos_ != "NOUN":
            return False
        marks = {child.lower_ for child in token.children}
        if cue_set("craft").matches(token) and not marks & _ANY:
            return False
        if marks & _ANY and _does_something(token):
            # "any line that broke its contract": who can do something is someone.
            return not cue_set("weapon").matches(token) and token.lower_ != "gun"
        if token.lower_ in _STATES and not marks & _ANY:
            return False
        return cue_set("human_group").matches(token) or cue_set("office").matches(token)

    def _called_so(self, token: Token) -> Entity | None:
        """ "any club that left" among "five of the leading clubs": the group named by the noun."""
        if token.tag_ != "NNS" and not any(c.lower_ in _ANY for c in token.children):
            return None
        return self._groups.get(lemma(token).removesuffix("s"))

    @cached_property
    def _groups(self) -> dict[str, Entity]:
        """The article's unnamed groups by the words that they are called by; the last counts."""
        return {
            fold(word).removesuffix("s"): entity
            for entity in self._context.index.entities
            if entity.type is ActorType.GROUP and entity is not self._telling.threatener
            for word in entity.name.split()
        }

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
        if token.lower_ not in ("him", "her", "them") or len(self._speeches) < 2:
            return None
        teller = self._speeches[1].speaker
        if teller is None or (token.lower_ == "them") != (teller.tag_ in ("NNS", "NNPS")):
            return None
        return resolve(teller, [], self._context.index) or self._telling.attribution

    def _fits(self, token: Token, entity: Entity) -> bool:
        return not (
            entity is self._telling.threatener
            or same_side(entity, self._telling.threatener)
            or is_bystander(token, self._context.index)
        )
