"""Whether the name of a country or its capital acts in a sentence, or is only a place there.

"Beijing warned" is a government, "flew to Beijing" a place, "Iran oil exports" neither.
Decided from the words around it; where the sentence is parsed, its subject counts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.shallow_syntax import is_parsed, predicate
from pipeline.extraction.wordview import POSSESSIVES, words

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token
    from pipeline.extraction.wordview import WordView

_RELATIONS = frozenset(
    """talks deal agreement treaty accord war conflict dispute negotiations relations ties trade
    contract alliance ceasefire truce peace row tensions rift quarrel cooperation cooperate
    cooperating cooperated negotiate negotiating negotiated clash clashes clashed""".split()
)
_ADDRESSED = frozenset(
    """according warning message ultimatum response reply letter note appeal threat gas weapons
    arms aid loan supplies belongs sold""".split()
)
_IMPOSED_ON = frozenset(
    """sanctions tariffs tariff duties embargo embargoes pressure ban bans curbs levies levy fine
    fines ultimatum""".split()
)
"""What is imposed on a government, also where its capital stands for it."""
_LAID_ON = _IMPOSED_ON | frozenset(
    """attack attacks strike strikes airstrike airstrikes assault assaults raid raids war blockade
    crackdown invasion bombing""".split()
)
"""What is laid on a government or a country: "sanctions on Russia"."""
_DONE_TO = frozenset(
    """invasion bombing bombardment blockade annexation occupation bullying coercion punishment
    invasions destruction conquest encirclement""".split()
)
"""What is done to a country: "the invasion of Ukraine"."""
_SKIPPED = frozenset(
    """also has had have later earlier meanwhile however itself themselves now still already
    reportedly allegedly again and therefore never not on monday tuesday wednesday thursday friday
    saturday sunday today yesterday late early repeatedly officially formally then even
    only""".split()
)
_STATES_OF_PLACES = frozenset(
    """be lie have host see wake sit stand remain stay experience stretch sprawl smell bustle
    celebrate boast""".split()
)
_MARKET_MOVES = frozenset(
    """rose fell gained slipped dropped climbed jumped surged lost eased ended closed shed added
    advanced slid""".split()
)
_INTENTIONS = frozenset({"plan", "plans", "intention", "intentions", "interest", "objection"})
_SKIP_LIMIT = 5


def acts(view: WordView, start: int, end: int, *, capital: bool) -> bool:
    """Whether the name from token ``start`` to before ``end`` is an actor where it stands.

    Args:
        view: the field's words.
        start: first token of the name.
        end: the token behind it.
        capital: the name is that of a capital, which is more often a place than a country's.
    """
    at = start - 1 if view.before(start) == "the" else start
    before = view.before(at)
    if before in {"by", "against", "between", "versus"}:
        return view.at(end) not in POSSESSIVES
    if before == "to":
        return view.before(at - 1) in _ADDRESSED and not _modifies(view, end)
    laid = _IMPOSED_ON if capital else _LAID_ON
    if before in {"on", "upon"} and view.before(at - 1) in laid:
        return view.at(end) not in POSSESSIVES and not _modifies(view, end)
    if before == "of" and not capital and view.before(at - 1) in _DONE_TO:
        return view.at(end) not in POSSESSIVES and not _modifies(view, end)
    if before == "with":
        return view.before(at - 1) in _RELATIONS
    if before in words("locative") or before in {"of", "for", "s"}:
        return False
    if view.at(end) in POSSESSIVES:
        return False
    if _predicate_follows(view, end, capital):
        return True
    if before in words("acting_on") and not _modifies(view, end):
        return True
    moves = view.at(end) in _MARKET_MOVES
    if moves and any(word[0].isdigit() for word in view.text[end : end + 4]):
        # "Seoul rose 0.3 percent": its shares did.
        return False
    return _subject(view.doc[end - 1], capital)


def _predicate_follows(view: WordView, end: int, capital: bool) -> bool:
    at = end
    if view.at(at) == "," and view.at(at + 1) in {"which", "whose", "where", "a", "the", "an"}:
        return not capital and view.at(at + 1) in {"which", "whose"}
    while at < min(end + _SKIP_LIMIT, len(view)) and view.lower[at] in _SKIPPED:
        at += 1
    word = view.at(at)
    if word == "no" and view.at(at - 1) in {"has", "had"}:
        # "Ottawa has no plan to sell the railway"
        return view.at(at + 1) in _INTENTIONS
    if capital and at == end and word in {"is", "was", "has", "had"}:
        word = view.at(at + 1)
    return word in words("saying") and not view.capital[min(at, len(view) - 1)]


def _modifies(view: WordView, end: int) -> bool:
    """Whether the name stands before a noun that it belongs to: "bombed Iran nuclear sites"."""
    token = view.doc[end - 1]
    if is_parsed(token):
        return token.dep_ in {"compound", "amod", "nmod", "poss"}
    return end < len(view) and view.doc[end].tag_ in {"NN", "NNS"}


def _subject(token: Token, capital: bool) -> bool:
    if not is_parsed(token):
        verb = predicate(token)
        return verb is not None and not (capital and verb.lemma_ in _STATES_OF_PLACES)
    if token.dep_ not in {"nsubj", "nsubjpass"} or token.head.pos_ not in {"VERB", "AUX"}:
        return False
    if not capital:
        return True
    return token.dep_ == "nsubj" and token.head.lemma_ not in _STATES_OF_PLACES
