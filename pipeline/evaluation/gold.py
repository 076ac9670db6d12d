"""Reading gold: articles annotated whole, single sentences with a label, texts with quotations.

All are JSON lines; a line with `label` is sentence gold, one with `quotes` is quote gold, one with
`actors`, `threats` and `denials` is article gold, and a file holds one sort only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.articles import Article
from pipeline.records import ActorType, DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_PUBLISHED_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""Gold that names no date is measured as published then, so that "the president" is one person."""

_RECORD_KEYS = ("actors", "threats", "denials")


class GoldError(ValueError):
    """A gold file that cannot be used; says where, what was expected and what was found."""


class Label(StrEnum):
    """What a sentence of sentence gold holds."""

    THREAT = "THREAT"
    DENIAL = "DENIAL"
    NONE = "NONE"
    AMBIGUOUS = "AMBIGUOUS"
    """Annotators may differ; left out of every count."""


@dataclass(frozen=True, slots=True)
class GoldActor:
    """An actor that the article has, by all names and nominals it goes under."""

    name: str
    type: ActorType
    country: str | None
    role: str | None
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldThreat:
    """A threat that the article has; actors are named by their canonical names."""

    threatener: str
    targets: tuple[str, ...]
    action: str
    condition: str | None
    category: str
    modality: Modality
    attribution: str | None
    quoted: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldDenial:
    """A denial that the article has."""

    denier: str
    content: str | None
    cue: str
    kind: DenialKind
    denies: tuple[int, ...]
    """Places in the article's `threats`."""
    quoted: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article annotated whole."""

    id: str
    headline: str
    text: str
    published_at: datetime
    actors: tuple[GoldActor, ...]
    threats: tuple[GoldThreat, ...]
    denials: tuple[GoldDenial, ...]

    @property
    def article(self) -> Article:
        """What the extraction is given: the body alone, for the annotation covers no headline."""
        return Article(id=self.id, body=self.text, source="gold", published_at=self.published_at)

    def actor(self, name: str) -> GoldActor:
        """The actor of this name; a bare GROUP for a name that the list of actors lacks."""
        for actor in self.actors:
            if actor.name == name:
                return actor
        return GoldActor(name, ActorType.GROUP, None, None, (name,))


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence and what it holds."""

    id: str
    text: str
    label: Label
    published_at: datetime

    @property
    def article(self) -> Article:
        """The sentence as an article of its own."""
        return Article(id=self.id, body=self.text, source="gold", published_at=self.published_at)


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """Words and who says them."""

    speaker: str
    """The canonical name; in small letters the text's own words for someone without a name."""
    content: tuple[str, ...]
    """The words, in as many pieces as the text splits them into, without the outer marks."""


@dataclass(frozen=True, slots=True)
class GoldPassage:
    """A text with all its quotations, direct and indirect."""

    id: str
    text: str
    quotes: tuple[GoldQuote, ...]
    published_at: datetime

    @property
    def article(self) -> Article:
        """The passage as an article."""
        return Article(id=self.id, body=self.text, source="gold", published_at=self.published_at)


@dataclass(frozen=True, slots=True)
class GoldFile:
    """A file's rows: `articles`, `sentences` or `passages`, of one sort only."""

    name: str
    articles: tuple[GoldArticle, ...] = ()
    sentences: tuple[GoldSentence, ...] = ()
    passages: tuple[GoldPassage, ...] = ()

    @property
    def is_held_out(self) -> bool:
        """Whether nobody may look into it: the file's name ends in "_held". Totals are for all."""
        return self.name.removesuffix(".jsonl").endswith("_held")

    @property
    def rows(self) -> Sequence[GoldArticle | GoldSentence | GoldPassage]:
        """Whichever sort the file holds."""
        return self.articles or self.sentences or self.passages


