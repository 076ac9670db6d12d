"""Leaves out the records that a desk does not ask for, and what hangs on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.extraction.settings import ActorScope
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.records import Extraction


def chosen(extraction: Extraction, least: float, scope: ActorScope) -> Extraction:
    """The extraction without the threats and denials whose confidence is below ``least``.

    A denial that stays no longer names a threat that went. An unnamed group is an actor only as
    a part of a record, and goes with the last record that names it; so does any actor where
    only those in records are asked for.
    """
    threats = tuple(each for each in extraction.threats if each.confidence >= least)
    kept = {each.record_id for each in threats}
    denials = tuple(
        replace(each, denies=tuple(denied for denied in each.denies if denied in kept))
        for each in extraction.denials
        if each.confidence >= least
    )
    named = [each.attribution for each in threats] + [each.attribution for each in denials]
    named += [each.threatener for each in threats] + [each.denier for each in denials]
    named += [target for each in threats for target in each.targets]
    taking_part = {each.actor_id for each in named if each is not None}
    actors = tuple(
        each
        for each in extraction.actors
        if each.actor_id in taking_part
        or (scope is ActorScope.ALL and each.type is not ActorType.GROUP)
    )
    return replace(extraction, actors=actors, threats=threats, denials=denials)
