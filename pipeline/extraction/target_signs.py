"""What a candidate for a threat's target is in itself, and to the one who threatens.

Names signs only; what they weigh is said in ``knowledge/targets.json``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pipeline.extraction.coreference import CLASS_PRONOUNS
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import THIRD, participant, same_side
from pipeline.records import ActorType, Field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Token
    from pipeline.extraction.threat_merging import Telling

_OBJECTS = frozenset({"dobj", "obj", "dative", "iobj", "attr", "nsubjpass", "oprd"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_BESIDE = frozenset({"amod", "compound", "nmod"})
_BY_PREPOSITION = {
    "against": "against",
    "on": "against",
    "upon": "against",
    "at": "against",
    "to": "toward",
    "with": "toward",
    "for": "toward",
    "of": "of",
    "from": "from",
    "out": "from",
}
PRIVATE = frozenset({ActorType.ORGANISATION, ActorType.ARMED_GROUP, ActorType.GROUP})
"""Those who may stand against the government of their own country."""
_JOINED_TO_KIND = (
    "action",
    "condition",
    "hearer",
    "before:1",
    "after:1",
    "most named",
    "threatened",
    "threatens",
    "evidence",
    "sentence",
)
"""Signs that say another thing of a state than of a person or a group."""
_JOINED_TO_STANDING = ("compatriot", "foreign", "threatens too")
_OF_BEFORE = ("threatened before", "threatened just before")
"""Signs that say less where the threat's own words name another as the one who is harmed."""
_ELSEWHERE = frozenset({"elsewhere", "asked, another harmed", "in the condition, another harmed"})
_JOINED_IF_ALONE = (
    "before",
    "after",
    "most named",
    "foremost state",
    "evidence",
    "sentence",
    "threat",
    "opponent",
    "answered",
)
"""Signs that say more where the threat's own words name no one."""
_KINDS = ("craft", "organ", "forum", "human_group", "office", "audience")
_PEOPLE = ("human_group", "person", "office", "spokesperson")
"""Sets of cues that tell kinds of nouns, and those for people."""
_OWN_WORDS = ("action", "hearer", "outer hearer", "condition")
_BESIDE_ANOTHER = (
    "action",
    "hearer",
    "condition:subject",
    "condition:asked",
    "of the harmed",
    "state of the harmed",
)
_STANDING = {
    ActorType.GOVERNMENT: "state",
    ActorType.STATE_ORGAN: "state",
    ActorType.PERSON: "person",
    ActorType.ARMED_GROUP: "armed",
    ActorType.ORGANISATION: "body",
    ActorType.GROUP: "body",
}


@dataclass(slots=True)
class TargetCandidate:
    """One who may be the target: an actor, the country of a place, or an unnamed noun."""

    entity: Entity | None = None
    token: Token | None = None
    """The unnamed noun."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code of a place's country that is no actor of the article yet."""
    word: Token | None = None
    """The first word that named the candidate."""
    signs: set[str] = field(default_factory=set)

    @property
    def home(self) -> str | None:
        """The country that it is, or is of."""
        return self.entity.country if self.entity is not None else self.country

    @property
    def is_named_in_threat(self) -> bool:
        """Whether the threat's own words name it, and not only what stands around them."""
        return any(sign.startswith(_OWN_WORDS) for sign in self.signs)

    @property
    def is_called_in_threat(self) -> bool:
        """Whether the threat's own words speak of it by a noun, as the one who is harmed."""
        harmed = ("action:object", "action:patient", "action:of", "action:against", "hearer")
        return (
            self.token is not None
            and not self.signs & {"owned", "action:whoever"}
            and any(sign.startswith(harmed) for sign in self.signs)
        )

    @property
    def is_harmed_beside(self) -> bool:
        """Whether it can be a target beside another: it is acted on, spoken to or asked itself."""
        return any(sign.startswith(_BESIDE_ANOTHER) for sign in self.signs)

    def materialise(self, speeches: Sequence[Speech], context: Context) -> Entity | None:
        """The actor; made now where the article had none, so only for the one that is chosen."""
        if self.entity is not None:
            return self.entity
        if self.country is not None:
            return context.index.country(self.country)
        if self.token is not None and self.token.lower_ in CLASS_PRONOUNS:
            return context.index.participant(self.token)
        return participant(self.token, speeches, context.index)


def speaks_for_state(entity: Entity) -> bool:
    """Whether the actor's own country can't be meant: private ones may stand against it."""
    if entity.type is ActorType.PERSON:
        role = set((entity.role or "").lower().replace(",", " ").split())
        if not role:
            return True
        return bool(role & cue_set("state_office").words) and not (
            role & cue_set("private_office").words
        )
    return entity.type not in PRIVATE


def join(candidates: Sequence[TargetCandidate], telling: Telling) -> None:
    """Joins signs to what they are said of: together they tell more than each alone."""
    alone = not any(each.is_named_in_threat for each in candidates)
    for candidate in candidates:
        kind = next(sign[5:] for sign in candidate.signs if sign.startswith("type:"))
        joined = {f"{telling.category} over {kind}"}
        if {"hearer", "outlet"} <= candidate.signs:
            joined.add("hearing outlet")
        for sign in candidate.signs:
            if sign.startswith(_JOINED_TO_KIND):
                joined.add(f"{sign} {kind}")
            if sign.startswith(_JOINED_TO_STANDING) or "story's state" in sign:
                joined.add(f"{sign} of {telling.threatener.type}")
            if sign in _OF_BEFORE and not _ELSEWHERE.isdisjoint(candidate.signs):
                joined.add(f"{sign}, elsewhere")
            if alone and sign.startswith(_JOINED_IF_ALONE):
                joined.add(f"{sign}, no one named")
        candidate.signs |= joined


