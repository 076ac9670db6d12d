"""Whose words a clause is: the chain of speech around it, from the innermost outwards.

"The ministry accused Naftogaz of having warned that it would seize gas": around "seize" stand
Naftogaz, who warned, and the ministry, who accused. The innermost speaker answers for the
words; those farther out answer for their having been said, and so decide the modality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.extraction.asides import aside, closing, ends_sentence, name_before
from pipeline.extraction.clauses import (
    agent,
    apart,
    governor_past_aside,
    is_passive,
    is_verb,
    passive_agent,
    surface_subject,
)
from pipeline.extraction.hearers import spoken_to
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.quote_index import QuoteIndex
from pipeline.extraction.quotes import is_speech
from pipeline.extraction.sources import author

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.extraction.document import Document, Quote
    from pipeline.extraction.texts import Doc, Span, Token

_COMPLEMENTS = frozenset(
    {
        "ccomp",
        "xcomp",
        "parataxis",
        "advcl",
        "dep",
        "conj",
        "prep",
        "dobj",
        "acl",
        "relcl",
        "pobj",
        "pcomp",
        "oprd",
        "attr",
        "appos",
        "csubj",
        "dative",
        "ROOT",
    }
)
_OPENING = frozenset({"'", "‘", "«", "„", "‚", "‹"})
_LOST_REACH = 30


class SpeechKind(StrEnum):
    """How words are brought forward."""

    QUOTE = "quote"
    SAY = "say"
    TELL = "tell"
    WARN = "warn"
    VOW = "vow"
    THREATEN = "threaten"
    ACCUSE = "accuse"
    ACCORDING = "according"
    PLAN = "plan"
    NOUN = "noun"
    """A noun carries the words: "a report that ..."."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One act of speaking around a clause."""

    kind: SpeechKind
    speaker: Token | None
    cue: Token | None
    addressee: Token | None = None
    quote: Quote | None = None


class Attribution:
    """The quotations of an article, asked for the speech around a token."""

    def __init__(self, document: Document) -> None:
        self.places = QuoteIndex(document.quotes)
        self._full = {id(quote): is_speech(quote) for quote in document.quotes}
        # The longest first, so that what remains at a token is the innermost.
        self._around: dict[tuple[int, int], Quote] = {
            (id(quote.span.doc), at): quote
            for quote in sorted(document.quotes, key=lambda quote: -len(quote.span))
            for at in range(quote.span.start, quote.span.end)
        }
        self._beside: dict[tuple[int, int], list[tuple[Token, frozenset[int]]]] = {}

    def quote_around(self, token: Token) -> Quote | None:
        """The innermost quotation that holds the token."""
        return self._around.get((id(token.doc), token.i))

    def speech_quote(self, token: Token) -> Quote | None:
        """The innermost quotation of whole speech that holds the token."""
        quote = self.quote_around(token)
        while quote is not None and not self._full[id(quote)]:
            quote = quote.parent
        return quote

    def has_marks(self, quote: Quote) -> bool:
        """Whether quotation marks stand around it; a transcript's turns have none."""
        start = quote.span.start
        return start > 0 and (
            quote.span.doc[start - 1].is_quote or quote.span.doc[start - 1].text in _OPENING
        )

    def is_quoted(self, start: int, end: int, doc: Doc) -> bool:
        """Whether quoted words stand between two tokens of a field."""
        return any(self.has_marks(quote) for quote in self.places.overlapping(doc, start, end))

    def speeches(self, token: Token) -> list[Speech]:
        """The acts of speaking around the clause of ``token``, innermost first."""
        found: list[Speech] = []
        passed: set[int] = set()
        at = token
        quote = self.speech_quote(token)
        for _ in range(60):
            passed.add(at.i)
            head = at.head
            leaves = quote is not None and not quote.span.start <= head.i < quote.span.end
            if head == at or leaves:
                self._tail(at, quote, passed, found)
                if not found and quote is None and token.i < at.i and ends_sentence(at):
                    # The parser hung the clause elsewhere, but the words are plain:
                    # "..., the general insisted."
                    found.append(_of_verb(at))
                if not found and quote is None and (lost := _lost_report(token)) is not None:
                    found.append(lost)
                if not found and quote is None and (late := closing(token)) is not None:
                    found.append(replace(_of_verb(late), speaker=name_before(late)))
                if quote is None:
                    break
                found.append(
                    Speech(SpeechKind.QUOTE, quote.speaker, quote.cue, quote.addressee, quote)
                )
                cue = quote.cue
                quoter = surface_subject(cue) if cue is not None else None
                if cue is not None and lemma(cue) == "quote" and quote.speaker != quoter:
                    found.append(Speech(SpeechKind.SAY, quoter, cue))
                quote = self._around_quote(quote)
                if cue is None or cue.i in passed or cue.doc is not token.doc:
                    break
                at = cue
                continue
            speech = _speech_above(at, head)
            if speech is None or (speech.kind is SpeechKind.NOUN and speech.speaker is None):
                speech = _lost_complement(at, head) or speech
            if speech is not None and not _same(speech, found):
                found.append(speech)
            at = head
            if at.i in passed:
                break
        return [speech for speech in found if speech.cue is None or speech.cue.i != token.i]

    def _around_quote(self, quote: Quote) -> Quote | None:
        outer = quote.parent
        while outer is not None and not self._full[id(outer)]:
            outer = outer.parent
        return outer

    def _tail(
        self, root: Token, quote: Quote | None, passed: set[int], found: list[Speech]
    ) -> None:
        """An attribution that stands beside the clause: ", the minister said"."""
        for token, complements in self._asides(root.sent):
            if token.i in passed or (quote and not quote.span.start <= token.i < quote.span.end):
                continue
            if not complements <= passed or (quote is None and self.speech_quote(token)):
                continue
            speech = _according(token) if token.lower_ == "according" else _of_verb(token)
            if speech is not None and not _same(speech, found):
                found.append(speech)

    def _asides(self, sentence: Span) -> list[tuple[Token, frozenset[int]]]:
        """The words by which an attribution may stand beside a clause of the sentence.

        With each the clauses that it has of its own: it is beside those alone.
        """
        key = (id(sentence.doc), sentence.start)
        if key not in self._beside:
            self._beside[key] = [
                (token, complements)
                for token in sentence
                if (complements := aside(token)) is not None
            ]
        return self._beside[key]


