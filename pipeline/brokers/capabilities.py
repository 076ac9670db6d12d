"""What each broker that we can start is able to do, as far as it matters here.

Tests ask this table, never a broker's name. A test holds it against the real brokers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What may be asked of a broker."""

    create_partitions: bool
    """A topic can get more partitions than it was made with."""
    end_offsets: bool
    """Asked for the end of a partition, it says the offset behind the last message. (Without:
    the offset behind the *first* message of the last batch. The high watermark in what it
    answers to a fetch is right all the same.)"""
    offsets_for_times: bool
    """It finds the first message at or after a point in time, for ``--start-at``."""
    survives_restart: bool
    """Topics, messages and committed offsets are there again after it was stopped."""
    enforces_size_limit: bool
    """It refuses a message larger than the topic's ``max.message.bytes``."""
    enforces_timestamp_limit: bool
    """It refuses a message timestamp more than an hour ahead."""
    serves_librdkafka_2_0: bool
    """Clients built on librdkafka 2.0, as Debian 12's kcat is, can talk to it. (Those built on
    2.16, as confluent-kafka is, can talk to both.)"""


TANSU = Capabilities(
    create_partitions=False,
    end_offsets=False,
    offsets_for_times=False,
    survives_restart=False,
    enforces_size_limit=False,
    enforces_timestamp_limit=False,
    serves_librdkafka_2_0=False,
)

APACHE_KAFKA = Capabilities(
    create_partitions=True,
    end_offsets=True,
    offsets_for_times=True,
    survives_restart=True,
    enforces_size_limit=True,
    enforces_timestamp_limit=True,
    serves_librdkafka_2_0=True,
)
