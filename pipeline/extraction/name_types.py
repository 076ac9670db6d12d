"""What a name that no knowledge base knows is the name of, by the words around it.

Each sign (a title before the name, an apposition, "Inc", "in", the entity recogniser's label)
is a vote; the votes of all places where the name stands are summed. The recogniser is one
voter among others: that is how its mistakes are mended.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

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


Votes = Counter[NameType]

_LABELS = {
    "PERSON": (NameType.PERSON, 2.0),
    "ORG": (NameType.ORGANISATION, 1.6),
    "GPE": (NameType.PLACE, 1.8),
    "LOC": (NameType.PLACE, 2.0),
    "FAC": (NameType.PLACE, 2.0),
    "EVENT": (NameType.THING, 2.0),
    "WORK_OF_ART": (NameType.THING, 1.2),
    "LAW": (NameType.THING, 2.0),
    "PRODUCT": (NameType.THING, 1.0),
    "LANGUAGE": (NameType.THING, 2.0),
    "DATE": (NameType.THING, 1.5),
    "TIME": (NameType.THING, 1.5),
    "MONEY": (NameType.THING, 2.0),
    "QUANTITY": (NameType.THING, 1.5),
}
_THRESHOLD = 1.4
_APPOSITION_WORDS = 9
_STOPS = frozenset(
    "of for at in who whom whose which that with from on to by said says told and , . ; :".split()
)
_ARTICLES = frozenset({"the", "a", "an", "its"})
_AGE = re.compile(r"\d{1,3}")
_OWNED_BY_BODIES = frozenset(
    """chief executive founder co-founder spokesman spokeswoman spokesperson editor chairman
    chairwoman owner president counsel director shareholders investors board headquarters
    management shares stock profit sales customers staff unit subsidiary chairwoman treasurer
    ceo workers members fighters""".split()
)
_OWNED_BY_PERSONS = frozenset(
    """wife husband son daughter mother father brother sister widow lawyer lawyers deputy aide
    aides family successor predecessor attorney death resignation campaign remarks""".split()
)


def vote(name: Name) -> Votes:
    """The votes of one place where a name stands."""
    votes: Votes = Counter()
    view, start, end = name.view, name.start, name.end
    _by_label(name, votes)
    _by_own_words(name.words, votes)
    if name.title is not None:
        votes[NameType.PERSON] += 4
        start = name.title[0]
    _by_word_before(view, start, votes, end - start)
    _by_word_after(view, end, votes)
    _by_apposition(view, start, end, votes)
    if view.at(start - 1) in OPENING_QUOTES and view.at(end) in CLOSING_QUOTES and end - start > 1:
        votes[NameType.THING] += 2
    return votes


def decide(votes: Votes) -> NameType | None:
    """The type with the most votes; None where no sign is strong enough."""
    if not votes:
        return None
    best, count = max(votes.items(), key=lambda item: item[1])
    return best if count >= _THRESHOLD else None


def _by_label(name: Name, votes: Votes) -> None:
    labels = Counter(label for label in name.view.label[name.start : name.end] if label)
    if not labels:
        words_ = [word for word in name.words if word.isalpha()]
        if len(words_) in {2, 3}:
            votes[NameType.PERSON] += 0.5
        return
    label, count = labels.most_common(1)[0]
    if label not in _LABELS:
        return
    kind, weight = _LABELS[label]
    covered = count / (name.end - name.start)
    if name.end - name.start == 1:
        weight = min(weight, 1.4 if kind is NameType.PERSON else 1.2)
    votes[kind] += weight * covered


def _by_own_words(own: list[str], votes: Votes) -> None:
    first, last = own[0], own[-1]
    if last in words("regions") or " ".join(own) in words("regions"):
        votes[NameType.PLACE] += 3
    if (
        len(own) == 1
        and first in words("adjectives")
        or own[-2:-1] == ["-"]
        and last in words("adjectives")
    ):
        votes[NameType.THING] += 3
    if len(own) > 1:
        if last in words("organisation_words"):
            votes[NameType.ORGANISATION] += 3
        elif last in words("place_words"):
            votes[NameType.PLACE] += 3
        elif last in words("thing_words"):
            votes[NameType.THING] += 3
        if first in words("thing_words"):
            votes[NameType.THING] += 3
        if "of" in own[1:] or "&" in own:
            votes[NameType.ORGANISATION] += 1
        if first in words("organisation_words"):
            votes[NameType.ORGANISATION] += 2
        elif first in words("place_words") and not first.startswith(
            ("north", "south", "east", "west")
        ):
            votes[NameType.PLACE] += 2.5
    elif last in words("thing_words"):
        votes[NameType.THING] += 3


def _by_word_before(view: WordView, start: int, votes: Votes, length: int) -> None:
    before = view.before(start)
    person = _is_person_role(before) and before not in words("adjectival_roles")
    body = before in words("organisation_heads")
    if person and not (body and length == 1):
        votes[NameType.PERSON] += 1.5 if body else 3
    elif body and not (before in {"giant", "major"} and view.before(start - 1) in _ARTICLES):
        votes[NameType.ORGANISATION] += 3
    elif before in words("place_heads"):
        votes[NameType.PLACE] += 2.5
    elif before in words("thing_heads"):
        votes[NameType.THING] += 3
    elif before == "the":
        votes[NameType.PERSON] -= 2
        votes[NameType.ORGANISATION] += 0.7
        _by_apposed_head(view, start - 1, votes)
    elif before == "of":
        head = view.before(start - 1)
        if head in words("place_heads") or head in {"mayor", "governor", "residents", "people"}:
            votes[NameType.PLACE] += 2.5
        elif head in {"shares", "head", "chairman", "president", "director", "editor"}:
            votes[NameType.ORGANISATION] += 1
    elif before in {"in", "near"}:
        votes[NameType.PLACE] += 1.5
        if view.before(start - 1) in {"shares", "stake", "stock", "investment", "investors"}:
            votes[NameType.ORGANISATION] += 3
    elif before == "at":
        votes[NameType.PLACE] += 0.6
    elif before in {"said", "says", "told", "by", "against"}:
        votes[NameType.PERSON] += 0.5
        votes[NameType.ORGANISATION] += 0.5
    elif before in {"calling", "called", "named"} and view.before(start - 1) in {
        "itself",
        "themselves",
        "group",
        "organisation",
        "organization",
        "gang",
    }:
        votes[NameType.ORGANISATION] += 4


def _by_apposed_head(view: WordView, at: int, votes: Votes) -> None:
    """ "the newspaper, the Daily Planet": what stands before the comma says what follows."""
    if view.at(at - 1) in words("organisation_heads"):
        votes[NameType.ORGANISATION] += 1


def _by_word_after(view: WordView, end: int, votes: Votes) -> None:
    after = view.at(end)
    if after in POSSESSIVES:
        owned = view.lower[end + 1 : end + 5]
        for word in owned:
            if word in _OWNED_BY_BODIES:
                votes[NameType.ORGANISATION] += 1.2
                break
            if word in _OWNED_BY_PERSONS:
                votes[NameType.PERSON] += 1
                break
            if word in _STOPS:
                break
        return
    if after in words("saying"):
        votes[NameType.PERSON] += 0.5
        votes[NameType.ORGANISATION] += 0.5
    elif after in {"shares", "stock", "executives"}:
        votes[NameType.ORGANISATION] += 2
    elif after in {"rebels", "fighters", "guerrillas", "militants", "militia", "gunmen"}:
        votes[NameType.ORGANISATION] += 2
    elif after in words("organisation_heads"):
        votes[NameType.ORGANISATION] += 1.5
    elif after in {"news", "state", "private"} and view.at(end + 1) in words("organisation_heads"):
        votes[NameType.ORGANISATION] += 3
    elif _is_person_role(after) or _is_person_role(after.removesuffix("s")):
        votes[NameType.ORGANISATION] += 1.5
        votes[NameType.PERSON] -= 1
    elif after in words("place_heads"):
        votes[NameType.PLACE] += 2
    elif after in words("thing_heads"):
        votes[NameType.THING] += 2.5
    elif end < len(view) and view.doc[end].tag_ in {"NN", "NNS", "JJ"} and not view.capital[end]:
        # "the Kourouma iron deposit": what stands before a thing rather names a place.
        votes[NameType.ORGANISATION] -= 0.8


def _by_apposition(view: WordView, start: int, end: int, votes: Votes) -> None:
    after = view.at(end)
    if after == "," and end + 1 < len(view):
        following = view.lower[end + 1]
        if _AGE.fullmatch(following) and view.at(end + 2) in {",", "."}:
            votes[NameType.PERSON] += 4
        elif following in {"who", "whose", "himself", "herself"}:
            votes[NameType.PERSON] += 3
        elif following == "which":
            votes[NameType.PERSON] -= 2
            votes[NameType.ORGANISATION] += 0.5
        else:
            _by_noun(_apposition_head(view, end + 1), votes)
    elif after == "(" and _AGE.fullmatch(view.at(end + 1)) and view.at(end + 2) == ")":
        votes[NameType.PERSON] += 3
    elif after in {"who", "himself", "herself"}:
        votes[NameType.PERSON] += 3
    if view.before(start) == "," and view.at(end) in {",", "."} | words("saying"):
        _by_noun(_preceding_head(view, start - 1), votes)


def _by_noun(noun: str | None, votes: Votes) -> None:
    if noun is None:
        return
    if _is_person_role(noun) and noun not in words("organisation_heads"):
        votes[NameType.PERSON] += 3
    elif noun in words("organisation_heads"):
        votes[NameType.ORGANISATION] += 3
    elif noun in words("place_heads"):
        votes[NameType.PLACE] += 3
    elif noun in words("thing_heads"):
        votes[NameType.THING] += 3


def _apposition_head(view: WordView, start: int) -> str | None:
    """Head noun of the phrase that begins at ``start``, if it can be an apposition."""
    head = None
    for at in range(start, min(start + _APPOSITION_WORDS, len(view))):
        word = view.lower[at]
        if word in _STOPS or (at > start and view.doc[at].is_sent_start):
            break
        if at == start and view.capital[at] and word in words("saying"):
            return None
        if view.capital[at] and at > start:
            continue
        if (
            _is_person_role(word)
            or word in words("organisation_heads")
            or word in words("place_heads")
            or word in words("thing_heads")
        ):
            head = word
    return head


def _preceding_head(view: WordView, comma: int) -> str | None:
    """Head noun of the phrase that ends with a comma: "the editor of The Kauri Leaf,"."""
    start = comma
    while start > 0 and comma - start < _APPOSITION_WORDS and not view.doc[start].is_sent_start:
        start -= 1
        if view.lower[start] in {",", ";", ":"} or view.lower[start] in CLOSING_QUOTES:
            start += 1
            break
    phrase: Iterable[int] = range(start, comma)
    head = None
    for at in phrase:
        word = view.lower[at]
        if word in words("saying"):
            head = None
        elif word in {"of", "at", "for", "from"} and head is not None:
            return head
        elif _is_person_role(word) or word in words("organisation_heads"):
            head = word
    return head if head is not None and head == view.lower[comma - 1] else None


def _is_person_role(word: str) -> bool:
    return word in words("person_roles")
