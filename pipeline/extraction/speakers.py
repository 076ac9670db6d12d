"""Who says a quotation, and to whom: from the words around its marks.

In this order: the words between the marks' end and the next sentence ("...," said X), the
words before ("X said: ..."), the clause that a few quoted words belong to, and last what the
paragraph has said so far.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import (
    OBJECTS,
    agent,
    is_passive,
    is_verb,
    surface_subject,
)
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from pipeline.extraction.document import Quote
    from pipeline.extraction.texts import Doc, Token

_STOPS = frozenset({".", "!", "?", ";", "…"})
_DOUBLE = frozenset({'"', "“", "”", "„", "«", "»"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_LOOK_BACK = 60
_LOOK_AHEAD = 45
_PARAGRAPH = 500
"""A paragraph is looked back through no farther than so many tokens."""
_GOES_ON = frozenset({"he", "she"})
_NOT_SPEAKERS = frozenset({"it", "that", "this", "what", "there", "which"})


def attribute(doc: Doc, found: list[tuple[Quote, bool]]) -> None:
    """Fill in speaker, cue and addressee of a field's quotations.

    ``found``: each quotation with whether it carries on that of the paragraph before.
    """
    quoted = {token.i for quote, _ in found if quote.parent is None for token in quote.span}
    outer = [(quote, carries_on) for quote, carries_on in found if quote.parent is None]
    for number, (quote, carries_on) in enumerate(outer):
        before = outer[number - 1][0] if number else None
        if carries_on and before is not None:
            _copy(before, quote)
            continue
        if (
            _from_words_behind(quote, quoted)
            or _from_words_before(quote, quoted)
            or _from_clause(quote, quoted)
        ):
            continue
        _from_paragraph(quote, before, quoted)
    _look_back_from_later(outer)
    inside: defaultdict[int, set[int]] = defaultdict(set)
    for quote, _ in found:
        inside[id(quote.parent)].update(range(quote.span.start, quote.span.end))
    for quote, _ in found:
        if quote.parent is not None:
            beside = inside[id(quote.parent)]
            if not _from_words_before(quote, beside):
                _from_words_behind(quote, beside)


def _copy(source: Quote, quote: Quote) -> None:
    quote.speaker, quote.cue, quote.addressee = source.speaker, source.cue, source.addressee


def _behind(quote: Quote, quoted: set[int]) -> list[Token]:
    """The unquoted words from the closing mark to the sentence's end or the next quotation."""
    doc = quote.span.doc
    words: list[Token] = []
    limit = quote.parent.span.end if quote.parent else len(doc)
    if quote.span[-1].text in (".", "…") and quote.parent is None:
        return []
    for token in doc[quote.span.end : min(quote.span.end + _LOOK_AHEAD, limit)]:
        if token.i in quoted or (token.is_space and "\n" in token.text):
            break
        if token.text in _STOPS:
            break
        if token.text in _DOUBLE:
            if words:
                break
            continue
        if token.is_quote and not words:
            continue
        words.append(token)
    return words


def _before(quote: Quote, quoted: set[int]) -> list[Token]:
    """The unquoted words from the sentence's beginning to the opening mark."""
    doc, words = quote.span.doc, []
    limit = quote.parent.span.start if quote.parent else 0
    for token in reversed(list(doc[max(limit, quote.span.start - _LOOK_BACK) : quote.span.start])):
        if token.is_quote and token.i == quote.span.start - 1:
            continue
        if token.i in quoted or (token.is_space and "\n" in token.text):
            break
        if token.text in _STOPS:
            break
        words.append(token)
        if token.is_sent_start and token.i not in quoted:
            break
    return words[::-1]


def _from_words_behind(quote: Quote, quoted: set[int]) -> bool:
    words = _behind(quote, quoted)
    while words and words[0].text in (",", "-", "–", "—"):
        words = words[1:]
    if not words:
        return False
    if lemma(words[0]) == "accord" or words[0].lower_ == "according":
        return _according_to(quote, words)
    saying = cue_set("say")
    for position, token in enumerate(words):
        if token.pos_ == "SCONJ" and position == 0:
            return False
        if not saying.matches(token) or token.tag_ in ("VBG", "VB"):
            continue
        if position and not _only_a_name(words[:position]):
            return False
        if position and _nominal(words[:position]):
            speaker = _own_subject(token, words[:position])
        else:
            speaker = _inverted(token, words[position + 1 :])
        if speaker is None:
            return False
        if lemma(token) == "quote" and any(child.lower_ == "as" for child in token.children):
            # "she quoted him as saying": the words are his.
            speaker = next((c for c in token.children if c.dep_ in OBJECTS), speaker)
        quote.speaker, quote.cue = speaker, token
        quote.addressee = _addressee(token, speaker)
        return True
    return False


