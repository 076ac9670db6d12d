"""What a name that no knowledge base knows is the name of, by the words around it.

Each sign (a title before the name, an apposition, "Inc", "in", the entity recogniser's label)
is a vote; the votes of all places where the name stands are summed. The recogniser is one
voter among others: that is how its mistakes are mended. The signs are those of
``knowledge/name_signs.json``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.name_shapes import is_subject, like_a_person
from pipeline.extraction.wordview import CLOSING_QUOTES, OPENING_QUOTES, POSSESSIVES, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.extraction.names import Name
    from pipeline.extraction.wordview import WordView


class NameType(StrEnum):
    """What a name can be the name of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    THING = "thing"
    """An event, work, product, date, law: nothing that acts."""


Votes = defaultdict[NameType, float]
"""Weights of the signs by type."""

_KEPT = 20_000
"""Words beside and in names of which it is kept what they tell."""
_THRESHOLD = 1.4
_ONE_WORD_LABEL = {NameType.PERSON: 1.3}
"""The recogniser alone does not decide on a single word; its vote there is at most this ..."""
_ONE_WORD_OTHER = 1.2
"""... or this."""
_TITLE = 4.0
_AGE_BEHIND = 4.0
_IN_QUOTES = 2.0
_SAID_IT = 1.5
_PRONOUNS = {
    "it": NameType.ORGANISATION, "he": NameType.PERSON, "she": NameType.PERSON,
}  # fmt: skip
_BETWEEN_COMMAS = 1.0
_OF_A_PERSON = -3.0
_OF_A_PERSON_MANY = 1.0
_BEFORE_A_THING = 0.8
_IN_CAPITALS = 0.5
_OWNED_BY_A_COUNTRY = 1.5
_OWNED_AND_LABELLED = {"ORG": 1.4, "": 1.4, "PRODUCT": 1.4, "GPE": 1.0}
"""The same for a word of small letters, by its label: "Ukraine's Bakhmut" is a town."""
_BESIDE_A_PLACE = 1.5
_NAMED_A_BANK = 1.5
_AN_ANALYST_S = 2.5
_ANALYSTS = frozenset(
    """analyst economist strategist trader broker campaigner consultant researcher lawyer partner
    attorney advocate activist fellow historian scientist engineer spokesman spokeswoman""".split()
)
"""Those who are told with the body that they work for: "economist Ana Sauro of Ledger"."""
_STRONG_PLACE = 4.0
_AT = frozenset({"at", "in", "near", "outside", "inside", "to", "from"})
_BANKS = ("bank", "banken", "neft", "gaz", "corp", "telecom", "soft")
"""How names of companies of one word often end."""
_ACRONYM = re.compile(r"[A-Z][A-Z&0-9-]{1,6}")
_LIKE_A_PERSON = 0.5
_APPOSITION_WORDS, _OWNED_WORDS = 9, 4
_MISTAKEN = frozenset({"GPE", "LOC", "FAC", "WORK_OF_ART", "PRODUCT", "LAW", "EVENT", "NORP"})
"""Labels that names of persons get by mistake, those that the recogniser has never seen."""
_A_THING_S = 3.5
_BESIDE_A_ROLE, _TOLD_BEFORE = 3.0, 1.0
_SUBJECT = 1.0
_STOPS = frozenset(
    """of for at in as who whom whose which that with from on to by said says told
    and , . ; :""".split()
)
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_ENDS = frozenset({",", ".", ":", ";"})
_AGE = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class _Sign:
    """A word that, where it stands beside or in a name, votes for types."""

    where: str
    words: frozenset[str]
    beyond: frozenset[str] | None
    """The word one further away must be one of these."""
    plural: bool
    length: str
    votes: tuple[tuple[NameType, float], ...]

    def fits(self, word: str, beyond: str, length: int) -> bool:
        """Whether the sign stands beside a name of so many words."""
        if self.length == ("many" if length == 1 else "one"):
            return False
        if word not in self.words and not (self.plural and word.removesuffix("s") in self.words):
            return False
        return self.beyond is None or beyond in self.beyond