def _same(speech: Speech, found: Iterable[Speech]) -> bool:
    return any(
        speech.cue is not None and other.cue is not None and other.cue.i == speech.cue.i
        for other in found
    )


def _speech_above(at: Token, head: Token) -> Speech | None:
    """The speech that ``head`` makes of the words around ``at``, if it makes one."""
    if is_verb(head):
        if at.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "agent") or apart(at, head):
            return None
        if at.dep_ == "advcl" and not _complement_like(at, head):
            return None
        if at.dep_ == "conj" or at.dep_ not in _COMPLEMENTS:
            return None
        if at.dep_ in ("prep", "dobj", "pobj", "dative") and not (
            cue_set("accuse").matches(head) or at.dep_ == "dobj"
        ):
            return None
        if any(cue_set(name).matches(head) for name in ("report", "accuse", "hedged_report")):
            return _of_verb(head)
        if at.dep_ in ("xcomp", "advcl") and cue_set("plan").matches(head):
            return _of_verb(head)
        return None
    if head.lower_ == "right" and at.dep_ in ("acl", "xcomp", "relcl") and is_verb(head.head):
        # "reserves the right to seize"
        return _of_verb(head.head) if cue_set("vow").matches(head.head) else None
    governor = governor_past_aside(at)
    if governor is not None and any(
        cue_set(name).matches(governor) for name in ("threaten", "vow")
    ):
        return _of_verb(governor)
    if head.pos_ == "NOUN" and at.dep_ in ("acl", "ccomp", "relcl", "appos", "xcomp"):
        if any(cue_set(name).matches(head) for name in ("claim_noun", "advise_harm")):
            if (
                at.dep_ in ("acl", "ccomp", "xcomp", "relcl") and at.tag_ not in ("VBG", "VBN")
            ) or (at.dep_ != "relcl" and any(c.lower_ == "that" for c in at.children)):
                return _of_noun(head)
    return None


def _lost_complement(at: Token, head: Token) -> Speech | None:
    """The speech of a that-clause that the parser hangs on a noun behind the verb of saying.

    "texted tenants that ...", "told the blogger in a letter seen by the paper that ...".
    """
    opened = [child for child in at.children if child.lower_ == "that"]
    if at.dep_ not in ("acl", "relcl", "ccomp", "advcl") or not any(
        child.dep_ == "mark" or (at.dep_ == "relcl" and _told_behind(child, head))
        for child in opened
    ):
        return None
    if is_verb(head) and not (head.dep_ == "acl" and head.tag_ == "VBN"):
        return None
    for ancestor in head.ancestors:
        if is_verb(ancestor) and ancestor.i < at.i and cue_set("report").matches(ancestor):
            return _of_verb(ancestor)
    return None


