"""What a record says is denied: a candidate's words without what only goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb, surface_subject, trim
from pipeline.extraction.denial_parts import clause_content, phrase
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.candidates import DenialCandidate
    from pipeline.extraction.texts import Span, Token

_ASIDES = frozenset(
    {
        *("after", "although", "as", "because", "before", "but", "nor", "since", "so", "though"),
        *("when", "where", "whereas", "which", "while", "who", "hours", "days", "weeks", "minutes"),
    }
)
"""Words that begin, behind a comma, what the text adds to what is denied."""
_PAIRS = (["and", "that"], ["in", "which"], ["of", "which"], ["let", "alone"])
_PART_OF = frozenset({"in", "of", "for", "with", "to", "behind"})
_EMPTY = frozenset({"which", "him", "her", "us", "me", "who", "whom", "such", "not", "n't", "n’t"})


def denied_content(candidate: DenialCandidate) -> Span | None:
    """The words that tell what is denied; None where only "it" or "had not" stands."""
    content = candidate.content
    if content is None:
        return None
    if "frame:negation" in candidate.features:
        other = _not_in_the_predicate(candidate)
        if other is not None:
            return other
    if len(content) == 1 and content[0].lower_ in _EMPTY:
        return None
    return _cut(_with_its_part(content))


def explicit(candidate: DenialCandidate) -> bool:
    """Whether the words tell at length what is denied: "denied that ...", "a report that ..."."""
    return bool(candidate.features & {"clause", "claim-content"})


def _not_in_the_predicate(candidate: DenialCandidate) -> Span | None:
    """ "The letter was not his" denies the letter; "asked whether he had, he said he had not"."""
    verb = candidate.head
    subject = surface_subject(verb)
    elliptic = "elliptic" in candidate.features
    disowned = "not-responsible" in candidate.features and lemma(verb) == "be"
    if not elliptic and not disowned:
        return None
    if subject is not None and subject.pos_ in ("NOUN", "PROPN") and subject.i < verb.i:
        whole = phrase(subject)
        return whole if elliptic or whole[0].lower_ in ("the", "this", "that", "these") else None
    return _asked(verb) if elliptic else None


def _asked(verb: Token) -> Span | None:
    """What was asked before the answer, in the same sentence: "asked whether ...", "if ..."."""
    for word in verb.sent:
        if word.i >= verb.i:
            return None
        if word.lower_ in ("whether", "if") and is_verb(word.head) and word.head.i < verb.i:
            end = clause_content(word.head).end
            mark = (t.i for t in verb.doc[word.head.i : end] if t.text == ",")
            return trim(verb.doc[word.i + 1 : next(mark, end)])
    return None


def _with_its_part(content: Span) -> Span:
    """ "any part in the raid", also where the parser hangs the raid on the verb."""
    doc, end = content.doc, content.end
    if cue_set("responsibility_noun").matches(content[-1]) and end < content.sent.end:
        follows = doc[end]
        if follows.lower_ in _PART_OF and follows.dep_ == "prep":
            return trim(doc[content.start : min(follows.right_edge.i + 1, content.sent.end)])
    return content


def _cut(content: Span) -> Span:
    """Without a clause that is added behind a comma, or a verdict behind "as"."""
    end = next((place for place in _seams(content) if place > content.root.i), content.end)
    return trim(content.doc[content.start : end])


def _seams(content: Span) -> Iterator[int]:
    doc = content.doc
    for token in content[1:-1]:
        behind = [each.lower_ for each in doc[token.i + 1 : token.i + 3]]
        is_aside = token.text in (",", ";", "–", "—", "--") and (
            behind[0] in _ASIDES or behind in _PAIRS
        )
        is_verdict = token.lower_ == "as" and cue_set("as_untrue").first(
            doc[token.i + 1 : token.i + 3]
        )
        if is_aside or is_verdict:
            yield token.i