@cache
def _signs(kind: str) -> tuple[_Sign, ...]:
    return tuple(_sign(entry) for entry in data_file("name_signs.json")[kind])


def _sign(entry: dict[str, Any]) -> _Sign:
    own = frozenset(entry.get("words", ())).union(*map(words, entry.get("lists", ())))
    own = own.difference(*map(words, entry.get("except", ())))
    beyond = frozenset(entry.get("beyond", ())).union(*map(words, entry.get("beyond_lists", ())))
    return _Sign(
        where=entry.get("where", ""),
        words=own,
        beyond=beyond or None,
        plural=entry.get("plural", False),
        length=entry.get("length", "any"),
        votes=tuple((NameType(kind), float(weight)) for kind, weight in entry["votes"].items()),
    )


def vote(name: Name) -> Votes:
    """The votes of one place where a name stands."""
    votes: Votes = defaultdict(float)
    view, start, end = name.view, name.start, name.end
    length = end - start
    _by_label(name, votes)
    _by_own_words(name.words, votes)
    if name.title is not None:
        votes[NameType.PERSON] += _TITLE
        start = name.title[0]
    before, beyond = view.before(start), view.before(start - 1)
    if _is_nationals(view, start - 2) and before in words("organisation_heads"):
        # A "Canadian miner" without an article is a firm.
        votes[NameType.ORGANISATION] += _TITLE
    else:
        _first_fit("before", before, beyond, length, votes)
    if before in {"at", "of", "with"} and _analyst_before(view, start - 2):
        votes[NameType.ORGANISATION] += _AN_ANALYST_S
    elif before == "of" and start > 1 and view.label[start - 2] == "PERSON":
        # "Professor Ulf Trepte of Potsdam"
        votes[NameType.PERSON] += _OF_A_PERSON
        votes[NameType.ORGANISATION] += _OF_A_PERSON_MANY if length > 1 else 0.0
    _by_country_before(view, start, end, votes)
    if length == 1 and _named_a_bank(view, start):
        votes[NameType.ORGANISATION] += _NAMED_A_BANK
    if _at_a_venue(view, start, end):
        votes[NameType.PLACE] += _STRONG_PLACE
    if before == "and" and _in_places(view, start - 2):
        votes[NameType.PLACE] += _BESIDE_A_PLACE
    _by_word_behind(view, end, length, votes)
    _by_apposition(view, start, end, votes)
    if view.at(start - 1) in OPENING_QUOTES and view.at(end) in CLOSING_QUOTES and length > 1:
        votes[NameType.THING] += _IN_QUOTES
    return votes


def _named_a_bank(view: WordView, at: int) -> bool:
    word = view.lower[at]
    return word.endswith(_BANKS) and not (view.first[at] and view.is_common(word))


def _by_country_before(view: WordView, start: int, end: int, votes: Votes) -> None:
    """ "Hungary's OTP", "Sweden's H&M", "Spain's Petrola": what is written so is a body."""
    name = view.text[start]
    owned = view.before(start) in POSSESSIVES and view.label[start - 2] == "GPE"
    if owned and view.before(start - 2) in _AT:
        # "in Swaziland's Lowveld"
        votes[NameType.PLACE] += _BESIDE_A_PLACE
        return
    if owned and end - start == 1:
        votes[NameType.ORGANISATION] += _OWNED_AND_LABELLED.get(view.label[start], 0.0)
    short = end - start == 1 and name.isupper() and len(name) > 1
    if short and _ACRONYM.fullmatch(name):
        votes[NameType.ORGANISATION] += _IN_CAPITALS
        if owned:
            votes[NameType.ORGANISATION] += _OWNED_BY_A_COUNTRY


def _analyst_before(view: WordView, at: int) -> bool:
    """Whether "economist Ana Sauro" ends at ``at``."""
    end = at
    while at > 0 and at > end - 4 and view.capital[at] and view.lower[at] not in _ANALYSTS:
        at -= 1
    return at < end and view.lower[at] in _ANALYSTS


def _at_a_venue(view: WordView, start: int, end: int) -> bool:
    """Whether somebody is at a building of this name: "at the Rahma mosque"."""
    at = start - 1 if view.before(start) == "the" else start
    return view.at(end) in words("venues") and view.before(at) in _AT


