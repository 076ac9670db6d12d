"""How the parties of a threat stand to each other: who can order it, over whom it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_passive, surface_subject
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import FIRST, has_authority, is_agentive, resolve
from pipeline.extraction.victims import is_class, leads_with_class
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.candidates import Context
    from pipeline.extraction.texts import Token


def class_features(
    verb: Token, subject: Token | None, victims: Sequence[Token], features: AbstractSet[str]
) -> set[str]:
    """Whether the harm is held over whoever does something, and what such a threat lets count."""
    found = set()
    if (
        is_class(victims)
        or (subject is not None and is_class(subject.subtree))
        or ("future" in features and leads_with_class(verb))
    ):
        found.add("class")
    elif "retaliate" in features and any(word.lower_ in ("any", "every") for word in victims):
        # "will answer any incursion with force"
        found.add("class")
    if (
        "suffer-weak" in features
        and "future" in features
        and {"condition", "class"} & (features | found)
    ):
        found.add("suffer")
    return found


def own_harm(verb: Token, subject: Token | None, kind: str) -> bool:
    """Whether the speaker tells what he himself will suffer: "we'll be slaughtered"."""
    if surface_subject(verb) is None:
        return False
    if is_passive(verb) and subject is not None and subject.lower_ in FIRST:
        return True
    return kind == "own" and cue_set("own_loss").matches(verb)


def _offends(token: Token) -> bool:
    """Whether people are named for what they do: "looters", "striking doctors"."""
    if cue_set("offender").matches(token):
        return True
    return token.tag_ == "NNS" and any(
        (child.dep_ == "amod" and child.tag_ == "VBG")
        or (child.dep_ in ("acl", "relcl") and child.tag_ in ("VBG", "VBP", "VBD"))
        for child in token.children
    )


def standing(
    threatener: Token | None,
    victims: Sequence[Token],
    speeches: Sequence[Speech],
    context: Context,
    features: AbstractSet[str],
) -> set[str]:
    """Whether the one can order what he says, and the others are named for what they do."""
    found = set()
    if threatener is not None:
        if cue_set("labour").matches(threatener):
            found.add("labour")
        # A captain who lays down what befalls whoever does something is no player's.
        held = bool({"condition", "class"} & features)
        if "code:138" in features and _is_athlete(
            threatener, speeches, context, "sportsman" if held else "athlete"
        ):
            found.add("sport")
    if has_authority(threatener, speeches, context.index):
        found.add("authority")
    if any(_offends(token) for token in victims):
        found.add("offender")
    return found


def _is_athlete(token: Token, speeches: Sequence[Speech], context: Context, roles: str) -> bool:
    """Whether the one who speaks has one of these roles; a captain may be a ship's, too."""
    entity = resolve(token, list(speeches[1:]), context.index)
    role = entity.role.lower().split() if entity is not None and entity.role else []
    return cue_set(roles).matches(token) or bool(set(role) & cue_set(roles).words)


def acts_without_will(verb: Token, subject: Token | None, features: AbstractSet[str]) -> bool:
    """Whether a law, a price or the like does it: "the bill would hurt farmers"."""
    return (
        subject is not None
        and subject.pos_ == "NOUN"
        and not is_passive(verb)
        and "suffer" not in features
        and cue_set("nonagent").matches(subject)
    )


def not_of_own(
    subject: Token | None, threatener: Token | None, speech: Speech | None, context: Context
) -> set[str]:
    """The features that tell nothing where the speaker tells his own acts.

    What he himself will suffer or pay is held over no one, and he foretells nothing.
    """
    found = {"suffer", "suffer-strong"}
    doer = threatener if speech is not None and subject is not None else None
    if doer is not None and is_agentive(doer, context.index):
        found.add("bystander")
    return found


def hurts_own_side(
    patient: Token | None, speaker: Token | None, speeches: Sequence[Speech], context: Context
) -> bool:
    """ "Philippine exports would be wiped out, said the coconut board of the Philippines"."""
    side = resolve(speaker, list(speeches[1:]), context.index)
    if patient is None or side is None or side.country is None:
        return False
    for token in [patient, *patient.children]:
        if token.dep_ not in ("poss", "amod", "compound", "nmod") and token.i != patient.i:
            continue
        entity = context.index.resolve(token)
        code = entity.country if entity is not None else context.index.place(token)
        if code is not None:
            return bool(code == side.country) and (
                entity is None or entity.type is ActorType.GOVERNMENT
            )
    return False
