"""Records for tests: one whole example of each class, and strategies for any."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

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

PROVENANCE = Provenance(
    article_id="nw-17",
    revision=1,
    source="Northern Wire",
    published_at=datetime(2026, 11, 1, 9, 30, 0, 123_000, tzinfo=UTC),
    extractor_version="0.1.0",
    model="en_core_web_sm 3.8.0",
)

VARNA = ActorRef("person:ilka-varna", "Ilka Varna", ActorType.PERSON, "BGR")
NORLAND = ActorRef("organisation:norland-rail", "Norland Rail", ActorType.ORGANISATION, None)

ACTOR = Actor(
    provenance=PROVENANCE,
    actor_id=VARNA.actor_id,
    name=VARNA.name,
    type=VARNA.type,
    country=VARNA.country,
    role="union leader",
    mentions=(
        Mention(Field.HEADLINE, 0, 5, "Varna", MentionKind.NAME),
        Mention(Field.BODY, 13, 23, "Ilka Varna", MentionKind.NAME),
    ),
)

THREAT = Threat(
    provenance=PROVENANCE,
    threatener=VARNA,
    targets=(NORLAND,),
    action="stop every train",
    condition="unless pay rises",
    category="133",
    category_name="Threaten to protest or strike",
    modality=Modality.ALLEGED,
    attribution=NORLAND,
    quoted=True,
    evidence=(Span(Field.BODY, 40, 77, "will stop every train unless pay rises"),),
    confidence=0.87,
)

DENIAL = Denial(
    provenance=PROVENANCE,
    denier=VARNA,
    content="that she had made a threat",
    cue="denied",
    kind=DenialKind.FACT,
    denies=(THREAT.record_id,),
    attribution=None,
    quoted=False,
    evidence=(Span(Field.BODY, 100, 140, "She denied that she had made a threat 🚂"),),
    confidence=0.5,
)

EXTRACTION = Extraction(PROVENANCE, (ACTOR,), (THREAT,), (DENIAL,))

# What UTF-8 can't encode never gets past the decoding of articles.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
OFFSETS = st.integers(0, 2**31 - 1)
MILLISECONDS = st.datetimes(timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=time.microsecond // 1_000 * 1_000)
)

PROVENANCES = st.builds(
    Provenance,
    article_id=TEXT,
    revision=st.integers(0, 2**63 - 1),
    source=TEXT,
    published_at=st.none() | MILLISECONDS,
    extractor_version=TEXT,
    model=TEXT,
)
REFERENCES = st.builds(ActorRef, TEXT, TEXT, st.sampled_from(ActorType), st.none() | TEXT)
SPANS = st.builds(Span, st.sampled_from(Field), OFFSETS, OFFSETS, TEXT)
MENTIONS = st.builds(
    Mention, st.sampled_from(Field), OFFSETS, OFFSETS, TEXT, st.sampled_from(MentionKind)
)
CONFIDENCES = st.integers(0, 100).map(lambda percent: percent / 100)


def tuples_of(items: st.SearchStrategy, smallest: int = 0, largest: int = 3) -> st.SearchStrategy:
    """Tuples of up to three such items, or of up to ``largest``."""
    return st.lists(items, min_size=smallest, max_size=largest).map(tuple)


ACTORS = st.builds(
    Actor,
    provenance=PROVENANCES,
    actor_id=TEXT,
    name=TEXT,
    type=st.sampled_from(ActorType),
    country=st.none() | TEXT,
    role=st.none() | TEXT,
    mentions=tuples_of(MENTIONS, 1),
)
THREATS = st.builds(
    Threat,
    provenance=PROVENANCES,
    threatener=REFERENCES,
    targets=tuples_of(REFERENCES),
    action=TEXT,
    condition=st.none() | TEXT,
    category=st.sampled_from(["130", "138"]),
    category_name=TEXT,
    modality=st.sampled_from(Modality),
    attribution=st.none() | REFERENCES,
    quoted=st.booleans(),
    evidence=tuples_of(SPANS, 1),
    confidence=CONFIDENCES,
)
DENIALS = st.builds(
    Denial,
    provenance=PROVENANCES,
    denier=REFERENCES,
    content=st.none() | TEXT,
    cue=TEXT,
    kind=st.sampled_from(DenialKind),
    denies=tuples_of(TEXT),
    attribution=st.none() | REFERENCES,
    quoted=st.booleans(),
    evidence=tuples_of(SPANS, 1),
    confidence=CONFIDENCES,
)
RECORDS = ACTORS | THREATS | DENIALS
EXTRACTIONS = st.builds(
    Extraction,
    provenance=PROVENANCES,
    actors=tuples_of(ACTORS, largest=1),
    threats=tuples_of(THREATS, largest=2),
    denials=tuples_of(DENIALS, largest=1),
) | st.builds(Extraction, provenance=PROVENANCES, skipped=st.just("withdrawn"))
