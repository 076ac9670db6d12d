"""What a candidate stands in: how the article talks, who faces whom, how the act is told.

The signs of a threat or denial are nearly as common in news of markets, plans and sport as where
two sides are at odds. What tells them apart stands around them: words of conflict, of claims, of
business and law, here counted by ``knowledge/topics.json``; what else in the article a rule takes;
of what kind speaker and harmed are. Names features only, for `likelihood.py`; no rule looks at
them.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.clauses import auxiliaries
from pipeline.extraction.dispute import FLASH, places_around
from pipeline.extraction.document import field_of
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.likelihood import MOST_BACKING, decide, likelihood
from pipeline.extraction.participants import resolve, same_side
from pipeline.extraction.topic_words import topic_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.extraction.candidates import Candidate, Context
    from pipeline.extraction.dispute import Dispute
    from pipeline.extraction.document import Document, Entity
    from pipeline.extraction.likelihood import Likelihood
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.texts import Doc, Span, Token
    from pipeline.records import Field

_PARTLY_PARSED = 1.25
_NOBODY_KNOWN = 4.25
"""Log-odds that a candidate may gain once all of its article is parsed, and once it is known who
is who: hardly one that becomes a record has gained more (docs/performance.md)."""
_LOOK_BACK_SENTENCES = 3
_LONG = 20
"""Sentences of a text beyond which a record or two say nothing of the rest."""
_COUNTS = "newswire_topics"
_STEPS = {"conflict": (0.5, 1.5, 3.0), "claim": (0.5, 1.5, 3.0), "business": (1.0, 3.0, 6.0)}
"""Words in a hundred from which an article is the more of a kind."""
_MODALS = {
    "will": "will",
    "'ll": "will",
    "wo": "will",
    "would": "would",
    "'d": "would",
    "shall": "will",
    "could": "may",
    "may": "may",
    "might": "may",
    "can": "may",
    "should": "should",
    "must": "should",
}
_CLAUSES = frozenset({"ROOT", "ccomp", "xcomp", "conj", "advcl", "relcl", "acl", "pcomp"})
_OBJECTS = frozenset({"dobj", "attr", "nsubjpass"})
_CONTENT = frozenset({"NOUN", "PROPN", "PRON", "ADJ"})


class _Counts:
    """How many words of each topic stand before each token of a text."""

    def __init__(self, doc: Doc) -> None:
        self.length = len(doc)
        topics = topic_words("topics.json")
        self._places: dict[str, list[int]] = {name: [] for name in topics.names}
        for token in doc:
            for name in topics.of(token.lower_):
                self._places[name].append(token.i)

    def count(self, topic: str, start: int, end: int) -> int:
        """Words of the topic from token ``start`` to before ``end``."""
        places = self._places[topic]
        return bisect_right(places, end - 1) - bisect_right(places, start - 1)


def _counts_of(doc: Doc) -> _Counts:
    """Those of a text, counted once."""
    if _COUNTS not in doc.user_data:
        doc.user_data[_COUNTS] = _Counts(doc)
    counts: _Counts = doc.user_data[_COUNTS]
    return counts


def is_brief(document: Document) -> bool:
    """Whether the article is a flash of a sentence or two, with no room for anything around."""
    return sum(len(doc.text) for doc in document.docs) <= FLASH


class Surroundings:
    """Asked of one article, for each of its candidates."""

    def __init__(self, context: Context, dispute: Dispute) -> None:
        self._context = context
        self._dispute = dispute
        docs = context.document.docs
        self._counts = {field_of(doc): _counts_of(doc) for doc in docs}
        self._words = sum(len(doc) for doc in docs)
        self._sentences = {field_of(doc): sum(1 for _ in doc.sents) for doc in docs}
        self._is_brief = is_brief(context.document)
        self._at_odds: dict[str, list[tuple[Field, int]]] = {}

    @property
    def is_brief(self) -> bool:
        """Whether the article is a flash of a sentence or two, with no room for anything around."""
        return self._is_brief

    def decide(self, candidate: Candidate) -> Rule | None:
        """What makes a record of a candidate, by what is known of the article so far."""
        kind = "threat" if isinstance(candidate, ThreatCandidate) else "denial"
        document = self._context.document
        if document.passed is not None:
            # Less is known at the first looks: what may be a record has all of the article parsed,
            # and is weighed anew. What only others could back is none without them.
            slack = _PARTLY_PARSED if document.recognised else _NOBODY_KNOWN
            return decide(kind, candidate.features, brief=self._is_brief, slack=slack)

        def by_now() -> Rule | None:
            backing = self._backing(_head(candidate).sent, likelihood(kind))
            return decide(kind, candidate.features, brief=self._is_brief, backing=backing)

        rule = by_now()
        document.doubts.append(lambda: by_now() != rule)
        return rule

    def likely(self, candidate: Candidate) -> float:
        """How likely the signs make the candidate a record, 0 to 1; 0 for what never is one."""
        kind = "threat" if isinstance(candidate, ThreatCandidate) else "denial"
        learned = likelihood(kind)
        if self._is_brief or learned.never & candidate.features:
            return 0.0
        return learned.probability(candidate.features)

    def _backing(self, sentence: Span, learned: Likelihood) -> int:
        """How many records around the sentence, and not in it, were found without its help.

        One less where they are few among the sentences there that may tell one: in a long article
        of much talk two threats say little of the rest. Where a long article has few of them in
        all, they say nothing.
        """
        sure = self._context.document.sure.get(field_of(sentence.doc), [])
        sentences = self._sentences[field_of(sentence.doc)]
        if sentences > _LONG and len(sure) < learned.sparse * sentences:
            return 0
        near = min(places_around(sentence, sure, learned.reach), MOST_BACKING)
        if near < learned.share * self._dispute.speaking(sentence, learned.reach):
            return max(near - 1, 0)
        return near

    def features(self, candidate: Candidate) -> set[str]:
        """What stands around the candidate, in features."""
        head = _head(candidate)
        sentence = head.sent
        found = self._dispute.features(sentence) | self._of_topics(candidate, sentence)
        found |= self._of_parties(candidate, sentence)
        found |= _of_clause(candidate, head)
        return found

    def _of_topics(self, candidate: Candidate, sentence: Span) -> set[str]:
        """How much of the article, of what goes before and of the sentence is of which topic."""
        found = set()
        here = self._counts[field_of(sentence.doc)]
        evidence = candidate.evidence
        rest = self._words - len(sentence)
        if self._is_brief:
            found.add("brief")
        for topic, steps in _STEPS.items():
            everywhere = sum(each.count(topic, 0, each.length) for each in self._counts.values())
            inside = here.count(topic, sentence.start, sentence.end)
            if not self._is_brief:
                share = 100 * (everywhere - inside) / max(rest, 1)
                found |= {f"{topic}-{n}" for n, step in enumerate(steps, 1) if share >= step}
            start = sentence.start
            for _ in range(_LOOK_BACK_SENTENCES):
                start = sentence.doc[start - 1].sent.start if start else start
            before = here.count(topic, start, sentence.start)
            found |= {f"{topic}-before-{n}" for n in (1, 3) if before >= n}
            of_it = here.count(topic, evidence.start, evidence.end)
            if inside > of_it:
                found.add(f"{topic}-beside")
            if of_it:
                found.add(f"{topic}-within")
        if here.count("law", sentence.start, sentence.end):
            found.add("law-here")
        if here.count("law", evidence.start, evidence.end):
            found.add("law-within")
        if here.count("message", sentence.start, sentence.end):
            found.add("message-here")
        return found

    def _of_parties(self, candidate: Candidate, sentence: Span) -> set[str]:
        """Of what kind the one who speaks is, and those who would be harmed."""
        index, speeches = self._context.index, candidate.speeches
        if not isinstance(candidate, ThreatCandidate):
            denier = candidate.denier
            known = resolve(denier, speeches[1:], index)
            if known is None and denier is not None and denier.pos_ == "NOUN":
                return {"by-unnamed"}  # "her office", "a spokesman for the bank"
            return {_kind("by", known)}
        speaker = resolve(candidate.threatener, speeches[1:], index)
        found = {_kind("by", speaker)}
        harmed = [
            each
            for each in _each_once(
                resolve(token, speeches, index)
                for token in self._victims(candidate)
                if token.pos_ in _CONTENT
            )
            if each is not speaker and not same_side(each, speaker)
        ]
        found |= {_kind("at", each) for each in harmed} or {"at-no-one"}
        if speaker is not None and speaker.country is not None:
            if any(each.country not in (None, speaker.country) for each in harmed):
                found.add("abroad")
        if any(self._is_at_odds(each, sentence) for each in harmed):
            found.add("at-odds")
        return found

    @staticmethod
    def _victims(candidate: ThreatCandidate) -> Iterator[Token]:
        if candidate.hearer is not None:
            yield candidate.hearer
        for ring in candidate.victims:
            yield from ring

    def _is_at_odds(self, entity: Entity, sentence: Span) -> bool:
        """Whether the actor is spoken of in words of conflict elsewhere in the article."""
        if entity.actor_id not in self._at_odds:
            self._at_odds[entity.actor_id] = list(islice(self._quarrels(entity), 2))
        here = (field_of(sentence.doc), sentence.start)
        return any(place != here for place in self._at_odds[entity.actor_id])

    def _quarrels(self, entity: Entity) -> Iterator[tuple[Field, int]]:
        """The sentences with words of conflict that speak of the actor, each once."""
        seen = set()
        docs = {field_of(doc): doc for doc in self._context.document.docs}
        for mention in entity.mentions:
            words = docs[mention.field].char_span(
                mention.start, mention.end, alignment_mode="expand"
            )
            if words is None:
                continue
            around = words[0].sent
            place = (mention.field, around.start)
            if place in seen:
                continue
            seen.add(place)
            if self._counts[mention.field].count("conflict", around.start, around.end):
                yield place


def _head(candidate: Candidate) -> Token:
    return candidate.predicate if isinstance(candidate, ThreatCandidate) else candidate.head


def _kind(role: str, entity: Entity | None) -> str:
    return f"{role}:{entity.type.value.lower().replace('_', '-')}" if entity else f"{role}-unknown"


def _each_once(entities: Iterable[Entity | None]) -> list[Entity]:
    found: list[Entity] = []
    for entity in entities:
        if entity is not None and entity not in found:
            found.append(entity)
    return found


def _of_clause(candidate: Candidate, head: Token) -> set[str]:
    """How the act is told: whether its verb can mean harm alone, of what, in which clause."""
    found = set()
    if head.dep_ in _CLAUSES:
        found.add(f"clause:{head.dep_.lower()}")
    for word in auxiliaries(head):
        modal = _MODALS.get(word.lower_.replace("’", "'"))
        if modal is not None:
            found.add(f"modal:{modal}")
    if cue_set("everyday").matches(head):
        found.add("everyday")
    objects = [child for child in head.children if child.dep_ in _OBJECTS]
    if any(cue_set("own_business").matches(noun) for noun in objects):
        found.add("own-business")
    if any(token.pos_ == "NUM" for token in candidate.evidence):
        found.add("number")
    if not isinstance(candidate, ThreatCandidate):
        return found
    if cue_set("plain_harm").matches(head):
        found.add("plain-harm")
    elif cue_set("plain_harm").first(candidate.action) is not None:
        found.add("plain-harm-within")
    if any(noun.pos_ in ("PROPN", "PRON") for noun in objects):
        found.add("to-someone")
    if not objects:
        found.add("no-object")
    return found | _of_harm(candidate)


def _of_harm(candidate: ThreatCandidate) -> set[str]:
    """Of what kinds of harm the words speak: those of the act, its verb, its condition."""
    harms = topic_words("harm_words.json")
    found = {f"of:{name}" for token in candidate.action for name in harms.of(token.lower_)}
    found |= {f"does:{name}" for name in harms.of(candidate.predicate.lower_)}
    if candidate.condition is not None:
        found |= {f"if:{name}" for token in candidate.condition for name in harms.of(token.lower_)}
    return found
