"""What a runner's checkpoint holds of our source, kept as bytes for every release.

    python -m tests.stored_restrictions 0.2.0

adds those of a release (``make restrictions-release VERSION=0.2.0``): each case below, encoded
as Beam does it, in a file of its own. They are never written again; `test_stored_restrictions`
holds that every release can go on from those of all before it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from apache_beam.io.unbounded_source import (
    _UnboundedSourceRestriction,
    _UnboundedSourceRestrictionCoder,
)
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp
from kafka import TopicPartition

from pipeline.kafka_security import Cluster, Mechanism, Protocol, Security
from pipeline.secret_places import in_file
from pipeline.sources.kafka import KafkaCheckpointMark, KafkaSource, SplitSettings
from pipeline.sources.offsets import Start
from pipeline.sources.shares import Share

FOLDER = Path(__file__).with_name("data") / "restrictions"

TOPIC = "stored.articles"
"""Has `PARTITIONS` partitions where a test goes on from what is stored."""
LATER_TOPIC = "stored.later"
"""Has one partition, and `TOPIC_PATTERN` matches it too."""
TOPIC_PATTERN = r"stored\.[a-z]+"
PARTITIONS = 4
SERVERS = "broker.example:9092"

CODER = _UnboundedSourceRestrictionCoder()


def cases() -> Mapping[str, _UnboundedSourceRestriction]:
    """What a checkpoint may hold, by name. Add to them where settings are added."""
    plain = SplitSettings(Cluster(SERVERS), (TOPIC,), "stored")
    marks = {number: number + 1 for number in range(PARTITIONS)}
    return {
        "before-the-first-bundle": _UnboundedSourceRestriction(KafkaSource(plain)),
        "in-mid-wire": _restriction(plain, marks),
        "one-split-of-two": _restriction(
            SplitSettings(
                Cluster(SERVERS),
                (TOPIC,),
                "stored",
                Start("time", 1_700_000_000_000),
                splits=2,
                split=1,
            ),
            {1: 2, 3: 4},
        ),
        "topics-by-pattern": _restriction(
            SplitSettings(
                Cluster(SERVERS),
                (),
                "stored",
                Start("latest"),
                bundle_retry_seconds=7.5,
                topic_pattern=TOPIC_PATTERN,
                excluded_topics=("newswire.actors",),
            ),
            marks,
        ),
        "a-login": _restriction(
            SplitSettings(
                Cluster(
                    SERVERS,
                    Security(
                        Protocol.SASL_SSL,
                        ca_file="/etc/newswire/ca.pem",
                        mechanism=Mechanism.SCRAM_SHA_512,
                        username="newswire",
                        password=in_file("/etc/newswire/password", "--sasl-password-file"),
                    ),
                ),
                (TOPIC,),
                "stored",
            ),
            marks,
        ),
        "a-share": _restriction(
            SplitSettings(Cluster(SERVERS), (TOPIC,), "stored", share=Share(1, 2)), _of_share(marks)
        ),
        "until-caught-up-and-done": _UnboundedSourceRestriction(
            KafkaSource(
                SplitSettings(Cluster(SERVERS), (TOPIC,), "stored", until=((TOPIC, 0, 1),))
            ),
            watermark=MAX_TIMESTAMP,
            is_done=True,
            finalization_checkpoint_mark=KafkaCheckpointMark({TopicPartition(TOPIC, 0): 1}),
        ),
    }


def _of_share(marks: Mapping[int, int]) -> Mapping[int, int]:
    share = Share(1, 2)
    return {number: offset for number, offset in marks.items() if share.owns(TOPIC, number)}


def _restriction(
    settings: SplitSettings, offsets: Mapping[int, int]
) -> _UnboundedSourceRestriction:
    mark = KafkaCheckpointMark(
        {TopicPartition(TOPIC, number): offset for number, offset in offsets.items()}
    )
    return _UnboundedSourceRestriction(
        KafkaSource(settings), checkpoint_mark=mark, watermark=Timestamp(1_700_000_000)
    )


def keep(version: str) -> None:
    """Writes those of this version; they must not be there yet."""
    folder = FOLDER / version
    folder.mkdir(parents=True)
    for name, restriction in cases().items():
        (folder / f"{name}.bin").write_bytes(CODER.encode(restriction))


if __name__ == "__main__":
    keep(*sys.argv[1:])
