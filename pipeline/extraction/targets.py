"""Whom a threatened action would harm: its object or victim, the hearer, whose condition it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.clauses import is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import (
    DOERS,
    FIRST,
    SECOND,
    THIRD,
    is_agentive,
    participant,
    resolve,
    same_side,
)
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Span, Token

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Entity

_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ"})
_PLACES = frozenset({"in", "into", "for", "out", "over", "between"})
_HARMED_BY = frozenset(
    {
        "on",
        "against",
        "at",
        "to",
        "from",
        "of",
        "with",
        "upon",
        "over",
        "for",
        "out",
        "into",
        "in",
        "between",
    }
)
_CLASS = frozenset({"any", "anyone", "anybody", "whoever", "every", "everyone", "all", "those"})


def find_targets(
    victims: Sequence[Sequence[Token]],
    hearer: Token | None,
    condition: Span | None,
    speeches: Sequence[Speech],
    index: ActorIndex,
    threatener: Entity,
) -> list[Entity]:
    """The targets, best evidence first; empty where the text shows none.

    Args:
        victims: the words of the action where its victims are named, in rings around it.
        hearer: whom the threat is told to.
        condition: what it hangs on; the one who is to act there is the last resort.
        speeches: the speech around the action.
        index: the article's actors.
        threatener: never its own target, nor is its own side.
    """
    harmed = _nearest(victims, speeches, index, threatener)
    if hearer is not None and cue_set("audience").matches(hearer):
        hearer = None
    told = _actors([hearer] if hearer is not None else [], speeches, index, threatener)
    if not told and hearer is not None and hearer.pos_ == "NOUN" and is_agentive(hearer, index):
        group = participant(hearer, speeches, index)
        told = [group] if group is not None and group is not threatener else []
    told += [
        index.country(entity.country)
        for entity in told
        if entity.type is ActorType.PERSON
        and entity.role
        and entity.country is not None
        and threatener.country != entity.country
    ]
    if any(entity.type is not ActorType.GROUP for entity in harmed):
        # "He recalled a warning to the president, saying he had threatened to bomb the capital."
        hearers = [speech.addressee for speech in speeches if speech.addressee is not None]
        spoken_to = [*told, *_actors(hearers, speeches, index, threatener)]
        return _unique([*harmed, *(entity for entity in spoken_to if _governs(entity, harmed))])
    if any(entity.type is not ActorType.GROUP for entity in told):
        return _unique([*told, *harmed])
    bound = _condition_actors(condition, speeches, index, threatener)
    if bound and not (told and bound[0].type is ActorType.GROUP):
        return _unique([*bound, *harmed])
    return _unique([*told, *harmed]) or _group(victims, speeches, index, threatener)


def _nearest(
    victims: Sequence[Sequence[Token]],
    speeches: Sequence[Speech],
    index: ActorIndex,
    threatener: Entity,
) -> list[Entity]:
    """The actors of the first ring of words that names any: the object before what hangs on it."""
    unnamed: list[Entity] = []
    for ring in victims:
        found = _actors(ring, speeches, index, threatener)
        if any(entity.type is not ActorType.GROUP for entity in found):
            return _unique([*found, *unnamed])
        unnamed += found
        if any(token.lower_ in SECOND for token in ring):
            break
    return _unique(unnamed)[:1]


def _governs(entity: Entity, harmed: Iterable[Entity]) -> bool:
    return any(entity.country is not None and entity.country == other.country for other in harmed)


def _actors(
    tokens: Iterable[Token], speeches: Sequence[Speech], index: ActorIndex, threatener: Entity
) -> list[Entity]:
    """The actors named by the tokens; those that only an adjective names count if none else."""
    named: list[Entity] = []
    described: list[Entity] = []
    at_home: list[Entity] = []
    for token in tokens:
        if token.pos_ not in _NOMINAL or token.lower_ in FIRST:
            continue
        entity = _target(token, speeches, index, threatener)
        if entity is None or entity is threatener:
            continue
        if same_side(entity, threatener):
            # A party leader sues the government of her own country; an envoy does not.
            if (
                token.dep_ in ("dobj", "pobj", "nsubjpass")
                and entity.type is (ActorType.GOVERNMENT)
                and threatener.type not in (ActorType.GOVERNMENT, ActorType.STATE_ORGAN)
            ):
                at_home.append(entity)
            continue
        beside = token.pos_ == "ADJ" or token.dep_ in ("amod", "nmod")
        (described if beside else named).append(entity)
    return _unique(named or described or at_home)


@tracing.step()
def _target(
    token: Token, speeches: Sequence[Speech], index: ActorIndex, threatener: Entity
) -> Entity | None:
    entity = resolve(token, speeches, index)
    if entity is not None:
        return entity
    if token.lower_ in THIRD:
        if token.dep_ == "poss":
            return None
        # "said an envoy had told him": the one who tells of it.
        told_by = (
            resolve(speeches[1].speaker, [], index)
            if len(speeches) > 1 and (token.lower_ in ("him", "her"))
            else None
        )
        return participant(token, speeches, index) or told_by
    if token.tag_ == "NNPS":
        return participant(token, speeches, index)
    # A place that is bombed or cut off stands for its country.
    code = index.place(token)
    return index.country(code) if code is not None and code != threatener.country else None


def _condition_actors(
    condition: Span | None, speeches: Sequence[Speech], index: ActorIndex, threatener: Entity
) -> list[Entity]:
    """Who is to do, or to leave, what the condition says; else whoever it names."""
    if condition is None:
        return []
    for token in condition:
        subject = surface_subject(token) if is_verb(token) else None
        if subject is None or not condition.start <= subject.i < condition.end:
            continue
        beside = [c for c in subject.subtree if c.dep_ in ("poss", "amod", "nmod", "compound")]
        for word in [subject, *beside]:
            entity = _target(word, speeches, index, threatener)
            if entity is None and word.dep_ == "poss" and lemma(word) == "government":
                entity = participant(word, speeches, index)
            if entity and entity is not threatener and not same_side(entity, threatener):
                return [entity]
        if cue_set("human_group").matches(subject):
            entity = participant(subject, speeches, index)
            if entity is not None and entity is not threatener:
                return [entity]
    return _actors(condition, speeches, index, threatener)[:1]


def _group(
    victims: Sequence[Sequence[Token]],
    speeches: Sequence[Speech],
    index: ActorIndex,
    threatener: Entity,
) -> list[Entity]:
    for token in (token for ring in victims for token in ring):
        if (
            token.pos_ == "NOUN"
            and cue_set("human_group").matches(token)
            and not any(
                child.dep_ == "poss" and child.lower_ in FIRST | THIRD for child in token.children
            )
        ):
            entity = participant(token, speeches, index)
            if entity is not None and entity is not threatener:
                return [entity]
    return []


def victim_rings(
    predicate: Token, patient: Token | None, condition: Span | None
) -> list[list[Token]]:
    """The words of an action where its victims stand, ring by ring outwards.

    First the patient or object and what describes it directly, then what hangs on these, then
    the prepositional phrases, those of place last.
    """
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    objects = [patient] if patient is not None else []
    near: list[Token] = []
    far: list[Token] = []
    beside: list[list[Token]] = []
    for child in predicate.children:
        if child.dep_ in ("dobj", "obj", "dative", "attr", "iobj") and child.lower_ != "to":
            objects += [child, *(t for t in child.conjuncts if t.pos_ in _NOMINAL)]
        elif child.lower_ == "by" and child.dep_ == "prep":
            near += [t for t in child.subtree if t.dep_ in ("dobj", "pobj", "compound", "amod")]
        elif child.dep_ in ("prep", "agent", "prt", "advmod", "dative") and (
            child.lower_ in _HARMED_BY
        ):
            if not _is_forum(predicate, child):
                (far if child.lower_ in _PLACES else near).extend(child.subtree)
        elif child.dep_ in ("xcomp", "conj", "ccomp") and is_verb(child):
            beside += victim_rings(child, None, condition)
    rings: list[list[Token]] = []
    ring = objects
    while ring:
        rings.append(ring)
        ring = [
            child
            for token in ring
            for child in token.children
            if child.dep_ not in ("relcl", "acl", "punct", "cc") or child.dep_ == "acl"
        ]
        ring = [token for token in ring if token.i not in inside]
    rings += [near, far, *beside]
    return [[t for t in ring if t.i not in inside and not _is_time_or_means(t)] for ring in rings]


def victim_tokens(predicate: Token, patient: Token | None, condition: Span | None) -> list[Token]:
    """The tokens of `victim_rings`, the nearest first."""
    return [token for ring in victim_rings(predicate, patient, condition) for token in ring]


def _is_forum(predicate: Token, preposition: Token) -> bool:
    """ "take it to the court", "go to the Security Council": there one turns, it is not harmed."""
    if preposition.lower_ not in ("to", "before", "with", "at"):
        return False
    return lemma(predicate) in (
        "go",
        "turn",
        "appeal",
        "refer",
        "complain",
        "report",
        "return",
    ) or (any(cue_set("forum").matches(token) for token in preposition.subtree))


def _is_time_or_means(token: Token) -> bool:
    return token.ent_type_ in ("DATE", "TIME", "CARDINAL", "MONEY", "PERCENT", "ORDINAL")


def is_class(tokens: Iterable[Token]) -> bool:
    """Whether harm is held over whoever does something: "any ship that", "the next convoy"."""
    for token in tokens:
        noun = token if token.pos_ == "PRON" or token.head == token else token.head
        someone = noun.pos_ == "PRON" or cue_set("human_group").matches(noun)
        if token.lower_ in ("whoever", "anyone", "anybody"):
            return token.lower_ == "whoever" or any(
                c.dep_ in ("relcl", "acl", "prep") for c in token.children
            )
        if token.lower_ in _CLASS and someone:
            described = [*noun.children, *token.children]
            if any(child.dep_ in ("relcl", "acl") for child in described):
                return True
            if token.lower_ == "any" or (
                token.lower_ == "every" and any(c.dep_ == "prep" for c in described)
            ):
                return True
        if (
            token.tag_ == "NNS"
            and (cue_set("human_group").matches(token) or lemma(token).endswith(DOERS))
            and any(child.dep_ == "relcl" for child in token.children)
            and not any(child.dep_ in ("det", "poss", "nummod") for child in token.children)
        ):
            return True
        if (
            token.lower_ == "next"
            and token.dep_ == "amod"
            and (
                cue_set("human_group").matches(token.head) or cue_set("weapon").matches(token.head)
            )
        ):
            return True
    return False


def _unique(entities: Iterable[Entity]) -> list[Entity]:
    unique: list[Entity] = []
    for entity in entities:
        if not any(entity is other for other in unique):
            unique.append(entity)
    return unique
