"""How many words a process keeps: a wire brings new names for ever, and spaCy forgets none.

The commonest words are learned for good, and made quick by that. Once there are so many of
them, what else comes is learned for some hundred articles and then forgotten (a memory zone of
spaCy's): the memory of a process that runs for months stays as it is. Records do not depend on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

MAX_WORDS = 40_000
"""Words beyond those of the model that are kept for good: some 150 megabytes with all that is
known of them."""

ZONE_ARTICLES = 200
"""After so many articles, or so many words, the others are forgotten."""
ZONE_WORDS = 50_000


class Vocabulary:
    """The words of one spaCy pipeline; lets one article at a time be read by it."""

    def __init__(self, nlp: Language, max_words: int = MAX_WORDS) -> None:
        self._nlp = nlp
        self._max_words = max_words
        # Not the length of the vocabulary, which does not shrink when words are forgotten.
        self._first_words = len(nlp.vocab.strings)
        # A zone is of the whole pipeline: nobody else may be at work when it ends. Python's own
        # lock lets one extraction run at a time anyway.
        self._lock = threading.RLock()
        self._forget: list[Callable[[], object]] = []
        self._zone: AbstractContextManager[Any] | None = None
        self._articles = 0
        self._reading = 0
        self._keeps_all = False

    def when_forgetting(self, forget: Callable[[], object]) -> None:
        """Has ``forget`` called each time words are forgotten: it drops what it knows of them."""
        self._forget.append(forget)

    def keep_all(self) -> None:
        """Forgets nothing from now on: spaCy's documents are handed out, and hold their words."""
        with self._lock:
            self._keeps_all = True
            if not self._reading:
                self._end_zone()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within it one article is read; nothing of spaCy's may be kept beyond it."""
        with self._lock:
            if not self._reading:
                self._begin_zone()
            self._reading += 1
            try:
                yield
            finally:
                self._reading -= 1
                if not self._reading:
                    self._articles += 1
                    if self._is_full():
                        self._end_zone()

    @property
    def _words(self) -> int:
        return len(self._nlp.vocab.strings) - self._first_words

    def _begin_zone(self) -> None:
        if self._zone is None and not self._keeps_all and self._words > self._max_words:
            self._articles = 0
            self._zone = self._nlp.memory_zone()
            self._zone.__enter__()

    def _is_full(self) -> bool:
        return (
            self._articles >= ZONE_ARTICLES
            or self._words > self._max_words + ZONE_WORDS
            or self._keeps_all
        )

    def _end_zone(self) -> None:
        if self._zone is None:
            return
        for forget in self._forget:
            forget()
        zone, self._zone = self._zone, None
        zone.__exit__(None, None, None)


@cache
def vocabulary_of(nlp: Language) -> Vocabulary:
    """The vocabulary of a pipeline; one for all that read with it."""
    return Vocabulary(nlp)
