"""What linking looks at of each denial and of each threat, found once for all the pairs of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb
from pipeline.extraction.document import field_of, sentence_numbers
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author
from pipeline.records import ActorType, DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.accounts import Accounts
    from pipeline.extraction.candidates import Context, DenialCandidate
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Doc, Span, Token
    from pipeline.records import ActorRef, Field, Threat
    from pipeline.records import Span as RecordSpan

_MADE = frozenset({"threat", "threaten", "ultimatum", "warning", "warn", "vow"})
_GENERAL = frozenset({"pronoun", "frame:same", "frame:blank", "contradict", "bare"})
"""Features of denials that are of what was told before."""
_SHORT = 7
"""Tokens up to which a claim noun stands for the claim as a whole."""
_LEAST = 4
"""Letters that a word needs to say something."""
STEM = 5
"""Letters by which "shelled" and "shelling" are known as one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand."""

    field: Field
    start: int
    end: int
    """Characters."""
    tokens: range
    sentence: int
    """How many sentences of the field have begun up to it."""
    sentence_start: int
    sentence_end: int
    """The characters of the sentence that the words begin in."""


@dataclass(eq=False)
class ThreatView:
    """What linking looks at of a threat."""

    record: Threat
    places: tuple[Place, ...]
    """Of its evidence."""
    around: tuple[frozenset[str], ...]
    """The lemmas of the sentences that tell it, and of those before."""
    stems: frozenset[str]
    """How the words of its evidence begin."""
    stems_beside: frozenset[str]
    """How the others begin in the sentences that tell it."""

    @cached_property
    def record_id(self) -> str:
        """That of the record."""
        return self.record.record_id

    @cached_property
    def is_of_another(self) -> bool:
        """Whether it is alleged, or told by another than its author."""
        return self.record.modality is Modality.ALLEGED or self.record.attribution is not None

    @cached_property
    def told(self) -> str:
        """Its evidence in small letters."""
        return " ".join(span.text for span in self.record.evidence).lower()

    @cached_property
    def names(self) -> frozenset[str]:
        """The last names of its participants."""
        parties = (self.record.threatener, *self.record.targets)
        return frozenset(
            name for name in (party.name.split()[-1] for party in parties) if len(name) > 2
        )

    def stands_among(self, words: AbstractSet[str]) -> bool:
        """Whether any of the words stands around it."""
        return any(not words.isdisjoint(sentence) for sentence in self.around)


@dataclass(eq=False)
class DenialView:
    """What linking looks at of a denial."""

    denier: Entity
    spans: tuple[Span, ...]
    kind: DenialKind
    contents: tuple[Span, ...]
    features: frozenset[str]
    candidates: tuple[DenialCandidate, ...]
    """The places that tell it, the best first."""
    context: Context
    accounts: Accounts

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Those of its spans."""
        return tuple(map(_place, self.spans))

    @cached_property
    def words(self) -> list[Token]:
        """Those of what is denied, and of all that tells it."""
        return [token for span in (*self.contents, *self.spans) for token in span]

    @cached_property
    def text(self) -> str:
        """Its words."""
        return " ".join(token.text for token in self.words)

    @cached_property
    def signs(self) -> frozenset[str]:
        """What it says itself of what it is of."""
        return frozenset(self._signs())

    @cached_property
    def stems(self) -> frozenset[str]:
        """How the words begin that say something; who is spoken of is looked at elsewhere."""
        return frozenset(
            lemma(token)[:STEM]
            for token in self.words
            if token.pos_ in ("NOUN", "VERB", "ADJ")
            and not token.is_stop
            and len(token) >= _LEAST
            and not cue_set("report").matches(token)
        )

    @cached_property
    def bearers(self) -> frozenset[str]:
        """The lemmas of its nouns for what bears a threat: a letter, a tape."""
        return frozenset(map(lemma, filter(cue_set("communication_noun").matches, self._nouns)))

    @cached_property
    def things(self) -> frozenset[str]:
        """The lemmas of its nouns for what is no actor."""
        return frozenset(map(lemma, self._nouns))

    @cached_property
    def owners(self) -> tuple[Entity, ...]:
        """Whose the denier is: "her party", "his aide Carl Holm", "the bank's lawyer"."""
        children = [
            child
            for candidate in self.candidates
            if candidate.denier is not None
            for child in candidate.denier.children
            if child.dep_ in ("poss", "compound", "nmod")
        ]
        owners = map(self.context.index.resolve, children)
        return tuple(each for each in owners if each is not None and each is not self.denier)

    @cached_property
    def spoken_of(self) -> Mapping[Field, Sequence[int]]:
        """Where the text speaks of the denier, or of whose the denier is, in its order."""
        found: defaultdict[Field, list[int]] = defaultdict(list)
        for actor in (self.denier, *self.owners):
            for mention in actor.mentions:
                insort(found[mention.field], mention.start)
        return found

    def is_spoken_of(self, place: Place) -> bool:
        """Whether the sentence that the words begin in speaks of the denier."""
        starts = self.spoken_of.get(place.field, ())
        at = bisect_left(starts, place.sentence_start)
        return at < len(starts) and starts[at] < place.sentence_end

    @cached_property
    def tellers(self) -> frozenset[str]:
        """The ids of the actors whose account it dismisses."""
        authors = [
            author(content.root)
            for content in self.contents
            if cue_set("claim_noun").matches(content.root)
        ]
        known = [self.context.index.resolve(each) for each in authors if each is not None]
        return frozenset(each.actor_id for each in known if each is not None)

    @cached_property
    def may_tell_behind(self) -> bool:
        """Whether what stands behind its words in the sentence may be what it denies."""
        of_a_claim = {"frame:deny", "frame:reject"} & self.features and "claim" in self.features
        return bool(of_a_claim) or {"elliptic", "frame:negation"} <= self.features

    @cached_property
    def last_of_another(self) -> int:
        """The token at which another last began to tell something before it; -1: nobody did."""
        return self.accounts.last_of_another(self.candidates[0])

    @cached_property
    def _nouns(self) -> list[Token]:
        resolve = self.context.index.resolve
        return [token for token in self.words if token.pos_ == "NOUN" and resolve(token) is None]

    def _signs(self) -> Iterator[str]:
        explicit = bool(self.features & {"claim-content", "clause"})
        said = [token for content in self.contents for token in content] if explicit else self.words
        if any(lemma(token) in _MADE for token in said):
            yield "speaks of threats"
        if any(cue_set("communication_noun").matches(token) for token in said) or (
            self.features & {"such", "emphatic"} and _is_such_talk(self.words)
        ):
            yield "speaks of talk"
        if any(cue_set("getting_in_touch").matches(token) for token in said):
            yield "speaks of telling"
        if any(cue_set("human_group").matches(token) for token in said) and (
            "frame:negation" in self.features
        ):
            yield "speaks of a messenger"
        if self.features & {"alibi", "ignorant"}:
            yield "was not there"
        if explicit:
            yield "tells what is denied"
        elif self._is_general():
            yield "means what was told"
        elif "frame:negation" in self.features:
            yield "tells what is not so"

    def _is_general(self) -> bool:
        """Whether it says only "it", "the report", "that": what was told before."""
        if any(is_verb(token) for content in self.contents for token in content):
            return False
        return bool(self.features & _GENERAL) or all(
            cue_set("claim_noun").matches(content.root) and len(content) < _SHORT
            for content in self.contents
        )


