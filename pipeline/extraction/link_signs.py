"""What speaks for a denial being of a threat, and what against it: signs, for `linking.py`.

Who denies and who threatens, what the two have in common in their words, whether the denial says
at length what it is of or means what was told before, and where the two stand. Each is a few words
that a reader understands; what they weigh stands in ``knowledge/links.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb
from pipeline.extraction.document import field_of, sentence_numbers
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author
from pipeline.records import ActorType, DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.extraction.accounts import Accounts
    from pipeline.extraction.candidates import Context, DenialCandidate
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Doc, Span, Token
    from pipeline.records import ActorRef, Field, Threat
    from pipeline.records import Span as RecordSpan

_MADE = frozenset({"threat", "threaten", "ultimatum", "warning", "warn", "vow"})
_GENERAL = frozenset({"pronoun", "frame:same", "frame:blank", "contradict", "bare"})
"""Features of denials that are of what was told before."""
_TELLING = frozenset({"tells what is denied", "tells what is not so"})
_SHORT = 7
"""Tokens up to which a claim noun stands for the claim as a whole."""
_OTHER_FIELD = 3
"""Sentences that headline and body are taken to be apart."""
_STEPS = (0, 1, 3, 6, 10)
"""Sentences between threat and denial beyond which they are the farther apart."""
_SHARED = 3
"""Words in common beyond which more tell no more."""
_LEAST = 4
"""Letters that a word needs to say something."""
_STEM = 5
"""Letters by which "shelled" and "shelling" are known as one."""


@dataclass(frozen=True, slots=True)
class DenialView:
    """What linking looks at of a denial."""

    denier: Entity
    spans: tuple[Span, ...]
    kind: DenialKind
    contents: tuple[Span, ...]
    features: frozenset[str]
    candidates: tuple[DenialCandidate, ...]
    """The places that tell it, the best first."""


def link_signs(
    denial: DenialView,
    threats: Sequence[Threat],
    denied_before: Sequence[str],
    around: WordsAround,
    context: Context,
    accounts: Accounts,
) -> list[frozenset[str]]:
    """The signs of each threat of the article as the one that ``denial`` denies.

    Args:
        denial: what is known of the denial.
        threats: those of the article.
        denied_before: ids of the threats that the denial told before this one denies.
        around: the words around each of the threats.
        context: the article.
        accounts: what its people tell.
    """
    gaps = [_distance(denial, threat) for threat in threats]
    nearest = _nearest(gaps, [is_of_another(threat) for threat in threats])
    found = []
    for place, (threat, gap) in enumerate(zip(threats, gaps, strict=True)):
        signs = {
            *_of_parties(denial, threat, context),
            *_of_words(denial, threat, around, context),
            *_of_place(gap),
        }
        # Who is named with the talk is who is meant, whatever was told since.
        is_named = {"speaks of talk", "party 2"} <= signs
        if gap is not None and not is_named and _is_told_between(denial, threat, accounts):
            signs.add("another account between")
        if place == nearest:
            signs.add("the last that another told")
        if threat.record_id in denied_before:
            signs.add("denied right before")
            if "frame:same" in denial.features:
                signs.add("denied right before: the same")
        found.append(frozenset(signs | set(_together(signs, denial))))
    return found


def is_of_another(threat: Threat) -> bool:
    """Whether the threat is alleged, or told by another than its author."""
    return threat.modality is Modality.ALLEGED or threat.attribution is not None


def _together(signs: set[str], denial: DenialView) -> Iterator[str]:
    """What signs say together that none says alone."""
    ours = bool(signs & {"by the threatener", "by the threatener's side"})
    if "told by another" not in signs:
        yield "openly made: " + ("by the denier" if "by the threatener" in signs else "by another")
        if "by the threatener" in signs and signs & {"speaks of talk", "means what was told"}:
            yield "openly made: but faced with it"
    elif ours:
        yield "told by another: of the denier"
    if not signs & {"in the denial's own words", "word 1", "speaks of talk", "speaks of threats"}:
        yield from (f"{sign}: something else" for sign in signs & _TELLING)
    if "means what was told" in signs and not signs & {"farther than 3", "told only later"}:
        yield "means what was told: right before"
        if ours:
            yield "means what was told: right before, of the denier"
    if denial.kind is DenialKind.RESPONSIBILITY:
        if "by the threatener" not in signs:
            yield "not responsible: for another's"
        elif signs & {"speaks of its bearer", "speaks of talk", "speaks of threats"}:
            yield "not responsible: for the message"
        else:
            yield "not responsible: for something"
    if "speaks of talk" in signs and "party 2" in signs:
        yield "speaks of talk: between them"
    if signs & {"speaks of talk", "speaks of threats"} and ours:
        yield "speaks of talk: the denier's"


def _of_parties(denial: DenialView, threat: Threat, context: Context) -> Iterator[str]:
    """How the denier stands to those of the threat, and who tells it."""
    if is_of_another(threat):
        yield "told by another"
    if threat.attribution is not None:
        yield "its teller is named"
    if _is_same(threat.threatener, denial.denier):
        yield "by the threatener"
    elif _is_on_side(denial, threat.threatener, context):
        yield "by the threatener's side"
    elif any(_is_same(target, denial.denier) for target in threat.targets):
        yield "by the target"
    elif any(_is_on_side(denial, target, context) for target in threat.targets):
        yield "by the target's side"
    else:
        yield "by someone else"
    if threat.attribution is not None and _is_same(threat.attribution, denial.denier):
        yield "by its teller"


def _of_words(
    denial: DenialView, threat: Threat, around: WordsAround, context: Context
) -> Iterator[str]:
    """What denial and threat have in common in their words, or what the denial points to."""
    words = [token for span in (*denial.contents, *denial.spans) for token in span]
    explicit = bool(denial.features & {"claim-content", "clause"})
    said = [token for content in denial.contents for token in content] if explicit else words
    if _is_told_in(denial, threat):
        yield "in the denial's own words"
    if any(lemma(token) in _MADE for token in said):
        yield "speaks of threats"
    if any(cue_set("communication_noun").matches(token) for token in said) or (
        denial.features & {"such", "emphatic"} and _is_such_talk(words)
    ):
        yield "speaks of talk"
    if _is_general(denial) and not explicit:
        yield "means what was told"
    elif explicit:
        yield "tells what is denied"
    elif "frame:negation" in denial.features:
        yield "tells what is not so"
    if _is_of_the_teller(denial, threat, context):
        yield "its teller's account"
    told = " ".join(span.text for span in threat.evidence).lower()
    shared = sum(stem in told for stem in _content(words))
    yield from (f"word {n}" for n in range(1, _SHARED + 1) if shared >= n)
    named = _names(words, threat)
    yield from (f"party {n}" for n in (1, 2) if named >= n)
    things = {
        token
        for token in words
        if token.pos_ == "NOUN"
        and around.hold(threat, lemma(token))
        and context.index.resolve(token) is None
    }
    if any(cue_set("communication_noun").matches(token) for token in things):
        yield "speaks of its bearer"
    elif things:
        yield "speaks of a thing beside it"


def _of_place(gap: int | None) -> Iterator[str]:
    """How far apart the two are."""
    if gap is None:
        yield "told only later"
    else:
        yield from (f"farther than {step}" for step in _STEPS if gap > step)


def _nearest(gaps: Sequence[int | None], alleged: Sequence[bool]) -> int | None:
    """Place of the last threat before the denial that another tells."""
    near = [
        (gap, -place)
        for place, (gap, other) in enumerate(zip(gaps, alleged, strict=True))
        if gap is not None and other
    ]
    return -min(near)[1] if near else None


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


def _is_same(party: ActorRef, denier: Entity) -> bool:
    """One actor, also where a person was not known again by the surname alone."""
    if party.actor_id == denier.actor_id:
        return True
    return (
        party.type is ActorType.PERSON
        and denier.type is ActorType.PERSON
        and party.name.split()[-1] == denier.name.split()[-1]
    )


def _is_on_side(denial: DenialView, party: ActorRef, context: Context) -> bool:
    """Whether the denier is of the party's country, its spokesman, its office."""
    denier = denial.denier
    if denier.country is not None and party.country == denier.country:
        return True
    name = party.name.lower()
    if len(name) > 3 and (name in (denier.role or "").lower() or name in denier.name.lower()):
        return True
    for candidate in denial.candidates:
        # "Her party", "his aide Carl Holm", "the bank's lawyer"
        for child in candidate.denier.children if candidate.denier is not None else ():
            if child.dep_ not in ("poss", "compound", "nmod"):
                continue
            owner = context.index.resolve(child)
            if owner is not None and owner is not denier and _is_same(party, owner):
                return True
    return False


