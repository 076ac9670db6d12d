"""What the log says of single articles: their ids and places, and no word of their text."""

from __future__ import annotations

import logging

from pipeline.messages import DeadLetter, Encoded, SourceMessage

_LOGGER = logging.getLogger(__name__)

LONGEST_ID = 200
"""Characters of an id in the log; an id may have thousands."""


class Stored:
    """What this process has stored, or the workers whose parent it is."""

    last_article: str | None = None
    """The id of the newest article, cut to `LONGEST_ID`; None where there is none."""


def log_written(element: Encoded | DeadLetter) -> None:
    """Tells of an article that is stored: a dead letter at WARNING, any other at DEBUG."""
    if isinstance(element, DeadLetter):
        article = element.article_id and element.article_id[:LONGEST_ID]
        failure = element.failure
        _LOGGER.warning(
            "A dead letter: %s, article %s, failed in %s for %s. `newswire dead-letters` shows it.",
            element.message.place,
            article or "unknown",
            failure.stage,
            failure.reason,
            extra=_fields("dead-letter", element.message, article)
            | {"stage": failure.stage, "reason": failure.reason},
        )
    else:
        extraction = element.extraction
        article = extraction.provenance.article_id[:LONGEST_ID]
        Stored.last_article = article
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug(
                "Written: article %s from %s, %d records.",
                article,
                element.message.place,
                len(extraction.records),
                extra=_fields("written", element.message, article),
            )


def _fields(event: str, message: SourceMessage, article: str | None) -> dict[str, object]:
    return {
        "event": event,
        "article": article,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
    }
