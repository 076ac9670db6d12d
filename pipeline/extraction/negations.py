"""Weighs negated statements as denials: "there was no call", "we had nothing to do with it".

A negation denies only where it answers something said before, or speaks of what people are
accused of; the features say which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import Speech, SpeechKind
from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.claims_before import echoes
from pipeline.extraction.clauses import (
    auxiliaries,
    direct_object,
    is_future,
    is_nothing_but,
    is_possible,
    is_verb,
    logical_subject,
    negation,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.negation_features import subject_features, verb_features
from pipeline.extraction.participants import is_bystander

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.texts import Span, Token

_BLANK = frozenset(
    {
        "no",
        "not",
        "never",
        "nothing",
        "nobody",
        "none",
        "neither",
        "nonsense",
        "rubbish",
        "fake",
        "lies",
        "false",
        "untrue",
        "absolutely",
        "certainly",
    }
)
_FRAGMENT = 7
"""Words that an answer without a clause of its own may have."""
_SHORT = 3
"""Letters of words that stay small in a title."""
_HUMAN_PRONOUNS = frozenset({"he", "she", "they", "we", "i", "it", "nobody", "neither", "none"})


def negation_candidates(sentence: Span, context: Context) -> Iterator[DenialCandidate]:
    """The sentence's negated statements, weighed."""
    for verb in sentence:
        if not is_verb(verb) or verb.dep_ in ("aux", "auxpass", "amod"):
            continue
        no = negation(verb)
        if no is None:
            no = _no_hand(verb)
            if no is None:
                continue
        if no.i < sentence.start or no.i >= sentence.end:
            continue
        if no.i > sentence.start and no.nbor(-1).lower_ in ("if", "whether"):
            continue
        candidate = _weigh(verb, no, sentence, context)
        if candidate is not None:
            yield candidate
    fragment = _blank_answer(sentence, context)
    if fragment is not None:
        yield fragment


def _no_hand(verb: Token) -> Token | None:
    """ "had nothing to do with", "not one house was burned", "was made by nobody"."""
    subject = surface_subject(verb)
    first = subject.left_edge if subject is not None else None
    if first is not None and first.lower_ in ("not", "neither") and first.i < verb.i:
        # "not one", "not a single", "neither he nor his office"
        return first
    doer = passive_agent(verb)
    if doer is not None and (
        doer.lower_ in ("nobody", "none", "nothing") or any(c.lower_ == "no" for c in doer.children)
    ):
        return doer
    thing = direct_object(verb)
    for token in ([thing] if thing is not None else []) + list(verb.children):
        if token.lower_ in ("nothing", "none", "nowhere") and not is_nothing_but(token):
            return token
        for child in token.children:
            if child.lower_ in ("no", "neither") and token.i > verb.i:
                return child
    return None


