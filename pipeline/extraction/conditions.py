"""What a threat hangs on: the if, unless or until clause, the command before "or"."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import contiguous, is_verb, surface_subject, trim
from pipeline.extraction.imperatives import Command, commands
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.texts import Span, Token

_MARKS = frozenset({"if", "unless", "until", "till", "lest", "whenever"})
_PHRASES = (
    ("for", "as", "long", "as"),
    ("as", "long", "as"),
    ("so", "long", "as"),
    ("the", "next", "time"),
    ("as", "soon", "as"),
    ("in", "the", "event"),
    ("in", "case"),
    ("on", "condition"),
    ("provided",),
    ("the", "moment"),
    ("the", "minute"),
    ("the", "instant"),
    ("the", "second"),
    ("the", "day"),
    ("on", "the", "day"),
    ("the", "hour"),
    ("once",),
    ("at", "the", "first"),
    ("for", "each"),
    ("for", "every"),
    ("the", "first", "time"),
    ("every", "time"),
    ("each", "time"),
    ("without",),
    ("in", "return", "for"),
    ("the", "morning", "after"),
    ("the", "day", "after"),
    ("the", "day", "that"),
)
_CLAUSAL = frozenset({"the", "on"})
_ASKING = frozenset(
    {
        "ask",
        "see",
        "know",
        "wonder",
        "tell",
        "say",
        "check",
        "determine",
        "decide",
        "doubt",
        "find",
        "inquire",
        "question",
        "clear",
        "unclear",
        "sure",
        "matter",
        "remember",
    }
)
_IDIOMS = frozenset({"any", "anything", "so", "not", "only"})
_PROMISES = frozenset({"will", "'ll", "’ll", "shall", "can", "wo"})
_OPENERS = _MARKS | {"when", "whether"}
_LATER = _PROMISES | {"would", "’d", "'d", "could", "may", "might"}
_LED_IN = 4
"""Words that may stand between the comma and the subject: "in that case"."""
_NOT_BEFORE = frozenset({"even", "only", "as", "what", "not", "and"})


@dataclass(frozen=True, slots=True)
class _Offered:
    """What may be the condition of any clause of a stretch of text."""

    opened: tuple[Span, ...]
    commands: tuple[Command, ...]
    promises: tuple[int, ...]
    """Where words of the future stand."""


class Conditions:
    """The conditions of an article's clauses.

    What a sentence offers is found once, however many of its clauses ask for their own.
    """

    def __init__(self) -> None:
        self._offered: dict[tuple[int, int, int], _Offered] = {}

    def of(self, predicate: Token, limits: Span) -> Span | None:
        """The condition of the clause of ``predicate`` within ``limits`` (sentence or quotation).

        Of several the nearest; a clause that asks ("asked if") or concedes ("even if") is none.
        """
        offered = self._in(limits)
        found = [span for span in offered.opened if not span.start <= predicate.i < span.end]
        for other in (
            _commanded(predicate, offered),
            _given_time(predicate, limits),
            _inversion(limits, predicate),
        ):
            if other is not None:
                found.append(other)
        return min(found, key=lambda span: _distance(span, predicate), default=None)

    def _in(self, limits: Span) -> _Offered:
        key = (id(limits.doc), limits.start, limits.end)
        if key not in self._offered:
            opened = (_opened_by(token, limits) for token in limits)
            self._offered[key] = _Offered(
                tuple(span for span in opened if span is not None),
                tuple(commands(limits)),
                tuple(token.i for token in limits if token.lower_ in _PROMISES),
            )
        return self._offered[key]


def in_condition(predicate: Token) -> bool:
    """Whether the verb itself stands in an if, unless or until clause.

    What someone told stands in none, wherever his telling does: "took a dark turn when the
    lawyer told him that he would be sued".
    """
    at = predicate
    for _ in range(12):
        if is_verb(at) and any(child.lower_ == "whether" for child in at.children):
            return True
        if at is not predicate and at.tag_ == "VBD" and cue_set("report").matches(at):
            return False
        opener = _opener(at)
        if opener is not None and not _is_behind(opener, predicate):
            return True
        if at.head == at:
            return False
        at = at.head
    return False


def _opener(verb: Token) -> Token | None:
    """What makes a condition of the verb's clause: "if", or "should" before its subject."""
    if not is_verb(verb):
        return None
    subject = surface_subject(verb)
    for child in verb.children:
        if child.i > verb.i:
            break
        if child.lower_ in _OPENERS and child.dep_ in ("mark", "advmod") and verb.dep_ != "ccomp":
            return child
        if child.lower_ == "should" and child.dep_ == "aux" and subject is not None:
            if child.i < subject.left_edge.i:
                return child
    return None


