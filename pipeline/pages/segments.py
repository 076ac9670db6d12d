"""A text cut at every place where a mark begins or ends, so that marks may overlap as they like.

An actor's mention is a tint behind the words, evidence of a record a line below them. Lines
that run side by side have lanes of their own; of mentions within mentions the inner one counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extraction.wrapping import unwrap
from pipeline.tables import REORDERING

LANES = 4
"""Lines side by side that are told apart; further ones share the last lane."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of a text that refers to something: an actor, a threat, a denial."""

    start: int
    end: int
    key: str
    """The id of what it refers to, unique on the page."""
    kind: str
    """"actor", "threat" or "denial"."""
    style: str = ""
    """Of an actor: how its tint looks, as class names."""
    label: str = ""
    """Of a record: its short name, "T1"."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line below words: one record's evidence."""

    lane: int
    mark: Mark
    begins: bool
    """Whether the evidence begins here."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words with the same marks throughout."""

    text: str
    actor: Mark | None
    again: bool
    """A further piece of a mention that others interrupt."""
    lines: tuple[Line, ...]

    @property
    def keys(self) -> str:
        """The records whose evidence the words are, for the page's script."""
        return " ".join(line.mark.key for line in self.lines)

    @property
    def lanes(self) -> int:
        """How many lanes the lines below the words reach down to."""
        return max((line.lane + 1 for line in self.lines), default=0)


def paragraphs(text: str, marks: Sequence[Mark]) -> list[list[Segment]]:
    """The paragraphs of a text, each cut into segments.

    Line breaks at which the wire has wrapped its copy are no paragraphs; marks keep their places.
    """
    # Spaces for line breaks, one for one: offsets stay what they are.
    unwrapped = unwrap(text)
    lanes = _lanes([mark for mark in marks if mark.kind != "actor"])
    found, start, seen = [], 0, set[Mark]()
    for line in unwrapped.split("\n"):
        if line.strip():
            end = start + len(line)
            found.append(list(_segments(unwrapped, start, end, marks, lanes, seen)))
        start += len(line) + 1
    return found


def harmless(text: str) -> str:
    """The text without control characters and those that reorder what stands around them."""
    return "".join(
        character
        for character in text
        if character not in REORDERING and unicodedata.category(character) not in {"Cc", "Cs"}
    )


def one_line(text: str) -> str:
    """The text as `harmless` has it, on one line."""
    return harmless(" ".join(text.split()))


def _lanes(marks: Sequence[Mark]) -> dict[Mark, int]:
    """A lane for each line: the first one that is free where it begins."""
    free_from: list[int] = []
    lanes = {}
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        lane = next((i for i, end in enumerate(free_from) if end <= mark.start), len(free_from))
        free_from[lane : lane + 1] = [mark.end]
        lanes[mark] = min(lane, LANES - 1)
    return lanes


def _segments(
    text: str,
    start: int,
    end: int,
    marks: Sequence[Mark],
    lanes: dict[Mark, int],
    seen: set[Mark],
) -> Iterator[Segment]:
    here = [mark for mark in marks if mark.start < end and start < mark.end]
    cuts = {start, end}
    for mark in here:
        cuts |= {max(mark.start, start), min(mark.end, end)}
    for first, last in pairwise(sorted(cuts)):
        over = [mark for mark in here if mark.start <= first and last <= mark.end]
        actors = [mark for mark in over if mark.kind == "actor"]
        actor = min(actors, key=lambda mark: mark.end - mark.start, default=None)
        lines = tuple(
            Line(lanes[mark], mark, mark not in seen) for mark in over if mark.kind != "actor"
        )
        yield Segment(
            text=harmless(text[first:last].replace("\t", " ")),
            actor=actor,
            again=actor is not None and actor in seen,
            lines=lines,
        )
        seen |= {line.mark for line in lines}
        if actor is not None:
            seen.add(actor)
