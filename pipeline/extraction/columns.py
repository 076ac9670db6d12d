"""Fills in what the model says of a text's tokens (`texts.py`), a group of columns at a time."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spacy.strings import StringStore

    from pipeline.extraction.texts import Doc, Token

_FLAGS = "IS_ALPHA IS_DIGIT IS_LOWER IS_PUNCT IS_QUOTE IS_SPACE IS_STOP IS_TITLE IS_UPPER".split()
_APOSTROPHE = str.maketrans({"’": "'", "‘": "'"})
_IOB = ("", "I", "O", "B")
_MAX_KINDS = 50_000
"""Kinds of words that are told apart before their numbers are given anew."""


class Names(dict[int, str]):
    """The strings behind spaCy's numbers, looked up once."""

    def __init__(self, strings: StringStore) -> None:
        self._strings = strings

    def __missing__(self, number: int) -> str:
        name = self[number] = self._strings[number]
        return name


def _fill_words(doc: Doc) -> None:
    rows = doc.to_array(_FLAGS) != 0
    for token, flags in zip(doc.tokens, rows.tolist(), strict=True):
        token.lower_ = token.text.lower()
        (
            token.is_alpha, token.is_digit, token.is_lower, token.is_punct, token.is_quote,
            token.is_space, token.is_stop, token.is_title, token.is_upper,
        ) = flags  # fmt: skip


def _fill_tags(doc: Doc) -> None:
    names = doc.names
    rows = doc.to_array(["TAG", "POS", "LEMMA", "LOWER"]).tolist()
    for token, (tag, pos, lemma, lower) in zip(doc.tokens, rows, strict=True):
        token.tag_, token.pos_, token.lemma_ = names[tag], names[pos], names[lemma]
        token.form = (token.lemma_ or token.text).lower().translate(_APOSTROPHE)
        token.kind = _kind((lemma, lower, pos))


def _fill_arcs(doc: Doc) -> None:
    names, tokens = doc.names, doc.tokens
    heads = doc.to_array(["HEAD"]).astype("int64").tolist()
    hanging: dict[int, list[Token]] = {}
    for token, step, label in zip(tokens, heads, _column(doc, "DEP"), strict=True):
        token.dep_ = names[label]
        token.head = tokens[token.i + step]
        token.children = ()
        token.subtree_ = None
        if step:
            hanging.setdefault(token.i + step, []).append(token)
    for at, children in hanging.items():
        tokens[at].children = children


def _fill_entities(doc: Doc) -> None:
    names = doc.names
    rows = doc.to_array(["ENT_IOB", "ENT_TYPE"]).tolist()
    for token, (iob, label) in zip(doc.tokens, rows, strict=True):
        token.ent_iob_, token.ent_type_ = _IOB[iob], names[label]


def _fill_bounds(doc: Doc) -> None:
    for token, value in zip(doc.tokens, _column(doc, "SENT_START"), strict=True):
        token.is_sent_start = value == 1


def _column(doc: Doc, name: str) -> list[int]:
    values: list[int] = doc.to_array([name]).tolist()
    return values


_kinds: dict[tuple[int, int, int], int] = {}
_numbers = count()


def _kind(key: tuple[int, int, int]) -> int:
    found = _kinds.get(key)
    if found is None:
        if len(_kinds) >= _MAX_KINDS:
            _kinds.clear()
        found = _kinds.setdefault(key, next(_numbers))
    return found


FILLERS: Mapping[str, Callable[[Doc], None]] = {
    "words": _fill_words,
    "tags": _fill_tags,
    "arcs": _fill_arcs,
    "entities": _fill_entities,
    "bounds": _fill_bounds,
}
"""What fills in a group of columns."""
GROUP_OF: Mapping[str, str] = {
    "lower_": "words", **{flag.lower(): "words" for flag in _FLAGS},
    "tag_": "tags", "pos_": "tags", "lemma_": "tags", "form": "tags", "kind": "tags",
    "head": "arcs", "dep_": "arcs", "children": "arcs", "subtree_": "arcs",
    "ent_iob_": "entities", "ent_type_": "entities",
    "is_sent_start": "bounds",
}  # fmt: skip
"""The group that a token's attribute belongs to."""
MADE_OF = {
    "tags": frozenset({"TAG", "POS", "LEMMA"}),
    "arcs": frozenset({"HEAD", "DEP"}),
    "entities": frozenset({"ENT_IOB", "ENT_TYPE"}),
    "bounds": frozenset({"SENT_START"}),
}
"""The attributes of spaCy's that a group is made of; what the others are made of never changes."""
