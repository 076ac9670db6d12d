"""Writes down what the extraction of one article does, while it does it, for `explaining.py`.

Only `collecting` turns it on, for the context that it stands in; elsewhere a hook looks at one
context variable and is done. A trace holds what the stages worked with and asks them nothing, so
records are the same with and without one.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipeline.extraction.document import Entity
from pipeline.extraction.texts import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.extraction.candidates import Candidate
    from pipeline.extraction.confidence import Confidence
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.target_signs import TargetCandidate
    from pipeline.extraction.threat_merging import Telling
    from pipeline.records import Denial, Mention, Threat

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Step:
    """A decision that gave an actor, a word or a yes."""

    why: str
    """In words for a reader; "" where only the token counts."""
    token: Token | None
    """The word that it was about."""
    entity: Entity | None
    """The actor that it gave; None where it gave none but spoke of the token."""


@dataclass(slots=True)
class Weighed:
    """A candidate, and what the rules made of it."""

    kind: str
    """"threat" or "denial"."""
    candidate: Candidate
    rule: Rule | None
    dropped: str | None = None
    """Why no record came of it though a rule took it."""
    steps: list[Step] = field(default_factory=list)
    """How its participants were found, once it is told."""


@dataclass(frozen=True, slots=True)
class TriedLink:
    """A threat that a denial was held against."""

    threat: Threat
    points: float
    signs: frozenset[str]
    """What spoke for the link and against it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A record and the candidates that it was made of, the one that decided it first."""

    record: Threat | Denial
    candidates: tuple[Candidate, ...]
    confidence: Confidence
    links: tuple[TriedLink, ...]


@dataclass(slots=True)
class Trace:
    """Everything that happened to one article, in its order."""

    weighed: list[Weighed] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    aimed: list[tuple[Telling, list[TargetCandidate]]] = field(default_factory=list)
    """Each telling of a threat, and whom it may be meant for."""
    mentions: list[tuple[Mention, Entity, str]] = field(default_factory=list)
    """Where an actor is mentioned, and by which step it was known."""
    _steps: list[Step] = field(default_factory=list)
    _links: list[TriedLink] = field(default_factory=list)
    _frames: list[tuple[str, list[Step]]] = field(default_factory=list)
    _last: Step | None = None

    def forget(self) -> None:
        """The article is read anew: what was written down before does not count."""
        for part in (self.weighed, self.made, self.mentions, self._steps, self._links, self.aimed):
            part.clear()
        self._last = None

    def enter(self, why: str) -> None:
        """A step begins; those within it come before it ends."""
        if not self._frames:
            self._last = None
        self._frames.append((why, []))

    def leave(self, about: Token | None, result: object) -> None:
        """The step that began last ends with ``result``: None or False where it decided nothing."""
        why, inner = self._frames.pop()
        if not result:
            return
        found = [_refined(why, about, each, inner) for each in _each(result)]
        if self._frames:
            self._frames[-1][1].extend(found)
        else:
            self._steps += found
            self._last = found[-1]

    def abandon(self) -> None:
        """The step that began last ended by an exception."""
        self._frames.pop()

    def mention(self, mention: Mention, entity: Entity) -> None:
        """A place in the text came to be one of an actor."""
        last, self._last = self._last, None
        if last is not None and last.entity is entity:
            why = last.why
        else:
            # Some steps enter the mention themselves, before they end.
            why = next((begun for begun, _ in reversed(self._frames) if begun), "")
        self.mentions.append((mention, entity, why))

    def weigh(self, weighed: Weighed) -> None:
        """A candidate was held against the rules."""
        self._steps.clear()
        self.weighed.append(weighed)

    def told(self, candidate: Candidate) -> None:
        """The steps since the last candidate found this one's participants."""
        for weighed in reversed(self.weighed):
            if weighed.candidate is candidate:
                weighed.steps += self._steps
                break
        self._steps.clear()

    def drop(self, candidate: Candidate, why: str) -> None:
        """A candidate that a rule took came to nothing."""
        for weighed in reversed(self.weighed):
            if weighed.candidate is candidate:
                weighed.dropped = why
                break

    def link(self, tried: TriedLink) -> None:
        """The denial whose record comes next was held against a threat."""
        self._links.append(tried)

    def make(
        self,
        record: Threat | Denial,
        candidates: Sequence[Candidate],
        confidence: Confidence,
    ) -> None:
        """A record is done."""
        self.made.append(Made(record, tuple(candidates), confidence, tuple(self._links)))
        self._links.clear()


_current: ContextVar[Trace | None] = ContextVar("newswire_trace", default=None)


def current() -> Trace | None:
    """The trace that collects in this context; None where nobody asked for one."""
    return _current.get()


@contextmanager
def collecting() -> Iterator[Trace]:
    """A trace of what is extracted within the ``with`` block, in this context alone."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def step(why: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Traces a function whose result (an actor, a list of them, a token, True) is a decision.

    Of steps within steps the innermost that gave the same result tells why. The first token among
    the arguments is what the decision is about.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def traced(*args: P.args, **kwargs: P.kwargs) -> R:
            trace = _current.get()
            if trace is None:
                return function(*args, **kwargs)
            trace.enter(why)
            try:
                result = function(*args, **kwargs)
            except BaseException:
                trace.abandon()
                raise
            trace.leave(next((a for a in args if isinstance(a, Token)), None), result)
            return result

        return traced

    return decorate


def found(why: str, token: Token | None, entity: Entity) -> None:
    """A decision gave ``entity`` by the word ``token``; the reason differs from case to case."""
    trace = _current.get()
    if trace is not None:
        trace.enter(why)
        trace.leave(token, entity)


def aimed(telling: Telling, candidates: list[TargetCandidate]) -> None:
    """These were weighed as the telling's targets."""
    trace = _current.get()
    if trace is not None:
        trace.aimed.append((telling, candidates))


def mentioned(mention: Mention, entity: Entity) -> None:
    """A place in the text came to be a mention of ``entity``."""
    trace = _current.get()
    if trace is not None:
        trace.mention(mention, entity)


def weighed(kind: str, candidate: Candidate, rule: Rule | None) -> None:
    """The rules took the candidate by ``rule``, or none took it."""
    trace = _current.get()
    if trace is not None:
        trace.weigh(Weighed(kind, candidate, rule))


def dropped(candidate: Candidate, why: str) -> None:
    """No record comes of a candidate that a rule took."""
    trace = _current.get()
    if trace is not None:
        trace.drop(candidate, why)


def told(candidate: Candidate) -> None:
    """The participants of a candidate are found."""
    trace = _current.get()
    if trace is not None:
        trace.told(candidate)


def linked(threat: Threat, points: float, signs: frozenset[str]) -> None:
    """A denial was held against ``threat``, which got it these points."""
    trace = _current.get()
    if trace is not None:
        trace.link(TriedLink(threat, points, signs))


def made(record: Threat | Denial, candidates: Sequence[Candidate], confidence: Confidence) -> None:
    """A record is made of these candidates, the deciding one first."""
    trace = _current.get()
    if trace is not None:
        trace.make(record, candidates, confidence)


def _each(result: object) -> list[object]:
    return list(result) if isinstance(result, list) else [result]


def _refined(why: str, about: Token | None, result: object, inner: Sequence[Step]) -> Step:
    entity = result if isinstance(result, Entity) else None
    if entity is None and isinstance(result, Token):
        return Step(why, result, None)
    for before in reversed(inner):
        if entity is not None and before.entity is entity:
            token = before.token if before.token is not None else about
            return Step(before.why or why, token, entity)
    return Step(why, about, entity)