def _is_behind(opener: Token, predicate: Token) -> bool:
    """Whether the clause comes after the condition, though the parser has put it inside.

    "If one plane so much as leans this way, its pilot won't go home": a comma parts the two, each
    has a verb, and the clause has its subject and its "will" behind the comma.
    """
    subject = surface_subject(predicate)
    modals = [child for child in predicate.children if child.lower_ in _LATER]
    if subject is None or not modals or subject.i > predicate.i:
        return False
    start = subject.left_edge.i
    before = predicate.doc[opener.i + 1 : start]
    comma = next((token.i for token in reversed(before) if token.text == ","), None)
    if comma is None or start - comma > _LED_IN:
        return False
    return any(is_verb(token) for token in predicate.doc[opener.i + 1 : comma])


def _distance(span: Span, predicate: Token) -> tuple[int, int]:
    attached = any(ancestor.i == predicate.i for ancestor in span.root.ancestors)
    gap = span.start - predicate.i if span.start > predicate.i else predicate.i - span.end
    weak = span[0].lower_ in ("without", "once", "in", "until", "till")
    return (int(weak) + int(not attached and gap > 25), gap)


def _opened_by(token: Token, limits: Span) -> Span | None:
    lower = token.lower_
    if lower in _MARKS and token.pos_ in ("SCONJ", "ADP", "ADV", "CCONJ", "NOUN"):
        return _marked(token, limits)
    for phrase in _PHRASES:
        if lower != phrase[0]:
            continue
        words = limits.doc[token.i : min(token.i + len(phrase), limits.end)]
        if tuple(word.lower_ for word in words) != phrase:
            continue
        if phrase == ("once",) and token.dep_ != "mark":
            continue
        if phrase == ("provided",) and token.pos_ == "VERB" and token.dep_ == "ROOT":
            continue
        if phrase == ("without",) and token.i > limits.start and not token.is_sent_start:
            continue
        span = _to_clause_end(token, limits)
        if phrase[0] in _CLAUSAL and not any(
            is_verb(word) and surface_subject(word) is not None for word in span
        ):
            continue
        if phrase[0] == "the" and token.head.dep_ in ("dobj", "pobj", "attr"):
            # "names the day when he goes"
            continue
        if (
            phrase[0] == "the"
            and token.i > limits.start
            and (
                limits.doc[token.i - 1].lower_
                in ("of", "by", "during", "after", "for", "from", "in")
            )
        ):
            continue
        return span
    return None


def _marked(token: Token, limits: Span) -> Span | None:
    doc = limits.doc
    before = doc[token.i - 1] if token.i > limits.start else None
    if before is not None and before.lower_ in _NOT_BEFORE and token.lower_ == "if":
        if before.lower_ != "and":
            return None
    if (
        token.lower_ == "if"
        and token.i + 1 < limits.end
        and (
            doc[token.i + 1].lower_ in ("need", "necessary", "possible")
            or (
                doc[token.i + 1].lower_ in _IDIOMS
                and (token.i + 2 >= limits.end or doc[token.i + 2].is_punct)
            )
        )
    ):
        return None
    head = token.head
    if token.dep_ == "mark" and token.lower_ == "if" and head.dep_ == "ccomp":
        if lemma(head.head) in _ASKING and head.head.i < token.i:
            return None
    if before is not None and token.lower_ == "if" and lemma(before) in _ASKING - {"say", "tell"}:
        return None
    if token.lower_ in ("until", "till") and (
        doc[min(token.i + 1, limits.end - 1)].ent_type_ in ("DATE", "TIME")
        or not any(is_verb(word) for word in _to_clause_end(token, limits))
    ):
        return None
    return _to_clause_end(token, limits)


