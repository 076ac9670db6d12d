"""Threats in words that tell no harm: an aide "told the editor that ink runs out".

What someone is said to have told another, and the writer puts in quotation marks, is news for what
it means. The words themselves say little; who told them to whom, who tells of it, and what stands
around does, and `likelihood.py` weighs that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import Speech, SpeechKind
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.clauses import is_passive, is_verb, logical_subject, passive_agent, trim
from pipeline.extraction.hearers import spoken_to
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import is_agentive, resolve, same_side
from pipeline.extraction.setting import setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.texts import Span, Token

_REACH = 16
"""Tokens between the verb of telling and the words in quotation marks."""


def veiled_candidates(sentence: Span, context: Context) -> Iterator[ThreatCandidate]:
    """The words in quotation marks that the sentence says someone told another."""
    quotes = [
        quote
        for quote in context.attribution.places.overlapping(
            sentence.doc, sentence.start, sentence.end
        )
        if context.attribution.has_marks(quote)
    ]
    if not quotes:
        return
    around = setting(sentence)
    taken = set()
    for verb in sentence:
        if not is_verb(verb) or not cue_set("pressing_words").matches(verb):
            continue
        words = next(
            (
                quote.span
                for quote in quotes
                if verb.i < quote.span.start < min(verb.i + _REACH, verb.right_edge.i + 1)
            ),
            None,
        )
        if words is None or words.start in taken:
            continue
        candidate = _weigh(verb, words, sentence, context)
        if candidate is not None:
            taken.add(words.start)
            candidate.features |= around
            yield candidate


def _weigh(verb: Token, words: Span, sentence: Span, context: Context) -> ThreatCandidate | None:
    passive = is_passive(verb)
    speaker = passive_agent(verb) if passive else logical_subject(verb)
    hearer = logical_subject(verb) if passive else spoken_to(verb)
    outer = context.attribution.speeches(verb)
    if speaker is None or hearer is None or not (outer or passive):
        return None
    index = context.index
    who, whom = resolve(speaker, outer, index), resolve(hearer, outer, index)
    if who is not None and (who is whom or same_side(who, whom)):
        return None
    teller = resolve(outer[0].speaker, outer[1:], index) if outer else None
    if outer and teller is who:
        return None  # his own account of what he said
    features = {"frame:veiled", "quoted-words", "hearer"}
    signs = {
        "outer": bool(outer),
        "alleged": bool(outer),
        "named-hearer": whom is not None,
        "agentive": is_agentive(speaker, index),
        "retold": teller is not None and teller is whom,
        "audience": cue_set("audience").matches(hearer),
        "advises": cue_set("advise_harm").matches(verb) or cue_set("warn").matches(verb),
    }
    features |= {sign for sign, holds in signs.items() if holds}
    end = min(words.end, sentence.end)
    return ThreatCandidate(
        predicate=verb,
        features=features,
        speeches=[Speech(SpeechKind.TELL, speaker, verb, hearer), *outer],
        threatener=speaker,
        hearer=hearer,
        victims=[[hearer]],
        action=trim(words.doc[words.start : end]),
        evidence=trim(words.doc[min(verb.i, words.start) : end]),
        cue=verb,
    )