def _told_behind(that: Token, noun: Token) -> bool:
    """ "was warned by a clerk that she would": it opens what is told, and is no relative."""
    behind = that.nbor()
    return (
        noun.dep_ == "pobj"
        and noun.head.dep_ == "agent"
        and behind.pos_ in ("PRON", "DET", "PROPN")
        and that.i == noun.i + 1
    )


def _lost_report(token: Token) -> Speech | None:
    """The speech of a clause that the parser has torn from its verb of saying, by the words.

    "She did warn the chairman, Refat Umerov, that he'd be barred": "that" between the two, or
    a colon, and no other finite verb of the sentence.
    """
    joined = False
    start = max(token.sent.start, token.i - _LOST_REACH)
    for before in reversed(list(token.doc[start : token.i])):
        if before.text == ":" or (before.lower_ == "that" and before.tag_ in ("IN", "DT", "WDT")):
            joined = True
        elif before.tag_ in ("VBD", "VBZ", "VBP") or (before.tag_ == "VB" and joined):
            if before.dep_ in ("aux", "auxpass"):
                continue
            told = joined and cue_set("report").matches(before)
            return _of_verb(before) if told and agent(before) is not None else None
    return None


def _complement_like(at: Token, head: Token) -> bool:
    """The parser calls some complements adverbial: no conjunction opens them."""
    if any(child.lower_ == "to" and child.dep_ == "aux" for child in at.children):
        # "threatened on Monday to expel"
        return at.i > head.i and any(
            cue_set(name).matches(head) for name in ("threaten", "vow", "plan")
        )
    if any(child.dep_ == "mark" and child.lower_ != "that" for child in at.children):
        return False
    return surface_subject(at) is not None and at.tag_ not in ("VBG", "VBN")


def _of_verb(verb: Token) -> Speech:
    kind = SpeechKind.SAY
    for name, named in (
        ("threaten", SpeechKind.THREATEN),
        ("warn", SpeechKind.WARN),
        ("vow", SpeechKind.VOW),
        ("plan", SpeechKind.PLAN),
        ("accuse", SpeechKind.ACCUSE),
        ("telling", SpeechKind.TELL),
    ):
        if cue_set(name).matches(verb):
            kind = named
            break
    if is_passive(verb) and lemma(verb) == "quote":
        # "was quoted by the agency as saying": the words are his.
        return Speech(kind, surface_subject(verb), verb)
    if is_passive(verb):
        return Speech(kind, passive_agent(verb), verb, surface_subject(verb))
    return Speech(kind, _sayer(verb), verb, spoken_to(verb))


def _sayer(verb: Token) -> Token | None:
    """The verb's agent; for "sent a note last week warning ..." the one who sent it."""
    sayer = agent(verb)
    if sayer is None or verb.tag_ != "VBG" or sayer.pos_ != "NOUN":
        return sayer
    if sayer.ent_type_ in ("DATE", "TIME") or cue_set("advise_harm").matches(sayer):
        above = next((t for t in sayer.ancestors if is_verb(t)), None)
        if above is not None and cue_set("authoring").matches(above) and not is_passive(above):
            return agent(above)
    return sayer


def _of_noun(noun: Token) -> Speech:
    hearer = None
    for holder in (noun, noun.head):
        for child in holder.children:
            if child.lower_ == "to" and child.dep_ in ("prep", "dative") and hearer is None:
                hearer = next((n for n in child.children if n.dep_ == "pobj"), None)
    return Speech(SpeechKind.NOUN, author(noun), noun, hearer)


def _according(token: Token) -> Speech | None:
    to = token.doc[token.i + 1]
    for noun in to.children:
        if noun.dep_ == "pobj":
            return Speech(SpeechKind.ACCORDING, noun, token)
    for noun in token.doc[token.i + 2 : token.i + 8]:
        if noun.pos_ in ("NOUN", "PROPN"):
            return Speech(SpeechKind.ACCORDING, noun, token)
    return None


def is_hedged_report(speech: Speech) -> bool:
    """Whether the speech's cue tells without vouching: claim, allege, accuse, "is said to"."""
    cue = speech.cue
    if cue is None or speech.kind is SpeechKind.QUOTE:
        return False
    if cue.pos_ == "NOUN":
        return lemma(cue) in (
            "claim",
            "allegation",
            "accusation",
            "rumour",
            "rumor",
            "story",
            "report",
            "account",
            "suggestion",
            "talk",
            "charge",
            "assertion",
        )
    if cue_set("accuse").matches(cue) or lemma(cue) in ("claim", "allege"):
        return True
    return is_passive(cue) and lemma(cue) in ("say", "report", "believe", "think", "rumour")
