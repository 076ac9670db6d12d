"""What the form of a name tells of it where the recogniser is silent or mistaken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.wordview import words

if TYPE_CHECKING:
    from pipeline.extraction.names import Name


def like_a_person(name: Name) -> bool:
    """Whether two or three words may be a person's name, whatever they are labelled."""
    if sum(word.isalpha() for word in name.words) not in {2, 3}:
        return False
    view = name.view
    return not any(view.label[name.start : name.end]) or not (
        view.before(name.start) in {"the", "a"}
        or any(
            view.is_common(word)
            or word in words("organisation_words")
            or word in words("place_words")
            for word in name.words
        )
    )


def is_subject(name: Name) -> bool:
    """Whether a name of words that are no English ones does something: "Dado Prso put"."""
    view, end = name.view, name.end
    return (
        end < len(view)
        and view.doc[end].tag_ in {"VBD", "VBZ"}
        and view.before(name.start) in {"", ",", "and"}
        and not any(
            view.is_common(word)
            or word in words("organisation_words")
            or word in words("place_words")
            for word in name.words
        )
    )
