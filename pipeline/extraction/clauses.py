"""Questions about a clause of the parse: who does it, whom to, is it future, is it negated.

Every answer first trusts the parser and then falls back on the order of the words, for the
small model is often wrong about one arc in wire prose. Knows nothing of threats or denials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
OBJECTS = frozenset({"dobj", "obj", "dative", "iobj"})
_RELATIVE = frozenset({"who", "which", "that", "whom"})
_FUTURE = frozenset({"will", "would", "'ll", "’ll", "wo", "shall", "'d", "’d"})
_POSSIBLE = frozenset({"may", "might", "could", "can", "ca"})
_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "no", "neither", "nor", "nobody", "none"})
_ASIDES = frozenset({"for", "on", "in", "at", "during", "through", "from"})
"""Prepositions that say when, where or in what words, and not what about."""
_MAX_CLIMB = 12


def is_verb(token: Token) -> bool:
    """Whether the token can head a clause."""
    return token.pos_ in ("VERB", "AUX")


def surface_subject(verb: Token) -> Token | None:
    """The grammatical subject that stands at the verb itself."""
    for child in verb.children:
        if child.dep_ in SUBJECTS and not (child.dep_ == "expl" and child.i > verb.i):
            return child
    return None


def direct_object(verb: Token) -> Token | None:
    """The verb's object; an indirect one where there is no other."""
    for child in verb.children:
        if child.dep_ in ("dobj", "obj"):
            return child
    for child in verb.children:
        if child.dep_ in ("dative", "iobj"):
            return child
    return None


def is_passive(verb: Token) -> bool:
    """Whether the verb stands in the passive voice."""
    if verb.tag_ != "VBN":
        return False
    return any(
        child.dep_ in ("auxpass", "nsubjpass") or (child.dep_ == "aux" and child.lemma_ == "be")
        for child in verb.children
    )


def passive_agent(verb: Token) -> Token | None:
    """The doer of a passive: "by" and its noun."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.lower_ == "by" and is_passive(verb)):
            for noun in child.children:
                if noun.dep_ == "pobj":
                    return noun
    return None


def logical_subject(verb: Token, climb: int = _MAX_CLIMB) -> Token | None:
    """Who or what the verb is said of, also where its subject stands at another verb.

    For a passive this is the one it is done to; see `agent` for the doer.
    """
    own = surface_subject(verb)
    if own is not None:
        if own.lower_ in _RELATIVE and verb.dep_ in ("relcl", "acl"):
            return verb.head
        if own.lower_ in _RELATIVE and verb.dep_ == "conj" and climb:
            return logical_subject(verb.head, climb - 1)
        return own
    before_aside = _subject_before_aside(verb)
    if before_aside is not None:
        return before_aside
    if not climb or verb.head == verb:
        return _noun_before(verb)
    head = verb.head
    match verb.dep_:
        case "acl" | "relcl" if head.pos_ in ("NOUN", "PROPN", "PRON"):
            return head
        case "xcomp" | "ccomp" if is_verb(head):
            controller = direct_object(head)
            if (
                controller is not None
                and controller.i < verb.i
                and (cue_set("object_control").matches(head))
            ):
                return controller
            return logical_subject(head, climb - 1)
        case "pcomp":
            return _subject_behind_preposition(head, climb)
        case "xcomp" | "ccomp" | "advcl" if head.pos_ == "ADJ" and is_verb(head.head):
            # "was quick to deny"
            return logical_subject(head.head, climb - 1)
        case "conj" | "advcl" | "aux" | "dep" if is_verb(head):
            return logical_subject(head, climb - 1)
    if is_verb(head) and head.i < verb.i:
        return logical_subject(head, climb - 1)
    return _noun_before(verb)


def _subject_behind_preposition(preposition: Token, climb: int) -> Token | None:
    governor = preposition.head
    if governor.pos_ in ("NOUN", "PROPN"):
        return governor
    if not is_verb(governor):
        return None
    if preposition.lower_ in ("of", "as", "for"):
        held = direct_object(governor)
        if held is not None:
            return held
    return logical_subject(governor, climb - 1)


def _subject_before_aside(verb: Token) -> Token | None:
    """ "The minister, asked whether he would resign, said ...": the aside has taken the subject."""
    behind = verb.nbor() if verb.i + 1 < len(verb.doc) else None
    if behind is None or behind.pos_ in ("PROPN", "NOUN", "DET"):
        return None  # "..., said Maria Lopez": the subject may stand there
    for aside in verb.lefts:
        if aside.dep_ not in ("ccomp", "advcl") or aside.tag_ not in ("VBN", "VBD"):
            continue
        subject = surface_subject(aside)
        if subject is None or subject.i > aside.i or verb.doc[verb.i - 1].text != ",":
            continue
        if verb.doc[subject.right_edge.i].text == "," or subject.right_edge.nbor().text == ",":
            return subject
    return None


def _noun_before(verb: Token) -> Token | None:
    # A headline's verb is often tagged a noun's modifier, and "the mayor, Tom Blake, said"
    # falls apart; the noun next to its left is its subject then, if nothing stands between.
    for token in reversed(list(verb.sent[: verb.i - verb.sent.start])):
        if token.pos_ in ("NOUN", "PROPN", "PRON"):
            return token
        if token.pos_ not in ("ADV", "AUX", "PART") and token.text != ",":
            return None
    return None


def agent(verb: Token) -> Token | None:
    """Who does what the verb says; None for a passive that names no one."""
    if is_passive(verb):
        return passive_agent(verb)
    if verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod") and not _is_perfect(verb):
        return passive_agent(verb)
    return logical_subject(verb)


def _is_perfect(verb: Token) -> bool:
    """ "a report that its chief had threatened to": a clause of its own, no participle."""
    return any(child.dep_ == "aux" and child.lemma_ == "have" for child in verb.children)


def auxiliaries(verb: Token) -> list[Token]:
    """The verb's auxiliaries, with those of the verb that it is coordinated to."""
    found = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    if not found and verb.dep_ == "conj" and is_verb(verb.head) and verb.tag_ in ("VB", "VBN"):
        return auxiliaries(verb.head)
    return found


