"""Attributes of a document's tokens as arrays: a row a token, a column an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc


def read(doc: Doc, names: Sequence[str]) -> NDArray[Any]:
    """The attributes of these names; numbers as spaCy stores them, HEAD relative to the token."""
    return cast("NDArray[Any]", doc.to_array(cast("Any", list(names))))


def write(doc: Doc, names: Sequence[str], values: NDArray[Any]) -> None:
    """Set the attributes of these names; arcs (HEAD and DEP) bring their own sentence bounds."""
    doc.from_array(cast("Any", list(names)), cast("Any", values))
