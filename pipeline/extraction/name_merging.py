"""Whether two names are forms of one: surnames, shortened companies, acronyms.

All keys are folded (`knowledge.base.fold`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.wordview import words

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_SMALL = frozenset({"of", "the", "and", "for", "in", "on", "de", "la", "du", "des", "del", "et"})


def same_person(short: str, full: str) -> bool:
    """Whether ``short`` ("sattari", "lo verde", "xi") can be the person named ``full``."""
    if short == full:
        return True
    part, whole = short.split(), [word for word in full.split() if word not in _SUFFIXES]
    if len(part) >= len(whole) or not part:
        # "harold t brisbane" is found under "harold brisbane" too.
        return len(part) > len(whole) > 1 and part[0] == whole[0] and part[-1] == whole[-1]
    if whole[-len(part) :] == part:
        return not set(part) <= words("particles")
    if len(part) == 1:
        return part[0] == whole[0]
    return part[0] == whole[0] and part[-1] == whole[-1]


def same_body(short: str, full: str, *, definite: bool) -> bool:
    """Whether ``short`` ("oakhanger", "commission") can be the body named ``full``.

    Args:
        short: the folded name to be explained.
        full: the folded name of a body of the article.
        definite: ``short`` stands with "the" somewhere.
    """
    if short == full:
        return True
    part, whole = short.split(), full.split()
    if not part or len(part) >= len(whole):
        return False
    if whole[: len(part)] == part:
        generic = part[0] in words("organisation_words") or part[0] in words("title_modifiers")
        return not generic or (definite and "of" in whole)
    if whole[-len(part) :] == part:
        last = part[-1]
        generic = last in words("organisation_words") or last in words("organisation_heads")
        return len(part) > 1 or generic or (definite and last.endswith("s"))
    return definite and len(part) == 1 and "of" in whole and whole[whole.index("of") - 1] == part[0]


def legal_form(long: str, short: str) -> bool:
    """Whether ``long`` is ``short`` with words like "Holdings Plc" behind it."""
    part, whole = short.split(), long.split()
    return (
        whole[: len(part)] == part
        and len(whole) > len(part)
        and all(word in words("legal_forms") for word in whole[len(part) :])
    )


def acronym_of(acronym: str, name: str) -> bool:
    """Whether the capitals spell the name's initials: "FAO", "U.N."."""
    return acronym.replace(".", "").casefold() in _initials(name)


class Forms:
    """The names of an article's actors, to be found by their shorter and longer forms.

    Candidates are looked up by first word, last word and initials, so that an article of any
    length takes time in proportion to its names.
    """

    def __init__(self) -> None:
        self._exact: dict[str, Entity] = {}
        self._by_word: defaultdict[str, list[tuple[str, Entity]]] = defaultdict(list)
        self._by_initials: dict[str, Entity] = {}

    def add(self, name: str, entity: Entity) -> None:
        """Enter a name (folded or not) of an actor."""
        key = fold(name)
        if not key or key in self._exact:
            return
        self._exact[key] = entity
        parts = [word for word in key.split() if word not in _SUFFIXES]
        for word in {*parts[:1], *parts[-1:], *_before_of(parts)}:
            self._by_word[word].append((key, entity))
        for initials in _initials(entity.name):
            self._by_initials.setdefault(initials, entity)

    def exact(self, key: str) -> Entity | None:
        """The actor entered under this folded name."""
        return self._exact.get(key)

    def persons(self, key: str) -> list[Entity]:
        """The persons whose name this is a form of, each once."""
        alike = [entity for full, entity in self._near(key) if same_person(key, full)]
        return list(dict.fromkeys(alike))

    def body(self, key: str, text: str, *, definite: bool) -> Entity | None:
        """The body whose name this is a form of, the one entered last where several are.

        Args:
            key: the folded name.
            text: the name as written: capitals may be initials.
            definite: it stands with "the" somewhere.
        """
        for full, entity in reversed(self._near(key)):
            if same_body(key, full, definite=definite) or legal_form(key, full):
                return entity
        letters = text.replace(".", "")
        if letters.isupper() and len(letters) > 1:
            return self._by_initials.get(letters.casefold())
        return None

    def _near(self, key: str) -> list[tuple[str, Entity]]:
        parts = [word for word in key.split() if word not in _SUFFIXES]
        if not parts:
            return []
        near = list(self._by_word.get(parts[0], ()))
        if len(parts) > 1:
            near += self._by_word.get(parts[-1], ())
        return near


def _before_of(parts: list[str]) -> list[str]:
    return [parts[at] for at in range(len(parts) - 1) if parts[at + 1] == "of"]


def _initials(name: str) -> set[str]:
    """What an acronym of a name of several words may be, in small letters."""
    every = name.replace("-", " ").split()
    large = [word for word in every if word.casefold() not in _SMALL]
    if len(large) < 2:
        return set()
    forms = [every, large]
    if len(large) > 2 and large[-1].casefold() in words("organisation_words"):
        # "CN" is Canadian National Railway.
        forms.append(large[:-1])
    return {"".join(word[0] for word in parts).casefold() for parts in forms}
