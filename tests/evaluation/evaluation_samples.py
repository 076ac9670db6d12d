"""A small article with its gold, and predictions to hold against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.evaluation.gold import (
    DEFAULT_PUBLISHED_AT,
    GoldActor,
    GoldArticle,
    GoldDenial,
    GoldThreat,
)
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
    from collections.abc import Sequence

TEXT = (
    "Portugal said on Monday it would seize the trawlers of Norgate Ltd if they came back. "
    "Inês Falcão, the minister of fisheries, told reporters: “We will sink what we cannot seize.” "
    "Norgate denied that its ships had fished there. The harbour was calm."
)
SEIZE = "it would seize the trawlers of Norgate Ltd if they came back"
SINK = "We will sink what we cannot seize"
DENIED = "Norgate denied that its ships had fished there"

PORTUGAL = GoldActor("Portugal", ActorType.GOVERNMENT, "PRT", None, ("Portugal",))
NORGATE = GoldActor("Norgate Ltd", ActorType.ORGANISATION, None, None, ("Norgate Ltd", "Norgate"))
FALCAO = GoldActor(
    "Inês Falcão", ActorType.PERSON, "PRT", "the minister of fisheries", ("Inês Falcão",)
)

GOLD_SEIZE = GoldThreat(
    threatener="Portugal",
    targets=("Norgate Ltd",),
    action="seize the trawlers of Norgate Ltd",
    condition="if they came back",
    category="132",
    modality=Modality.ASSERTED,
    attribution=None,
    quoted=False,
    evidence=(SEIZE,),
)
GOLD_SINK = GoldThreat(
    threatener="Inês Falcão",
    targets=("Norgate Ltd",),
    action="sink what we cannot seize",
    condition=None,
    category="138",
    modality=Modality.ASSERTED,
    attribution=None,
    quoted=True,
    evidence=(SINK,),
)
GOLD_DENIAL = GoldDenial(
    denier="Norgate Ltd",
    content="its ships had fished there",
    cue="denied",
    kind=DenialKind.FACT,
    denies=(0,),
    quoted=False,
    evidence=(DENIED,),
)

PROVENANCE = Provenance("a1", 0, "gold", DEFAULT_PUBLISHED_AT, "0", "none")


def article(
    *,
    text: str = TEXT,
    actors: Sequence[GoldActor] = (PORTUGAL, NORGATE, FALCAO),
    threats: Sequence[GoldThreat] = (GOLD_SEIZE, GOLD_SINK),
    denials: Sequence[GoldDenial] = (GOLD_DENIAL,),
) -> GoldArticle:
    return GoldArticle(
        "a1", "", text, DEFAULT_PUBLISHED_AT, tuple(actors), tuple(threats), tuple(denials)
    )


def extraction(
    actors: Sequence[Actor] = (), threats: Sequence[Threat] = (), denials: Sequence[Denial] = ()
) -> Extraction:
    return Extraction(PROVENANCE, tuple(actors), tuple(threats), tuple(denials))


def actor(
    name: str,
    *mentions: str,
    text: str = TEXT,
    type: ActorType = ActorType.ORGANISATION,
    kind: MentionKind = MentionKind.NAME,
    country: str | None = None,
    role: str | None = None,
) -> Actor:
    """An actor whose mentions stand in the text; the name alone where none is given."""
    places = tuple(
        Mention(Field.BODY, text.index(words), text.index(words) + len(words), words, kind)
        for words in mentions or (name,)
    )
    return Actor(PROVENANCE, f"{type}:{name}", name, type, country, role, places)


def ref(name: str, type: ActorType = ActorType.ORGANISATION) -> ActorRef:
    return ActorRef(f"{type}:{name}", name, type, None)


def span(words: str, text: str = TEXT) -> Span:
    return Span(Field.BODY, text.index(words), text.index(words) + len(words), words)


def threat(
    threatener: ActorRef,
    targets: Sequence[ActorRef],
    *evidence: str,
    action: str = "seize the trawlers of Norgate Ltd",
    condition: str | None = None,
    text: str = TEXT,
) -> Threat:
    return Threat(
        provenance=PROVENANCE,
        threatener=threatener,
        targets=tuple(targets),
        action=action,
        condition=condition,
        category="132",
        category_name="administrative sanctions",
        modality=Modality.ASSERTED,
        attribution=None,
        quoted=False,
        evidence=tuple(span(words, text) for words in evidence),
        confidence=0.5,
    )


def denial(
    denier: ActorRef, *evidence: str, denies: Sequence[Threat] = (), text: str = TEXT
) -> Denial:
    return Denial(
        provenance=PROVENANCE,
        denier=denier,
        content="its ships had fished there",
        cue="denied",
        kind=DenialKind.FACT,
        denies=tuple(one.record_id for one in denies),
        attribution=None,
        quoted=False,
        evidence=tuple(span(words, text) for words in evidence),
        confidence=0.5,
    )
