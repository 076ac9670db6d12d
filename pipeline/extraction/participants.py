"""Which actor a token of a threat or denial stands for, and who is on whose side.

Adds to the `ActorIndex` what only the speech situation tells: "we" and "you" in a quotation,
"it" behind "X said", the author of a letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.asides import name_before
from pipeline.extraction.clauses import conjuncts, is_verb
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Entity
    from pipeline.extraction.texts import Token

FIRST = frozenset({"i", "we", "us", "me", "our", "my", "ours", "mine", "ourselves", "myself"})
SECOND = frozenset({"you", "your", "yours", "yourself", "yourselves", "ye"})
THIRD = frozenset(
    {"he", "she", "it", "they", "him", "her", "them", "his", "its", "their", "hers", "theirs"}
)
_STATE = frozenset({ActorType.GOVERNMENT, ActorType.STATE_ORGAN})
DOERS = ("er", "or", "ist", "man", "woman", "men", "women", "eer", "ee", "ian", "ant", "folk")
_SCHOLARS = ("ologist", "ographer", "omist")
_INDEFINITE = frozenset({"nobody", "anyone", "anybody", "none", "nothing", "everyone", "someone"})


@tracing.step()
def resolve(token: Token | None, speeches: Sequence[Speech], index: ActorIndex) -> Entity | None:
    """The actor for ``token``, without making a new one; ``speeches`` are those around it."""
    if token is None or token.lower_ in _INDEFINITE:
        return None
    known = _by_situation(token, speeches, index)
    if known is not None:
        return known
    found = index.resolve(token)
    if found is None or found.name.islower():
        # "The association, Chosen Minhoe, said": the name says more than the noun.
        found = _by_apposition(token, index) or found
    elif found.type is not ActorType.PERSON or token.pos_ == "NOUN":
        # "A judge, Ann Lee, said": not the one whom the noun took up.
        found = _named_before_verb(token, index) or found
    return found


@tracing.step()
def participant(
    token: Token | None, speeches: Sequence[Speech], index: ActorIndex
) -> Entity | None:
    """As `resolve`, but an unnamed group becomes an actor: only for a record's own roles."""
    if token is None or token.lower_ in _INDEFINITE:
        return None
    known = resolve(token, speeches, index)
    if known is not None:
        return known
    body = _spoken_for(token, speeches, index)
    if body is not None:
        return body
    if token.lower_ in FIRST | SECOND | {"that", "this", "who", "which", "it"}:
        return index.resolve(token)
    if cue_set("advise_harm").matches(token) or cue_set("claim_noun").matches(token):
        behind = author(token)
        return index.participant(behind if behind is not None else token)
    return index.participant(token)


@tracing.step("in a quotation: its speaker, or whom he speaks to")
def _by_situation(token: Token, speeches: Sequence[Speech], index: ActorIndex) -> Entity | None:
    word = token.lower_
    if word not in FIRST and word not in SECOND:
        return None
    for position, speech in enumerate(speeches):
        if speech.quote is None:
            continue
        side = speech.speaker if word in FIRST else speech.addressee
        if side is None or side.i == token.i:
            return None
        outer = speeches[position + 1 :]
        return resolve(side, outer, index) or index.resolve(side)
    return None


@tracing.step("the name that stands beside the noun")
def _by_apposition(token: Token, index: ActorIndex) -> Entity | None:
    """ "the union's leader, Óscar Beltrán, said": the name stands beside the noun."""
    if token.pos_ != "NOUN":
        return None
    said_of = _predicated(token, index)
    if said_of is not None:
        return said_of
    for child in token.children:
        if child.dep_ == "appos" and child.pos_ == "PROPN":
            return index.resolve(child)
        if child.dep_ == "acl" and lemma(child) in ("know", "call", "name", "dub"):
            # "a chief known as Dogo", "gunmen calling themselves spokesmen of the Condores"
            for word in child.subtree:
                named = index.resolve(word) if word.pos_ == "PROPN" and word.i > child.i else None
                if named is not None:
                    return named
    named = _named_before_verb(token, index)
    if named is not None:
        return named
    at = token.right_edge.i + 1
    doc = token.doc
    if at + 1 < len(doc) and doc[at].text == "," and doc[at + 1].ent_type_ in ("PERSON", "ORG"):
        end = at + 1
        while end + 1 < len(doc) and doc[end + 1].ent_iob_ == "I":
            end += 1
        if end + 1 < len(doc) and doc[end + 1].text == ",":
            return index.resolve(doc[end])
    return None


