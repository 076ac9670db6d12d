"""Explanations for people at a terminal: why there is a record, and what was nearly one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.explanations import Explanation, Gap, Link, NearMiss, Resolution, Telling, Why
from pipeline.records import Extraction, Threat
from pipeline.tables import printable

MAX_RESOLUTIONS = 20
"""Nouns and pronouns listed of an article; the JSON has all."""

_Row = tuple[str, str]


def explained(extraction: Extraction, explanation: Explanation) -> RenderableType:
    """All of an article's explanation below one another; nothing where there is none."""
    names = {threat.record_id: _title(threat) for threat in extraction.threats}
    titles = names | {
        denial.record_id: f"{denial.denier.name} denies: {denial.content or 'it'}"
        for denial in extraction.denials
    }
    parts: list[RenderableType] = []
    for kind, whys in (("threat", explanation.threats), ("denial", explanation.denials)):
        for why in whys:
            parts.append(_block(f"Why this {kind}", titles[why.record_id], _rows(why, names)))
    if explanation.resolutions:
        rows = list(_resolved(explanation.resolutions))
        parts.append(_block("What was taken for whom", "", rows))
    for miss in explanation.near_misses:
        title = printable(miss.evidence.text, 160)
        parts.append(_block(f"Nearly a {miss.kind}", title, list(_missed(miss))))
    if explanation.left_out:
        parts.append(Text(f"{explanation.left_out} more were nearly records.\n", style="dim"))
    words = [(f"{each.name} ({each.kind})", each.words) for each in explanation.features]
    if words:
        parts.append(_block("What the features say", "", words))
    return Group(*parts)


def confidence_line(why: Why) -> str:
    """How the confidence came about: ".92 rule threaten-to, .87 alleged"."""
    return ", ".join(
        f"{reason.value:.2f} {reason.why}".removeprefix("0") for reason in why.confidence
    )


def gap_line(gap: Gap) -> str:
    """What a candidate lacks for a rule: "plain-unless: lacks unless"."""
    lacks = [f"lacks {name}" for name in gap.missing]
    lacks += [f"has {name}" for name in gap.forbidden]
    return f"{gap.rule}: {', '.join(lacks)}"


def link_line(link: Link, threat: str) -> str:
    """Why a denial is of a threat or not: the log odds and what adds to them."""
    verdict = "denies" if link.linked else "does not deny"
    return f"{verdict} “{threat}”: log odds {link.points:g} ({', '.join(link.reasons)})"


def telling_rows(telling: Telling) -> Iterator[_Row]:
    """Label and text of each thing to tell of one telling."""
    yield "rule", f"{telling.rule}, by the cue “{telling.cue}”"
    if telling.weights:
        yield (
            "added up",
            ", ".join(f"{each.weight:+.2f} {each.feature}" for each in telling.weights),
        )
    else:
        yield "asked for", ", ".join(telling.fired)
    if telling.modifiers:
        yield "seen too", ", ".join(telling.modifiers)
    if telling.speech:
        yield "speech", " ← ".join(telling.speech)
    for note in telling.notes:
        yield "note", note
    for participant in telling.participants:
        found = [participant.path or (f"“{participant.words}”" if participant.words else "")]
        found += [participant.why or ""]
        yield participant.role, f"{participant.name}: {'; '.join(part for part in found if part)}"
    if telling.condition_path:
        yield "condition", telling.condition_path


def _title(threat: Threat) -> str:
    return f"{threat.threatener.name}: {threat.action}"


def _rows(why: Why, threats: dict[str, str]) -> list[_Row]:
    rows: list[_Row] = []
    for number, telling in enumerate(why.tellings):
        if number:
            rows.append(("told again", telling.evidence.text))
        rows += telling_rows(telling)
    rows += [
        ("link", link_line(link, threats.get(link.threat, link.threat[:8]))) for link in why.links
    ]
    rows.append(("confidence", confidence_line(why)))
    return rows


def _resolved(resolutions: Iterable[Resolution]) -> Iterator[_Row]:
    listed = list(resolutions)
    for each in listed[:MAX_RESOLUTIONS]:
        yield f"“{printable(each.text, 40)}”", f"{each.name}: {each.why}"
    if len(listed) > MAX_RESOLUTIONS:
        yield "", f"and {len(listed) - MAX_RESOLUTIONS} more"


def _missed(miss: NearMiss) -> Iterator[_Row]:
    yield "cue", f"“{miss.cue}”"
    if miss.dropped:
        yield "left out", miss.dropped
    for gap in miss.nearest:
        yield "rule", gap_line(gap)
    yield "seen", ", ".join(miss.features)


def _block(kind: str, title: str, rows: Iterable[_Row]) -> RenderableType:
    heading = Text(kind, style="bold")
    if title:
        heading.append(f"  {printable(title)}", style="not bold")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=26, overflow="fold")
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(Text(printable(label)), Text(printable(text)))
    return Group(heading, Padding(grid, (0, 0, 1, 2)))
