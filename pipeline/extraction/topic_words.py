"""Words by what they are about, read from data files in the shape of ``knowledge/topics.json``."""

from __future__ import annotations

from functools import cache

from pipeline.extraction.lexicon import knowledge

_MAX_SEEN = 50_000


class TopicWords:
    """The topics of one data file, asked of single words."""

    def __init__(self, file: str) -> None:
        topics = knowledge(file)["topics"]
        self.names = tuple(topics)
        self._topics = [
            (
                name,
                frozenset(word for word in entry["words"] if not word.endswith("*")),
                tuple(word[:-1] for word in entry["words"] if word.endswith("*")),
            )
            for name, entry in topics.items()
        ]
        self._seen: dict[str, tuple[str, ...]] = {}

    def of(self, word: str) -> tuple[str, ...]:
        """The topics of a word in small letters, in the order of the file."""
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) >= _MAX_SEEN:
                self._seen.clear()
            found = self._seen[word] = tuple(
                name
                for name, words, beginnings in self._topics
                if word in words or word.startswith(beginnings)
            )
        return found


@cache
def topic_words(file: str) -> TopicWords:
    """Those of the data file ``knowledge/<file>``, read once."""
    return TopicWords(file)