def _in_places(view: WordView, at: int) -> bool:
    """Whether the name that ends at ``at`` is a place by its preposition: "in Lyon and X"."""
    if at < 1 or not view.capital[at] or view.label[at] in {"PERSON", "ORG"}:
        return False
    while at > 0 and view.capital[at] and not view.first[at]:
        at -= 1
    return view.lower[at] in {"in", "near", "between", "from"}


def _is_nationals(view: WordView, at: int) -> bool:
    return at >= 0 and view.label[at] == "NORP" and view.before(at) not in {"a", "an", "the"}


def total(names: Iterable[Name]) -> Votes:
    """The votes of all places where a name stands."""
    votes: Votes = defaultdict(float)
    for name in names:
        for kind, weight in vote(name).items():
            votes[kind] += weight
    return votes


def decide(votes: Votes) -> NameType | None:
    """The type with the most votes; None where no sign is strong enough."""
    if not votes:
        return None
    best, count = max(votes.items(), key=lambda item: item[1])
    return best if count >= _THRESHOLD else None


def _first_fit(kind: str, word: str, beyond: str, length: int, votes: Votes) -> bool:
    """Count the first sign of a kind that fits."""
    sign = _fitting(kind, word, beyond, length)
    if sign is not None:
        _count(sign, votes)
    return sign is not None


@lru_cache(maxsize=_KEPT)
def _fitting(kind: str, word: str, beyond: str, length: int) -> _Sign | None:
    return next((sign for sign in _signs(kind) if sign.fits(word, beyond, length)), None)


def _count(sign: _Sign, votes: Votes) -> None:
    for kind, weight in sign.votes:
        votes[kind] += weight


def _by_label(name: Name, votes: Votes) -> None:
    length = name.end - name.start
    labels = Counter(label for label in name.view.label[name.start : name.end] if label)
    if labels.keys() <= _MISTAKEN and like_a_person(name):
        votes[NameType.PERSON] += _LIKE_A_PERSON
        if not labels and is_subject(name):
            votes[NameType.PERSON] += _SUBJECT
    if not labels:
        return
    label, covered = labels.most_common(1)[0]
    for kind_name, weight in _labels().get(label, {}).items():
        kind = NameType(kind_name)
        most = _ONE_WORD_LABEL.get(kind, _ONE_WORD_OTHER) if length == 1 else weight
        votes[kind] += min(weight, most) * covered / length


@cache
def _labels() -> dict[str, dict[str, float]]:
    labels: dict[str, dict[str, float]] = data_file("name_signs.json")["labels"]
    return labels


def _by_own_words(own: list[str], votes: Votes) -> None:
    for sign in _own_signs(tuple(own)):
        _count(sign, votes)


@lru_cache(maxsize=_KEPT)
def _own_signs(own: tuple[str, ...]) -> tuple[_Sign, ...]:
    # The head of "Law Society of Kenya" is its second word.
    joiner = next((word for word in own[1:] if word in {"of", "on"}), "")
    head = own[own.index(joiner, 1) - 1] if joiner else own[-1]
    if head.isdigit():
        # "Light Infantry Battalion 102"
        head = own[-2]
    whole = " ".join(own) if "-" not in own else own[-1]
    found = []
    for sign in _signs("own"):
        if sign.where == "inner":
            fits = any(word in sign.words for word in own[1:])
        else:
            word = {"first": own[0], "last": head, "whole": whole}[sign.where]
            fits = sign.fits(word, "", len(own))
        if fits:
            found.append(sign)
    return tuple(found)


def _by_word_behind(view: WordView, end: int, length: int, votes: Votes) -> None:
    behind = view.at(end)
    if behind in POSSESSIVES:
        for word in view.lower[end + 1 : end + 1 + _OWNED_WORDS]:
            if word in _STOPS or _first_fit("owned", word, "", length, votes):
                return
    elif behind in words("saying") and (said := _taken_up(view, end + 1)) is not None:
        votes[said] += _SAID_IT
    elif not _first_fit("after", behind, view.at(end + 1), length, votes):
        noun = end < len(view) and view.doc[end].tag_ in {"NN", "NNS", "JJ"}
        if noun and not view.capital[end]:
            # "the Kourou iron deposit": what stands before a thing rather names a place.
            votes[NameType.ORGANISATION] -= _BEFORE_A_THING