def _only_a_name(words: list[Token]) -> bool:
    """No other verb stands before the verb of saying, but in a relative clause or apposition."""
    for token in words:
        if is_verb(token) and token.tag_ in ("VBD", "VBZ", "VBP", "MD"):
            if token.dep_ in ("relcl", "acl", "aux", "auxpass", "ccomp"):
                continue
            return lemma(token) in ("have", "be")
    return True


def _nominal(words: list[Token]) -> bool:
    return any(token.pos_ in _NOMINAL for token in words)


def _own_subject(verb: Token, words: list[Token]) -> Token | None:
    subject = surface_subject(verb)
    if subject is not None and words[0].i <= subject.i <= words[-1].i:
        return subject
    return _head_of_first_noun(words)


def _inverted(verb: Token, words: list[Token]) -> Token | None:
    subject = surface_subject(verb)
    if subject is not None and subject.i > verb.i:
        return subject
    return _head_of_first_noun(words)


def _head_of_first_noun(words: list[Token]) -> Token | None:
    """The head of the first noun phrase: its last noun before anything else begins."""
    head = None
    for token in words:
        if token.pos_ in _NOMINAL:
            head = token
            if token.pos_ == "PRON":
                break
        elif head is not None and token.tag_ not in ("POS", "HYPH") and token.pos_ != "ADJ":
            if token.tag_ in ("IN", "TO", "DT") or token.text == "," or is_verb(token):
                break
        if token.tag_ == "POS":
            head = None
    return head


def _according_to(quote: Quote, words: list[Token]) -> bool:
    speaker = _head_of_first_noun(words[2:])
    if speaker is None:
        return False
    quote.speaker, quote.cue = speaker, words[1] if len(words) > 1 else words[0]
    return True


def _from_words_before(quote: Quote, quoted: set[int]) -> bool:
    words = _before(quote, quoted)
    if not words:
        return False
    if words[-1].text == ":" and not any(cue_set("say").matches(word) for word in words):
        return _label(quote, words[:-1])
    if words[-1].text not in (":", ",", "that", "as", "like", "—", "–", "-"):
        return _close_verb(quote, words)
    return _verb_before(quote, words)


def _verb_before(quote: Quote, words: list[Token]) -> bool:
    for token in reversed(words):
        if cue_set("say").matches(token) and token.pos_ in ("VERB", "AUX"):
            speaker = agent(token)
            if speaker is None or speaker.i in range(quote.span.start, quote.span.end):
                speaker = surface_subject(token)
            if speaker is None or speaker.lower_ in _NOT_SPEAKERS:
                return False
            quote.speaker, quote.cue = speaker, token
            quote.addressee = _addressee(token, speaker)
            return True
        if token.lower_ == "to" and token.i and lemma(token.nbor(-1)) == "accord":
            return _according_to(quote, [token.nbor(-1), *words[words.index(token) :]])
    return False


def _close_verb(quote: Quote, words: list[Token]) -> bool:
    """A verb of saying right before the mark: 'warned "the game is up"'."""
    token = words[-1]
    if cue_set("say").matches(token) and token.pos_ == "VERB":
        return _verb_before(quote, words)
    if lemma(token) in ("call", "term", "dub") and surface_subject(token) is not None:
        # "what the weekly called “hundreds of e-mails”": the mark belongs to that clause alone.
        quote.speaker, quote.cue = surface_subject(token), token
        return True
    return False


def _label(quote: Quote, words: list[Token]) -> bool:
    """A name and a colon, without a verb: 'Peskov: "We did not"'."""
    speaker = _head_of_first_noun(words)
    if speaker is None or any(is_verb(word) for word in words) or len(words) > 12:
        verbs = [word for word in words if is_verb(word) and word.dep_ in ("ROOT", "conj")]
        if not verbs:
            return False
        speaker = surface_subject(verbs[-1])
    if speaker is None or speaker.lower_ in _NOT_SPEAKERS:
        return False
    quote.speaker, quote.cue = speaker, None
    return True


