from __future__ import annotations

from pathlib import Path

import click
import pytest

from pipeline.commands.run_outputs import OutputChoice
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sinks.rolling import AvroFileSinkSettings
from pipeline.topics import TopicNames

KAFKA = KafkaSinkSettings("kafka:9092", TopicNames())


def choice(
    output_dir: str | None = None, *, kafka: bool = True, letters: str | None = None
) -> OutputChoice:
    return OutputChoice(
        output_dir=Path(output_dir) if output_dir else None,
        kafka_output=kafka,
        roll_size=1_000,
        roll_time=60.0,
        codec="null",
        dead_letter_dir=Path(letters) if letters else None,
    )


def test_without_a_choice_kafka_is_the_sink() -> None:
    assert choice().sinks(KAFKA) == (KAFKA,)


def test_files_can_be_a_sink_beside_kafka_or_instead_of_it() -> None:
    files = AvroFileSinkSettings("/records", 1_000, 60.0, "null")
    assert choice("/records").sinks(KAFKA) == (KAFKA, files)
    assert choice("/records", kafka=False).sinks(KAFKA) == (files,)


def test_workers_are_given_the_folders_by_their_whole_paths() -> None:
    kafka, files = choice("records", letters="letters").sinks(KAFKA)
    assert isinstance(kafka, KafkaSinkSettings)
    assert isinstance(files, AvroFileSinkSettings)
    assert kafka.dead_letter_dir == str(Path.cwd() / "letters")
    assert files.folder == str(Path.cwd() / "records")


def test_a_run_that_would_write_nothing_is_wrong_usage() -> None:
    with pytest.raises(click.UsageError, match="--output-dir"):
        choice(kafka=False).sinks(KAFKA)
