"""The cue words that the rules speak of, read from ``knowledge/cues.json``.

A cue set is a named set of lemmas or short phrases of lemmas, for certain parts of speech.
What a cue means is decided by the rules and their modules; here is only the matching.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.extraction.texts import Token

_PHRASE_REACH = 5
"""A phrase's further words may stand this many tokens behind its first ("cut gas off")."""
_MAX_SEEN = 5_000
"""Words that each of a hundred cue sets remembers: its answers depend on nothing else."""


def knowledge(name: str) -> Any:  # the schema's test vouches for the shape
    """The parsed data file ``knowledge/<name>``."""
    path = resources.files("pipeline.extraction") / "knowledge" / name
    return json.loads(path.read_text(encoding="utf-8"))


def lemma(token: Token) -> str:
    """The token's lemma in lower case, with straight apostrophes; the word itself for none."""
    return token.form


@dataclass(frozen=True, slots=True)
class CueSet:
    """Lemmas and phrases that mean the same to a rule."""

    words: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    pos: frozenset[str]
    """Coarse parts of speech that a match may have; empty for any."""
    _seen: dict[int, bool | tuple[tuple[str, ...], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """By a token's kind: whether it is a cue, or what is to follow."""
    _by_first: dict[str, list[tuple[str, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def matches(self, token: Token) -> bool:
        """Whether the token is a cue, or the first word of one that goes on behind it."""
        found = self._seen.get(token.kind)
        if found is None:
            found = self._look_up(token)
        if found is True or found is False:
            return found
        return any(_goes_on(token, rest) for rest in found)

    def may_match(self, token: Token) -> bool:
        """Whether a token of this kind is a cue, whatever goes on behind it."""
        found = self._seen.get(token.kind)
        return (self._look_up(token) if found is None else found) is not False

    def _look_up(self, token: Token) -> bool | tuple[tuple[str, ...], ...]:
        if len(self._seen) >= _MAX_SEEN:
            self._seen.clear()
        form, word = lemma(token), token.lower_
        found: bool | tuple[tuple[str, ...], ...]
        if self.pos and token.pos_ not in self.pos:
            found = False
        elif form in self.words or word in self.words:
            found = True
        else:
            rest = [each for first in {form, word} for each in self._rests().get(first, ())]
            found = tuple(rest) or False
        self._seen[token.kind] = found
        return found

    def _rests(self) -> dict[str, list[tuple[str, ...]]]:
        """What is to follow, by the first word of each phrase."""
        if self.phrases and not self._by_first:
            by_first: dict[str, list[tuple[str, ...]]] = {}
            for first, *rest in self.phrases:
                by_first.setdefault(first, []).append(tuple(rest))
            # At once, for another thread may ask meanwhile.
            self._by_first.update(by_first)
        return self._by_first

    def first(self, tokens: Iterable[Token]) -> Token | None:
        """The first token that is a cue, or None."""
        return next((token for token in tokens if self.matches(token)), None)


def _goes_on(token: Token, rest: tuple[str, ...]) -> bool:
    at, tokens = token.i, token.doc.tokens
    for word in rest:
        for step in range(at + 1, min(at + 1 + _PHRASE_REACH, len(tokens))):
            following = tokens[step]
            if word in (following.form, following.lower_):
                at = step
                break
            # A verb between the parts means that they belong to different phrases.
            if following.pos_ == "VERB" or following.is_sent_start:
                return False
        else:
            return False
    return True


@cache
def _cue_sets() -> dict[str, CueSet]:
    sets = {}
    for name, entry in knowledge("cues.json")["sets"].items():
        cues = [cue.split() for cue in entry["cues"]]
        sets[name] = CueSet(
            words=frozenset(cue[0] for cue in cues if len(cue) == 1),
            phrases=tuple(tuple(cue) for cue in cues if len(cue) > 1),
            pos=frozenset(entry.get("pos", ())),
        )
    return sets


def cue_set(name: str) -> CueSet:
    """The cue set of this name.

    Raises:
        KeyError: where the data file has no such set.
    """
    return _cue_sets()[name]