class Describing:
    """What the candidates of one telling are, wherever they are named.

    An article of many threats has many candidates for each. So what is the same for all of them is
    found once.
    """

    def __init__(self, telling: Telling, context: Context) -> None:
        self._telling = telling
        self._threatener = telling.threatener
        self._for_state = speaks_for_state(telling.threatener)
        self._context = context
        self._lead = next((sentence.end_char for sentence in context.document.body.sents), 0)
        resolve = context.index.resolve
        named, speeches = telling.candidate.threatener, telling.candidate.speeches
        self._beside = [resolve(token) for token in (named.conjuncts if named is not None else ())]
        self._speakers = [resolve(each.speaker) for each in speeches if each.speaker is not None]

    def describe(self, candidate: TargetCandidate) -> None:
        """Adds the signs that do not depend on where the candidate is named."""
        signs = candidate.signs
        entity, threatener = candidate.entity, self._threatener
        kind = ActorType.GOVERNMENT if candidate.country else ActorType.GROUP
        country = candidate.country
        if entity is not None:
            kind, country = entity.type, entity.country
            signs.update(self._of_actor(entity))
        elif candidate.token is not None:
            signs.update(_of_noun(candidate.token))
            if _has_owner(candidate.token, self._context):
                # Who is spoken to is meant himself, whose ever he is.
                signs.add("whose hearer" if "hearer" in signs else "owned")
        if "story's state" in signs:
            signs.add(f"{_STANDING[threatener.type]}: story's state")
        if country is not None and country == threatener.country and kind is ActorType.GOVERNMENT:
            signs.add(f"{_STANDING[threatener.type]}: own state")
        signs.add(f"type:{kind}")
        signs.add(f"{_STANDING[threatener.type]}:{kind}")
        if country is not None and threatener.country is not None:
            signs.add("foreign" if country != threatener.country else "compatriot")
        if self._telling.category == "133":
            signs.add(f"strike:{kind}")

    def _of_actor(self, entity: Entity) -> Iterator[str]:
        if self._is_ally(entity):
            yield "ally"
        if entity is self._telling.attribution:
            yield "attribution"
        if any(entity is speaker for speaker in self._speakers):
            yield "speaker"
        if self._context.opposition.reports(entity) or (
            not _outlet_words().isdisjoint(entity.name.lower().split())
        ):
            yield "outlet"
        if any(m.field is Field.BODY and m.start < self._lead for m in entity.mentions):
            yield "lead"
        yield from (f"lead:{role}" for role in self._lead_roles.get(id(entity), ()))
        if not cue_set("forum").words.isdisjoint(entity.name.lower().split()):
            yield "name of a forum"

    @cached_property
    def _lead_roles(self) -> dict[int, set[str]]:
        """What each actor that the first sentence names is in it: whom the article is about."""
        found: dict[int, set[str]] = {}
        for token in next(iter(self._context.document.body.sents), ()):
            entity = self._context.index.resolve(token)
            if entity is not None:
                found.setdefault(id(entity), set()).add(role_of(token))
        return found

    def _is_ally(self, entity: Entity) -> bool:
        """The threatener's own side; "Mali and Burkina Faso said they would": either's partner."""
        if entity is self._telling.side or any(entity is other for other in self._beside):
            return True
        if entity.type is ActorType.GOVERNMENT and not self._for_state:
            return False
        return same_side(entity, self._threatener)


@cache
def _outlet_words() -> frozenset[str]:
    """Nouns that name an outlet, or those who hear of all: none of them is threatened."""
    return cue_set("outlet").words | cue_set("audience").words - cue_set("forum").words


def _of_noun(noun: Token) -> Iterator[str]:
    """Of what kind an unnamed noun is, and how it is told: "any ship", "those who", "the judge"."""
    for name in _KINDS:
        if cue_set(name).matches(noun):
            yield f"noun: {name}"
    if not any(cue_set(name).matches(noun) for name in _PEOPLE):
        yield "noun: no people"
    if noun.tag_ == "NNS":
        yield "noun: plural"
    marks = {child.lower_ for child in noun.children if child.dep_ in ("det", "poss", "nummod")}
    yield "noun: the" if "the" in marks else "noun: marked" if marks else "noun: bare"
    if any(child.dep_ in ("relcl", "acl") for child in noun.children):
        yield "noun: described"


def _has_owner(token: Token, context: Context) -> bool:
    index = context.index
    return any(
        index.resolve(child) is not None or index.place(child) is not None or child.lower_ in THIRD
        for child in token.children
        if child.dep_ in _BESIDE | {"poss"}
    )


def role_of(token: Token) -> str:
    """What the token is in its clause: "object", "possessor", "against" (by its preposition) ..."""
    at = token
    while at.dep_ in ("conj", "appos") and at.head != at:
        at = at.head
    if at.dep_ in _OBJECTS:
        return "object"
    if at.dep_ in _SUBJECTS:
        return "subject"
    if at.dep_ == "poss":
        return "possessor"
    if at.dep_ in _BESIDE:
        return "modifier"
    if at.dep_ == "pobj":
        return _BY_PREPOSITION.get(at.head.lower_, "place")
    return "other"
