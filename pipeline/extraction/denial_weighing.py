"""Which words may tell a denial, and which of them a rule takes (`denials.py` makes records)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.accounts import Accounts
from pipeline.extraction.claims_before import answers, rejoins
from pipeline.extraction.denial_frames import denial_candidates
from pipeline.extraction.dispute import Dispute
from pipeline.extraction.negations import negation_candidates
from pipeline.extraction.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.candidates import Context, DenialCandidate
    from pipeline.extraction.denials import Telling
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.texts import Span
    from pipeline.records import Threat

MERGE_REACH = 90
"""Tokens between two denials of one denier that may be one."""


def holds_denial(context: Context) -> bool:
    """Whether a rule takes any candidate, where nothing is threatened."""
    weighed = list(by_sentence(context, Accounts(context)))
    surroundings = surroundings_of(weighed, [], context)
    return any(
        True for sentence, found in weighed for _ in decided(sentence, found, [], surroundings)
    )


def surroundings_of(
    weighed: Sequence[tuple[Span, Sequence[DenialCandidate]]],
    threats: Sequence[Threat],
    context: Context,
) -> Surroundings:
    """What the candidates stand in, the threats of the article being found; they are told of it."""
    dispute = Dispute()
    dispute.add_threats(threats)
    for _, found in weighed:
        dispute.add(found)
    surroundings = Surroundings(context, dispute)
    for _, found in weighed:
        for candidate in found:
            candidate.features |= surroundings.features(candidate)
    return surroundings


def by_sentence(
    context: Context, accounts: Accounts
) -> Iterator[tuple[Span, list[DenialCandidate]]]:
    """The sentences that may hold a denial, each with its candidates."""
    cues = 0
    for doc in context.document.docs:
        for sentence in context.document.to_weigh(doc, "denial"):
            found = candidates(sentence, context, accounts)
            cues += len(found)
            context.document.limits.check_cues(cues)
            yield sentence, found


def candidates(sentence: Span, context: Context, accounts: Accounts) -> list[DenialCandidate]:
    """The words of the sentence that may tell a denial."""
    found = [*denial_candidates(sentence, context), *negation_candidates(sentence, context)]
    answered = answers(sentence)
    for candidate in found:
        candidate.features |= answered | accounts.answered(candidate, sentence)
    return found


def decided(
    sentence: Span,
    found: Sequence[DenialCandidate],
    before: list[list[Telling]],
    surroundings: Surroundings,
) -> Iterator[tuple[Rule, DenialCandidate]]:
    """The candidates that a rule takes."""
    denied_before = bool(found) and _is_near(sentence, before)
    taken = False
    for candidate in found:
        if denied_before or ("frame:same" in candidate.features and taken):
            candidate.features.add("after-denial")
        candidate.features |= rejoins(candidate.features)
        rule = surroundings.decide(candidate)
        tracing.weighed("denial", candidate, rule)
        if rule is not None:
            taken = True
            yield rule, candidate


def _is_near(sentence: Span, groups: list[list[Telling]]) -> bool:
    return any(
        t.candidate.evidence.doc is sentence.doc
        and sentence.start - t.candidate.evidence.end < MERGE_REACH
        for group in reversed(groups)
        for t in reversed(group)
    )
