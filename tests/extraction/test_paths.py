"""Paths through a parse, on sentences whose parse is given."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from pipeline.extraction.paths import path_between
from pipeline.extraction.texts import Doc

WORDS = ["Peru", "vowed", "to", "close", "ports", ".", "Rain", "fell"]
HEADS = [1, 1, 3, 1, 3, 1, 7, 7]
DEPS = ["nsubj", "ROOT", "aux", "xcomp", "dobj", "punct", "nsubj", "ROOT"]


def parsed() -> Doc:
    return Doc(SpacyDoc(Vocab(), words=WORDS, heads=HEADS, deps=DEPS))


@pytest.mark.parametrize(
    ("start", "end", "path"),
    [
        ("vowed", "Peru", "vowed –nsubj→ Peru"),
        ("vowed", "ports", "vowed –xcomp→ close –dobj→ ports"),
        ("close", "Peru", "close ←xcomp– vowed –nsubj→ Peru"),
        ("ports", "vowed", "ports ←dobj– close ←xcomp– vowed"),
        ("vowed", "vowed", "vowed"),
        ("vowed", "Rain", None),
    ],
)
def test_a_path_climbs_to_the_common_head_and_falls_to_the_word(
    start: str, end: str, path: str | None
) -> None:
    doc = parsed()
    assert path_between(doc[WORDS.index(start)], doc[WORDS.index(end)]) == path


def test_there_is_no_path_to_another_text() -> None:
    assert path_between(parsed()[1], parsed()[0]) is None