def _weigh(verb: Token, no: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    if not _is_stated(verb):
        return None
    speeches = [s for s in context.attribution.speeches(verb) if s.kind is not SpeechKind.NOUN]
    speeches = speeches or _running_on(verb, sentence)
    if not speeches:
        return None
    speech = speeches[0]
    if speech.cue is not None and speech.quote is None and not _states(speech):
        return None
    features = {"frame:negation"}
    if speech.quote is not None:
        features.add("quote")
    if is_bystander(speech.speaker, context.index):
        features.add("bystander")
    if speech.addressee is not None and lemma(speech.addressee) in (
        "court",
        "judge",
        "jury",
        "police",
        "inquiry",
        "tribunal",
        "investigator",
        "prosecutor",
        "senator",
        "committee",
        "detective",
    ):
        features.add("testimony")
    subject = surface_subject(verb) or logical_subject(verb)
    features |= subject_features(verb, subject, no, speech, speeches, context)
    features |= verb_features(verb, no, sentence)
    if sentence.text.rstrip(' \n"”’').endswith("?"):
        features.add("question")
    start = subject.left_edge.i if subject is not None and subject.left_edge.i < verb.i else verb.i
    for word in [*auxiliaries(verb), no]:
        start = min(start, word.i)
    end = max((t.i for t in verb.subtree), default=verb.i) + 1
    quote = speech.quote
    features |= echoes(verb, no, sentence)
    if _is_embedded(verb, speech):
        features.add("embedded")
    features |= _turn(verb, no)
    if quote is not None and not context.attribution.has_marks(quote):
        features.add("answers-question")
    if quote is not None:
        start, end = max(start, quote.span.start), min(end, quote.span.end)
    start, end = max(start, sentence.start), min(end, sentence.end)
    evidence = trim(verb.doc[start : max(end, start + 1)])
    return DenialCandidate(
        head=verb,
        features=features,
        speeches=speeches,
        denier=speech.speaker,
        cue=_cue(verb, no),
        evidence=evidence,
        content=_content(verb, no, evidence),
    )


def _is_stated(verb: Token) -> bool:
    """Whether the clause tells what is or was so, and not what will, may or must be."""
    if is_future(verb) or is_possible(verb) or _is_relative(verb):
        return False
    if any(child.lower_ == "rather" for child in verb.children):
        return False  # "would rather not"
    subject = surface_subject(verb)
    if verb.lower_ in ("have", "be") and not auxiliaries(verb) and subject is not None:
        if subject.tag_ in ("NN", "NNP") and subject.i < verb.i:
            return False  # "the right thing is that he have no part in it": what should be
    if any(word.lower_ in ("should", "must", "need", "ought") for word in auxiliaries(verb)):
        return False
    return verb.dep_ != "advcl" or not any(
        m.lower_ in ("if", "unless", "until", "because", "although", "though", "while", "when")
        for m in verb.children
    )


def _is_embedded(verb: Token, speech: Speech) -> bool:
    """Whether the negation is said in passing, inside a noun phrase or an adverbial clause."""
    at = verb
    while at.head != at and at is not speech.cue:
        if at.head.i == (speech.cue.i if speech.cue is not None else -1):
            return False
        if speech.quote is not None and not (
            speech.quote.span.start <= at.head.i < speech.quote.span.end
        ):
            return False
        if any(t.text in (":", ";") or t.is_quote for t in verb.doc[at.head.i + 1 : at.i]):
            return False
        if at.dep_ in ("relcl", "acl", "pcomp", "xcomp") or (
            at.dep_ == "advcl" and any(c.dep_ in ("mark", "advmod") for c in at.children)
        ):
            return True
        at = at.head
    return False


def _is_relative(verb: Token) -> bool:
    """Whether the clause hangs on a noun, and the parser did not hang it across a mark."""
    return verb.dep_ == "relcl" and not any(
        t.text == ":" or t.is_quote for t in verb.doc[verb.head.i + 1 : verb.i]
    )


def _running_on(verb: Token, sentence: Span) -> list[Speech]:
    """Speech that goes on behind a semicolon or colon, or hangs on "was adamant that"."""
    for head in verb.ancestors:
        if verb.dep_ == "ccomp" and cue_set("adamant").matches(head):
            holder = head.head if is_verb(head.head) else head
            speaker = logical_subject(holder)
            return [Speech(SpeechKind.SAY, speaker, head)] if speaker is not None else []
    bound = next(
        (t.i for t in reversed(sentence.doc[sentence.start : verb.i]) if t.text in (";", ":")),
        None,
    )
    if bound is None:
        return []
    before = sentence.doc[sentence.start : bound]
    label = [t for t in before if not t.is_punct]
    if label and len(label) < _FRAGMENT and not any(is_verb(t) for t in label):
        # "Paraguay's navy: we fired no shots"
        return [Speech(SpeechKind.SAY, label[-1], label[-1])]
    verbs = [said for said in before if is_verb(said) and said.tag_ not in ("VB", "VBG")]
    telling = [said for said in verbs if _tells(said)]
    if not telling and sentence.doc[bound].text == ":":
        # "The team's doctor stood by him: no such conversation was held."
        telling = [said for said in verbs if said.dep_ in ("ROOT", "ccomp", "conj")]
    for said in telling:
        speaker = logical_subject(said)
        if speaker is not None and speaker.pos_ in ("NOUN", "PROPN", "PRON"):
            return [Speech(SpeechKind.SAY, speaker, said)]
    return []


def _tells(verb: Token) -> bool:
    return any(cue_set(name).matches(verb) for name in ("say", "deny", "reject"))


def _turn(verb: Token, no: Token) -> set[str]:
    """Whether the verb that is negated stands elsewhere, or something beside it is negated."""
    found = {"elliptic"} if _is_elliptic(verb, no) else set()
    if no.lower_ == "not" and no.i > verb.i + 1 and not is_verb(no.head):
        found.add("contrast")  # "will talk of the issues, not of his past"
    return found


def _is_elliptic(verb: Token, no: Token) -> bool:
    """ "It had not", "he did not": the verb that is negated stands in what is answered."""
    if lemma(verb) not in ("have", "do", "be") or no.i < verb.i:
        return False
    doc, behind = verb.doc, max(verb.i, no.i) + 1
    if behind < len(doc) and doc[behind].is_quote and doc[behind - 1].whitespace_:
        return False  # a word in marks follows: "was not 'safe'"
    return behind >= len(doc) or doc[behind].is_punct or doc[behind].is_space


def _states(speech: Speech) -> bool:
    cue = speech.cue
    if cue is None:
        return True
    return not cue_set("accuse").matches(cue) and lemma(cue) not in (
        "hope",
        "fear",
        "believe",
        "think",
        "warn",
        "threaten",
        "ask",
        "demand",
        "suggest",
        "rule",
        "propose",
        "wonder",
        "estimate",
        "predict",
        "worry",
        "complain",
        "lament",
        "admit",
        "concede",
        "acknowledge",
        "order",
        "urge",
        "agree",
        "allege",
        "promise",
        "vow",
        "pledge",
    )


def _cue(verb: Token, no: Token) -> Span:
    words = [no.i, verb.i, *(t.i for t in auxiliaries(verb))]
    if abs(no.i - verb.i) > 8:
        return verb.doc[no.i : no.i + 1]
    return verb.doc[min(words) : max(words) + 1]


def _content(verb: Token, no: Token, evidence: Span) -> Span | None:
    """What is denied: the words behind the negation."""
    doc = verb.doc
    if no.lower_ in ("no", "not", "never", "n't", "n’t") and no.i + 1 < evidence.end:
        behind = trim(doc[max(no.i + 1, evidence.start) : evidence.end])
        if len(behind) and any(t.is_alpha for t in behind):
            return behind
    subject = [t for t in verb.subtree if t.i > verb.i and evidence.start <= t.i < evidence.end]
    return trim(doc[subject[0].i : evidence.end]) if subject else evidence


def _first_words(quoted: Span) -> Span:
    """The quotation up to its first full stop."""
    for token in quoted:
        if token.text in (".", "!", "?") and token.i > quoted.start:
            return quoted.doc[quoted.start : token.i]
    return quoted


def _is_title(words: Sequence[Token]) -> bool:
    """Whether the quoted words are the name of a work: "The New Woman's Fiction"."""
    long = [word.text for word in words if len(word.text) > _SHORT]
    return len(long) > 1 and all(each[0].isupper() and not each.isupper() for each in long)


def _blank_answer(sentence: Span, context: Context) -> DenialCandidate | None:
    """A quotation that is hardly more than "No", "Never", "Not a shilling"."""
    for quote in context.document.quotes:
        if quote.span.doc is not sentence.doc or quote.speaker is None:
            continue
        if not sentence.start <= quote.span.start < sentence.end:
            continue
        said = _first_words(quote.span)
        words = [t for t in said if t.is_alpha]
        if not quote.span[0].text[0].isupper() or not words or len(words) > _FRAGMENT:
            continue
        if cue_set("idle_no").matches(words[0]) or _is_title(words):
            continue
        features = {"frame:blank", "quote"}
        false = cue_set("plainly_false")
        finite = any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") and not false.matches(t) for t in words)
        if not finite and any(false.matches(t) for t in words):
            features.add("plain")
        elif cue_set("denying_fragment").matches(words[0]):
            if not cue_set("bare_no").matches(words[0]):
                features.add("fragment")
        elif words[0].lower_ not in _BLANK or any(
            is_verb(t) and t.dep_ not in ("ROOT",) for t in words[1:]
        ):
            continue
        if words[0].lower_ == "not" and len(words) > 1 and words[1].lower_ in ("yet", "only"):
            continue
        speeches = context.attribution.speeches(quote.span.root)
        return DenialCandidate(
            head=quote.span.root,
            features=features,
            speeches=speeches,
            denier=quote.speaker,
            cue=trim(said),
            evidence=trim(said),
        )
    return None
