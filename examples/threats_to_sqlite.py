"""A Beam pipeline with a sink of its own: articles from Kafka, threats into an SQLite database.

    python examples/threats_to_sqlite.py localhost:9092 threats.db

It reads to the ends that the topic has now, and commits its offsets to the group "sqlite". What a
bundle found is in the database before its offsets are committed; an article that comes again gives
the same record ids, and so the same rows.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import apache_beam as beam

from pipeline.beam import ExtractRecords, ReadArticles
from pipeline.kafka_security import Cluster
from pipeline.messages import DeadLetter, Extracted
from pipeline.preflight import inspect
from pipeline.sources.kafka import SplitSettings

TABLE = """
create table if not exists threats (
    record_id text primary key, article_id text, threatener text, action text, confidence real
)
"""


class ToSqlite(beam.DoFn):
    """Keeps the threats of a bundle, and stores them when it ends."""

    def __init__(self, database: str) -> None:
        self._database = database

    def start_bundle(self) -> None:
        """Begins with nothing."""
        self._rows: list[tuple[str, str, str, str, float]] = []

    def process(self, element: Extracted | DeadLetter) -> Iterator[None]:
        """Takes the article's threats; a real sink would keep the dead letters, too."""
        if isinstance(element, DeadLetter):
            print(f"{element.message.place}: {element.failure.message}", file=sys.stderr)
            return
        for threat in element.extraction.threats:
            self._rows.append(
                (
                    threat.record_id,
                    threat.provenance.article_id,
                    threat.threatener.name,
                    threat.action,
                    threat.confidence,
                )
            )
        yield from ()

    def finish_bundle(self) -> None:
        """Stores them; where that fails, the bundle does, and nothing of it is committed."""
        with closing(sqlite3.connect(self._database, timeout=30)) as connection, connection:
            connection.execute(TABLE)
            connection.executemany(
                "insert or replace into threats values (?, ?, ?, ?, ?)", self._rows
            )


def main(servers: str, database: str) -> None:
    """Runs it in this process, until it has caught up."""
    source = SplitSettings(Cluster(servers), topics=("newswire.articles",), group_id="sqlite")
    # Without an end it would read on for ever.
    source = replace(source, until=inspect(source, None).ends)
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        _ = (
            pipeline
            | ReadArticles(source)
            | ExtractRecords()
            | "To SQLite" >> beam.ParDo(ToSqlite(database))
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
