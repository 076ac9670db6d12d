"""What speaks for a denial being of a threat, and what against it: signs, for `linking.py`.

Who denies and who threatens, what the two have in common in their words, whether the denial says
at length what it is of or means what was told before, and where the two stand. Each is a few words
that a reader understands; what they weigh stands in ``knowledge/links.json``.

Any denial may be of any threat, and an article may tell hundreds of either. So only what takes both
of them is looked at here; the rest is found once for each (`link_views.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.link_views import is_same
from pipeline.records import ActorType, DenialKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.link_views import DenialView, ThreatView
    from pipeline.records import ActorRef

_TELLING = frozenset({"tells what is denied", "tells what is not so"})
_TAKEN_UP = frozenset(
    {
        *("in the denial's own words", "word 1", "speaks of talk", "speaks of threats"),
        *("speaks of telling", "word beside 1"),
    }
)
"""By which what is denied may be the threat; without them it is something else."""
_UNNAMED = "by someone unnamed"
"""A voice, a caller, an officer: whoever denies it may be the one that is meant by them."""
_OF_THE_TALK = frozenset({"speaks of telling", "speaks of a messenger", "was not there", "party 1"})
_OTHER_FIELD = 3
"""Sentences that headline and body are taken to be apart."""
_STEPS = (0, 1, 3, 6, 10)
"""Sentences between threat and denial beyond which they are the farther apart."""
_SHARED = 3
"""Words in common beyond which more tell no more."""


def link_signs(
    denial: DenialView, threats: Sequence[ThreatView], denied_before: Sequence[str]
) -> list[frozenset[str]]:
    """The signs of each threat of the article as the one that ``denial`` denies.

    ``denied_before`` has the ids of the threats that the denial told before this one denies.
    """
    gaps = [_distance(denial, threat) for threat in threats]
    nearest = _nearest(gaps, [threat.is_of_another for threat in threats])
    found = []
    for place, (threat, gap) in enumerate(zip(threats, gaps, strict=True)):
        signs = {*_of_parties(denial, threat), *_of_words(denial, threat), *_of_place(gap)}
        # Who is named with the talk is who is meant, whatever was told since.
        is_named = {"speaks of talk", "party 2"} <= signs
        if gap is not None and not is_named and _is_told_between(denial, threat):
            signs.add("another account between")
        if place == nearest:
            signs.add("the last that another told")
        if threat.record_id in denied_before:
            signs.add("denied right before")
            if "frame:same" in denial.features:
                signs.add("denied right before: the same")
        found.append(frozenset(signs | set(_together(signs, denial))))
    return found


def _together(signs: set[str], denial: DenialView) -> Iterator[str]:
    """What signs say together that none says alone."""
    ours = bool(signs & {"by the threatener", "by the threatener's side"})
    yield from _of_telling(signs, ours=ours)
    if not signs & _TAKEN_UP:
        yield from (f"{sign}: something else" for sign in signs & _TELLING)
    if "means what was told" in signs and not signs & {"farther than 3", "told only later"}:
        yield "means what was told: right before"
        if ours:
            yield "means what was told: right before, of the denier"
    if denial.kind is DenialKind.RESPONSIBILITY:
        if not signs & {"by the threatener", "by someone unnamed"}:
            yield "not responsible: for another's"
        elif signs & {"speaks of its bearer", "speaks of talk", "speaks of threats"}:
            yield "not responsible: for the message"
        else:
            yield "not responsible: for something"
    if "speaks of talk" in signs and "party 2" in signs:
        yield "speaks of talk: between them"
    if signs & {"speaks of talk", "speaks of threats"} and ours:
        yield "speaks of talk: the denier's"


def _of_telling(signs: set[str], *, ours: bool) -> Iterator[str]:
    """How the threat is told, and of whom, and what that makes of the denial's own words."""
    if "told by another" in signs:
        whose = "the denier" if ours else "someone unnamed" if _UNNAMED in signs else "another"
        yield f"told by another: of {whose}"
        if ours or {_UNNAMED, "tells of the denier"} <= signs:
            yield from (f"{sign}: the denier's" for sign in signs & _OF_THE_TALK)
    else:
        by = "the denier" if "by the threatener" in signs else "another"
        yield "openly made: by " + ("someone unnamed" if _UNNAMED in signs else by)
        if "by the threatener" in signs and signs & {"speaks of talk", "means what was told"}:
            yield "openly made: but faced with it"
    if _UNNAMED in signs and "tells of the denier" in signs:
        yield "by someone unnamed: who is told of with the denier"