def _taken_up(view: WordView, at: int) -> NameType | None:
    """What "X said it would" or "X said that he would" tells of X."""
    if view.at(at) == "that":
        at += 1
    return _PRONOUNS.get(view.at(at))


def _by_apposition(view: WordView, start: int, end: int, votes: Votes) -> None:
    behind, following = view.at(end), view.at(end + 1)
    if behind in {",", "("} and _AGE.fullmatch(following) and view.at(end + 2) in {",", ".", ")"}:
        votes[NameType.PERSON] += _AGE_BEHIND
    elif behind == "," and not _first_fit("behind_comma", following, "", 1, votes):
        _first_fit("apposition", _apposition_head(view, end + 1), "", 1, votes)
    if view.before(start) == "," and behind == "," and following in words("saying"):
        # "The harbour master, X Y, said": whatever the role is, it is a person's.
        votes[NameType.PERSON] += _BETWEEN_COMMAS
    lead = start - 1 if view.before(start) == "the" else start
    if view.before(start) == "," and behind == "and" and _are_roles(view, start - 2):
        votes[NameType.PERSON] += _BESIDE_A_ROLE
    if view.before(lead) == "," and (behind in _ENDS or behind in words("saying")):
        if lead < start and view.before(lead - 1) in words("thing_heads"):
            # "a frigate, the Psara,"
            votes[NameType.THING] += _A_THING_S
        elif lead == start or view.capital[lead]:
            # "A Lusaka newspaper, The Morning Drum, wrote"
            head = _preceding_head(view, lead - 1)
            _first_fit("apposition", head, "", 1, votes)
            if head in words("organisation_heads") and head not in words("person_roles"):
                # "The bus company, Cape Bluebird, said" says it more surely than what follows.
                votes[NameType.ORGANISATION] += _TOLD_BEFORE


def _are_roles(view: WordView, at: int) -> bool:
    """Whether people are told by their role at ``at``: "the surfers, X and Y,"."""
    word = view.at(at)
    return word.endswith("s") and word[:-1] in words("person_roles")


def _apposition_head(view: WordView, start: int) -> str:
    """Head noun of the phrase that begins at ``start``, if it can be an apposition, or ""."""
    head = ""
    for at in range(start, min(start + _APPOSITION_WORDS, len(view))):
        word = view.lower[at]
        if word in _STOPS or (at > start and view.starts[at]):
            break
        if word in words("saying") or view.doc[at].tag_ in _FINITE:
            break
        if view.capital[at] and at > start:
            continue
        if view.at(at + 1) == "-" and _is_head(f"{word}-{view.at(at + 2)}"):
            head = f"{word}-{view.at(at + 2)}"
        elif _is_head(word):
            head = word
    return head


def _preceding_head(view: WordView, comma: int) -> str:
    """Head noun of the phrase that ends with a comma ("the editor of The Courier,"), or ""."""
    start = comma
    while start > 0 and comma - start < _APPOSITION_WORDS and not view.starts[start]:
        start -= 1
        if view.lower[start] in {",", ";", ":"} or view.lower[start] in CLOSING_QUOTES:
            start += 1
            break
    head = ""
    one = "one" in view.lower[start:comma]
    for at in range(start, comma):
        word = view.lower[at]
        if one and word.removesuffix("s") in words("person_roles"):
            # "One of their leaders, X, said"
            word = word.removesuffix("s")
        if word in words("saying"):
            head = ""
        elif word in {"of", "at", "for", "from"} and head:
            return head
        elif word in words("person_roles") or word in words("organisation_heads"):
            head = word
    last = view.lower[comma - 1]
    return head if head and head in {last, last.removesuffix("s")} else ""


def _is_head(word: str) -> bool:
    lists = ("person_roles", "organisation_heads", "place_heads", "thing_heads")
    return any(word in words(name) for name in lists)
