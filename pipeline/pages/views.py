"""What the page shows of an article and its records: words and ids, ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.articles import Article
from pipeline.explanation_text import confidence_line, gap_line, link_line, telling_rows
from pipeline.explanations import Explanation, Why
from pipeline.pages.segments import Mark, Segment, harmless, one_line, paragraphs
from pipeline.records import (
    Actor,
    ActorRef,
    ActorType,
    Denial,
    DenialKind,
    Extraction,
    Field,
    Modality,
    Span,
    Threat,
)

DENIED = {
    DenialKind.FACT: "that it is so",
    DenialKind.RESPONSIBILITY: "being responsible",
    DenialKind.CLAIM: "that the claim is true",
}
"""What a denial denies, where the text itself does not say."""

_FORMS = 6


@dataclass(frozen=True, slots=True)
class Party:
    """An actor as a card names it."""

    key: str
    """Of its entry on the page; "" where it has none."""
    name: str
    style: str


@dataclass(frozen=True, slots=True)
class Card:
    """One threat or denial with its fields."""

    key: str
    record_id: str
    label: str
    kind: str
    who: Party
    whom: tuple[Party, ...]
    what: str
    on_condition: str | None
    told: tuple[str, ...]
    """Words on how far the text vouches for it."""
    hedged: bool
    fields: tuple[tuple[str, str], ...]
    confidence: float
    evidence: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...]
    """Records across: key, label, and a line that says which it is."""
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """An actor's own entry."""

    key: str
    name: str
    style: str
    about: str
    role: str
    mentions: int
    forms: str
    steps: tuple[str, ...] = ()
    """By which step each noun and pronoun came to mean the actor."""


@dataclass(frozen=True, slots=True)
class Miss:
    """What was nearly a record."""

    kind: str
    text: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article on the page."""

    key: str
    title: str
    source: str
    published: str
    url: str | None
    skipped: str | None
    headline: list[list[Segment]]
    body: list[list[Segment]]
    threats: list[Card]
    denials: list[Card]
    actors: list[Person]
    misses: list[Miss] = field(default_factory=list)
    features: list[tuple[str, str]] = field(default_factory=list)
    """Those named in what explains the records, in words."""


def article_view(
    number: int, article: Article, extraction: Extraction, explanation: Explanation | None = None
) -> ArticleView:
    """The view of the page's article ``number``, counted from 1."""
    return _Reading(f"a{number}", article, extraction, explanation).view()