def _to_clause_end(token: Token, limits: Span) -> Span:
    """From the opening word over its clause; by the words where the parse makes no sense."""
    head = (
        token.head
        if token.dep_ in ("mark", "advmod", "det") and token.head.i > token.i
        else (token)
    )
    if head.i - token.i > 18:
        head = token
    inside = [t for t in head.subtree if token.i <= t.i < limits.end]
    run = contiguous(inside, token) if inside else limits.doc[token.i : token.i + 1]
    if len(run) < 3 or run.start != token.i or not any(is_verb(t) for t in run):
        end = token.i + 1
        while (
            end < limits.end
            and limits.doc[end].text not in (",", ";", ":", "—", ".")
            and (not limits.doc[end].is_quote or limits.doc[end].whitespace_ == "")
        ):
            end += 1
        run = trim(limits.doc[token.i : end])
    if run.start != token.i:
        run = limits.doc[token.i : max(run.end, token.i + 1)]
    return run


def _given_time(predicate: Token, limits: Span) -> Span | None:
    """ "You have 24 hours, and then ...": time given is the condition."""
    words = limits.doc[limits.start : predicate.i]
    for token in words:
        if token.lower_ != "you" or token.i + 2 >= predicate.i or token.nbor().lower_ != "have":
            continue
        for unit in limits.doc[token.i + 2 : min(token.i + 6, predicate.i)]:
            if lemma(unit) in ("hour", "day", "minute", "week"):
                return limits.doc[token.i : unit.i + 1]
    return None


def _inversion(limits: Span, predicate: Token) -> Span | None:
    """ "Should they cross", "Were it to": an auxiliary that opens its clause."""
    for token in limits:
        if token.lower_ not in ("should", "were", "had") or token.i == predicate.i:
            continue
        before = limits.doc[token.i - 1] if token.i > limits.start else None
        if before is not None and (before.tag_[0] in "WE" or before.pos_ in ("ADP", "PRON")):
            # "who should", "there should be"
            continue
        verb = token.head if token.dep_ == "aux" else token
        subject = next(
            (c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass") and c.i > token.i), None
        )
        if (
            subject is None
            and token.lower_ == "should"
            and token.i + 2 < limits.end
            and (limits.doc[token.i + 1].tag_ != "VB")
        ):
            # "should logging resume": the parser takes the subject for the verb.
            return trim(limits.doc[token.i : _next_break(token.i, limits)])
        if subject is None or subject.left_edge.i <= token.i or subject.i > token.i + 12:
            continue
        if subject.left_edge.i > token.i + 1:
            continue
        if limits[-1].text == "?" or (token.lower_ == "had" and verb.tag_ != "VBN"):
            continue
        if predicate in verb.subtree and verb.i != predicate.i and verb.i < predicate.i:
            end = next((t.i for t in limits.doc[verb.i : predicate.i] if t.text == ","), None)
            return trim(limits.doc[token.i : end]) if end else None
        run = contiguous([t for t in verb.subtree if t.i >= token.i and t.i < limits.end], token)
        if not run.start <= predicate.i < run.end:
            return run
        end = next((t.i for t in limits.doc[verb.i : predicate.i] if t.text == ","), None)
        if end:
            return trim(limits.doc[token.i : end])
    return None


def _next_break(start: int, limits: Span) -> int:
    for token in limits.doc[start : limits.end]:
        if token.text in (",", ";", "."):
            return token.i
    return limits.end


def _commanded(predicate: Token, offered: _Offered) -> Span | None:
    """The command before "or" or "and": "Pass the bill, or we will ..." hangs on it."""
    for command in offered.commands:
        if command.joint >= predicate.i:
            break
        if not command.promised or _between(offered.promises, command.joint, predicate.i):
            return command.span
    return None


def _between(places: Sequence[int], start: int, end: int) -> bool:
    """Whether any of the places, in their order, is from ``start`` to ``end``, both included."""
    at = bisect_left(places, start)
    return at < len(places) and places[at] <= end
