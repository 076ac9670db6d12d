"""The course of an article: which actors were mentioned where, who was a sentence's subject.

Nominals and pronouns are resolved in the order of the text against what came before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.extraction.document import Document, Entity, field_of
from pipeline.extraction.shallow_syntax import SUBJECTS, subject_rank
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.extraction.roster import Roster
    from pipeline.extraction.texts import Doc, Token
    from pipeline.extraction.wordview import WordView

PLURAL_TAGS = frozenset({"NNS", "NNPS"})
"""Tags of plural nouns."""

FAR = 400
"""Sentences over which an actor is taken up again by what it was called."""
_MAX_CLIMB = 12
"""Heads to climb from a token: more than any sane sentence nests."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One mention in the course of the text."""

    start: int
    """Token index in its field."""
    sentence: int
    entity: Entity
    subject: int
    """2 for the subject of its sentence, 1 for that of another clause, 0 for none."""
    quoted: bool
    plural: bool
    """A plural noun: "the Republicans"."""


class Recent:
    """Each actor's last turn up to a place in the course, which is asked for from place to place.

    Asked for a place behind the one before it goes on from there, so that to go through a text
    costs no more than its turns.
    """

    def __init__(self) -> None:
        self._read = 0
        self._last: dict[int, tuple[int, int]] = {}
        self._order: list[tuple[int, int]] = []
        """Place of each actor's last turn, with a number that tells turns at one place apart."""
        self._turns: dict[tuple[int, int], Turn] = {}
        self._count = 0

    def added(self, turn: Turn, at: int) -> None:
        """A turn was put in at this index."""
        if at < self._read:
            self._read += 1
            self._take(turn)

    def up_to(self, turns: Sequence[Turn], end: int) -> Iterator[Turn]:
        """The last turn before index ``end`` of each actor, the latest first."""
        self._read_to(turns, end)
        for place in reversed(self._order):
            yield self._turns[place]

    def last(self, turns: Sequence[Turn], end: int, entity: Entity) -> Turn | None:
        """The actor's last turn before index ``end``."""
        self._read_to(turns, end)
        place = self._last.get(id(entity))
        return self._turns[place] if place is not None else None

    def _read_to(self, turns: Sequence[Turn], end: int) -> None:
        if end < self._read:
            self._read = 0
            self._last.clear()
            self._order.clear()
            self._turns.clear()
        while self._read < end:
            self._take(turns[self._read])
            self._read += 1

    def _take(self, turn: Turn) -> None:
        self._count += 1
        place = (turn.start, self._count)
        before = self._last.get(id(turn.entity))
        if before is not None:
            if before > place:
                return
            del self._order[bisect_left(self._order, before)]
            del self._turns[before]
        self._last[id(turn.entity)] = place
        self._turns[place] = turn
        insort(self._order, place)


@dataclass(slots=True)
class Course:
    """The mentions of one field in the order of the text, growing as more are resolved."""

    view: WordView
    sentence_of: list[int]
    """Number of the sentence, by token."""
    quoted: frozenset[int]
    """Tokens inside quotation marks that are speech."""
    stories: list[int] = field(default_factory=lambda: [0])
    """First tokens of the stories in the field: each dateline begins one."""
    turns: list[Turn] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)
    _recent: Recent = field(default_factory=Recent)
    _subjects: dict[int, Token | None] = field(default_factory=dict)
    """The first subject of each sentence that was asked for."""

    @property
    def doc(self) -> Doc:
        """The field's document."""
        return self.view.doc

    def add(self, entity: Entity, start: int, end: int) -> None:
        """Put a mention in its place."""
        turn = Turn(
            start,
            self.sentence_of[start],
            entity,
            max(subject_rank(self.doc[at]) for at in range(start, end)),
            start in self.quoted,
            self.doc[end - 1].tag_ in PLURAL_TAGS,
        )
        at = bisect_right(self._starts, start)
        self._starts.insert(at, start)
        self.turns.insert(at, turn)
        self._recent.added(turn, at)

    def opening(self, at: int) -> int:
        """Number of the first full sentence of the story that a token stands in."""
        story = self._story(at)
        first = self.sentence_of[story]
        dateline = self.doc[story].is_upper and story in self.stories[1:]
        return first + 1 if dateline else first

    def _story(self, at: int) -> int:
        return self.stories[bisect_right(self.stories, at) - 1]

    def before(self, at: int, sentences: int) -> Iterator[Turn]:
        """The mentions before a token, nearest first, at most so many sentences back."""
        earliest = self.sentence_of[at] - sentences
        story = self._story(at)
        for index in range(bisect_left(self._starts, at) - 1, -1, -1):
            turn = self.turns[index]
            if turn.sentence < earliest or turn.start < story:
                return
            yield turn

    def subject_before(self, at: int) -> Token | None:
        """The first subject of the sentence before a token's, quotations aside."""
        end = bisect_left(self.sentence_of, self.sentence_of[at])
        if not end:
            return None
        before = self.sentence_of[end - 1]
        if before not in self._subjects:
            tokens = self.doc[bisect_left(self.sentence_of, before) : end]
            self._subjects[before] = next(
                (t for t in tokens if t.i not in self.quoted and subject_rank(t) == 2), None
            )
        return self._subjects[before]

    def line_start(self, at: int) -> int:
        """The first token of the line that a token stands in."""
        if not self._lines:
            ends = (end for end, text in enumerate(self.view.text, 1) if "\n" in text)
            self._lines = [0, *ends]
        return self._lines[bisect_right(self._lines, at) - 1]

    def entities_before(self, at: int, sentences: int) -> Iterator[Entity]:
        """The actors of `before`, each once, the one mentioned last first."""
        earliest = self.sentence_of[at] - sentences
        story = self._story(at)
        for turn in self._recent.up_to(self.turns, bisect_left(self._starts, at)):
            if turn.sentence < earliest or turn.start < story:
                return
            yield turn.entity

    def is_before(self, at: int, sentences: int, entity: Entity) -> bool:
        """Whether the actor is among those of `before`."""
        turn = self._recent.last(self.turns, bisect_left(self._starts, at), entity)
        if turn is None:
            return False
        return turn.sentence >= self.sentence_of[at] - sentences and turn.start >= self._story(at)

    def nearest(self, at: int, sentences: int, fits: Callable[[Entity], bool]) -> Entity | None:
        """The nearest actor before a token that fits, subjects of their sentence first."""
        best: Turn | None = None
        for turn in self.before(at, sentences):
            if turn.quoted and at not in self.quoted:
                continue
            if best is not None and turn.sentence != best.sentence:
                break
            if fits(turn.entity) and (best is None or turn.subject > best.subject):
                best = turn
        return best.entity if best is not None else None

    def after(self, at: int, sentences: int) -> Iterator[Turn]:
        """The mentions behind a token in the order of the text."""
        latest = self.sentence_of[at] + sentences
        story = self._story(at)
        for index in range(bisect_right(self._starts, at), len(self.turns)):
            turn = self.turns[index]
            if turn.sentence > latest or self._story(turn.start) != story:
                return
            yield turn


