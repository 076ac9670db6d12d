"""Whether two names are forms of one: surnames, shortened companies, acronyms.

All keys are folded (`knowledge.base.fold`).
"""

from __future__ import annotations

from pipeline.extraction.wordview import words

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
    letters = acronym.replace(".", "").casefold()
    parts = [word for word in name.replace("-", " ").split() if word.casefold() not in _SMALL]
    if len(letters) < 2 or len(parts) < 2:
        return False
    initials = "".join(word[0] for word in parts).casefold()
    return letters == initials or letters == "".join(w[0] for w in name.split()).casefold()
