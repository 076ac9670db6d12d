"""Where a sequence of capitalised words ends: what joins the words of a name, and what does not.

"Ministry of Foreign Affairs and Trade" is one sequence, "the Bank of Japan and the Fed" two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.known_names import MAX_KNOWN_WORDS, KnownNames
from pipeline.extraction.titles import is_title_object
from pipeline.extraction.wordview import (
    CLOSING_QUOTES,
    OPENING_QUOTES,
    POSSESSIVES,
    is_given_name,
    words,
)

if TYPE_CHECKING:
    from pipeline.extraction.wordview import WordView

_LONGEST_RUN = 60
"""Tokens of a sequence: a longer one is no name, nor names with their titles."""
_TAIL = 4
_SHORT_NUMBER = 3
_FEASTS = frozenset({"christmas", "easter", "ramadan"})
"""Days whose names people bear too: "Taha Yassin Ramadan"."""
_SHORT_DAY = 3
"""Names of days and months up to this length ("Mar", "Sun") are other names' words too."""
_ARTICLES = frozenset({"the", "a", "an"})
_LEAST_BODY_AND_NAME = 3
_SYLLABLE = re.compile(
    r"(?:[bcdfghjklmnpqrstwxyz]|ch|sh|zh|ts|hs|kw)?h?[aeiou]{1,3}(?:n|ng|h|k|l|p)?"
)
"""How a syllable of a Chinese or Korean given name is spelled."""
_NO_SYLLABLES = frozenset("run long man ban sea age wide like made free on in no go up".split())
_KINDS_OF_FIRMS = frozenset({"buyer", "owner", "operator", "maker", "rival", "parent", "partner"})
_PEOPLE = frozenset({"people", "men", "women"})
_GIVEN_LIKE_WORDS = frozenset("an do so no he you to my her if can will may".split())
_NUMBERED = frozenset(
    """barrio battalion brigade channel corps division kanal local precinct radio regiment
    squadron""".split()
)
"""What is told from others of its kind by a number behind it: "Channel 9"."""
_TRADES = frozenset(
    """oil gas steel energy mining metals foods seafood motors industries partners capital chemicals
    systems resources airlines airways shipping dynamics electronics pharmaceuticals technologies
    textiles""".split()
)
"""How names of firms end, behind which "of" tells where they are."""
_JOINERS = frozenset({"of", "for", "and", "&", "against", "on"})


def run_end(view: WordView, start: int, known: KnownNames) -> int:
    """The token behind the sequence of capitalised words that begins at ``start``."""
    at = start + 1
    while at < min(start + _LONGEST_RUN, len(view)):
        step = _step(view, start, at, known)
        if not step:
            break
        at += step
    return at


def angle_end(view: WordView, at: int) -> int | None:
    """End of a name that stands in angle brackets: "<Condor Computer Corp>"."""
    if view.at(at - 1) != "<":
        return None
    for end in range(at + 1, min(at + MAX_KNOWN_WORDS, len(view))):
        if view.text[end] == ">":
            return end
        if view.starts[end]:
            return None
    return None


def officer_behind_body(view: WordView, start: int, end: int) -> tuple[int, int] | None:
    """Where a person's name begins behind the body that he is said to lead, and his role.

    "deputy head of Rosgaz Ivan Petrov said": a role without an article, "of", the body, the name.
    """
    if end - start < _LEAST_BODY_AND_NAME or view.at(start - 1) != "of":
        return None
    role = start - 2
    if view.at(role) not in words("person_roles") or view.capital[role]:
        return None
    while role > 0 and view.at(role - 1) in words("title_modifiers"):
        role -= 1
    if view.at(role - 1) in _ARTICLES:
        return None
    name = end - 2
    named = view.label[end - 1] == "PERSON" and view.label[start] != "PERSON"
    speaks = view.at(end) in words("saying")
    if not (speaks or named) or any(
        word in words("organisation_words") or word in words("place_words")
        for word in view.lower[name:end]
    ):
        return None
    return role, name


def sentence_end(view: WordView, at: int) -> int:
    """The token behind the sentence of the one at ``at``, or behind the longest name."""
    end, limit = at + 1, min(at + MAX_KNOWN_WORDS, len(view))
    while end < limit and not view.starts[end]:
        end += 1
    return end


def is_compound(view: WordView, at: int) -> bool:
    """Whether the word is an adjective made of a name: "U.S.-led"."""
    _, hyphen, last = view.text[at].rpartition("-")
    return bool(hyphen) and last.islower() and view.is_common(last)


def is_ticker(view: WordView, start: int, end: int) -> bool:
    """Whether the words are a share's code behind the company's name: "Tesco Plc <TSCO.L>"."""
    named = start >= 2 and view.capital[start - 2]
    return named and view.phrase(start, end).replace(".", "").isupper()


def begins_with_month(view: WordView, at: int, end: int) -> bool:
    """Whether what may be a month begins a person's name: "Jan Vermeer", not "Jan 12"."""
    return (
        at + 1 < end
        and view.text[at + 1].isalpha()
        and is_given_name(view.lower[at])
        and view.lower[at + 1] not in words("calendar")
    )


