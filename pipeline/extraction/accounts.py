"""What others told shortly before: the accounts that a statement may answer.

A negation in the news mostly tells how things stand; it denies where someone else has told the
opposite. So an account counts only where its teller is not on the side of the one who speaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_passive, is_verb, logical_subject, passive_agent
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import resolve, same_side
from pipeline.extraction.sources import author
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.extraction.candidates import Context, DenialCandidate
    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Span, Token

_LOOK_BACK_SENTENCES = 3
_LOOK_AHEAD_SENTENCES = 2
_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "ADJ"})
_TELLING = ("report", "teller", "accuse", "vow", "order")
"""Cue sets of the verbs whose sentence is someone's account."""
_STEM = 5
"""Letters by which "forged" and "forge", "concealment" and "conceal" are known as one."""
_OPEN_PRONOUNS = frozenset({"he", "she", "it", "they"})


@dataclass(eq=False)
class Account:
    """Something told of the world by someone."""

    teller: Token | None
    """None where the words name no one: "reportedly", a question."""
    told: tuple[Token, ...]
    cue: Token | None = None
    """The verb that tells it."""

    @cached_property
    def places(self) -> frozenset[int]:
        """Where its words stand."""
        return frozenset(token.i for token in self.told)


@dataclass(eq=False)
class _Told:
    """The accounts of a sentence, and what its words are to those who look for an echo."""

    sentence: Span
    accounts: list[Account]
    sides: dict[Entity, frozenset[int]] = field(default_factory=dict)
    """Where the sentence speaks of an actor's side, of each that was asked for."""

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """Where each of its words stands by which a telling can be known again."""
        found: dict[str, list[int]] = {}
        for token in self.sentence:
            if _is_content(token):
                found.setdefault(lemma(token)[:_STEM], []).append(token.i)
        return found


_LATER = {
    "contested": "contested-later",
    "contested-us": "contested-us-later",
    "contested-echo": "contested-echo-later",
}
"""What the signs are called of an account that follows."""


class Accounts:
    """The accounts of an article, sentence by sentence, as they are asked for.

    A sentence may hold many, and each of them most of the sentence. So what its words are is found
    once for all of them.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[int, int], _Told] = {}

    def answered(self, candidate: DenialCandidate, sentence: Span) -> set[str]:
        """Whether the candidate answers an account of another told up to three sentences before.

        ``contested``: there is one. ``contested-us``: it speaks of the denier's side.
        ``contested-echo``: the candidate takes up its words. News may begin with the denial:
        the same with ``-later`` for what is told up to two sentences behind. ``answerable``: any.
        """
        speaker = candidate.denier
        if speaker is None:
            return set()
        entity = resolve(speaker, candidate.speeches[1:], self._context.index)
        words = _content(candidate.evidence)
        found: set[str] = set()
        for told in self._before(sentence):
            found |= self._answers(told, told.accounts, words, speaker, entity)
        own = self._in(sentence)
        beside = self._beside(own, candidate)
        found |= self._answers(own, beside, words, speaker, entity, candidate.evidence.start)
        for told in self._behind(sentence):
            later = self._answers(told, told.accounts, words, speaker, entity)
            found |= {_LATER[sign] for sign in later}
        return found | ({"answerable"} if found else set())

    def _answers(
        self,
        told: _Told,
        accounts: Iterable[Account],
        words: set[str],
        speaker: Token,
        entity: Entity | None,
        end: int | None = None,
    ) -> set[str]:
        """What one that speaks so answers by the accounts, as far as they stand before ``end``."""
        others = [each for each in accounts if self._is_another(each.teller, speaker, entity)]
        if not others:
            return set()
        found = {"contested"}
        for name, places in (
            ("contested-echo", {at for word in words for at in told.words.get(word, ())}),
            ("contested-us", self._of_side(told, entity) if entity is not None else frozenset()),
        ):
            before = {at for at in places if end is None or at < end}
            if before and not all(before.isdisjoint(each.places) for each in others):
                found.add(name)
        return found

    def between(self, first: Span, then: DenialCandidate) -> bool:
        """Whether another than the denier told something between two tellings of denials."""
        same = first.doc is then.evidence.doc
        return same and first.end <= self.last_of_another(then)

    def last_of_another(self, then: DenialCandidate) -> int:
        """The token at which another than the denier last began to tell something before him.

        -1 where nobody did.
        """
        if then.denier is None:
            return -1
        entity = resolve(then.denier, then.speeches[1:], self._context.index)
        return max(
            (
                account.told[0].i
                for told in self._before(then.evidence.sent)
                for account in told.accounts
                if account.told
                and account.told[0].i < then.evidence.start
                and self._is_another(account.teller, then.denier, entity)
            ),
            default=-1,
        )

    def _of_side(self, told: _Told, entity: Entity) -> frozenset[int]:
        """Where the sentence speaks of the actor's side."""
        if entity not in told.sides:
            told.sides[entity] = frozenset(
                token.i for token in told.sentence if self._is_of(token, entity)
            )
        return told.sides[entity]

    def _is_of(self, token: Token, entity: Entity) -> bool:
        """Whether the token speaks of the actor, its side or its country's people or things."""
        index = self._context.index
        if token.pos_ in ("PROPN", "NOUN", "PRON") and same_side(index.resolve(token), entity):
            return True
        state = entity.type not in (ActorType.PERSON, ActorType.ORGANISATION)
        return state and entity.country is not None and index.place(token) == entity.country

    def _is_another(self, teller: Token | None, speaker: Token, entity: Entity | None) -> bool:
        if teller is None:
            return True
        other = self._context.index.resolve(teller)
        if entity is not None and other is not None:
            return not same_side(other, entity)
        if entity is None and speaker.lower_ in _OPEN_PRONOUNS:
            return False
        if other is None and teller.lower_ in _OPEN_PRONOUNS:
            return False
        return lemma(teller) != lemma(speaker)

    def _beside(self, told: _Told, candidate: DenialCandidate) -> Iterator[Account]:
        """What is told in the same sentence, before the words that deny."""
        around = {token.i for token in candidate.head.ancestors} | {candidate.head.i}
        around |= {speech.cue.i for speech in candidate.speeches if speech.cue is not None}
        for account in told.accounts:
            if account.cue is None or account.cue.i in around or not account.told:
                continue
            if account.told[0].i < candidate.evidence.start:
                yield account

    def _in(self, sentence: Span) -> _Told:
        key = (id(sentence.doc), sentence.start)
        if key not in self._known:
            self._known[key] = _Told(sentence, list(_accounts(sentence, self._context)))
        return self._known[key]

    def _before(self, sentence: Span) -> Iterator[_Told]:
        doc, start = sentence.doc, sentence.start
        for _ in range(_LOOK_BACK_SENTENCES):
            if not start:
                return
            before = doc[start - 1].sent
            yield self._in(before)
            start = before.start

    def _behind(self, sentence: Span) -> Iterator[_Told]:
        doc, end = sentence.doc, sentence.end
        for _ in range(_LOOK_AHEAD_SENTENCES):
            if end >= len(doc):
                return
            behind = doc[end].sent
            yield self._in(behind)
            end = behind.end


