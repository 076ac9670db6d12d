"""Where the title before a name ends: "U.S. Secretary of State" of "U.S. Secretary of State X"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.known_names import KnownNames
    from pipeline.extraction.wordview import WordView

_TITLE_OBJECTS = frozenset({"state", "the", "exchequer", "and", "affairs"})
_KINDS = frozenset({"basic", "primary", "secondary", "higher", "civil", "rural", "national"})
"""Words before the field: "Minister of Basic Education"."""
_LINKS = frozenset({"-", ".", "for", "and", "of", "the"})


def title_end(view: WordView, start: int, end: int, known: KnownNames) -> int | None:
    """Where the title that the sequence begins with ends; None where it has none."""
    if view.lower[end - 1] in words("organisation_words") and end - start > 1:
        organ = view.lower[end - 1] in words("organ_words")
        if view.label[end - 1] == "ORG" or organ:
            return None
    at, last = start, None
    while at < end:
        word = view.lower[at]
        if last is not None and _is_known_person(view, at, end, known):
            # "Prime Minister Sheikh Hasina" is known with what would be a title elsewhere.
            return at
        double = at > start and view.at(at + 1) == "-" and not view.spaced[at]
        if (word in words("titles") and not double) or (
            at == start and end - start > 2 and word in words("person_roles")
        ):
            at += 1
            last = at
            if at < end and view.lower[at] in {"of", "for"}:
                at = _past_title_object(view, at + 1, end)
                last = at
        elif word in words("title_modifiers") or word in _LINKS or word in POSSESSIVES:
            at += 1
        elif step := known.prefix(view, at, end):
            at += step
        elif (word in words("organisation_words") and at > start) or last is None:
            # What stands before a title belongs to it: "Exco Chairman Richard Lacy".
            at += 1
        else:
            break
        if at < end and last is None and at > start and _surname(view, start, at, known):
            return None
    if last is None or (last < end and at < last):
        return None
    return last


def _is_known_person(view: WordView, start: int, end: int, known: KnownNames) -> bool:
    found = known.at(view, start, end) if end - start > 1 else ()
    return bool(found) and found[0].type is ActorType.PERSON


def is_title_object(view: WordView, at: int) -> bool:
    """Whether what follows "of" at ``at`` is an office's field: "of State", "of the Interior"."""
    word = view.lower[at + 1] if view.lower[at] == "the" else view.lower[at]
    return word in _TITLE_OBJECTS or word in words("title_modifiers") or word in _fields()


@cache
def _fields() -> frozenset[str]:
    """Words of what ministers are ministers of: "Minister of Basic Education"."""
    portfolios = knowledge("institutions.json")["portfolios"]
    return frozenset(word for field in portfolios for word in field.split()) | _KINDS


def _surname(view: WordView, start: int, at: int, known: KnownNames) -> bool:
    """Whether the title word at ``at`` is rather part of a name: "Stephen King"."""
    return view.lower[at] in words("titles_as_names") and not (
        view.lower[at - 1] in words("title_modifiers")
        or view.at(at + 1) in words("titles")
        or known.prefix(view, start, at)
    )


def _past_title_object(view: WordView, at: int, end: int) -> int:
    while at < end:
        word = view.lower[at]
        if not (word in _TITLE_OBJECTS or word in words("title_modifiers") or word in _fields()):
            break
        at += 1
    return at