def describes_a_role(view: WordView, at: int) -> bool:
    """Whether a role without a name is meant: "Managing director", "Presiding judge"."""
    word = view.lower[at]
    behind = view.at(at + 1)
    return (
        (word in words("title_modifiers") or word.endswith("ing"))
        and behind in words("person_roles")
        and not view.capital[at + 1]
    )


def are_people(view: WordView, at: int) -> bool:
    """Whether people without a name are meant at the head of a sentence: "Gunmen", "Villagers"."""
    word = view.lower[at]
    if word in _PEOPLE:
        return True
    if word.endswith("men"):
        return word[:-3] + "man" in words("person_roles")
    return word.endswith("s") and word[:-1] in words("person_roles")


def describes_a_name(view: WordView, at: int, end: int) -> bool:
    """Whether the first word says what the name behind it is: "Processor Shannonvale said"."""
    word = view.lower[at]
    if end - at < 2:
        return False
    behind = view.lower[at + 1]
    if view.is_common(behind) or behind in words("not_names"):
        return False
    if word in _KINDS_OF_FIRMS:
        return True
    kind = word in words("organisation_heads") and word not in words("organisation_words")
    return (kind or (are_people(view, at) and view.is_common(word))) and view.lower[
        end - 1
    ] not in words("organisation_words")


def is_explained_body(view: WordView, at: int) -> bool:
    """Whether an ordinary word is told to be a body's name: "Survival, a charity, said"."""
    if view.at(at + 1) != "," or view.at(at + 2) not in _ARTICLES:
        return False
    phrase = view.lower[at + 3 : at + 3 + _TAIL]
    head = next((word for word in phrase if word in words("organisation_heads")), None)
    return head is not None and head not in words("person_roles")


def is_given_like_word(view: WordView, start: int, end: int) -> bool:
    """Whether a small word is capital within a sentence as a given name: "his lawyer, An Sels"."""
    return (
        end - start > 1
        and view.lower[start] in _GIVEN_LIKE_WORDS
        and not view.first[start]
        and not view.titled[start]
        and view.text[start + 1].isalpha()
        and not view.is_common(view.lower[start + 1])
    )


def _step(view: WordView, start: int, at: int, known: KnownNames) -> int:
    """How many tokens behind the run belong to it."""
    if view.starts[at]:
        return 0
    word = view.lower[at]
    following = at + 1 < len(view) and view.capital[at + 1] and not view.starts[at + 1]
    if view.capital[at] and view.text[at][0].isalnum():
        # "Theresa May", not "on Monday May 3".
        person = view.label[at] == "PERSON" and view.doc[at].ent_iob_ == "I"
        day = _is_day(view, at) and not person and known.prefix(view, at - 1, at + 1) < 2
        return 0 if day or word == "i" else 1
    if word in {"-", "–", "/"} and not view.spaced[at - 1] and not view.spaced[at]:
        return _marked_step(view, at, following=following)
    if view.text[at].isdigit() and len(view.text[at]) <= _SHORT_NUMBER:
        # "Light Infantry Battalion 102"
        inside = view.label[at] == "ORG" and view.doc[at].ent_iob_ == "I"
        return 1 if inside or view.lower[at - 1] in _NUMBERED else 0
    if view.text[at] in OPENING_QUOTES and _is_nickname(view, at):
        return 4
    if not following:
        two = at + 2 < len(view) and view.capital[at + 2]
        if two and word in {"of", "for"} and view.lower[at + 1] == "the":
            return 2 if _joins(view, start, at, known) else 0
        if (
            two
            and word in words("particles")
            and (view.lower[at + 1] in words("particles") or view.text[at + 1] == "-")
        ):
            return 2
        return 0
    if view.lower[at + 1] in words("calendar") or view.lower[at + 1] == "i":
        return 0
    if word in words("particles") and view.text[at].islower():
        return 1
    if word in POSSESSIVES:
        named = known.at(view, start, at)
        return 1 if not named and _possessive_joins(view, at) else 0
    if word in _JOINERS:
        return 1 if _joins(view, start, at, known) else 0
    return 0


def _is_nickname(view: WordView, at: int) -> bool:
    """Whether a nickname in quotation marks stands within a name: "Ruben "Toto" Maciel"."""
    return (
        at + 3 < len(view)
        and view.text[at + 2] in CLOSING_QUOTES
        and view.capital[at + 1]
        and view.capital[at + 3]
        and is_given_name(view.lower[at - 1])
        and not view.starts[at + 1]
        and not view.starts[at + 3]
    )


