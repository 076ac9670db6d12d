"""What a streaming job needs on Flink, and what Beam leaves off unless it is told.

Without checkpoints Flink never finalizes a bundle: no offset would be committed, and nothing
would survive a restart. Without ``finish_bundle_before_checkpointing`` jobs have stalled with
green checkpoints (both measured).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pipeline.errors import CommandError

_INTERVAL = "--checkpointing_interval"
_FINISH_BUNDLE = "--finish_bundle_before_checkpointing"


def with_checkpoints(beam_arguments: Sequence[str], interval_seconds: float) -> list[str]:
    """``beam_arguments`` with what Flink needs added; what the user has set there stays.

    Raises `CommandError` where checkpoints are turned off, by either.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(_INTERVAL)
    parser.add_argument(_FINISH_BUNDLE, nargs="?", const="true", default="true")
    given, others = parser.parse_known_args(list(beam_arguments))
    milliseconds = round(interval_seconds * 1_000)
    if given.checkpointing_interval is not None:
        try:
            milliseconds = int(given.checkpointing_interval)
        except ValueError as error:
            raise CommandError(
                f"{_INTERVAL} takes milliseconds, found {given.checkpointing_interval!r}. "
                "--checkpoint-interval takes a duration, as in 10s."
            ) from error
    if milliseconds <= 0:
        raise CommandError(
            "Flink needs checkpoints for this pipeline: without them it never says that a bundle "
            "is done, so no offset would be committed and nothing would survive a restart. Set "
            "--checkpoint-interval to more than 0, as in 10s."
        )
    if given.finish_bundle_before_checkpointing.lower() != "true":
        raise CommandError(
            f"{_FINISH_BUNDLE} is to stay on: without it jobs stall, with all checkpoints well "
            "and nothing read."
        )
    return [*others, f"{_INTERVAL}={milliseconds}", _FINISH_BUNDLE]
