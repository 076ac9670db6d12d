"""Processes that share a folder and die in the middle of writing leave what they had confirmed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.rolling import AvroFileSinkSettings
from tests.sinks.container_samples import ENCODED, published, read, unfinished

# Writes without end; every bundle has an article id of its own, said once it is confirmed.
WRITER = """
import itertools, sys
from dataclasses import replace
from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.rolling import AvroFileSinkSettings
from tests.record_samples import ACTOR, EXTRACTION, PROVENANCE
from tests.sinks.container_samples import ENCODED
sink = AvroFileSink(AvroFileSinkSettings(sys.argv[1], roll_bytes=20_000, roll_seconds=0.2))
for number in itertools.count():
    article = f"{sys.argv[2]}-{number}"
    actor = replace(ACTOR, provenance=replace(PROVENANCE, article_id=article))
    bundle = sink.begin()
    for _ in range(40):
        bundle.write(replace(ENCODED, extraction=replace(EXTRACTION, actors=(actor,))))
    bundle.confirm()
    print(article, flush=True)
"""

ENDS = """
import sys
from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.rolling import AvroFileSinkSettings
from tests.sinks.container_samples import ENCODED
bundle = AvroFileSink(AvroFileSinkSettings(sys.argv[1])).begin()
bundle.write(ENCODED)
bundle.confirm()
"""


@pytest.mark.slow
def test_what_killed_processes_had_confirmed_is_published_and_nothing_torn(tmp_path: Path) -> None:
    confirmed: list[str] = []
    for kill in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        writers = [
            subprocess.Popen([*command, f"{kill}.{each}"], stdout=subprocess.PIPE, text=True)
            for each in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            confirmed.append(writer.stdout.readline().strip())
        time.sleep(random.uniform(0, 0.5))
        for writer in writers:
            writer.kill()
            # A line may be cut off with its process.
            confirmed += [line.strip() for line in writer.stdout or [] if line.endswith("\n")]
            writer.wait()
    assert unfinished(tmp_path), "no kill came in the middle of a file"

    sink = AvroFileSink(AvroFileSinkSettings(str(tmp_path)))
    sink.begin().confirm()
    sink.close()
    assert unfinished(tmp_path) == []
    assert [path for path in published(tmp_path) if path.suffix != ".avro"] == []
    found = [value["article_id"] for path in tmp_path.glob("actors-*.avro") for value in read(path)]
    assert len(confirmed) > 12
    assert set(confirmed) <= set(found)
    assert all(found.count(article) == 40 for article in confirmed)


def test_a_process_that_ends_in_good_order_leaves_no_unfinished_file(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ENDS, str(tmp_path)], check=True)
    assert unfinished(tmp_path) == []
    assert len(published(tmp_path)) == len({type(record) for record in ENCODED.extraction.records})
