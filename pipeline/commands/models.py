"""The extractor as commands load it: a missing model is the user's to mend, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import CommandError

if TYPE_CHECKING:
    from pipeline.extraction.extractor import Extractor


def load_extractor(spacy_model: str) -> Extractor:
    """Loads the extraction with this spaCy pipeline; takes seconds.

    Raises `CommandError` where there is no such pipeline.
    """
    from pipeline.extraction.extractor import Extractor

    try:
        return Extractor(spacy_model)
    except OSError as error:
        raise CommandError(
            f"no spaCy pipeline {spacy_model!r} is installed here, nor is it a folder with one "
            f"(--spacy-model): {error}"
        ) from error