def _is_of_the_teller(denial: DenialView, threat: Threat, context: Context) -> bool:
    """Whether what is dismissed is the account of the one who tells the threat."""
    if threat.attribution is None:
        return False
    for content in denial.contents:
        if not cue_set("claim_noun").matches(content.root):
            continue
        teller = author(content.root)
        entity = context.index.resolve(teller) if teller is not None else None
        if entity is not None and entity.actor_id == threat.attribution.actor_id:
            return True
    return False


class WordsAround:
    """The words of the sentences that tell each threat, and of those before, by their lemmas.

    Found once for all the denials of an article, and once for all the threats of a sentence.
    """

    def __init__(self, threats: Iterable[Threat], context: Context) -> None:
        self._sentences: dict[tuple[Field, int], frozenset[str]] = {}
        self._of = {
            threat.record_id: list(self._around(threat, context.document.docs))
            for threat in threats
        }

    def hold(self, threat: Threat, word: str) -> bool:
        """Whether the word stands around the threat."""
        return any(word in sentence for sentence in self._of[threat.record_id])

    def _around(self, threat: Threat, docs: Iterable[Doc]) -> Iterator[frozenset[str]]:
        for doc in docs:
            for evidence in threat.evidence:
                at = _token_at(doc, evidence) if evidence.field is field_of(doc) else None
                if at is not None:
                    yield self._lemmas(at.sent)
                    if at.sent.start:
                        yield self._lemmas(doc[at.sent.start - 1].sent)

    def _lemmas(self, sentence: Span) -> frozenset[str]:
        place = field_of(sentence.doc), sentence.start
        found = self._sentences.get(place)
        if found is None:
            found = self._sentences[place] = frozenset(map(lemma, sentence))
        return found


