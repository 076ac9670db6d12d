"""What a condition asks for, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import (
    is_passive,
    is_verb,
    negation,
    surface_subject,
)
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import (
    FIRST,
    SECOND,
    resolve,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex
    from pipeline.extraction.texts import Span, Token

_BACK = ("in that case", "in such a case", "in which case", "otherwise", "if so", "if it does")
_LIMITS = frozenset({"unless", "until", "till"})


def condition_features(
    condition: Span | None,
    predicate: Token,
    speaker: Token | None,
    speeches: Sequence[Speech],
    index: ActorIndex,
) -> set[str]:
    """The features of a condition: its kind, whether it makes demands, and of someone else.

    Without one, those of what stands for a condition told before ("in that case").
    """
    if condition is None:
        return {"condition", "compliance", "if"} if _refers_back(predicate) else set()
    found = {"condition", _kind(condition)}
    doc = predicate.doc
    behind = doc[condition.end : max(condition.end, min(condition.end + 4, predicate.i + 1))]
    if any(token.lower_ == "or" for token in behind):
        found.add("or")
    return found | _compliance(condition, speaker, speeches, index)


def _refers_back(predicate: Token) -> bool:
    """Whether the clause takes up a condition told before: "in that case", "otherwise"."""
    words = predicate.doc[predicate.sent.start : predicate.sent.end]
    at = predicate.i - words.start
    near = " ".join(token.lower_ for token in words[max(0, at - 9) : at + 6])
    return any(phrase in near for phrase in _BACK)


def _kind(condition: Span) -> str:
    """ "unless", "if", "dare" ("another word"), "command" (an imperative) or "event"."""
    first = condition[0].lower_
    if first in ("unless", "until", "till"):
        return "unless"
    if first in ("if", "should"):
        return "if"
    if first in ("one", "another", "any", "you"):
        return "dare"
    if condition[0].tag_ in ("VB", "VBP", "NN", "NNP") and first not in ("once", "provided"):
        return "command"
    return "event"


def _compliance(
    condition: Span, speaker: Token | None, speeches: Sequence[Speech], index: ActorIndex
) -> set[str]:
    """Whether someone else is to do, or to leave undone, what the condition says."""
    found = set()
    side = resolve(speaker, list(speeches[1:]), index)
    for token in condition:
        if not is_verb(token) or token.dep_ in ("aux", "auxpass"):
            continue
        subject = surface_subject(token)
        if subject is None or not condition.start <= subject.i < condition.end:
            continue
        if cue_set("weather").matches(token):
            found.add("weather")
            break
        if cue_set("impersonal").matches(subject) or subject.dep_ == "expl":
            found.add("impersonal")
        asked = negation(token) is not None or condition[0].lower_ in _LIMITS
        if not asked and (
            cue_set("obliging").matches(token)
            or (is_passive(token) and cue_set("granted").matches(token))
        ):
            found.add("friendly")
        if subject.lower_ in FIRST:
            found.add("own-condition")
            break
        if asked:
            found.add("demands")
        entity = resolve(subject, speeches, index)
        if entity is not None and entity is side:
            found.add("own-condition")
            break
        if (
            entity is not None
            or index.place(subject) is not None
            or subject.lower_ in SECOND
            or (
                cue_set("human_group").matches(subject)
                or is_passive(token)
                or subject.lower_ in ("he", "she", "they", "anyone", "nobody")
                or any(index.resolve(c) is not None for c in subject.children if c.dep_ == "poss")
            )
        ):
            found.add("compliance")
        break
    return found
