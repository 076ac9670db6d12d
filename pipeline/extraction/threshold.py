"""Leaves out the records that are less sure than a desk asks for, and what hangs on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.records import Extraction


def confident(extraction: Extraction, least: float) -> Extraction:
    """The extraction without the threats and denials whose confidence is below ``least``.

    A denial that stays no longer names a threat that went. An unnamed group is an actor only as
    a part of a record, and goes with the last record that names it.
    """
    threats = tuple(each for each in extraction.threats if each.confidence >= least)
    kept = {each.record_id for each in threats}
    denials = tuple(
        replace(each, denies=tuple(denied for denied in each.denies if denied in kept))
        for each in extraction.denials
        if each.confidence >= least
    )
    taking_part = {each.attribution.actor_id for each in (*threats, *denials) if each.attribution}
    for threat in threats:
        taking_part |= {threat.threatener.actor_id, *(each.actor_id for each in threat.targets)}
    taking_part |= {each.denier.actor_id for each in denials}
    actors = tuple(
        each
        for each in extraction.actors
        if each.type is not ActorType.GROUP or each.actor_id in taking_part
    )
    return replace(extraction, actors=actors, threats=threats, denials=denials)
