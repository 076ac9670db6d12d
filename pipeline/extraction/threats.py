"""Finds who threatens whom: candidates become records by the rules, tellings are merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.attribution import SpeechKind, is_hedged_report
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import ULTIMATUM, UNSPECIFIED
from pipeline.extraction.clauses import is_verb
from pipeline.extraction.dispute import Dispute
from pipeline.extraction.free_speech import doers, speaker_before
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.menaces import menace_candidates
from pipeline.extraction.participants import THIRD, heads, participant, resolve, same_side
from pipeline.extraction.quotes import is_speech
from pipeline.extraction.sources import hedge
from pipeline.extraction.surroundings import Surroundings
from pipeline.extraction.targets import choose_targets
from pipeline.extraction.threat_features import clause_candidates
from pipeline.extraction.threat_merging import Telling, merge, record
from pipeline.extraction.veiled_words import veiled_candidates
from pipeline.records import ActorType, Modality, Threat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Document, Entity
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.texts import Span, Token
    from pipeline.records import Provenance

_OPEN_WORDS = frozenset(
    """or else face the consequence consequences suffer risk it they you will would be bear serious
    grave full more worse see what happens""".split()
)
"""Words of a consequence that say nothing of what it is."""
_SAID = frozenset({SpeechKind.SAY, SpeechKind.TELL})
_ARMED = frozenset({ActorType.GOVERNMENT, ActorType.STATE_ORGAN, ActorType.ARMED_GROUP})


@dataclass(frozen=True, slots=True)
class FoundThreats:
    """The threats of an article, and all that may be one."""

    records: list[Threat]
    merged: list[list[Telling]]
    """The places that tell each of them."""
    candidates: list[ThreatCandidate]
    surroundings: Surroundings


def find_threats(document: Document, index: ActorIndex, provenance: Provenance) -> FoundThreats:
    """The threats of an article, each with all the places that tell it.

    Args:
        document: parsed, with its quotations found.
        index: the article's actors; unnamed groups that threaten or are threatened are added.
        provenance: what all the article's records share.
    """
    context = Context.of(document, index, provenance)
    merged: list[list[Telling]] = []
    weighed = list(_by_sentence(context))
    told = 0
    surroundings = _surroundings(weighed, context)
    for found in weighed:
        for telling in tellings(found, context, surroundings):
            told += 1
            document.limits.check_records(told)
            _follow_suit(telling, merged)
            if not telling.targets:
                telling.targets = choose_targets(telling, merged, context)
            tracing.told(telling.candidate)
            if not telling.targets and telling.rule.by_signs:
                # No wording of a rule: then someone has to be there who would be harmed.
                tracing.dropped(telling.candidate, "its signs alone, and no one is harmed")
                continue
            merge(telling, merged)
    for group in merged:
        _carry_on(group[-1], context, merged)
    # The body tells a threat more fully than the headline, which comes first.
    records = [record(group, provenance, others=len(merged) > 1) for group in merged]
    everything = [each for found in weighed for each in found]
    return FoundThreats(records, merged, everything, surroundings)


def holds_threat(context: Context) -> bool:
    """Whether a rule takes any candidate: without that there is no threat."""
    weighed = list(_by_sentence(context))
    surroundings = _surroundings(weighed, context)
    return any(True for found in weighed for _ in _decided(found, surroundings))


def _by_sentence(context: Context) -> Iterator[list[ThreatCandidate]]:
    cues = 0
    for doc in context.document.docs:
        for sentence in context.document.to_weigh(doc, "threat"):
            found = candidates(sentence, context)
            cues += len(found)
            context.document.limits.check_cues(cues)
            yield found


def _surroundings(weighed: Sequence[Sequence[ThreatCandidate]], context: Context) -> Surroundings:
    """What the candidates stand in; they are told of it."""
    dispute = Dispute()
    for found in weighed:
        dispute.add(found)
    surroundings = Surroundings(context, dispute)
    for found in weighed:
        for candidate in found:
            candidate.features |= surroundings.features(candidate)
    return surroundings


def _decided(
    found: Iterable[ThreatCandidate], surroundings: Surroundings
) -> Iterator[tuple[Rule, ThreatCandidate]]:
    """The candidates that a rule takes."""
    for candidate in found:
        rule = surroundings.decide(candidate)
        tracing.weighed("threat", candidate, rule)
        if rule is not None:
            yield rule, candidate


def candidates(sentence: Span, context: Context) -> list[ThreatCandidate]:
    """The words of the sentence that may tell a threat."""
    return [
        *menace_candidates(sentence, context),
        *clause_candidates(sentence, context),
        *veiled_candidates(sentence, context),
    ]


def tellings(
    found: Sequence[ThreatCandidate], context: Context, surroundings: Surroundings
) -> Iterator[Telling]:
    """The places that tell a threat, of those of one sentence that may."""
    taken: list[tuple[int, int]] = []
    weighed = list(_decided(found, surroundings))
    weighed.sort(key=lambda pair: (pair[0].by_signs, -pair[0].confidence, pair[1].predicate.i))
    kept = []
    for rule, candidate in weighed:
        place = (candidate.action.start, candidate.action.end)
        if any(start < place[1] and place[0] < end for start, end in taken):
            tracing.dropped(candidate, "told better by words that overlap these")
            continue
        unknown = _unknown(candidate, context)
        if unknown is not None:
            tracing.dropped(candidate, f"who is meant by “{unknown.text}” is not known")
            continue
        taken.append(place)
        kept.append((rule, candidate))
    for rule, candidate in sorted(kept, key=lambda pair: pair[1].evidence.start):
        yield from told_by(rule, candidate, context)


def _unknown(candidate: ThreatCandidate, context: Context) -> Token | None:
    """The threatener, where it is but a pronoun that no one is known for: it takes no words."""
    token = candidate.threatener
    if token is None or token.lower_ not in THIRD or len(candidate.speeches) > 1:
        return None
    known = participant(token, candidate.speeches[1:], context.index)
    return token if known is None else None


def told_by(rule: Rule, candidate: ThreatCandidate, context: Context) -> Iterator[Telling]:
    """The tellings of a candidate, one for each who threatens; none where nobody is known to."""
    if candidate.threatener is None:
        tracing.dropped(candidate, "the words name no one who threatens")
        return
    outer = candidate.speeches
    if outer and outer[0].speaker == candidate.threatener:
        outer = outer[1:]
    for head in heads(candidate.threatener):
        threatener = participant(head, outer, context.index)
        if threatener is None and head.lower_ in THIRD:
            # "X claimed he had threatened": the nearest speaker is meant, if no one else is.
            threatener = next(
                (
                    entity
                    for speech in outer
                    if speech.kind is not SpeechKind.ACCUSE
                    and (entity := participant(speech.speaker, [], context.index)) is not None
                ),
                None,
            )
        if threatener is None:
            tracing.dropped(candidate, f"who is meant by “{head.text}” is not known")
            continue
        threatener = (
            speaker_before(candidate, context)
            or doers(candidate, threatener, context)
            or threatener
        )
        side, threatener = threatener, _voice(threatener, outer, context.index)
        modality, said_by = _modality(candidate, threatener, context)
        span = candidate.evidence
        yield Telling(
            rule=rule,
            candidate=candidate,
            threatener=threatener,
            targets=[],
            category=_category(candidate, threatener),
            modality=modality,
            attribution=said_by,
            quoted=context.attribution.is_quoted(span.start, span.end, span.doc),
            side=side,
        )


@tracing.step("the official in whose words the state's threat is told")
def _voice(threatener: Entity, outer: list[Speech], index: ActorIndex) -> Entity:
    """A state's threat is that of the official in whose words the text tells it."""
    if threatener.type is not ActorType.GOVERNMENT:
        return threatener
    for speech in outer:
        speaker = resolve(speech.speaker, [], index)
        if speaker is None or speech.kind not in _SAID or is_hedged_report(speech):
            continue
        if speaker.type is ActorType.ORGANISATION:
            # An outlet of the country reports what its state threatens.
            continue
        if same_side(speaker, threatener) or (
            speaker.country is None
            and speech.speaker is not None
            and cue_set("spokesperson").matches(speech.speaker)
        ):
            return speaker
    return threatener


