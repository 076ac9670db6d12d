"""The process's extractors, and loading one so that a missing model is told in one line."""

from __future__ import annotations

from pipeline.errors import CommandError
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.language import UnfitPipelineError
from pipeline.extraction.settings import ExtractorSettings
from pipeline.process_wide import ProcessWide

EXTRACTORS: ProcessWide[ExtractorSettings, Extractor] = ProcessWide(Extractor)
"""By their settings; loading the spaCy pipeline of one takes seconds and hundreds of megabytes."""


def load_extractor(settings: ExtractorSettings) -> Extractor:
    """The process's extractor with these settings, loaded if need be.

    Raises `CommandError` where there is no such spaCy pipeline, or one that does not fit.
    """
    try:
        return EXTRACTORS.get(settings)
    except OSError as error:
        raise CommandError(
            f"no spaCy pipeline {settings.spacy_model!r} is installed here, nor is it a "
            f"folder with one (--spacy-model): {error}"
        ) from error
    except UnfitPipelineError as error:
        raise CommandError(
            f"the spaCy pipeline {settings.spacy_model!r} does not fit (--spacy-model): {error}"
        ) from error