def _from_clause(quote: Quote, quoted: set[int]) -> bool:
    """A few words inside a clause are spoken by the one who is said to say or do it."""
    before = _before(quote, quoted)
    if not before and quote.span[-1].text in ".!?":
        return False
    if _is_title(quote):
        return False
    token = quote.span.root
    for _ in range(12):
        if token.head == token:
            break
        token = token.head
        if token.i not in quoted and is_verb(token) and cue_set("say").matches(token):
            speaker = agent(token)
            if speaker is not None and speaker.lower_ not in _NOT_SPEAKERS:
                quote.speaker, quote.cue = speaker, token
                quote.addressee = _addressee(token, speaker)
                return True
    verbs = [word for word in before if is_verb(word) and word.dep_ not in ("aux", "auxpass")]
    for verb in reversed(verbs):
        if cue_set("quoting").matches(verb):
            speaker = agent(verb)
            if speaker is not None and speaker.pos_ in _NOMINAL:
                quote.speaker, quote.cue = speaker, verb
                return True
    return False


def _is_title(quote: Quote) -> bool:
    """ "published a memoir, “Nights Without Clocks”": each word of weight has a capital."""
    words = [token for token in quote.span if token.is_alpha]
    weighty = [token for token in words if len(token) > 3]
    return (
        len(words) > 1
        and words[0].text[0].isupper()
        and len(weighty) > 1
        and all(token.text[0].isupper() for token in weighty)
        and not any(token.text.isupper() for token in weighty)
        and quote.span[-1].text not in (".", "!", "?", ",")
    )


def _from_paragraph(quote: Quote, before: Quote | None, quoted: set[int]) -> None:
    """Speech that stands alone goes on with the speaker before it in its paragraph."""
    if _before(quote, quoted) or len(quote.span) < 2:
        return
    doc = quote.span.doc
    start = _paragraph_start(doc, quote.span.start)
    if before is not None and before.span.start >= start and before.speaker is not None:
        between = doc[before.span.end : quote.span.start]
        if not any(_new_speaker(token, before) for token in between):
            _copy(before, quote)
            return
    for token in reversed(list(doc[start : quote.span.start])):
        if token.i in quoted or not is_verb(token) or token.dep_ in ("aux", "auxpass"):
            continue
        if not cue_set("quoting").matches(token) and not cue_set("say").matches(token):
            continue
        if token.dep_ in ("relcl", "acl", "xcomp", "pcomp", "amod") or is_passive(token):
            continue
        speaker = agent(token)
        if speaker is not None and speaker.pos_ in _NOMINAL and speaker.i not in quoted:
            if before is not None and before.speaker == speaker and before.span.start >= start:
                # What stands between tells of the speaker: he goes on.
                _copy(before, quote)
                return
            quote.speaker, quote.cue = speaker, None
            return


def _new_speaker(token: Token, before: Quote) -> bool:
    """Whether the verb tells of another than the speaker before: "He was on a roof" does not."""
    subject = surface_subject(token) if is_verb(token) and token.dep_ == "ROOT" else None
    return (
        subject is not None
        and before.cue is not None
        and token.i != before.cue.i
        and subject.lower_ not in _GOES_ON
    )


def _look_back_from_later(outer: list[tuple[Quote, bool]]) -> None:
    """'"Go!" "Now," she said': speech before its speaker is named, in the same paragraph."""
    for (quote, _), (later, _) in zip(reversed(outer[:-1]), reversed(outer[1:]), strict=True):
        if quote.speaker is not None or later.speaker is None or later.cue is None:
            continue
        between = quote.span.doc[quote.span.end : later.span.start]
        if all(token.is_punct or token.is_space for token in between) and "\n" not in between.text:
            _copy(later, quote)


def _paragraph_start(doc: Doc, at: int) -> int:
    for before in range(at - 1, max(at - _PARAGRAPH, 0) - 1, -1):
        if doc[before].is_space and "\n" in doc[before].text:
            return before + 1
    return max(at - _PARAGRAPH, 0)


def _addressee(verb: Token, speaker: Token) -> Token | None:
    for child in verb.children:
        if child.dep_ in OBJECTS and child.i != speaker.i and child.pos_ in _NOMINAL:
            if cue_set("addressing").matches(verb):
                return child
        fronted = child.lower_ == "with" and child.i < verb.i
        if (child.lower_ == "to" or fronted) and child.dep_ in ("prep", "dative"):
            for noun in child.children:
                if noun.dep_ == "pobj":
                    return noun
    return None
