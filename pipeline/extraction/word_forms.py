"""Which lemmas a written word may have, without a tag: more than one where it can be many words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.language import Language

_CLASSES = ("noun", "verb", "adj", "adv")
_SHORT_FORMS = {
    "n't": ("not",), "n’t": ("not",), "wo": ("will",), "ca": ("can",), "sha": ("shall",),
    "'ll": ("will",), "’ll": ("will",), "'d": ("would", "have"), "’d": ("would", "have"),
    "'s": ("be", "have"), "’s": ("be", "have"), "'re": ("be",), "’re": ("be",),
    "'m": ("be",), "’m": ("be",), "'ve": ("have",), "’ve": ("have",),
}  # fmt: skip
"""What the attribute ruler makes of these, whatever their tag."""
_WORDS = 50_000
"""Words of which the lemmas are kept: some ten megabytes."""


def lemma_lookup(nlp: Language) -> Callable[[str], frozenset[str]]:
    """A function that gives all lemmas of a word in small letters, the word itself among them.

    It applies the rules of the pipeline's lemmatizer for each part of speech that inflects, as
    spaCy's ``Lemmatizer.rule_lemmatize`` does for one. For a pipeline without such tables a word
    has itself as lemma only.
    """
    tables = []
    if nlp.has_pipe("lemmatizer"):
        lookups = getattr(nlp.get_pipe("lemmatizer"), "lookups", None)
        if lookups is not None and lookups.has_table("lemma_rules"):
            rules, exceptions = lookups.get_table("lemma_rules"), lookups.get_table("lemma_exc")
            tables = [(rules.get(name, ()), exceptions.get(name, {})) for name in _CLASSES]

    @lru_cache(maxsize=_WORDS)
    def lemmas(word: str) -> frozenset[str]:
        found = {word, *_SHORT_FORMS.get(word, ())}
        for rules, exceptions in tables:
            found.update(exceptions.get(word, ()))
            for ending, replacement in rules:
                if word.endswith(ending) and len(word) > len(ending):
                    found.add(word[: len(word) - len(ending)] + replacement)
        return frozenset(found)

    return lemmas
