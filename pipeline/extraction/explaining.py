"""Makes an explanation of a trace: of tokens and candidates, words that stand by themselves.

Reads only what the stages wrote down (`tracing.py`) and the parse that they worked on; nothing is
weighed a second time.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.explanations import (
    Explanation,
    Feature,
    Link,
    NearMiss,
    Participant,
    Reason,
    Resolution,
    Telling,
    Weight,
    Why,
)
from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.document import field_of, to_span
from pipeline.extraction.feature_words import words_of
from pipeline.extraction.likelihood import likelihood, signs_of
from pipeline.extraction.linking import sign_weight
from pipeline.extraction.near_misses import near_misses
from pipeline.extraction.paths import path_between
from pipeline.records import MentionKind, Threat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.extraction.candidates import Candidate
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.texts import Token
    from pipeline.extraction.tracing import Made, Step, Trace, Weighed
    from pipeline.records import ActorRef, Extraction, Mention

_FAR_FROM_A_LINK = -3.0
"""Log odds of a threat that a denial has so little to do with that it is not told."""
_BY_KIND = {
    MentionKind.NAME: "",
    MentionKind.METONYM: "a place that stands for a government or body",
    MentionKind.NOMINAL: "a body called by its noun",
    MentionKind.PRONOUN: "the noun that it takes up",
}
"""Why a mention is the actor's, where no step says more."""


def explain(trace: Trace, extraction: Extraction) -> Explanation:
    """Why there is what ``extraction`` holds, by the trace that was collected meanwhile."""
    kept = {threat.record_id for threat in extraction.threats}
    kept |= {denial.record_id for denial in extraction.denials}
    known = {id(weighed.candidate): weighed for weighed in trace.weighed}
    misses, left_out = near_misses(trace, kept)
    made = [each for each in trace.made if each.record.record_id in kept]
    whys = [(each, _why(each, known, trace)) for each in made]
    threats = tuple(why for each, why in whys if isinstance(each.record, Threat))
    denials = tuple(why for each, why in whys if not isinstance(each.record, Threat))
    return Explanation(
        threats=threats,
        denials=denials,
        resolutions=_resolutions(trace, extraction),
        near_misses=misses,
        left_out=left_out,
        features=tuple(_features(threats, denials, misses)),
    )


def cue_of(candidate: Candidate) -> tuple[str, Token]:
    """The words that bring a candidate forward, and the token where paths begin."""
    if isinstance(candidate, ThreatCandidate):
        token = candidate.cue if candidate.cue is not None else candidate.predicate
        return token.text, token
    return candidate.cue.text, candidate.head


def _features(
    threats: Iterable[Why], denials: Iterable[Why], misses: Iterable[NearMiss]
) -> Iterator[Feature]:
    named: set[tuple[str, str]] = set()
    for kind, whys in (("threat", threats), ("denial", denials)):
        for why in whys:
            for telling in why.tellings:
                named |= {(kind, name) for name in (*telling.fired, *telling.modifiers)}
    for miss in misses:
        named |= {(miss.kind, name) for name in miss.features}
        for gap in miss.nearest:
            groups = (*gap.missing, *gap.forbidden)
            named |= {(miss.kind, name) for group in groups for name in group.split(" or ")}
    for kind, name in sorted(named):
        words = words_of(kind, name)
        if words is not None:
            yield Feature(kind, name, words)


def _why(made: Made, known: dict[int, Weighed], trace: Trace) -> Why:
    parties = _parties(made)
    tellings = []
    for candidate in made.candidates:
        weighed = known[id(candidate)]
        if weighed.rule is not None:
            tellings.append(_telling(weighed, weighed.rule, parties, trace))
    return Why(
        record_id=made.record.record_id,
        confidence=tuple(Reason(why, round(value, 3)) for why, value in made.confidence.reasons),
        tellings=tuple(tellings),
        links=tuple(_links(made)),
    )


def _parties(made: Made) -> list[tuple[str, ActorRef]]:
    record = made.record
    if isinstance(record, Threat):
        parties = [("threatener", record.threatener)]
        parties += [("target", target) for target in record.targets]
    else:
        parties = [("denier", record.denier)]
    if record.attribution is not None:
        parties.append(("attribution", record.attribution))
    return parties


