"""Attributes of a document's tokens as arrays: a row a token, a column an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from spacy.tokens import Doc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extraction.texts import Doc as Text

_NORM = ["NORM"]

Bounds = tuple[int, int]
"""First token of a sentence, and the one behind it."""


def read(doc: Doc | Text, names: Sequence[str]) -> NDArray[Any]:
    """The attributes of these names; numbers as spaCy stores them, HEAD relative to the token."""
    return cast("NDArray[Any]", doc.to_array(cast("Any", list(names))))


def write(doc: Doc | Text, names: Sequence[str], values: NDArray[Any]) -> None:
    """Set the attributes of these names; arcs (HEAD and DEP) bring their own sentence bounds."""
    doc.from_array(cast("Any", list(names)), cast("Any", values))


def excerpt(doc: Text, tokens: Sequence[int]) -> Doc:
    """A document of these tokens of another, with nothing but their words.

    Of all of them it is the document as it should be: the tokenizer leaves tokens of its special
    cases ("it's") without the bounds of their subtree, and spaCy crashes where somebody asks for
    the children of one that no parser has gone over.
    """
    own = [doc.tokens[at] for at in tokens]
    cut = Doc(doc.vocab, [token.text for token in own], [bool(token.whitespace_) for token in own])
    # The tokenizer writes "n’t" as "not"; the vectors go by that.
    write(cut, _NORM, read(doc, _NORM)[list(tokens)])
    return cut


def with_context(
    sentences: Sequence[Bounds], length: int, before: int, behind: int
) -> tuple[list[int], list[int]]:
    """The tokens of sentences and so many to their either side, and where in them each begins.

    Args:
        sentences: in the order of the text.
        length: the text's tokens.
        before: tokens before each sentence.
        behind: tokens behind each sentence.
    """
    context: list[int] = []
    places = []
    done = 0  # up to here in the text
    for start, end in sentences:
        first = max(start - before, 0)
        if first <= done and context:
            first = done
        context.extend(range(first, min(end + behind, length)))
        done = context[-1] + 1
        places.append(len(context) - (done - start))
    return context, places