def _category(candidate: ThreatCandidate, threatener: Entity) -> str:
    codes = sorted(f[5:] for f in candidate.features if f.startswith("code:"))
    if codes:
        strike = (
            codes[-1] == "133"
            and lemma(candidate.predicate) not in ("go", "call")
            and any(
                token.lower_ in ("strike", "strikes") and token.pos_ == "NOUN"
                for token in candidate.action
            )
        )
        # What workers call a strike is another thing than what armies launch.
        return "138" if strike and threatener.type in _ARMED else codes[-1]
    if "consequence" in candidate.features and "frame:ultimatum" not in candidate.features:
        return UNSPECIFIED
    ultimatum = bool(candidate.features & {"or-else", "frame:ultimatum"})
    if ultimatum and all(
        token.lower_ in _OPEN_WORDS for token in candidate.action if token.is_alpha
    ):
        return ULTIMATUM
    if "frame:ultimatum" in candidate.features and "or-else" not in candidate.features:
        return ULTIMATUM
    return UNSPECIFIED


def _modality(
    candidate: ThreatCandidate, threatener: Entity, context: Context
) -> tuple[Modality, Entity | None]:
    """Whether the text vouches for it, and who says so where that is another."""
    own = candidate.cue
    alleged = bool(candidate.features & {"alleged", "untold"}) or _is_denied(candidate)
    alleged = alleged or hedge(candidate.predicate) is not None
    alleged = alleged or (own is not None and own.pos_ == "VERB" and hedge(own) is not None)
    said_by: Entity | None = None
    speeches = candidate.speeches
    for position, speech in enumerate(speeches):
        if own is not None and speech.cue is not None and speech.cue.i == own.i:
            continue
        if position == 0 and speech.speaker == candidate.threatener:
            alleged = alleged or (speech.kind is SpeechKind.ACCORDING and len(speeches) > 1)
            continue
        entity = resolve(speech.speaker, speeches[position + 1 :], context.index)
        if speech.cue is not None and speech.cue.pos_ in ("VERB", "NOUN"):
            alleged = alleged or hedge(speech.cue) is not None
        if entity is threatener or (entity is not None and same_side(entity, threatener)):
            alleged = alleged or is_hedged_report(speech)
            continue
        if speech.speaker is None and not is_hedged_report(speech):
            continue
        if _is_document(speech.speaker) and entity is None:
            continue
        alleged = True
        if said_by is None:
            said_by = entity or participant(speech.speaker, speeches[position + 1 :], context.index)
    return (Modality.ALLEGED if alleged else Modality.ASSERTED), said_by


