"""How a name stands in its sentence: in brackets, in a row of others, as one that acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.governments import acts
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.wordview import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extraction.knowledge.base import KnownActor
    from pipeline.extraction.names import Name


_SEVERAL = frozenset(
    "two three four five six seven eight nine ten dozen some many several few other".split()
)
_ALSO_CALLED_WORDS = 9
_ALSO_CALLED = re.compile(
    r"""[,(]?\ (?:who\ is\ |also\ |better\ |widely\ |commonly\ |popularly\ |locally\ |usually\ )*
    (?:(?:known|called|nicknamed)(?:\ as|\ by\ the\ (?:nickname|name|pseudonym|initials|acronym))?
      |known\ (?:as|by)\ (?:its|his|her|their)\ (?:\w+\ )?
        (?:initials|acronym|nickname|nom\ de\ guerre|pseudonym|alias|stage\ name)
      |aka|a\.k\.a\.|alias|whose\ real\ name\ is)\ (?:the\ )?["“]?""",
    re.VERBOSE,
)
"""What stands between two names of the same: ", better known as", ", known by its initials"."""


def also_called(before: Name, name: Name) -> bool:
    """Whether a name is told as another one of whom the name before it names."""
    view = name.view
    if before.view is not view or not 0 < name.start - before.end <= _ALSO_CALLED_WORDS:
        return False
    start = view.offsets[before.end - 1] + len(view.text[before.end - 1])
    between = view.source[start : view.offsets[name.start]]
    return _ALSO_CALLED.fullmatch(between.lower().replace("\n", " ")) is not None


def written_on(name: Name) -> bool:
    """Whether a network is only where something was written: "said on Telegram"."""
    return name.key in words("platforms") and name.view.before(name.start) in {"on", "via", "over"}


def bracketed(name: Name) -> bool:
    """Whether a name is an acronym in brackets behind the name that it shortens."""
    view = name.view
    return (
        view.at(name.start - 1) == "("
        and view.at(name.end) == ")"
        and name.text.isupper()
        and len(name.words) == 1
        and name.start >= 2
    )


def adjectival(name: Name) -> bool:
    """Whether a name is an adjective only: "Republican" in "a Republican strategist"."""
    token = name.view.doc[name.end - 1]
    return name.end - name.start == 1 and token.tag_ == "JJ" and token.dep_ == "amod"


def counted(name: Name) -> bool:
    """Whether some members are told and not the party: "three Democrats", "many Socialists"."""
    several = name.view.before(name.start) in _SEVERAL
    return several and len(name.words) == 1 and name.text.endswith("s")


def spelled_out(names: Iterable[Name]) -> dict[str, KnownActor]:
    """Whom an acronym means where the story has told more: "the KGB" is the Belarusian KGB."""
    found: dict[str, KnownActor] = {}
    for name in names:
        last = name.text.rsplit(" ", 1)[-1]
        if name.known and last != name.text and last.isupper() and len(last) > 2:
            found.setdefault(fold(last), name.known[0])
    return found


def is_capital(name: Name) -> bool:
    """Whether a name is that of a capital that stands for its country."""
    return not name.known and name.demonym is None


def name_acts(name: Name) -> bool:
    """Whether the state or capital of this name does something where it stands."""
    return acts(name.view, name.start, name.end, capital=is_capital(name))


def opens(name: Name) -> bool:
    """Whether a name can be the first of those that do something: no "in" stands before it."""
    before = name.view.before(name.start)
    return name.view.first[name.start] or before in {",", "and", "that"}


def placed(names: Sequence[Name]) -> set[int]:
    """By `id` those in a row behind "in" or the like: "customers in Egypt and Japan"."""
    found: set[int] = set()
    row: list[Name] = []
    for name in names:
        if row and coordinated(row[-1], name):
            row.append(name)
        else:
            row = [name]
        if _stands_in_place(row[0]) and name.view.before(name.start) in {"and", "or", "the"}:
            found.update(id(other) for other in row[1:])
    return found


def _stands_in_place(name: Name) -> bool:
    view = name.view
    at = name.start - 1 if view.before(name.start) == "the" else name.start
    return view.before(at) in words("locative")


def coordinated(before: Name, name: Name) -> bool:
    """Whether a name goes on with another: "against Iran and Lebanon", "Syria, Iran and China"."""
    if before.view is not name.view:
        return False
    between = name.view.lower[before.end : name.start]
    joined = 0 < len(between) <= 3 and set(between) <= {"and", "or", ",", "the"}
    return joined and not set(between) <= {"the"}