def _of_parties(denial: DenialView, threat: ThreatView) -> Iterator[str]:
    """How the denier stands to those of the threat, and who tells it."""
    told = threat.record
    if threat.is_of_another:
        yield "told by another"
    if told.attribution is not None:
        yield "its teller is named"
    if is_same(told.threatener, denial.denier):
        yield "by the threatener"
    elif _is_on_side(denial, told.threatener):
        yield "by the threatener's side"
    elif any(is_same(target, denial.denier) for target in told.targets):
        yield "by the target"
    elif any(_is_on_side(denial, target) for target in told.targets):
        yield "by the target's side"
    elif told.threatener.type is ActorType.GROUP:
        yield "by someone unnamed"
    else:
        yield "by someone else"
    if any(map(denial.is_spoken_of, threat.places)):
        yield "tells of the denier"
    if told.attribution is not None and is_same(told.attribution, denial.denier):
        yield "by its teller"


def _of_words(denial: DenialView, threat: ThreatView) -> Iterator[str]:
    """What denial and threat have in common in their words, or what the denial points to."""
    yield from denial.signs
    if _is_told_in(denial, threat):
        yield "in the denial's own words"
    attribution = threat.record.attribution
    if attribution is not None and attribution.actor_id in denial.tellers:
        yield "its teller's account"
    shared = sum(stem in threat.stems or stem in threat.told for stem in denial.stems)
    yield from (f"word {n}" for n in range(1, _SHARED + 1) if shared >= n)
    beside = len(denial.stems & threat.stems_beside)
    yield from (f"word beside {n}" for n in range(1, _SHARED) if beside >= n)
    named = sum(name in denial.text for name in threat.names)
    yield from (f"party {n}" for n in (1, 2) if named >= n)
    if threat.stands_among(denial.bearers):
        yield "speaks of its bearer"
    elif threat.stands_among(denial.things):
        yield "speaks of a thing beside it"


def _of_place(gap: int | None) -> Iterator[str]:
    """How far apart the two are."""
    if gap is None:
        yield "told only later"
    else:
        yield from (f"farther than {step}" for step in _STEPS if gap > step)


def _nearest(gaps: Sequence[int | None], alleged: Sequence[bool]) -> int | None:
    """Place of the last threat before the denial that another tells."""
    near = [
        (gap, -place)
        for place, (gap, other) in enumerate(zip(gaps, alleged, strict=True))
        if gap is not None and other
    ]
    return -min(near)[1] if near else None


def _is_on_side(denial: DenialView, party: ActorRef) -> bool:
    """Whether the denier is of the party's country, its spokesman, its office."""
    denier = denial.denier
    if denier.country is not None and party.country == denier.country:
        return True
    name = party.name.lower()
    if len(name) > 3 and (name in (denier.role or "").lower() or name in denier.name.lower()):
        return True
    return any(is_same(party, owner) for owner in denial.owners)


def _is_told_in(denial: DenialView, threat: ThreatView) -> bool:
    """Whether the threat stands in the very words of the denial."""
    for span in denial.places:
        for evidence in threat.places:
            if evidence.field is not span.field:
                continue
            if evidence.start < span.end and span.start < evidence.end:
                return True
            # "denied a claim by the minister that it had vowed to burn ...": behind the cue.
            # "It had not, she insisted, told the Turks that their loans would be cancelled".
            if denial.may_tell_behind and span.start <= evidence.start < span.sentence_end:
                return True
    return False


def _distance(denial: DenialView, threat: ThreatView) -> int | None:
    """Sentences from the threat to the denial; None where the threat is told only later."""
    best: int | None = None
    for span in denial.places:
        for evidence in threat.places:
            if evidence.field is not span.field:
                best = _OTHER_FIELD if best is None else best
                continue
            if evidence.tokens.start > span.tokens.stop:
                continue
            gap = max(span.sentence - evidence.sentence, 0)
            best = gap if best is None else min(best, gap)
    return best


def _is_told_between(denial: DenialView, threat: ThreatView) -> bool:
    """Whether another than the denier tells something between threat and denial."""
    return all(
        place.tokens.stop <= denial.last_of_another
        for place in threat.places
        if place.field is denial.places[0].field
    )