def _telling(
    weighed: Weighed, rule: Rule, parties: Iterable[tuple[str, ActorRef]], trace: Trace
) -> Telling:
    candidate = weighed.candidate
    cue, root = cue_of(candidate)
    weights = _weights(weighed, rule)
    asked = rule.all.union(*rule.any, (each.feature for each in weights))
    condition = candidate.condition if isinstance(candidate, ThreatCandidate) else None
    found = [_participant(role, party, weighed, root, trace) for role, party in parties]
    return Telling(
        rule=rule.id,
        cue=cue,
        evidence=to_span(candidate.evidence),
        fired=tuple(sorted(asked & candidate.features)),
        modifiers=tuple(sorted(candidate.features - asked)),
        speech=tuple(
            " ".join(
                part
                for part in (
                    speech.kind.value,
                    f"“{speech.cue.text}”" if speech.cue is not None else "",
                    f"by {speech.speaker.text}" if speech.speaker is not None else "",
                )
                if part
            )
            for speech in candidate.speeches
        ),
        notes=tuple(dict.fromkeys(_note(step) for step in weighed.steps if step.entity is None)),
        participants=tuple(each for each in found if each is not None),
        condition_path=path_between(root, condition.root) if condition is not None else None,
        weights=weights,
    )


def _weights(weighed: Weighed, rule: Rule) -> tuple[Weight, ...]:
    """What each feature counted for a rule that stands for signs that add up."""
    if not rule.by_signs:
        return ()
    learned = likelihood(weighed.kind)
    signs = signs_of(weighed.candidate.features, learned.joined)
    counted = [Weight(name, learned.weights.get(name, 0.0)) for name in signs]
    counted = [each for each in counted if each.weight]
    return tuple(sorted(counted, key=lambda each: (-abs(each.weight), each.feature)))


def _note(step: Step) -> str:
    return f"{step.why}: {step.token.text}" if step.token is not None else step.why


def _participant(
    role: str, party: ActorRef, weighed: Weighed, root: Token, trace: Trace
) -> Participant | None:
    """How this telling came to the actor; None where another one did."""
    steps = [
        step
        for step in weighed.steps
        if step.entity is not None and step.entity.actor_id == party.actor_id
    ]
    if not steps:
        return None
    if role == "target":
        # Who may be the target is gone through before one of them is chosen.
        steps.reverse()
    step = next((each for each in steps if each.token is not None), steps[0])
    token = step.token
    whys = [step.why, _mentioned(token, party, trace) if token is not None else ""]
    why = "; ".join(dict.fromkeys(part for part in whys if part))
    return Participant(
        role=role,
        actor_id=party.actor_id,
        name=party.name,
        words=token.text if token is not None else None,
        path=path_between(root, token) if token is not None else None,
        why=why or None,
    )


def _mentioned(token: Token, party: ActorRef, trace: Trace) -> str:
    """How the mention that the token stands in was resolved."""
    where, at = field_of(token.doc), token.idx
    covering = [
        (mention.end - mention.start, _step_of(mention, why))
        for mention, entity, why in trace.mentions
        if entity.actor_id == party.actor_id
        and mention.field is where
        and mention.start <= at < mention.end
    ]
    return min(covering)[1] if covering else ""


def _step_of(mention: Mention, why: str) -> str:
    return "" if mention.kind is MentionKind.NAME else why or _BY_KIND[mention.kind]


def _links(made: Made) -> list[Link]:
    denied = set() if isinstance(made.record, Threat) else set(made.record.denies)
    found = []
    for tried in made.links:
        record_id = tried.threat.record_id
        if tried.points > _FAR_FROM_A_LINK or record_id in denied:
            counted = ((sign, sign_weight(sign)) for sign in tried.signs)
            ordered = sorted((-abs(weight), sign, weight) for sign, weight in counted if weight)
            reasons = tuple(f"{sign} {weight:+g}" for _, sign, weight in ordered)
            found.append(Link(record_id, record_id in denied, round(tried.points, 2), reasons))
    return found


def _resolutions(trace: Trace, extraction: Extraction) -> tuple[Resolution, ...]:
    """What the article's nouns, pronouns and metonyms were taken for, in the text's order."""
    kept = {actor.actor_id for actor in extraction.actors}
    found = [
        Resolution(
            mention.field,
            mention.start,
            mention.end,
            mention.text,
            mention.kind,
            entity.actor_id,
            entity.name,
            _step_of(mention, why),
        )
        for mention, entity, why in trace.mentions
        if mention.kind is not MentionKind.NAME and entity.actor_id in kept
    ]
    found.sort(key=lambda each: (each.field is not each.field.HEADLINE, each.start, each.end))
    # A mention may be entered more than once; the first step is the one that decided.
    firsts = groupby(found, key=lambda each: (each.field, each.start, each.end, each.actor_id))
    return tuple(next(group) for _, group in firsts)