def _named_before_verb(noun: Token, index: ActorIndex) -> Entity | None:
    """ "the nurse who works in Leeds, Ann Lee, said": the name is hung elsewhere."""
    if noun.dep_ != "nsubj" or not is_verb(noun.head) or noun.i > noun.head.i:
        return None
    name = name_before(noun.head)
    if name is None or name.i <= noun.i:
        return None
    entity = index.resolve(name)
    return entity if entity is not None and entity.type is ActorType.PERSON else None


@tracing.step("who has no name is the body that he speaks for")
def _predicated(noun: Token, index: ActorIndex) -> Entity | None:
    """ "X is a liar, a bully and a fraud who has vowed to": the one whom the nouns describe."""
    while noun.dep_ == "conj" and noun.head != noun:
        noun = noun.head
    if noun.dep_ != "attr" or lemma(noun.head) != "be":
        return None
    found = (index.resolve(c) for c in noun.head.children if c.dep_ == "nsubj")
    return next((entity for entity in found if entity is not None), None)


def _spoken_for(token: Token, speeches: Sequence[Speech], index: ActorIndex) -> Entity | None:
    """ "a company lawyer", "his lawyer", "a Lumora manager": who has no name is the body."""
    for child in token.children:
        if child.dep_ == "acl" and lemma(child) in ("identify", "describe", "introduce"):
            # "a man identifying himself as a coast guard officer"
            for noun in (n for c in child.children if c.lower_ == "as" for n in c.children):
                return resolve(noun, speeches, index) or _spoken_for(noun, speeches, index)
    if not (
        cue_set("spokesperson").matches(token)
        or cue_set("office").matches(token)
        or _is_office(token)
    ):
        return None
    owners = [c for c in token.children if c.dep_ in ("poss", "compound", "nmod", "amod")]
    owners += [
        noun
        for c in token.children
        if c.dep_ == "prep" and c.lower_ in ("of", "for", "from", "at")
        for noun in c.children
        if noun.dep_ == "pobj"
    ]
    for owner in owners:
        entity = resolve(owner, speeches, index)
        if entity is not None and (
            token.tag_ != "NNS"
            or _is_one_body(entity)
            # "Lau's lawyers" do what he has them do.
            or (owner.dep_ == "poss" and entity.type is ActorType.PERSON)
        ):
            return entity
    if token.tag_ == "NNS":
        return None
    for owner in (*token.children, *owners):
        code = index.place(owner)
        if code is not None:
            return index.country(code)
    return None


def _is_office(token: Token) -> bool:
    """ "Weber's office", "the bank's press service": who is heard is whose it is.

    "His office", where the president is meant, is an institution.
    """
    if lemma(token) not in ("office", "service"):
        return False
    kinds = [child for child in token.children if child.dep_ in ("compound", "amod")]
    if any(kind.lower_ in ("press", "media", "public") for kind in kinds):
        return any(child.dep_ == "poss" for child in token.children)
    return (
        not kinds
        and lemma(token) == "office"
        and any(child.dep_ == "poss" and child.pos_ == "PROPN" for child in token.children)
    )


def _is_one_body(entity: Entity) -> bool:
    """Whether several who speak for it are the body: "Norvik executives", not "US officials"."""
    return entity.type in (ActorType.ORGANISATION, ActorType.STATE_ORGAN, ActorType.ARMED_GROUP)