def is_future(verb: Token) -> bool:
    """Will, would, shall, "is going to", "is to"."""
    words = auxiliaries(verb)
    if any(word.lower_ in _FUTURE and not _is_had(word) for word in words) or _is_progressive(verb):
        return True
    if verb.dep_ == "xcomp" and verb.tag_ == "VBG" and cue_set("intention").matches(verb.head):
        return is_future(verb.head)
    if verb.dep_ == "xcomp" and any(word.lower_ == "to" for word in words):
        head = verb.head
        if head.lower_ in ("going", "gonna") or head.lemma_ == "be":
            return True
        if cue_set("compelled").matches(head):
            return is_passive(head) and is_future(head)
        if cue_set("intention").matches(head):
            return head.tag_ in ("VBP", "VBZ", "VBG", "JJ") or is_future(head)
        if cue_set("transparent").matches(head):
            return is_future(head)
    return False


def governor_past_aside(verb: Token) -> Token | None:
    """The verb whose infinitive hangs on a noun between: "threatened for its part to stop"."""
    noun = verb.head
    if verb.dep_ not in ("acl", "relcl") or verb.tag_ != "VB" or noun.dep_ != "pobj":
        return None
    if not any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children):
        return None
    if noun.head.lower_ not in _ASIDES or cue_set("endeavour").matches(noun):
        return None
    return noun.head.head if is_verb(noun.head.head) else None


def is_in_store(verb: Token) -> bool:
    """ "have orders to shoot", "under orders to sink", "risk being shot", "stand to lose"."""
    head = verb.head
    if verb.dep_ == "acl" and verb.tag_ == "VB":
        return lemma(head) in ("order", "instruction") and (
            lemma(head.head) in ("have", "receive", "get", "give", "issue")
            or head.head.lower_ == "under"
        )
    if verb.dep_ not in ("xcomp", "pcomp"):
        return False
    if verb.tag_ == "VBN" and is_passive(verb):
        return lemma(head) in ("risk", "face")
    return verb.tag_ == "VB" and lemma(head) == "stand" and lemma(verb) in ("lose", "forfeit")


def _is_progressive(verb: Token) -> bool:
    """ "would be sewing", also where the parser takes the participle for a clause by itself."""
    if verb.tag_ != "VBG" or verb.i < 2:
        return False
    be = verb.nbor(-1)
    modal = be.nbor(-1) if be.i else be
    if modal.lower_ in ("not", "n't", "n’t", "never") and modal.i:
        modal = modal.nbor(-1)
    return be.lower_ == "be" and modal.lower_ in _FUTURE


def _is_had(word: Token) -> bool:
    """ "there'd been", "he'd never said": the short form of "had", not of "would"."""
    if word.lower_ not in ("'d", "’d"):
        return False
    for following in word.doc[word.i + 1 : word.i + 4]:
        if following.tag_ not in ("RB", "RBR"):
            return bool(following.tag_ in ("VBN", "VBD"))
    return False