def _marked_step(view: WordView, at: int, *, following: bool) -> int:
    """How many tokens behind a hyphen or slash without spaces belong to the name."""
    if view.text[at] == "/":
        # "Norsk Hydro A/S", but not "ALGIERS/MADRID".
        return 2 if following and len(view.text[at - 1]) == len(view.text[at + 1]) == 1 else 0
    if at + 1 >= len(view) or view.lower[at - 1] in words("not_names"):
        return 0
    if view.at(at - 2) in words("korean_surnames") and view.capital[at - 2]:
        return 2
    if (
        not following
        and view.capital[at - 2]
        and not view.first[at - 1]
        and all(_SYLLABLE.fullmatch(view.lower[part]) for part in (at - 1, at + 1))
        and view.lower[at + 1] not in _NO_SYLLABLES
    ):
        # "Perng Fai-nan", "Chen Shui-bian"
        return 2
    # "Kim Min-seok", but not "Moscow-backed".
    foreign = view.doc[at + 1].is_alpha and not view.is_common(view.lower[at + 1])
    return 2 if following or view.label[at + 1] == "PERSON" or foreign else 0


def _is_day(view: WordView, at: int) -> bool:
    """Whether the word is a day's or a month's name; short ones only beside a number."""
    word = view.lower[at]
    if word not in words("calendar") or (word in _FEASTS and view.label[at - 1] == "PERSON"):
        return False
    beside = view.at(at - 1)[:1] + view.at(at + 1)[:1]
    return len(word) > _SHORT_DAY or word == "may" or any(char.isdigit() for char in beside)


def _possessive_joins(view: WordView, at: int) -> bool:
    owner = view.lower[at - 1]
    if owner in words("joining_possessives"):
        return True
    inside = bool(view.label[at - 1]) and view.doc[at].ent_iob_ == "I"
    last = view.lower[at + 1] in words("organisation_words")
    # "the Draymen's Federation", "the Pilots' Guild", but not "the Democrats' Jo Bell".
    several = view.lower[at] == "'" or owner.endswith(("men", "people"))
    named = view.label[at + 1] != "PERSON" and not is_given_name(view.lower[at + 1])
    return several and (last or (view.is_common(owner) and (inside or named)))


def _joins(view: WordView, start: int, at: int, known: KnownNames) -> bool:
    """Whether "of", "for" or "and" at ``at`` goes on with the name begun at ``start``."""
    joiner, head = view.lower[at], view.lower[at - 1]
    inside = view.doc[at].ent_iob_ == "I" and view.label[at] == "ORG"
    if joiner == "&":
        return True
    if joiner == "and":
        return _and_joins(view, start, at, known)
    if joiner == "on":
        # "the Commission on Audit"
        return head in words("policy_bodies")
    if _ends_firm(view, start, at, known):
        return False
    if joiner == "against":
        # "Front for Unity against Poverty"
        return any(word in words("organisation_words") for word in view.lower[start:at])
    if head in words("titles") or head in words("calendar"):
        return joiner in {"of", "for"} and is_title_object(view, at + 1)
    if head in words("organisation_words") or head in words("place_words"):
        # "Pilots of Pakistan International Airlines" are people.
        return not (at - start == 1 and view.first[start] and are_people(view, start))
    if view.first[at - 1] and view.at(start - 1) not in OPENING_QUOTES:
        return inside and head.removesuffix("s") not in words("person_roles")
    return inside or (joiner == "of" and at - start == 1 and view.is_common(head))


def _and_joins(view: WordView, start: int, at: int, known: KnownNames) -> bool:
    """Whether "and" at ``at`` goes on with the name: "Ministry of Foreign Affairs and Trade"."""
    inside = view.doc[at].ent_iob_ == "I" and view.label[at] == "ORG"
    if known.prefix(view, at + 1, min(at + 1 + _TAIL, len(view))):
        # "The Law Society and Amnesty International"
        return False
    tail = _capitals(view, at + 1)
    organ = any(word in words("organ_words") for word in view.lower[start:at])
    if _policy_body(view, start, at):
        following = known.prefix(view, at + 1, min(at + 3, len(view)))
        if not following and view.label[at + 1] != "PERSON":
            return True
    within = "of" in view.lower[start:at] or any(
        word in words("organisation_words") for word in tail
    )
    if not within:
        return False
    definite = "the" in {view.lower[start], view.before(start)}
    if definite and not known.at(view, start, at):
        return True
    return inside and (organ or not known.at(view, start, at))


def _ends_firm(view: WordView, start: int, at: int, known: KnownNames) -> bool:
    """Whether a firm's name ends before ``at``: "Harrow Steel Ltd of Leeds", "Nordhavn Oil of"."""
    head = view.lower[at - 1]
    trade = view.lower[at] == "of" and head in _TRADES
    return head in words("legal_forms") or (
        trade and known.prefix(view, start, at + 2) <= at - start
    )


def _capitals(view: WordView, at: int) -> list[str]:
    """The words that go on with capitals from ``at``: "Weavers' Union"."""
    end = at
    while end < min(at + _TAIL, len(view)) and (view.capital[end] or view.text[end] in POSSESSIVES):
        end += 1
    return view.lower[at:end]


def _policy_body(view: WordView, start: int, end: int) -> bool:
    """Whether a name goes on like "Organization for Economic Cooperation (and ...)"."""
    own = view.lower[start:end]
    joiner = next((at for at, word in enumerate(own) if word in {"of", "for"}), None)
    return bool(joiner) and joiner is not None and own[joiner - 1] in words("policy_bodies")