def same_side(one: Entity | None, other: Entity | None) -> bool:
    """Whether what the one does is held over others by the other: a state and its organs."""
    if one is None or other is None:
        return False
    if one is other:
        return True
    if one.country is None or one.country != other.country:
        return _names_role(one, other) or _names_role(other, one)
    if ActorType.GOVERNMENT in (one.type, other.type):
        return True
    return one.type in _STATE and other.type in _STATE


def _names_role(one: Entity, other: Entity) -> bool:
    """ "head of the Flight Attendants' League" is on the League's side."""
    if not one.role or not 3 < len(other.name) <= len(one.role):
        return False
    return other.name.lower() in one.role.lower()


def heads(token: Token) -> list[Token]:
    """The participants that a noun phrase names, one token each.

    Those coordinated with it; those that "two of its members, A and B" names; the noun behind
    "five of".
    """
    if token.pos_ == "NUM" or token.lower_ in ("some", "one", "many", "several", "most", "both"):
        named = [c for c in token.subtree if c.dep_ == "appos" and c.pos_ == "PROPN"]
        if named:
            return [t for name in named for t in conjuncts(name)]
        for child in token.children:
            if child.lower_ == "of":
                nouns = [n for n in child.children if n.dep_ == "pobj"]
                beside = [t for n in nouns for t in n.conjuncts if t.pos_ == "PROPN"]
                if beside and nouns[0].pos_ == "NOUN":
                    return beside
                if nouns:
                    return nouns
    if token.pos_ == "NOUN" and token.tag_ != "NNS":
        # "a liar, xenophobe and birther": one, however many nouns describe him.
        return [token, *(t for t in conjuncts(token)[1:] if t.pos_ == "PROPN")]
    return conjuncts(token)


def is_agentive(token: Token, index: ActorIndex) -> bool:
    """Whether the noun can mean someone who acts with intent."""
    if token.pos_ == "PROPN" and token.lower_ in cue_set("natural").words:
        # "the New River threatened to spill over"
        return False
    if index.resolve(token) is not None or _by_apposition(token, index) is not None:
        return True
    if token.pos_ == "PRON":
        return token.lower_ not in ("it", "this", "that", "which", "what", "there")
    if token.pos_ in ("PROPN", "NUM"):
        return True
    if cue_set("nonagent").matches(token) or is_verb(token) or token.tag_ == "VBG":
        return False
    people = ("human_group", "person", "spokesperson", "office", "advise_harm", "bystander")
    return any(cue_set(name).matches(token) for name in people) or lemma(token).endswith(DOERS)


def has_authority(token: Token | None, speeches: Sequence[Speech], index: ActorIndex) -> bool:
    """Whether the one who speaks can order what he says: a state, its organs, an office."""
    if token is None:
        return False
    entity = resolve(token, list(speeches[1:]), index)
    if entity is None:
        return cue_set("office").matches(token) or cue_set("spokesperson").matches(token)
    if entity.type is ActorType.PERSON:
        return bool(entity.role)
    return entity.type in (ActorType.GOVERNMENT, ActorType.STATE_ORGAN, ActorType.ARMED_GROUP)


def is_bystander(token: Token | None, index: ActorIndex) -> bool:
    """Analysts and the like, by the noun, its modifiers or the role of the actor it names."""
    if token is None:
        return False
    cues = cue_set("bystander")
    known = index.resolve(token)
    if known is not None and known.type is ActorType.STATE_ORGAN:
        # "the financial watchdog said it would fine": an office can do what it says.
        return False
    if token.pos_ == "NOUN" and lemma(token).endswith(_SCHOLARS):
        return True
    if cues.matches(token) or any(
        cues.matches(child)
        for child in token.children
        if child.dep_ in ("appos", "compound", "nmod")
    ):
        return True
    for child in token.children:
        if (
            child.dep_ == "prep"
            and child.lower_ in ("of", "at")
            and lemma(token) in ("group", "number", "team", "panel", "head", "one")
        ):
            if any(cues.matches(noun) for noun in child.children):
                return True
    entity = index.resolve(token)
    if entity is None or not entity.role:
        return False
    role = entity.role.lower().split()
    return any(word in cue_set("foreteller").words or word.endswith(_SCHOLARS) for word in role)