def is_possible(verb: Token) -> bool:
    """May, might, could, can."""
    return any(word.lower_ in _POSSIBLE for word in auxiliaries(verb))


def is_unsaid(cue: Token) -> bool:
    """Whether what a verb tells has not been said: "could threaten"; but "may have threatened"."""
    words = {word.lower_ for word in auxiliaries(cue)}
    had = bool(words & {"may", "might", "must"}) and "have" in words
    return bool(words & {"will", "would", "could", "might", "may", "should", "can"}) and not had


def negation(verb: Token) -> Token | None:
    """The word that negates the verb, its subject or its object; None where it is affirmed."""
    for child in verb.children:
        if child.dep_ == "neg" or child.lower_ in ("never", "not", "n't", "n’t", "nowhere"):
            return child
        # "had never, at any meeting, promised", "had never in his life telephoned": hung elsewhere.
        if child.dep_ in ("aux", "auxpass", "prep") and child.i < verb.i:
            for word in child.children:
                if word.dep_ == "neg" and word.lower_ == "never":
                    return word
        if child.dep_ in SUBJECTS | OBJECTS | {"attr", "advmod", "npadvmod", "prep"}:
            if child.lower_ in ("nobody", "nothing", "none", "neither", "nowhere"):
                return None if is_nothing_but(child) else child
            for word in child.children:
                if word.dep_ in ("det", "neg", "preconj", "cc", "pobj", "predet", "nummod"):
                    if word.lower_ in ("no", "not", "neither", "nor"):
                        return word
                    if word.dep_ == "pobj" and any(w.lower_ == "no" for w in word.children):
                        return next(w for w in word.children if w.lower_ == "no")
    if verb.dep_ == "xcomp" and cue_set("transparent").matches(verb.head):
        return negation(verb.head)
    return None


def is_nothing_but(word: Token) -> bool:
    """Whether the negative only limits: "nothing but", "none other than", "nothing short of"."""
    behind = [token.lower_ for token in word.doc[word.i + 1 : word.i + 3]]
    return bool(behind) and (
        behind[0] in ("but", "except")
        or behind in (["short", "of"], ["less", "than"], ["more", "than"], ["other", "than"])
    )


def clause_tokens(head: Token, without: Iterable[Token] = ()) -> list[Token]:
    """The tokens of the head's subtree, in order, but for the subtrees of ``without``."""
    left_out = {token.i for root in without for token in root.subtree}
    return [token for token in head.subtree if token.i not in left_out]


def contiguous(tokens: list[Token], around: Token) -> Span:
    """The run of tokens without a gap that holds ``around``, without marks at its ends."""
    present = {token.i for token in tokens}
    start = end = around.i
    while start - 1 in present:
        start -= 1
    while end + 1 in present:
        end += 1
    return trim(around.doc[start : end + 1])


def trim(span: Span) -> Span:
    """The span without punctuation, space and conjunctions at its ends."""
    doc, start, end = span.doc, span.start, span.end
    while start < end - 1 and (
        doc[start].is_space or doc[start].is_punct or doc[start].lower_ in ("and", "but")
    ):
        start += 1
    while end - 1 > start and (
        doc[end - 1].is_space or (doc[end - 1].is_punct and doc[end - 1].text not in ("%", ")"))
    ):
        end -= 1
    return doc[start:end]


def prepositional_objects(head: Token) -> Iterator[tuple[Token, Token]]:
    """Pairs of preposition and its noun below ``head``, prepositions of prepositions too."""
    for child in head.children:
        if child.dep_ in ("prep", "dative", "prt", "advmod", "agent") or child.pos_ == "ADP":
            for noun in child.children:
                if noun.dep_ == "pobj":
                    yield child, noun
            yield from prepositional_objects(child)


def conjuncts(token: Token) -> list[Token]:
    """The token and the nouns coordinated with it."""
    return [token, *(t for t in token.conjuncts if t.pos_ in ("NOUN", "PROPN", "PRON"))]


def apart(clause: Token, verb: Token) -> bool:
    """Whether a semicolon parts a clause from the verb behind it, that the parser hangs it on.

    "The envoy threatened to leave; the minister said nothing of it": two who speak.
    """
    subject = surface_subject(verb)
    end = min(verb.i, subject.left_edge.i if subject is not None else verb.i)
    return any(token.text == ";" for token in verb.doc[clause.i + 1 : max(end, clause.i + 1)])
