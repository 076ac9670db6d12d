"""Which partitions each of several processes reads that share a wire, without asking each other.

A share is a rule over the names of topics and the numbers of partitions, so it holds for those
too that come later, and needs no coordinator. Nothing here knows of Kafka's clients or of Beam.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """Share ``index`` of ``of``: of each topic every ``of``-th partition.

    Where a topic's turn begins follows from its name (its CRC-32), so that the partitions 0 of
    many small topics do not all fall to share 0. Partition P of topic T belongs to share
    ``(P + crc32(T)) mod of``.
    """

    index: int = 0
    """From 0 to ``of`` - 1."""
    of: int = 1

    def owns(self, topic: str, partition: int) -> bool:
        """Whether the partition belongs to this share."""
        return self._place(topic, partition) % self.of == self.index

    def rank(self, topic: str, partition: int) -> int:
        """Numbers the topic's partitions within the share one after the other, for its splits.

        The whole has the partitions' own numbers: stored checkpoints rely on that.
        """
        return partition if self.of == 1 else self._place(topic, partition) // self.of

    def part(self, index: int, of: int) -> Share:
        """Part ``index`` of ``of`` parts of this share; together they are the share."""
        return Share(self.index + index * self.of, self.of * of)

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    @staticmethod
    def _place(topic: str, partition: int) -> int:
        return partition + zlib.crc32(topic.encode())


WHOLE = Share()
"""Every partition."""


def job_name(group_id: str, share: Share) -> str:
    """What a runner calls the job that reads this share for the group.

    For the whole it is the group's id.
    """
    return group_id if share == WHOLE else f"{group_id}-{share.index}-of-{share.of}"
