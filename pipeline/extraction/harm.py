"""What harm a clause speaks of: by its verb, its object, the participle of a causative.

Names features only; which of them make a threat is said in ``knowledge/rules.json``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extraction.categories import noun_category, verb_category
from pipeline.extraction.clauses import direct_object, is_passive, negation
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.texts import Span, Token


_ANSWERS = (
    "in response",
    "retaliation",
    "in kind",
    "like for like",
    "tit for tat",
    "tit-for-tat",
    "the same",
    "reciprocal",
    "mirror",
)
"""What makes an act the answer to another's."""


def harm_features(
    verb: Token, subject: Token | None, action: Span, speech: Speech | None
) -> set[str]:
    """What the action does, and with what category."""
    words = list(action)
    found = _content(verb, words)
    if _relents(verb, subject):
        found.add("help")
    elif (code := _code(verb, words)) is not None:
        found |= {"harm", f"code:{code}"}
    elif (named := noun_category(words)) is not None:
        found |= {"harm-noun", f"code:{named}"}
    if found & {"harm", "consequence"}:
        found.discard("mild")
    if is_passive(verb) and verb.lemma_ == "pay":
        # Who is paid, or paid back, suffers nothing.
        found -= {"suffer", "suffer-strong", "retaliate"}
    if {"help", "consequence"} <= found and verb.lemma_ == "meet":
        # "will be met with force"
        found.discard("help")
    if _harms_itself(verb, speech):
        found.add("self")
    behind = [word for word in verb.subtree if word.head.i >= verb.i and word.dep_ == "prep"]
    if any(word.lower_ in ("over", "because") for word in behind) or any(
        answer in action.text for answer in _ANSWERS
    ):
        found.add("grievance")
    return found | _denied_things(verb, subject, words)


def _denied_things(verb: Token, subject: Token | None, words: Sequence[Token]) -> set[str]:
    """What shall not be: nothing of weight ("no details"), not one, never again."""
    found = set()
    if cue_set("idle_object").first(_beside(verb, subject)) is not None:
        found.add("idle")
    if _not_one(verb, subject):
        found.add("not-one")
    if {"never", "again"} & {word.lower_ for word in [*words, *verb.children]}:
        found.add("never")
        if cue_set("barred_from").matches(verb) and negation(verb) is not None:
            found.add("shut-out")
    return found


def _beside(verb: Token, subject: Token | None) -> list[Token]:
    return [word for word in (subject, direct_object(verb)) if word is not None]


def _not_one(verb: Token, subject: Token | None) -> bool:
    """ "not one tank would go home", "not a drop will flow"."""
    if subject is None:
        return False
    words = [token.lower_ for token in verb.doc[max(0, subject.left_edge.i - 1) : subject.i + 1]]
    return any(first == "not" and second in ("one", "a", "an") for first, second in pairwise(words))


def _content(verb: Token, words: Sequence[Token]) -> set[str]:
    found = set()
    for name, feature in (
        ("retaliate", "retaliate"),
        ("severe", "severe"),
        ("strike_back", "strikes-back"),
        ("withhold", "withhold"),
    ):
        if cue_set(name).matches(verb):
            found.add(feature)
    if cue_set("treat").matches(verb) and any(
        child.lower_ == "as" or child.dep_ == "oprd" for child in verb.children
    ):
        found.add("treat")
    if cue_set("suffer").matches(verb) or (
        verb.lemma_ == "be" and any(cue_set("suffer").matches(word) for word in words)
    ):
        found |= {"suffer", "suffer-strong"}
    elif cue_set("suffer_weak").matches(verb):
        found.add("suffer-weak")
    done = [verb]
    if cue_set("transparent").matches(verb):
        done += [child for child in verb.children if child.dep_ == "xcomp"]
    if cue_set("help").first(done) is not None:
        found.add("help")
    elif cue_set("mild").matches(verb):
        found.add("mild")
    if cue_set("impose").matches(verb) and _consequence(verb):
        found.add("consequence")
    if cue_set("set_in").matches(verb) and any(
        child.dep_ in ("nsubj", "nsubjpass") and cue_set("consequence_noun").matches(child)
        for child in verb.children
    ):
        # "daily fines would start running"
        found.add("consequence")
    return found


