"""What topics are like on a broker, and where that differs from what they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.topics import BROKER_DEFAULT_REPLICATION, TopicSpec

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

PARTITIONS = "partitions"
REPLICATION = "replication factor"


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is."""

    name: str
    partitions: int
    replication_factor: int
    """Copies of the partition that has the fewest."""
    configs: Mapping[str, str]
    """Its settings under Kafka's own names; only those that the broker tells (Tansu: only
    those that were set)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not as it should be."""

    topic: str
    setting: str
    """Kafka's own name of it, `PARTITIONS` or `REPLICATION`."""
    wished: str
    found: str

    @property
    def is_config(self) -> bool:
        """Whether it is one of the topic's settings, which can be changed at any time."""
        return self.setting not in {PARTITIONS, REPLICATION}


def topic_states(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, TopicState]:
    """The topics that there are, by name.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    from kafka.admin import ConfigResource, ConfigResourceType

    # All are asked for: a broker may make a topic of which one asks by name.
    found = {topic["name"]: topic for topic in admin.describe_topics() if topic["name"] in names}
    if not found:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in found]
    configs = admin.describe_configs(resources, config_filter="all").get("topic", {})
    return {
        name: TopicState(
            name,
            partitions=len(topic["partitions"]),
            replication_factor=min(
                (len(partition["replica_nodes"]) for partition in topic["partitions"]), default=0
            ),
            configs={
                key: str(told["value"])
                for key, told in configs.get(name, {}).items()
                if told["value"] is not None and not told["is_sensitive"]
            },
        )
        for name, topic in found.items()
    }


def differences(spec: TopicSpec, state: TopicState) -> Iterator[Difference]:
    """Every setting of the specification that the topic has otherwise.

    What the broker does not tell, and what is left to the cluster, is no difference.
    """
    if spec.partitions != state.partitions:
        yield Difference(spec.name, PARTITIONS, str(spec.partitions), str(state.partitions))
    if spec.replication_factor not in {BROKER_DEFAULT_REPLICATION, state.replication_factor}:
        yield Difference(
            spec.name, REPLICATION, str(spec.replication_factor), str(state.replication_factor)
        )
    for setting, wished in spec.configs.items():
        found = state.configs.get(setting)
        # "compact,delete" is a set.
        if found is not None and sorted(found.split(",")) != sorted(wished.split(",")):
            yield Difference(spec.name, setting, wished, found)