def _accounts(sentence: Span, context: Context) -> Iterator[Account]:
    """Everything that someone is said to tell in the sentence."""
    if sentence.text.rstrip(' \n"”’').endswith("?"):
        yield Account(None, tuple(sentence))
    for quote in context.attribution.places.overlapping(sentence.doc, sentence.start, sentence.end):
        if quote.speaker is not None:
            first, last = (
                max(quote.span.start, sentence.start),
                min(quote.span.end, sentence.end),
            )
            if first < last:
                yield Account(quote.speaker, tuple(sentence.doc[first:last]))
    for token in sentence:
        if cue_set("hedge").matches(token) and token.pos_ == "ADV":
            yield Account(None, tuple(sentence))
        elif is_verb(token):
            yield from _told_by(token)
        elif cue_set("claim_noun").matches(token):
            for clause in token.children:
                if clause.dep_ in ("acl", "ccomp", "relcl") and is_verb(clause):
                    yield Account(author(token), tuple(clause.subtree))


def _told_by(verb: Token) -> Iterator[Account]:
    """What a verb of reporting, accusing, demanding or threatening tells: all of its sentence.

    What is demanded or threatened may be answered too ("unless Kiev settles its debt").
    """
    if verb.tag_ in ("VB", "VBG") or not any(cue_set(name).matches(verb) for name in _TELLING):
        return
    teller = passive_agent(verb) if is_passive(verb) else logical_subject(verb)
    own = set(teller.subtree) if teller is not None and not is_verb(teller) else set()
    clause = next((c for c in verb.children if c.dep_ in ("ccomp", "xcomp") and is_verb(c)), None)
    if (teller is not None and teller.i > verb.i) or clause is None:
        yield Account(teller, tuple(t for t in verb.sent if t not in own), verb)
    else:
        yield Account(teller, tuple(verb.sent[verb.i - verb.sent.start :]), verb)


def _content(tokens: Iterable[Token]) -> set[str]:
    """The words of a telling by which another telling of the same thing can be known."""
    return {lemma(token)[:_STEM] for token in tokens if _is_content(token)}


def _is_content(token: Token) -> bool:
    return (
        token.pos_ in _CONTENT
        and not token.is_stop
        and len(token) > 2
        and not cue_set("report").matches(token)
    )
