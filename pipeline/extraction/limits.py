"""How much work one article may make, counted and never timed: the same on every machine.

Whoever may write to the input topic can write articles that are made to cost: each stage takes
time in proportion to what is counted here, or is kept within a sentence, which is bounded. An
article beyond a limit is refused whole. To leave out what lies beyond would give records that say
less than the article does, and nobody would know.

The defaults leave room for any article of 200,000 characters that was written to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

REASONS = (
    "too-many-tokens",
    "too-many-sentences",
    "sentence-too-long",
    "nested-too-deep",
    "too-many-cues",
    "too-many-records",
)
"""Every reason for which the extraction refuses an article."""


class TooMuchWork(Exception):
    """An article that exceeds a limit; as text it says which one and by how much."""

    def __init__(self, reason: str, message: str) -> None:
        """``reason`` is one of `REASONS`."""
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """The most that an article may hold for it to be looked into."""

    tokens: int = 100_000
    """Words and marks of headline and body; prose of 200,000 characters has some 45,000."""
    sentences: int = 25_000
    """Sentences and lines of headline and body."""
    sentence_tokens: int = 1_000
    """Words and marks of a sentence; the longest of some 20,000 articles of a wire has 90."""
    depth: int = 100
    """Words that hang one on the other in the parse of a sentence, the names of a list aside."""
    cues: int = 10_000
    """Places that are weighed as threats, and as denials."""
    records: int = 500
    """Places that tell a threat, and that tell a denial: each is compared with those before."""

    def check_text(self, sentence_tokens: Iterable[int]) -> None:
        """Raises `TooMuchWork` where sentences of these lengths are too long or too many."""
        tokens = sentences = 0
        for length in sentence_tokens:
            if length > self.sentence_tokens:
                raise TooMuchWork(
                    "sentence-too-long",
                    f"a sentence has {length:,} words and marks; "
                    f"at most {self.sentence_tokens:,} are looked into",
                )
            tokens += length
            sentences += 1
        if tokens > self.tokens:
            raise TooMuchWork(
                "too-many-tokens",
                f"headline and body have {tokens:,} words and marks; "
                f"at most {self.tokens:,} are looked into",
            )
        if sentences > self.sentences:
            raise TooMuchWork(
                "too-many-sentences",
                f"headline and body have {sentences:,} sentences and lines; "
                f"at most {self.sentences:,} are looked into",
            )

    def check_depth(self, depth: int) -> None:
        """Raises `TooMuchWork` where the parse of a sentence is so deep."""
        if depth > self.depth:
            raise TooMuchWork(
                "nested-too-deep",
                f"a sentence nests more than {self.depth:,} words in each other",
            )

    def check_cues(self, count: int) -> None:
        """Raises `TooMuchWork` where so many places are weighed."""
        if count > self.cues:
            raise TooMuchWork(
                "too-many-cues",
                f"more than {self.cues:,} places have words of a threat or a denial",
            )

    def check_records(self, count: int) -> None:
        """Raises `TooMuchWork` where so many places tell a record."""
        if count > self.records:
            raise TooMuchWork(
                "too-many-records",
                f"more than {self.records:,} places tell a threat or a denial",
            )