def load_gold(path: Path) -> GoldFile:
    """Reads a gold file.

    Raises:
        GoldError: a line is no JSON, lacks a field, holds an unknown value, quotes words that
            do not stand in its text, or is of another sort than the first line.
        OSError: the file cannot be read.
    """
    articles: list[GoldArticle] = []
    sentences: list[GoldSentence] = []
    passages: list[GoldPassage] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise GoldError(f"expected a JSON object, found {type(row).__name__}")
            if "label" in row:
                sentences.append(_sentence(row))
            elif "quotes" in row:
                passages.append(_passage(row))
            elif all(key in row for key in _RECORD_KEYS):
                articles.append(_article(row))
            else:
                raise GoldError(
                    "expected sentence gold (`label`), quote gold (`quotes`) or article gold "
                    f"(`actors`, `threats`, `denials`), found the fields {', '.join(row) or 'none'}"
                )
        except KeyError as error:
            raise GoldError(f"{path}, line {number}: the field {error} is missing") from error
        except ValueError as error:
            raise GoldError(f"{path}, line {number}: {error}") from error
    by_sort = {"article": articles, "sentence": sentences, "quote": passages}
    sorts = [name for name, rows in by_sort.items() if rows]
    if len(sorts) > 1:
        told = " and ".join(f"{name} gold" for name in sorts)
        raise GoldError(f"{path}: holds {told}; split it into files of one sort")
    if not sorts:
        raise GoldError(f"{path}: holds no gold; expected JSON lines of articles or sentences")
    return GoldFile(path.name, tuple(articles), tuple(sentences), tuple(passages))


def _published_at(row: dict[str, Any]) -> datetime:
    value = row.get("published_at")
    if value is None:
        return DEFAULT_PUBLISHED_AT
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sentence(row: dict[str, Any]) -> GoldSentence:
    return GoldSentence(row["id"], row["text"], Label(row["label"]), _published_at(row))


def _passage(row: dict[str, Any]) -> GoldPassage:
    quotes = tuple(GoldQuote(item["speaker"], tuple(item["content"])) for item in row["quotes"])
    for quote in quotes:
        for piece in quote.content or ("",):
            if not piece or piece not in row["text"]:
                raise GoldError(f"the quoted words {piece!r} do not stand in the text")
    return GoldPassage(row["id"], row["text"], quotes, _published_at(row))


def _article(row: dict[str, Any]) -> GoldArticle:
    text = row["text"]
    threats = tuple(_threat(item) for item in row["threats"])
    denials = tuple(_denial(item, len(threats)) for item in row["denials"])
    for evidence in (*(t.evidence for t in threats), *(d.evidence for d in denials)):
        for quoted in evidence:
            if quoted not in text:
                raise GoldError(f"the evidence {quoted!r} does not stand in the text")
    return GoldArticle(
        id=row["id"],
        headline=row.get("headline", ""),
        text=text,
        published_at=_published_at(row),
        actors=tuple(_actor(item) for item in row["actors"]),
        threats=threats,
        denials=denials,
    )


def _actor(item: dict[str, Any]) -> GoldActor:
    return GoldActor(
        name=item["name"],
        type=ActorType(item["type"]),
        country=item["country"],
        role=item["role"],
        mentions=tuple(item["mentions"]),
    )


def _threat(item: dict[str, Any]) -> GoldThreat:
    return GoldThreat(
        threatener=item["threatener"],
        targets=tuple(item["targets"]),
        action=item["action"],
        condition=item["condition"],
        category=item["category"],
        modality=Modality(item["modality"]),
        attribution=item["attribution"],
        quoted=item["quoted"],
        evidence=_evidence(item),
    )


def _denial(item: dict[str, Any], threats: int) -> GoldDenial:
    denies = tuple(item["denies"])
    for index in denies:
        if not 0 <= index < threats:
            raise GoldError(f"`denies` points to threat {index}, the article has {threats}")
    return GoldDenial(
        denier=item["denier"],
        content=item["content"],
        cue=item["cue"],
        kind=DenialKind(item["kind"]),
        denies=denies,
        quoted=item["quoted"],
        evidence=_evidence(item),
    )


def _evidence(item: dict[str, Any]) -> tuple[str, ...]:
    if not item["evidence"]:
        raise GoldError("a threat or denial has no evidence; expected at least one string")
    return tuple(item["evidence"])