def _is_general(denial: DenialView) -> bool:
    """Whether the denial says only "it", "the report", "that": what was told before."""
    if any(is_verb(token) for content in denial.contents for token in content):
        return False
    return bool(denial.features & _GENERAL) or all(
        cue_set("claim_noun").matches(content.root) and len(content) < _SHORT
        for content in denial.contents
    )


def _names(words: Sequence[Token], threat: Threat) -> int:
    """How many of the threat's participants the denial names."""
    text = " ".join(token.text for token in words)
    parties = {party.name.split()[-1] for party in (threat.threatener, *threat.targets)}
    return sum(1 for name in parties if len(name) > 2 and name in text)


def _is_told_in(denial: DenialView, threat: Threat) -> bool:
    """Whether the threat stands in the very words of the denial."""
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is field_of(span.doc) and (
                evidence.start < span.end_char and span.start_char < evidence.end
            ):
                return True
            # "denied a claim by the minister that it had vowed to burn ...": behind the cue.
            # "It had not, she insisted, told the Turks that their loans would be cancelled".
            sentence = span.sent
            holds = {"frame:deny", "frame:reject"} & denial.features and "claim" in denial.features
            if evidence.field is field_of(span.doc) and (
                span.start_char <= evidence.start < sentence.end_char
                and (holds or {"elliptic", "frame:negation"} <= denial.features)
            ):
                return True
    return False


def _distance(denial: DenialView, threat: Threat) -> int | None:
    """Sentences from the threat to the denial; None where the threat is told only later."""
    best: int | None = None
    for span in denial.spans:
        number = sentence_numbers(span.doc)
        for evidence in threat.evidence:
            if evidence.field is not field_of(span.doc):
                best = _OTHER_FIELD if best is None else best
                continue
            at = _token_at(span.doc, evidence)
            if at is None or at.i > span.end:
                continue
            gap = max(number[min(span.start, len(number) - 1)] - number[at.i], 0)
            best = gap if best is None else min(best, gap)
    return best


def _token_at(doc: Doc, evidence: RecordSpan) -> Token | None:
    span = doc.char_span(evidence.start, evidence.end, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None


def _content(words: Sequence[Token]) -> set[str]:
    """The beginnings of the words that say something; who is spoken of is looked at elsewhere."""
    return {
        lemma(token)[:_STEM]
        for token in words
        if token.pos_ in ("NOUN", "VERB", "ADJ")
        and not token.is_stop
        and len(token) >= _LEAST
        and not cue_set("report").matches(token)
    }


def _is_told_between(denial: DenialView, threat: Threat, accounts: Accounts) -> bool:
    """Whether another than the denier tells something between threat and denial."""
    for candidate in denial.candidates[:1]:
        doc = candidate.evidence.doc
        for evidence in threat.evidence:
            if evidence.field is field_of(doc):
                span = doc.char_span(evidence.start, evidence.end, alignment_mode="expand")
                if span is not None and not accounts.between(span, candidate):
                    return False
    return True