def threat_views(threats: Iterable[Threat], context: Context) -> list[ThreatView]:
    """What linking looks at of each of the threats."""
    docs = {field_of(doc): doc for doc in context.document.docs}
    lemmas: dict[tuple[Field, int], frozenset[str]] = {}

    def lemmas_of(sentence: Span) -> frozenset[str]:
        place = field_of(sentence.doc), sentence.start
        if place not in lemmas:
            lemmas[place] = frozenset(map(lemma, sentence))
        return lemmas[place]

    def around(spans: Sequence[Span]) -> Iterator[frozenset[str]]:
        for span in spans:
            sentence = span[0].sent
            yield lemmas_of(sentence)
            if sentence.start:
                yield lemmas_of(sentence.doc[sentence.start - 1].sent)

    found = []
    for threat in threats:
        spans = [_tokens(docs[evidence.field], evidence) for evidence in threat.evidence]
        stems = frozenset(lemma(token)[:STEM] for span in spans for token in span)
        beside = {each[:STEM] for span in spans for each in lemmas_of(span[0].sent)}
        found.append(
            ThreatView(
                threat,
                tuple(map(_place, spans)),
                tuple(around(spans)),
                stems,
                frozenset(beside - stems),
            )
        )
    return found


def _tokens(doc: Doc, evidence: RecordSpan) -> Span:
    span = doc.char_span(evidence.start, evidence.end, alignment_mode="expand")
    assert span is not None and len(span), "evidence is made of tokens of its field"
    return span


def _place(span: Span) -> Place:
    doc, numbers = span.doc, sentence_numbers(span.doc)
    return Place(
        field_of(doc),
        span.start_char,
        span.end_char,
        range(span.start, span.end),
        numbers[min(span.start, len(numbers) - 1)],
        span.sent.start_char,
        span.sent.end_char,
    )


def is_same(party: ActorRef, actor: Entity) -> bool:
    """One actor, also where a person was not known again by the surname alone."""
    if party.actor_id == actor.actor_id:
        return True
    return (
        party.type is ActorType.PERSON
        and actor.type is ActorType.PERSON
        and party.name.split()[-1] == actor.name.split()[-1]
    )


def _is_such_talk(words: Sequence[Token]) -> bool:
    """Whether what there was no "such" of may be talk: not "no such collision"."""
    return all(
        such.head.pos_ != "NOUN"
        or lemma(such.head) in _MADE | {"thing", "sort", "kind", "promise", "order"}
        or cue_set("communication_noun").matches(such.head)
        or cue_set("claim_noun").matches(such.head)
        for such in words
        if such.lower_ == "such"
    )