@tracing.step("told only as what someone denies")
def _is_denied(candidate: ThreatCandidate) -> bool:
    """Whether the threat is told only as what someone denies."""
    predicate = candidate.predicate
    before = predicate.doc[predicate.sent.start : candidate.evidence.start]
    for token in before:
        if not is_verb(token):
            continue
        if cue_set("deny").matches(token):
            return True
        if cue_set("reject").matches(token) and any(
            cue_set("pure_claim_noun").matches(word) for word in before if word.i > token.i
        ):
            return True
    return False


def _is_document(token: Token | None) -> bool:
    return token is not None and cue_set("advise_harm").matches(token)


def _follow_suit(telling: Telling, merged: list[list[Telling]]) -> None:
    """ "Norway said it would follow suit": the same, and to the same, as the threat before."""
    if not merged or not cue_set("follow").matches(telling.candidate.predicate):
        return
    before = merged[-1][-1]
    if not telling.targets:
        telling.targets = list(before.targets)
    telling.category = before.category


def _carry_on(telling: Telling, context: Context, merged: list[list[Telling]]) -> None:
    """The threatener's next quotation is further evidence, where it holds no other record."""
    evidence = telling.candidate.evidence
    for quote in context.attribution.places.behind(evidence.doc, evidence.end):
        between = evidence.doc[evidence.end : quote.span.start]
        if sum(1 for token in between if token.is_sent_start) > 2:
            return
        if quote.parent is not None or not is_speech(quote) or quote.speaker is None:
            continue
        speaker = context.index.resolve(quote.speaker)
        if speaker is not telling.threatener and not same_side(speaker, telling.threatener):
            return
        if not any(_looks_ahead(token) for token in quote.span):
            # "We have waited a year," said X. "On Monday the buses will stay in the yard."
            continue
        told = any(
            quote.span.start <= other.candidate.evidence.start < quote.span.end
            for group in merged
            for other in group
            if other.candidate.evidence.doc is quote.span.doc
        )
        if not told:
            telling.more.append(quote.span)
        return


def _looks_ahead(token: Token) -> bool:
    return token.lower_ in (
        "will",
        "'ll",
        "’ll",
        "shall",
        "if",
        "unless",
        "until",
        "or",
        "next",
        "would",
        "without",
        "wo",
        "every",
        "each",
        "after",
        "before",
        "otherwise",
    )
