"""The toy that every figure is held against: cue words, the sentence's subject, and NER's names.

It is what one writes in an afternoon, and no more is to be put into it: each word of a short list
makes a record of its sentence, the sentence's subject is who threatens or denies, every other name
in the sentence is threatened, and an actor is what the model labels as a name. It has no knowledge
base, no rules, no coreference and no links. A gold set on which it does well is an easy one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import spacy

from pipeline.extraction.quotations import Quotation
from pipeline.records import (
    Actor,
    ActorRef,
    ActorType,
    Denial,
    DenialKind,
    Extraction,
    Field,
    Mention,
    MentionKind,
    Modality,
    Provenance,
    Span,
    Threat,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as DocSpan

    from pipeline.articles import Article

THREAT_CUES = frozenset(
    "threat threaten warn warning vow ultimatum retaliate retaliation unless consequence "
    "deadline".split()
)
DENIAL_CUES = frozenset("deny denial refute dismiss reject dispute false baseless untrue".split())
"""Lemmas, of any part of speech."""

_TYPES = {
    "PERSON": ActorType.PERSON,
    "ORG": ActorType.ORGANISATION,
    "GPE": ActorType.GOVERNMENT,
    "NORP": ActorType.GROUP,
}
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")


class Baseline:
    """The toy as an extraction, on a spaCy pipeline as it comes."""

    def __init__(self, model: str) -> None:
        """Loads the pipeline of this name; raises OSError where spaCy finds none."""
        self._nlp = spacy.load(model)

    def extract(self, article: Article) -> Extraction:
        """What the toy finds in the article's body."""
        doc = self._nlp(article.body)
        provenance = Provenance(
            article.id, article.revision, article.source, article.published_at, "toy", "toy"
        )
        actors = _actors(doc, provenance)
        threats, denials = [], []
        for sentence in doc.sents:
            who, others = _participants(sentence, actors)
            if who is None:
                continue
            if cue := _first(THREAT_CUES, sentence):
                threats.append(_threat(provenance, who, others, sentence, cue))
            if cue := _first(DENIAL_CUES, sentence):
                denials.append(_denial(provenance, who, sentence, cue))
        return Extraction(
            provenance, tuple(dict.fromkeys(actors.values())), tuple(threats), tuple(denials)
        )

    def quotations(self, article: Article) -> list[Quotation]:
        """What stands between double marks, said by the name nearest to it in its paragraph."""
        found = []
        doc = self._nlp(article.body)
        people = [name for name in doc.ents if name.label_ in _TYPES]
        for quoted in _QUOTED.finditer(article.body):
            start, end = quoted.span(1)
            near = [
                (min(abs(name.start_char - end), abs(start - name.end_char)), name.text)
                for name in people
                if "\n" not in article.body[min(end, name.end_char) : max(start, name.start_char)]
                and not start <= name.start_char < end
            ]
            if near:
                words = Span(Field.BODY, start, end, quoted[1])
                found.append(Quotation(min(near)[1], (words,), indirect=False))
        return found


def _actors(doc: Doc, provenance: Provenance) -> dict[str, Actor]:
    """The actor of each name that stands in the text; a surname alone is the person before it."""
    places: dict[str, list[DocSpan]] = {}
    full_names: dict[str, str] = {}
    for name in doc.ents:
        if name.label_ in _TYPES:
            text = full_names.get(name.text, name.text)
            places.setdefault(text, []).append(name)
            if name.label_ == "PERSON":
                full_names.setdefault(name[-1].text, text)
    actors: dict[str, Actor] = {}
    for text, spans in places.items():
        mentions = tuple(
            Mention(Field.BODY, at.start_char, at.end_char, at.text, MentionKind.NAME)
            for at in spans
        )
        kind = _TYPES[spans[0].label_]
        actor = Actor(provenance, text, text, kind, country=None, role=None, mentions=mentions)
        actors.update((at.text, actor) for at in spans)
    return actors


def _participants(
    sentence: DocSpan, actors: dict[str, Actor]
) -> tuple[ActorRef | None, list[ActorRef]]:
    """Who the sentence's subject is, and everybody else in the sentence.

    The subject is the first name in it, or else its own words; None where there is no subject.
    """
    subject = next((token for token in sentence.root.children if token.dep_ in _SUBJECTS), None)
    if subject is None:
        return None, []
    names = [name for name in sentence.ents if name.text in actors]
    within = {token.i for token in subject.subtree}
    named = [name for name in names if within & set(range(name.start, name.end))]
    if named:
        who = actors[named[0].text].ref
    else:
        phrase = sentence.doc[subject.left_edge.i : subject.i + 1].text
        who = ActorRef(phrase, phrase, ActorType.GROUP, None)
    everybody = dict.fromkeys(actors[name.text].ref for name in names)
    return who, [other for other in everybody if other != who]


def _first(cues: Collection[str], sentence: DocSpan) -> Token | None:
    return next((token for token in sentence if token.lemma_.lower() in cues), None)


def _threat(
    provenance: Provenance, who: ActorRef, others: list[ActorRef], sentence: DocSpan, cue: Token
) -> Threat:
    return Threat(
        provenance=provenance,
        threatener=who,
        targets=tuple(others),
        action=_behind(cue, sentence) or cue.text,
        condition=None,
        category="130",
        category_name="",
        modality=Modality.ASSERTED,
        attribution=None,
        quoted=False,
        evidence=(_span(sentence),),
        confidence=0.5,
    )


def _denial(provenance: Provenance, who: ActorRef, sentence: DocSpan, cue: Token) -> Denial:
    return Denial(
        provenance=provenance,
        denier=who,
        content=_behind(cue, sentence) or None,
        cue=cue.text,
        kind=DenialKind.FACT,
        denies=(),
        attribution=None,
        quoted=False,
        evidence=(_span(sentence),),
        confidence=0.5,
    )


def _behind(cue: Token, sentence: DocSpan) -> str:
    return cue.doc[cue.i + 1 : sentence.end].text.strip(" .\n")


def _span(sentence: DocSpan) -> Span:
    return Span(Field.BODY, sentence.start_char, sentence.end_char, sentence.text)
