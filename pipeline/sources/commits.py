"""Committing offsets to a consumer group, for ordinary lag tools and for resuming.

A commit is asked for when a bundle is finalized, on a thread of the runner's: so the client
here is the committer's own, under a lock, and apart from the consumers that read.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from kafka import KafkaAdminClient, TopicPartition
from kafka import errors as kafka_errors
from kafka.structs import OffsetAndMetadata

from pipeline import metrics
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.outages import OUTAGES, Misconfigured, Unavailable, patiently
from pipeline.process_wide import ProcessWide

_LOGGER = logging.getLogger(__name__)

COMMIT_SECONDS = 10.0
"""How long one commit is tried. It need not succeed: the next one, further on, covers it."""

RENEWAL_SECONDS = 24 * 60 * 60.0
"""After how long an offset that has not moved is committed again. To a broker our group has no
members, and it forgets what such a group has not committed for a week
(``offsets.retention.minutes``): a partition that was quiet for so long would begin anew."""


class OffsetCommitter:
    """Commits the offsets of one group, each only if it moved on, or was not for a day."""

    def __init__(
        self,
        cluster: Cluster,
        group_id: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock`` gives seconds."""
        self._clock = clock
        self._cluster = cluster
        self._group_id = group_id
        self._lock = threading.Lock()
        self._admin: KafkaAdminClient | None = None
        self._committed: dict[TopicPartition, int] = {}
        self._renewal_due: dict[TopicPartition, float] = {}
        self._begun: dict[str, bool] = {}
        self._outage = OUTAGES.get((f"The coordinator of group {group_id}", cluster))

    def starts_from(self, committed: Mapping[TopicPartition, int | None]) -> None:
        """Notes what the group has committed where reading begins; None where nothing."""
        with self._lock:
            for partition, offset in committed.items():
                if offset is None:
                    self._committed.pop(partition, None)
                else:
                    self._committed[partition] = offset

    def had_begun(self, what: str, *, now: bool) -> bool:
        """Whether the group had begun with it when this was first asked, for which ``now`` tells.

        So what this process has committed since does not count.
        """
        with self._lock:
            return self._begun.setdefault(what, now)

    def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commits each partition's next offset to read, where need be; safe from any thread.

        Returns whether the group now stands at ``offsets`` or beyond. Raises nothing: a runner
        swallows what a finalizer raises, so failures are logged and counted here.
        """
        with self._lock:
            now = self._clock()
            moved = {
                partition: offset
                for partition, offset in offsets.items()
                if offset > self._committed.get(partition, -1)
                or (
                    offset == self._committed[partition]
                    and now >= self._renewal_due.setdefault(partition, now + RENEWAL_SECONDS)
                )
            }
            if not moved:
                metrics.OFFSET_COMMITS.labels("unchanged").inc()
                return True
            try:
                patiently(
                    lambda: self._alter(moved),
                    seconds=COMMIT_SECONDS,
                    outage=self._outage,
                    on_error=lambda error: self._drop_client(),
                )
            except (Unavailable, Misconfigured) as error:
                metrics.OFFSET_COMMITS.labels("failed").inc()
                _LOGGER.error(
                    "Offsets of group %s were not committed: %s. What was read since will be "
                    "read again after a restart, unless a later commit succeeds.",
                    self._group_id,
                    error,
                )
                return False
            self._committed.update(moved)
            self._renewal_due.update(dict.fromkeys(moved, now + RENEWAL_SECONDS))
        metrics.OFFSET_COMMITS.labels("committed").inc()
        for partition, offset in moved.items():
            metrics.committed_offset(partition.topic, partition.partition).set(offset)
        return True

    def close(self) -> None:
        """Ends the connection; a later commit makes a new one."""
        with self._lock:
            self._drop_client()

    def _alter(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self._admin is None:
            self._admin = KafkaAdminClient(**client_settings(self._cluster, role="commit"))
        wished = {
            partition: OffsetAndMetadata(offset, "", -1) for partition, offset in offsets.items()
        }
        for outcome in self._admin.alter_group_offsets(self._group_id, wished).values():
            if outcome is not kafka_errors.NoError:
                raise outcome()

    def _drop_client(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None


def _make(key: tuple[Cluster, str]) -> OffsetCommitter:
    return OffsetCommitter(*key)


COMMITTERS: ProcessWide[tuple[Cluster, str], OffsetCommitter] = ProcessWide(
    _make, OffsetCommitter.close
)
"""By cluster and group; the finalizers of all bundles of a group share one."""
