"""Which predicted actor, threat or denial answers which one of the gold.

- *Actor*: canonical names equal after folding, or (identity only) a shared mention that is no
  pronoun. GROUP actors are compared by half of their words, and only where a record names them.
- *Detection*: the evidence overlaps the sentence of a gold evidence string. Every gold record and
  every prediction is matched at most once: pairs that also agree as a record first, then those
  with most evidence in common. A left-over prediction on a matched record's sentence is
  neither right nor wrong.
- *Record*: detection, and the threatener or denier is the gold's; for a threat also one target.
- *Link*: a matched denial lists the threat matched to a threat that the gold says it denies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pipeline.evaluation.text import fold_name, half_in_common, sentence_around
from pipeline.records import Actor, ActorRef, ActorType, Denial, Field, MentionKind, Threat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.evaluation.gold import GoldActor, GoldArticle, GoldDenial, GoldThreat
    from pipeline.records import Extraction

_PRONOUNS = frozenset({
    "i", "me", "my", "we", "us", "our", "you", "your", "he", "him", "his", "she", "her",
    "it", "its", "they", "them", "their", "who", "whom", "whose", "himself", "herself",
    "itself", "themselves", "that", "this", "these", "those", "which", "one",
})  # fmt: skip

_Gold = TypeVar("_Gold", "GoldThreat", "GoldDenial")
_Found = TypeVar("_Found", Threat, Denial)

Pairs = dict[int, int]
"""Place in the gold to place in the prediction."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What answers what, for one kind of record in one article."""

    pairs: Pairs
    agreeing: frozenset[int]
    """Gold places whose pair also agrees by identity (actors: every one that is paired)."""
    canonical: frozenset[int]
    """Gold places whose pair agrees by canonical names, without the help of shared mentions."""
    missed: tuple[int, ...]
    """Gold places that nothing answers."""
    spurious: tuple[int, ...]
    """Predictions that answer nothing."""


@dataclass(frozen=True, slots=True)
class Links:
    """Links from a denial to a threat, as pairs of places."""

    found: frozenset[tuple[int, int]]
    """Gold links (denial, threat) that were predicted."""
    missed: frozenset[tuple[int, int]]
    """Gold links that were not."""
    spurious: tuple[tuple[int, int], ...]
    """Predicted links (denial, threat) that the gold has not."""


@dataclass(frozen=True, slots=True)
class ArticleMatch:
    """One article's gold and prediction, side by side."""

    gold: GoldArticle
    extraction: Extraction
    actors: Matching
    threats: Matching
    denials: Matching
    links: Links


def match_article(gold: GoldArticle, extraction: Extraction) -> ArticleMatch:
    """Matches everything in one article."""
    who = _Identity(gold, extraction)
    threats = _match_records(
        gold.text,
        gold.threats,
        extraction.threats,
        identity=lambda wanted, found: _same_threat(wanted, found, who.same),
        canonical=lambda wanted, found: _same_threat(wanted, found, who.same_name),
    )
    denials = _match_records(
        gold.text,
        gold.denials,
        extraction.denials,
        identity=lambda wanted, found: who.same(found.denier, wanted.denier),
        canonical=lambda wanted, found: who.same_name(found.denier, wanted.denier),
    )
    return ArticleMatch(
        gold=gold,
        extraction=extraction,
        actors=_match_actors(gold.actors, extraction.actors),
        threats=threats,
        denials=denials,
        links=_match_links(gold, extraction, threats, denials),
    )


def same_actor(gold: GoldArticle, extraction: Extraction, ref: ActorRef, name: str) -> bool:
    """Whether a predicted reference is the actor that the gold calls ``name``."""
    return _Identity(gold, extraction).same(ref, name)


def same_canonical_name(actor: ActorRef | Actor, gold: GoldActor) -> bool:
    """Whether the names are one; unnamed groups agree by half of their words."""
    if fold_name(actor.name) == fold_name(gold.name):
        return True
    groups = (actor.type, gold.type) == (ActorType.GROUP, ActorType.GROUP)
    return groups and half_in_common(actor.name, gold.name)


def sentence_of(text: str, evidence: str) -> tuple[int, int]:
    """Where the sentence of a gold evidence string begins and ends."""
    start = text.index(evidence)
    return sentence_around(text, start, start + len(evidence))


def evidence_places(record: Threat | Denial) -> list[tuple[int, int]]:
    """Where the body holds the record's evidence."""
    return [(span.start, span.end) for span in record.evidence if span.field is Field.BODY]


def overlap(one: Iterable[tuple[int, int]], other: Sequence[tuple[int, int]]) -> int:
    """How many characters two lists of places have in common, each pair of places counted."""
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other)


class _Identity:
    """Answers whether a reference in a record is the actor that the gold names."""

    def __init__(self, gold: GoldArticle, extraction: Extraction) -> None:
        self._gold = gold
        self._predicted = {actor.actor_id: actor for actor in extraction.actors}

    def same_name(self, ref: ActorRef, name: str) -> bool:
        return same_canonical_name(ref, self._gold.actor(name))

    def same(self, ref: ActorRef, name: str) -> bool:
        if self.same_name(ref, name):
            return True
        actor = self._predicted.get(ref.actor_id)
        return actor is not None and _shared_mentions(actor, self._gold.actor(name)) > 0