def _consequence(verb: Token) -> bool:
    """Whether the verb's object, or what it is done with, is a harm by name."""
    for child in verb.children:
        if child.dep_ in ("dobj", "obj", "attr", "nsubjpass") or child.lower_ in ("with", "by"):
            for noun in [child, *child.children]:
                if noun.dep_ in ("dobj", "obj", "attr", "pobj", "nsubjpass", "conj") and (
                    cue_set("consequence_noun").matches(noun)
                ):
                    return True
    return False


def _harms_itself(verb: Token, speech: Speech | None) -> bool:
    """ "we could end up weakening our banks": the object is the speaker's own."""
    if verb_category(verb, list(verb.subtree)) == "133":
        # "chain themselves to the gate"
        return False
    undergone = _undergone(verb)
    if lemma(verb) == "jump" or any(
        each.lower_.endswith(("self", "selves"))
        for each in (*undergone, *(c for c in verb.children if c.dep_ in ("dobj", "obj")))
    ):
        return True
    own = {"our", "my"} if speech is not None and speech.quote is not None else {"its", "their"}
    for head in [verb, *(c for c in verb.children if c.dep_ in ("xcomp", "ccomp"))]:
        thing = direct_object(head)
        for each in [*([thing] if thing is not None else []), *undergone]:
            if any(c.dep_ == "poss" and c.lower_ in own | {"own"} for c in each.children):
                return own == {"our", "my"} or any(c.lower_ == "own" for c in each.children)
    return False


def _undergone(verb: Token) -> list[Token]:
    """ "find ourselves standing in line", "see our rights taken away": to whom it is done."""
    return [
        each
        for clause in verb.children
        if clause.dep_ == "ccomp" and clause.tag_ in ("VBN", "VBG") and clause.i > verb.i
        for each in clause.children
        if each.dep_ in ("nsubj", "nsubjpass") and each.i > verb.i
    ]


def _relents(verb: Token, subject: Token | None) -> bool:
    """Harm that stops, or goes on, is no new one: "will lift the embargo"."""
    if not cue_set("relent").matches(verb):
        return False
    harmed = direct_object(verb)
    noun = harmed if harmed is not None else subject
    return noun is not None and noun.pos_ == "NOUN" and (cue_set("consequence_noun").matches(noun))


def _code(verb: Token, words: Sequence[Token]) -> str | None:
    """The category of what is done, also where the verb only brings it about or is a copula.

    "have him arrested", "ask the court to freeze", "will be frozen" with an adjective for the
    participle, "call a meeting and throw out the board".
    """
    heads = [verb]
    if cue_set("brings_about").matches(verb):
        heads += [c for c in verb.children if c.dep_ in ("xcomp", "ccomp") and c.i > verb.i]
        heads += [
            inner
            for noun in verb.children
            if noun.dep_ in ("dobj", "obj")
            for inner in noun.children
            if inner.dep_ in ("acl", "xcomp", "relcl") and inner.tag_ == "VBN"
        ]
    if cue_set("weigh").matches(verb):
        heads += [c for c in verb.children if c.dep_ in ("xcomp", "pcomp") and c.tag_ == "VBG"]
    if cue_set("copula").matches(verb):
        heads += [c for c in verb.children if c.dep_ in ("acomp", "oprd") and c.i > verb.i]
    for head in heads:
        code = verb_category(head, words)
        if code is not None:
            return code
    return None


def is_state(verb: Token) -> bool:
    """Whether the clause tells the state that something will be put into."""
    return cue_set("copula").matches(verb) and any(
        child.dep_ in ("acomp", "oprd") and verb_category(child, [child]) is not None
        for child in verb.children
    )
