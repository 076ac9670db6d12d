"""Records as tables for people: who threatens whom with what, who denies what, who is named.

Everything shown comes from articles that anybody may have written: `printable` takes out what
would steer a terminal, and no text is read as markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from pipeline.records import (
    Actor,
    ActorRef,
    Denial,
    DenialKind,
    Extraction,
    ExtractionStatus,
    Modality,
    Threat,
)

MAX_CELL_CHARS = 300
"""Of one text in a table; a condition may run on for a paragraph."""

# What reorders the text around it on a terminal; joiners, which emoji are made with, do not.
REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_DENIED = {
    DenialKind.FACT: "that it is so",
    DenialKind.RESPONSIBILITY: "being responsible",
    DenialKind.CLAIM: "the claim is true",
}


def printable(text: str, max_chars: int = MAX_CELL_CHARS) -> str:
    """The text on one line, without control characters, cut to ``max_chars``."""
    # A character more than is shown tells whether something is cut off.
    line = " ".join(text[: 4 * max_chars].split())
    shown = "".join(
        character
        for character in line
        if unicodedata.category(character) not in {"Cc", "Cs"} and character not in REORDERING
    )
    return shown if len(shown) <= max_chars else f"{shown[: max_chars - 1]}…"


def threats_table(threats: Iterable[Threat], *, with_articles: bool = True) -> Table:
    """One row a threat: who, whom, what and on which condition, and how far it is vouched for."""
    table = _table("Threats", ["Who", "Whom", "Threatens to", "Told as"], with_articles)
    for threat in threats:
        whom = "\n".join(printable(target.name) for target in threat.targets) or "–"
        what = Text(printable(threat.action))
        if threat.condition:
            what.append(f"\n{printable(threat.condition)}", style="italic")
        what.append(f"\n{threat.category} {printable(threat.category_name)}", style="dim")
        table.add_row(
            Text(printable(threat.threatener.name), style="bold"),
            Text(whom),
            what,
            _told(threat.modality, threat.attribution, threat.quoted),
            *_article(threat.provenance.article_id, with_articles),
        )
    return table


def denials_table(
    denials: Iterable[Denial], threats: Iterable[Threat] = (), *, with_articles: bool = True
) -> Table:
    """One row a denial: who, what, in which words, and which of ``threats`` it denies."""
    known = {threat.record_id: threat for threat in threats}
    table = _table("Denials", ["Who", "Denies", "Of the threat", "Told as"], with_articles)
    for denial in denials:
        what = Text(printable(denial.content or _DENIED[denial.kind]))
        what.append(f"\n{denial.kind}: “{printable(denial.cue)}”", style="dim")
        table.add_row(
            Text(printable(denial.denier.name), style="bold"),
            what,
            _denied_threats(denial.denies, known),
            _told(None, denial.attribution, denial.quoted),
            *_article(denial.provenance.article_id, with_articles),
        )
    return table


def actors_table(actors: Iterable[Actor], *, with_articles: bool = True) -> Table:
    """One row an actor: name, kind, country, role, how often and as what it is mentioned."""
    table = _table("Actors", ["Name", "Kind", "Role", "Mentions"], with_articles)
    table.padding = (0, 2, 0, 0)
    for actor in actors:
        kind = actor.type.replace("_", " ").lower()
        table.add_row(
            Text(printable(actor.name), style="bold"),
            Text(f"{kind}, {printable(actor.country)}" if actor.country else kind),
            Text(printable(actor.role or "")),
            Text(_mentions(actor)),
            *_article(actor.provenance.article_id, with_articles),
        )
    return table


def extractions_table(extractions: Iterable[Extraction]) -> Table:
    """One row an article: its revision, whether it is withdrawn, and how much was found."""
    table = _table(
        "Extractions", ["Article", "Revision", "Actors", "Threats", "Denials", ""], False
    )
    table.padding = (0, 2, 0, 0)
    for extraction in extractions:
        withdrawn = extraction.status is ExtractionStatus.WITHDRAWN
        found = (extraction.actors, extraction.threats, extraction.denials)
        table.add_row(
            Text(printable(extraction.provenance.article_id, 60)),
            Text(str(extraction.provenance.revision)),
            *(Text("" if withdrawn else str(len(records))) for records in found),
            Text("withdrawn" if withdrawn else "", style="yellow"),
        )
    return table


def _table(title: str, columns: Sequence[str], with_articles: bool) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 1, 0),
        header_style="dim",
        expand=False,
    )
    for column in [*columns, *(["Article"] if with_articles else [])]:
        table.add_column(column, overflow="fold")
    return table


def _article(article_id: str, with_articles: bool) -> list[Text]:
    return [Text(printable(article_id, 60), style="dim")] if with_articles else []


def _told(modality: Modality | None, attribution: ActorRef | None, quoted: bool) -> Text:
    told = Text()
    if modality is not None:
        told.append(modality.lower(), style="yellow" if modality is Modality.ALLEGED else "")
    if attribution is not None:
        told.append(f"\nsays {printable(attribution.name)}")
    if quoted:
        told.append("\nin quotes")
    return Text("\n").join(line for line in told.split("\n") if line)


def _denied_threats(denies: Sequence[str], known: dict[str, Threat]) -> Text:
    lines = [
        f"{printable(known[record_id].threatener.name)}: {printable(known[record_id].action)}"
        if record_id in known
        else record_id[:8]
        for record_id in denies
    ]
    return Text("\n".join(lines) or "–")


def _mentions(actor: Actor) -> str:
    forms = dict.fromkeys(printable(mention.text, 40) for mention in actor.mentions)
    shown = ", ".join(list(forms)[:4]) + (" …" if len(forms) > 4 else "")
    return f"{len(actor.mentions)}: {shown}"