def _same_threat(wanted: GoldThreat, found: Threat, same: Callable[[ActorRef, str], bool]) -> bool:
    if not same(found.threatener, wanted.threatener):
        return False
    if not wanted.targets:
        return True
    return any(same(target, name) for target in found.targets for name in wanted.targets)


def _shared_mentions(actor: Actor, gold: GoldActor) -> int:
    wanted = {fold_name(mention) for mention in gold.mentions} - _PRONOUNS
    found = {
        fold_name(mention.text)
        for mention in actor.mentions
        if mention.kind is not MentionKind.PRONOUN
    }
    return len(wanted & found)


def _match_actors(gold: Sequence[GoldActor], predicted: Sequence[Actor]) -> Matching:
    candidates = []
    for place, wanted in enumerate(gold):
        for index, found in enumerate(predicted):
            canonical = same_canonical_name(found, wanted)
            shared = _shared_mentions(found, wanted)
            if canonical or shared:
                candidates.append((canonical, shared, place, index))
    pairs = assign(candidates)
    canonical_places = frozenset(
        place
        for place, index in pairs.items()
        if same_canonical_name(predicted[index], gold[place])
    )
    named = [place for place, actor in enumerate(gold) if actor.type is not ActorType.GROUP]
    taken = set(pairs.values())
    return Matching(
        # An unnamed group that the gold has too is neither right nor wrong as an actor.
        pairs={place: index for place, index in pairs.items() if place in set(named)},
        agreeing=frozenset(place for place in pairs if place in set(named)),
        canonical=frozenset(place for place in canonical_places if place in set(named)),
        missed=tuple(place for place in named if place not in pairs),
        spurious=tuple(
            index
            for index, actor in enumerate(predicted)
            if index not in taken and actor.type is not ActorType.GROUP
        ),
    )


def _match_records(
    text: str,
    gold: Sequence[_Gold],
    predicted: Sequence[_Found],
    *,
    identity: Callable[[_Gold, _Found], bool],
    canonical: Callable[[_Gold, _Found], bool],
) -> Matching:
    sentences = [[sentence_of(text, words) for words in record.evidence] for record in gold]
    exact = [
        [(text.index(words), text.index(words) + len(words)) for words in record.evidence]
        for record in gold
    ]
    spans = [evidence_places(record) for record in predicted]
    candidates = []
    for place, wanted in enumerate(gold):
        for index, found in enumerate(predicted):
            near = overlap(spans[index], sentences[place])
            if near:
                agrees = identity(wanted, found)
                common = overlap(spans[index], exact[place])
                candidates.append((agrees, common, near, place, index))
    pairs = assign(candidates)
    matched_sentences = [sentence for place in pairs for sentence in sentences[place]]
    taken = set(pairs.values())
    return Matching(
        pairs=pairs,
        agreeing=frozenset(p for p, i in pairs.items() if identity(gold[p], predicted[i])),
        canonical=frozenset(p for p, i in pairs.items() if canonical(gold[p], predicted[i])),
        missed=tuple(place for place in range(len(gold)) if place not in pairs),
        spurious=tuple(
            index
            for index in range(len(predicted))
            if index not in taken and not overlap(spans[index], matched_sentences)
        ),
    )


def _match_links(
    gold: GoldArticle, extraction: Extraction, threats: Matching, denials: Matching
) -> Links:
    wanted = {(d, t) for d, denial in enumerate(gold.denials) for t in denial.denies}
    index_of = {threat.record_id: index for index, threat in enumerate(extraction.threats)}
    predicted = [
        (d, index_of[record_id])
        for d, denial in enumerate(extraction.denials)
        for record_id in denial.denies
        if record_id in index_of
    ]
    found = {
        (d, t)
        for d, t in wanted
        if d in denials.pairs
        and t in threats.pairs
        and (denials.pairs[d], threats.pairs[t]) in predicted
    }
    right = {(denials.pairs[d], threats.pairs[t]) for d, t in found}
    # A link from or to a prediction that is itself left uncounted is left uncounted too.
    counted_denials = {*denials.pairs.values(), *denials.spurious}
    counted_threats = {*threats.pairs.values(), *threats.spurious}
    return Links(
        found=frozenset(found),
        missed=frozenset(wanted - found),
        spurious=tuple(
            (d, t)
            for d, t in predicted
            if (d, t) not in right and d in counted_denials and t in counted_threats
        ),
    )


def assign(candidates: Iterable[tuple[int, ...]]) -> Pairs:
    """Pairs gold and predictions, each at most once: takes the best pairs first.

    Each candidate is what makes it good, the most important first, and then its two places.
    Ties go to the earlier places.
    """
    pairs: Pairs = {}
    taken: set[int] = set()
    for *_, place, index in sorted(
        candidates, key=lambda pair: ([-good for good in pair[:-2]], pair[-2:])
    ):
        if place not in pairs and index not in taken:
            pairs[place] = index
            taken.add(index)
    return pairs