class _Reading:
    """One article's records on their way to a view."""

    def __init__(
        self,
        key: str,
        article: Article,
        extraction: Extraction,
        explanation: Explanation | None,
    ) -> None:
        self._key = key
        self._article = article
        self._found = extraction
        self._explanation = explanation or Explanation()
        self._whys = {
            why.record_id: why for why in (*self._explanation.threats, *self._explanation.denials)
        }
        self._actors = {
            actor.actor_id: f"{key}-p{place}" for place, actor in enumerate(extraction.actors, 1)
        }
        self._threats = {t.record_id: f"T{n}" for n, t in enumerate(extraction.threats, 1)}
        self._denials = {d.record_id: f"D{n}" for n, d in enumerate(extraction.denials, 1)}
        self._names = {t.record_id: f"{t.threatener.name}: {t.action}" for t in extraction.threats}

    def view(self) -> ArticleView:
        article, found = self._article, self._found
        published = article.published_at
        return ArticleView(
            key=self._key,
            title=harmless(article.headline.replace("\n", " ")) or harmless(article.id),
            source=harmless(article.source),
            published=published.strftime("%-d %B %Y, %H:%M UTC") if published else "",
            url=_web_address(article.url),
            skipped=found.skipped,
            headline=paragraphs(article.headline, self._marks(Field.HEADLINE)),
            body=paragraphs(article.body, self._marks(Field.BODY)),
            threats=[self._threat(threat) for threat in found.threats],
            denials=[self._denial(denial) for denial in found.denials],
            actors=[self._person(actor) for actor in found.actors],
            misses=[
                Miss(
                    miss.kind,
                    harmless(miss.evidence.text),
                    ((miss.dropped,) if miss.dropped else ()) + tuple(map(gap_line, miss.nearest)),
                )
                for miss in self._explanation.near_misses
            ],
            features=[
                (f"{each.name} ({each.kind})", each.words) for each in self._explanation.features
            ],
        )

    def _marks(self, where: Field) -> list[Mark]:
        marks = [
            Mark(
                mention.start,
                mention.end,
                self._actors[actor.actor_id],
                "actor",
                f"{actor_style(actor.type)} {mention.kind.lower()}",
            )
            for actor in self._found.actors
            for mention in actor.mentions
            if mention.field is where
        ]
        for kind, labels, records in (
            ("threat", self._threats, self._found.threats),
            ("denial", self._denials, self._found.denials),
        ):
            for record in records:
                label = labels[record.record_id]
                marks += [
                    Mark(span.start, span.end, f"{self._key}-{label.lower()}", kind, label=label)
                    for span in record.evidence
                    if span.field is where
                ]
        return marks

    def _threat(self, threat: Threat) -> Card:
        label = self._threats[threat.record_id]
        alleged = threat.modality is Modality.ALLEGED
        told = ["alleged" if alleged else "asserted"]
        if threat.attribution is not None:
            told.append(f"says {harmless(threat.attribution.name)}")
        if threat.quoted:
            told.append("in quotes")
        return Card(
            key=f"{self._key}-{label.lower()}",
            record_id=threat.record_id,
            label=label,
            kind="threat",
            who=self._party(threat.threatener),
            whom=tuple(self._party(target) for target in threat.targets),
            what=one_line(threat.action),
            on_condition=one_line(threat.condition) if threat.condition else None,
            told=tuple(told),
            hedged=alleged,
            fields=(("Category", f"{threat.category} {threat.category_name}"),),
            confidence=threat.confidence,
            evidence=_texts(threat.evidence),
            links=tuple(
                (
                    f"{self._key}-{self._denials[denial.record_id].lower()}",
                    self._denials[denial.record_id],
                    f"denied by {harmless(denial.denier.name)}",
                )
                for denial in self._found.denials
                if threat.record_id in denial.denies
            ),
            why=tuple(self._why(threat.record_id)),
        )

    def _denial(self, denial: Denial) -> Card:
        label = self._denials[denial.record_id]
        told = []
        if denial.attribution is not None:
            told.append(f"says {harmless(denial.attribution.name)}")
        if denial.quoted:
            told.append("in quotes")
        return Card(
            key=f"{self._key}-{label.lower()}",
            record_id=denial.record_id,
            label=label,
            kind="denial",
            who=self._party(denial.denier),
            whom=(),
            what=one_line(denial.content or DENIED[denial.kind]),
            on_condition=None,
            told=tuple(told),
            hedged=False,
            fields=(("Denies", denial.kind.lower()), ("Cue", f"“{one_line(denial.cue)}”")),
            confidence=denial.confidence,
            evidence=_texts(denial.evidence),
            links=tuple(
                (
                    f"{self._key}-{self._threats[threat].lower()}",
                    self._threats[threat],
                    one_line(self._names[threat]),
                )
                for threat in denial.denies
                if threat in self._threats
            ),
            why=tuple(self._why(denial.record_id)),
        )

    def _why(self, record_id: str) -> Iterator[tuple[str, str]]:
        why: Why | None = self._whys.get(record_id)
        if why is None:
            return
        for number, telling in enumerate(why.tellings):
            if number:
                yield "told again", one_line(telling.evidence.text)
            yield from ((label, harmless(text)) for label, text in telling_rows(telling))
        for link in why.links:
            yield "link", harmless(link_line(link, self._names.get(link.threat, link.threat)))
        yield "confidence", confidence_line(why)

    def _person(self, actor: Actor) -> Person:
        forms = list(dict.fromkeys(one_line(mention.text) for mention in actor.mentions))
        kind = actor.type.replace("_", " ").lower()
        return Person(
            key=self._actors[actor.actor_id],
            name=harmless(actor.name),
            style=actor_style(actor.type),
            about=f"{kind}, {actor.country}" if actor.country else kind,
            role=one_line(actor.role or ""),
            mentions=len(actor.mentions),
            forms=", ".join(forms[:_FORMS]) + (" …" if len(forms) > _FORMS else ""),
            steps=tuple(
                dict.fromkeys(
                    f"“{one_line(each.text)}”: {each.why}"
                    for each in self._explanation.resolutions
                    if each.actor_id == actor.actor_id
                )
            ),
        )

    def _party(self, actor: ActorRef) -> Party:
        return Party(
            self._actors.get(actor.actor_id, ""), harmless(actor.name), actor_style(actor.type)
        )


def actor_style(kind: ActorType) -> str:
    """The class by which the pages tint an actor of this kind."""
    return kind.lower().replace("_", "-")


def _texts(evidence: Iterable[Span]) -> tuple[str, ...]:
    return tuple(one_line(span.text) for span in evidence)


def _web_address(url: str | None) -> str | None:
    """The article's address, if a click on it can do no harm."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None