def courses(document: Document, views: Sequence[WordView], roster: Roster) -> list[Course]:
    """The course of each field with the mentions that the roster holds."""
    lines = roster.datelines
    found = []
    for view in views:
        doc = view.doc
        sentence_of = [number - 1 for number in accumulate(view.starts)]
        quoted = frozenset(
            at
            for quote in document.quotes
            if quote.span.doc is doc and len(quote.span) > 2
            for at in range(quote.span.start, quote.span.end)
        )
        stories = [0, *(line.start for line in lines.get(field_of(doc), ()))]
        course = Course(view, sentence_of, quoted, stories)
        where = field_of(doc)
        aside = {at for line in lines.get(where, ()) for at in range(line.start, line.end)}
        starts, ends = view.begins, view.ends
        for entity in roster.entities:
            for mention in entity.mentions:
                # An agency in a dateline is not what the story goes on about.
                if mention.field is where and starts[mention.start] not in aside:
                    course.add(entity, starts[mention.start], ends[mention.end])
        found.append(course)
    return found


def is_object(token: Token) -> bool:
    """Whether a pronoun is an object of its clause, and so not the clause's subject too."""
    if token.lower_.endswith("self") or token.lower_.endswith("selves"):
        return False
    if token.dep_ in {"dobj", "pobj", "dative", "attr"}:
        return True
    # "let it restart": the subject of a bare infinitive is an object of the verb above.
    bare = token.head.tag_ == "VB" and token.head.dep_ == "ccomp"
    return (
        token.dep_ == "nsubj"
        and bare
        and not any(child.dep_ in {"aux", "mark"} for child in token.head.children)
    )


def _past_own_clause(verb: Token) -> Token | None:
    """The verb above the clause whose subject the verb has, shared subjects reckoned in."""
    while verb.dep_ in {"xcomp", "conj", "ccomp"} and verb.head != verb:
        own = any(child.dep_ in SUBJECTS for child in verb.children)
        if own and verb.tag_ != "VB":
            break
        verb = verb.head
    return verb.head if verb.head != verb else None


def is_body(entity: Entity) -> bool:
    """Whether the actor is anything but a person or an unnamed group."""
    return entity.type not in {ActorType.PERSON, ActorType.GROUP}


def governing_subjects(token: Token) -> Iterator[Token]:
    """Subjects of the clauses around a token, the innermost first, its own left out.

    An object is never the subject of its own clause ("Iran denied it"), and what hangs on
    "that" goes with the clause above rather than with the one beside it.
    """
    verb = token.head
    seen = 0
    if is_object(token):
        while verb.pos_ not in {"VERB", "AUX"} and verb.head != verb:
            verb = verb.head
        above = _past_own_clause(verb)
        if above is None:
            return
        verb, seen = above, 1
    while seen < _MAX_CLIMB:
        if verb.dep_ == "conj" and any(child.dep_ == "mark" for child in verb.children):
            verb = verb.head.head
            seen += 1
            continue
        for child in verb.children:
            if child.dep_ in SUBJECTS and child.i != token.i and child.i < token.i:
                yield child
        if verb.head == verb:
            return
        verb = verb.head
        seen += 1
