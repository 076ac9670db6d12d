"""An older revision that comes late does not overwrite a newer one that this process sent."""

from __future__ import annotations

import threading
from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from pipeline.sinks.revisions import HighestRevisions


class Topic:
    """What has been sent, in its order."""

    def __init__(self, size: int = 10) -> None:
        self.highest = HighestRevisions(size)
        self.sent: list[tuple[str, int]] = []

    def send(self, article_id: str, revision: int) -> bool:
        def append() -> bool:
            self.sent.append((article_id, revision))
            return True

        return self.highest.send_unless_older(article_id, revision, append) is not None


def test_a_newer_revision_is_sent_and_an_older_one_is_not() -> None:
    topic = Topic()
    assert [topic.send("a", revision) for revision in (1, 3, 2, 0, 4)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_the_same_revision_may_be_sent_again() -> None:
    topic = Topic()
    assert topic.send("a", 2)
    assert topic.send("a", 2), "a bundle that failed is written again"


def test_what_could_not_be_sent_is_not_remembered() -> None:
    topic = Topic()

    def fail() -> None:
        raise OSError("the broker is away")

    with pytest.raises(OSError):
        topic.highest.send_unless_older("a", 7, fail)
    assert topic.send("a", 1)


def test_what_was_unseen_longest_is_forgotten_first_and_can_then_go_back() -> None:
    topic = Topic(size=2)
    for article_id in ("a", "b"):
        topic.send(article_id, 5)
    assert not topic.send("a", 4), "asking for it is seeing it"
    topic.send("c", 5)
    assert not topic.send("a", 4)
    assert topic.send("b", 4), "beyond the map an older revision overwrites a newer one"
    assert len(topic.highest) == 2


def test_entries_and_evictions_are_metrics() -> None:
    def value(name: str) -> float:
        found = REGISTRY.get_sample_value(name, {"map": "revisions"})
        assert found is not None
        return found

    evicted = value("newswire_map_evictions_total")
    topic = Topic(size=3)
    for number in range(5):
        topic.send(str(number), 0)
    assert value("newswire_map_entries") == 3
    assert value("newswire_map_evictions_total") == evicted + 2


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 5)), max_size=40), st.integers(1, 6)
)
def test_within_its_size_no_article_ever_goes_back(
    wished: list[tuple[str, int]], size: int
) -> None:
    topic = Topic(size)
    remembered: OrderedDict[str, int] = OrderedDict()
    for article_id, revision in wished:
        known = remembered.pop(article_id, -1)
        assert topic.send(article_id, revision) == (revision >= known)
        remembered[article_id] = max(revision, known)
        if len(remembered) > size:
            remembered.popitem(last=False)


def test_threads_leave_the_topic_in_an_order_that_never_goes_back() -> None:
    topic = Topic()
    ready = threading.Barrier(4)

    def send() -> None:
        ready.wait()
        for revision in range(500):
            topic.send("a", revision)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    revisions = [revision for _, revision in topic.sent]
    assert revisions == sorted(revisions)
    assert revisions[-1] == 499
