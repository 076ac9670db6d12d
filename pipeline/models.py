"""The process's extractors, and loading one so that a missing model is told in one line."""

from __future__ import annotations

from pipeline.errors import CommandError
from pipeline.extraction.extractor import Extractor
from pipeline.process_wide import ProcessWide

EXTRACTORS: ProcessWide[str, Extractor] = ProcessWide(Extractor)
"""By the name of the spaCy pipeline; loading one takes seconds and hundreds of megabytes."""


def load_extractor(spacy_model: str) -> Extractor:
    """The process's extractor with this spaCy pipeline, loaded if need be.

    Raises `CommandError` where there is no such pipeline.
    """
    try:
        return EXTRACTORS.get(spacy_model)
    except OSError as error:
        raise CommandError(
            f"no spaCy pipeline {spacy_model!r} is installed here, nor is it a folder with one "
            f"(--spacy-model): {error}"
        ) from error
