"""How ``newswire topics`` shows what topics are like, and what to do where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.table import Table

from pipeline.kafka_security import Cluster
from pipeline.topic_state import PARTITIONS, REPLICATION, Difference, TopicState

_DAY_MS = 24 * 60 * 60 * 1000


def value_text(setting: str, value: str) -> str:
    """The value of a setting as people read it: "7 days" for 604800000."""
    if setting == "retention.ms":
        return kept_text(int(value))
    if setting.endswith(".bytes"):
        return f"{int(value):,}"
    if setting.endswith(".ms"):
        return f"{int(value):,} ms"
    return value


def kept_text(retention_ms: int) -> str:
    """A retention in words."""
    return "for ever" if retention_ms < 0 else f"{retention_ms / _DAY_MS:g} days"


def state_cells(state: TopicState) -> tuple[str, ...]:
    """Partitions, copies, retention, cleanup policy and largest batch; "?" for what is not told."""
    kept = state.configs.get("retention.ms")
    largest = state.configs.get("max.message.bytes")
    return (
        str(state.partitions),
        str(state.replication_factor),
        "?" if kept is None else kept_text(int(kept)),
        state.configs.get("cleanup.policy", "?"),
        "?" if largest is None else f"{int(largest):,}",
    )


def difference_table(differences: Iterable[Difference]) -> Table:
    """What was wished for beside what was found."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Topic", "Setting"):
        table.add_column(title, no_wrap=True)
    for title in ("Wished", "Found"):
        table.add_column(title, justify="right")
    for each in differences:
        wished, found = (value_text(each.setting, value) for value in (each.wished, each.found))
        table.add_row(each.topic, each.setting, wished, found)
    return table


def advice(differences: Sequence[Difference], cluster: Cluster) -> Iterator[str]:
    """What to do about them: commands of Kafka's own tools, or why not to do anything."""
    for topic, of_topic in groupby(differences, key=lambda each: each.topic):
        own = list(of_topic)
        for each in own:
            if each.setting == PARTITIONS:
                yield _about_partitions(each, cluster)
            elif each.setting == REPLICATION:
                yield (
                    f"{topic}: copies are changed by kafka-reassign-partitions.sh, with a plan "
                    "that names the brokers."
                )
        configs = [each for each in own if each.is_config]
        if configs:
            # Brackets keep together what has commas itself.
            wished = ",".join(f"{each.setting}={_grouped(each.wished)}" for each in configs)
            yield (
                f"kafka-configs.sh --bootstrap-server {cluster} --alter "
                f"--entity-type topics --entity-name {topic} --add-config {wished}"
            )


def _about_partitions(each: Difference, cluster: Cluster) -> str:
    if int(each.found) > int(each.wished):
        return f"{each.topic}: more partitions do no harm, and can't be taken away."
    if each.topic.endswith(".extractions"):
        return (
            f"{each.topic}: better leave its partitions. With more of them articles would move to "
            "other partitions, and their old values would stay behind where nothing replaces them."
        )
    return (
        f"kafka-topics.sh --bootstrap-server {cluster} --alter --topic {each.topic} "
        f"--partitions {each.wished}"
    )


def _grouped(value: str) -> str:
    return f"[{value}]" if "," in value else value
