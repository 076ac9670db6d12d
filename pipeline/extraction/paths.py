"""The way through a parse from one word to another, as a line to read."""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token


def path_between(start: Token, end: Token) -> str | None:
    """The arcs from ``start`` to ``end``: "threatened –xcomp→ expel –dobj→ ambassador".

    Up to the head of both, then down; an arrow points from head to dependent. None where the two
    stand in different sentences or texts.
    """
    if start.doc is not end.doc:
        return None
    up, down = _to_root(start), _to_root(end)
    if up[-1].i != down[-1].i:
        return None
    above = {token.i for token in down}
    climbed = next(index for index, token in enumerate(up) if token.i in above)
    meeting = up[climbed].i
    falling = takewhile(lambda token: token.i != meeting, down)
    parts = [start.text]
    parts += [f"←{token.dep_}– {head.text}" for token, head in pairwise(up[: climbed + 1])]
    parts += [f"–{token.dep_}→ {token.text}" for token in reversed(list(falling))]
    return " ".join(" ".join(parts).split())


def _to_root(token: Token) -> list[Token]:
    return [token, *token.ancestors]
