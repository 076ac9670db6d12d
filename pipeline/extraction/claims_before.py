"""Whether a sentence answers something that was claimed, reported or asked before."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import (
    direct_object,
    is_passive,
    is_verb,
    surface_subject,
)
from pipeline.extraction.lexicon import CueSet, cue_set, lemma

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.texts import Span, Token


_LOOK_BACK_SENTENCES = 3
_TOLD = "newswire_told_in"
_AS_CLAIMED = re.compile(
    r"\bas (?:(?:the|his|her|its|their|some|one) )?(?:[\w’'-]+ ){0,4}?"
    r"(?:(?:maintain|claim|allege|assert|insist|report|charge|suggest|contend)e?[sd]"
    r"|ha[sd] said|said|ha[sd] written|wrote)\b"
)
"""\"as the opposition maintains\" behind a negated statement: that is what it answers."""


_CONTRARY = re.compile(
    r"contrary to|attributed to|against (?:a )?reports?\b|\bfar from \w+ing\b"
    r"|whatever (?:the |his |her |its )?(?:[\w’'-]+ ){1,4}?(?:had |have |has )?"
    r"(?:said|says|say|claim(?:s|ed)?|print(?:s|ed)?|report(?:s|ed)?|wr(?:ite|ites|ote|itten)"
    r"|announced|allege[sd]?)\b"
)
"""Words by which a statement sets itself against what another has said."""


def answers(sentence: Span) -> set[str]:
    """Whether something was claimed, reported or asked here or shortly before."""
    found = set()
    if any(
        _claims(token)
        for token in filter(_words_of_telling().may_match, sentence)
        if lemma(token) not in ("deny", "threaten", "threat")
    ):
        found.add("answers-here")
    text = sentence.text.lower()
    if _AS_CLAIMED.search(text):
        found |= {"answers-here", "rebuts"}
    if _CONTRARY.search(text):
        found |= {"answers-here", "rebuts"}
    doc, start, sentences = sentence.doc, sentence.start, 0
    while start > 0 and sentences < _LOOK_BACK_SENTENCES:
        before = doc[start - 1].sent
        found |= _told_in(before)
        if sentences == 0 and before.text.rstrip(' \n"”').endswith("?"):
            found.add("answers-question")
        start, sentences = before.start, sentences + 1
    if "asked" in text.split()[:12] and any(w in text for w in (" whether ", " if ", " about ")):
        found |= {"answers-here", "asked"}
    return found


def rejoins(features: AbstractSet[str]) -> set[str]:
    """What the features of a statement say together: whether it answers another's account.

    ``rejoinder``: surely, for it takes up the account, was asked for or goes on denying;
    ``answers-another``: another has told something, and a claim was spoken of.
    """
    found = set()
    sure = {"contested-us", "contested-echo", "answers-question", "asked", "rebuts"}
    if sure & features or {"contested", "after-denial"} <= features:
        found.add("rejoinder")
    if "contested" in features and features & {"answers", "answers-here"}:
        found.add("answers-another")
    return found


def _told_in(sentence: Span) -> frozenset[str]:
    """What stands in a sentence for one behind it to answer; found once for all of them."""
    kept: dict[int, frozenset[str]] = sentence.doc.user_data.setdefault(_TOLD, {})
    found = kept.get(sentence.start)
    if found is None:
        words = list(filter(_words_of_telling().may_match, sentence))
        signs = (("answers", _claims), ("told", _tells))
        found = frozenset(name for name, shows in signs if any(map(shows, words)))
        kept[sentence.start] = found
    return found


@cache
def _words_of_telling() -> CueSet:
    """All that `_claims` or `_tells` may be true of: most words are none of it."""
    sets = [cue_set(name) for name in ("prior_claim", "told_claim", "teller", "report")]
    return CueSet(
        words=frozenset().union(*(each.words for each in sets)),
        phrases=tuple(phrase for each in sets for phrase in each.phrases),
        pos=frozenset(),
    )


def _claims(token: Token) -> bool:
    """Whether the word shows that something is alleged: by itself, or with what hangs on it."""
    if cue_set("prior_claim").matches(token):
        return token.pos_ in ("VERB", "NOUN", "ADJ")
    if cue_set("told_claim").matches(token):
        return any(
            child.dep_ in ("acl", "ccomp", "relcl") and is_verb(child) for child in token.children
        ) or any(
            child.lower_ == "of" and any(noun.dep_ == "pcomp" for noun in child.children)
            for child in token.children
        )
    return (
        token.pos_ == "VERB"
        and cue_set("teller").matches(token)
        and any(child.dep_ == "ccomp" for child in token.children)
    )


def _tells(token: Token) -> bool:
    """Whether someone tells what another does or did: "villagers say soldiers burned ..."."""
    if not cue_set("report").matches(token):
        return False
    if is_passive(token) and any(c.dep_ == "xcomp" for c in token.children):
        return True  # "was reported to have ..."
    for clause in token.children:
        if clause.dep_ == "ccomp" and is_verb(clause):
            who, whom = surface_subject(token), surface_subject(clause)
            return who is not None and whom is not None and whom.pos_ != "PRON"
    return False


def echoes(verb: Token, no: Token, sentence: Span) -> set[str]:
    """Whether what is negated was spoken of just before, so that the negation answers it."""
    noun = no.head if no.head.pos_ == "NOUN" else surface_subject(verb)
    wanted = {
        lemma(word)
        for word in (noun, direct_object(verb))
        if word is not None and word.pos_ in ("NOUN", "PROPN") and not word.is_stop
    }
    if not verb.is_stop and lemma(verb) not in ("say", "tell"):
        wanted.add(lemma(verb))
    start = sentence.start
    for _ in range(_LOOK_BACK_SENTENCES):
        if start == 0:
            break
        before = sentence.doc[start - 1].sent
        if wanted & {lemma(token) for token in before}:
            return {"echo"}
        start = before.start
    return set()
