"""Every Prometheus metric of the pipeline; `pipeline.metrics_endpoint` serves them.

Names begin with ``newswire_``, units are seconds and bytes, and every label takes its value
from a set that is known here or bounded by the cluster (topics, partitions), so that all
series are there, at 0, before the first article.

The same definitions serve one process and several (`pipeline.process_metrics`). So each gauge
says how those of several processes become one: ``livesum`` and ``livemax`` are of the processes
that run now, ``mostrecent`` is what was set last, also by a process that has ended.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from prometheus_client import Counter, Gauge, Histogram

from pipeline import __version__
from pipeline.articles import REASONS as DECODE_REASONS
from pipeline.extraction.limits import REASONS as LIMIT_REASONS
from pipeline.messages import DeadLetter, Encoded
from pipeline.records import CATEGORIES, Denial, DenialKind, Record, Threat

KINDS = ("actor", "threat", "denial")
FILE_KINDS = (*KINDS, "dead-letter")

ACTOR_ROLES = ("named", "threatener", "target", "denier")
OTHER_ACTORS = "other"
"""Stands in `ACTOR_RECORDS` for all that nobody watches."""

FAILURES = {
    "decode": DECODE_REASONS,
    "extract": ("extractor-error", *LIMIT_REASONS),
    "encode": ("encoder-error",),
    "write": ("record-too-large",),
}
"""Every reason for a dead letter, by the stage that gives it."""

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400)

ARTICLES_RECEIVED = Counter(
    "newswire_articles_received_total", "Messages read from the input topics."
)
MESSAGES_LOST = Counter(
    "newswire_messages_lost_total",
    "Messages of the input topics that their retention deleted before they were read.",
)
ARTICLES_DECODED = Counter(
    "newswire_articles_decoded_total", "Messages that hold an article, skipped ones included."
)
ARTICLES_SKIPPED = Counter(
    "newswire_articles_skipped_total",
    "Articles not looked into: in another language than English, or withdrawn by the wire.",
    ["reason"],
)
ARTICLES_WRITTEN = Counter(
    "newswire_articles_written_total",
    "Articles that are done: all their records, or their dead letter, are acknowledged. Those that "
    "were skipped or held nothing count too.",
)
DEAD_LETTERS = Counter(
    "newswire_dead_letters_total",
    "Dead letters acknowledged, by the stage that failed and its reason; one of stage write is of "
    "a single record, all others are of an article.",
    ["stage", "reason"],
)
EXTRACTIONS = Counter(
    "newswire_extractions_total", "Actors, threats and denials acknowledged, by kind.", ["kind"]
)
THREATS = Counter(
    "newswire_threats_total",
    "Threats acknowledged, by CAMEO code of what is threatened.",
    ["category"],
)
DENIALS = Counter("newswire_denials_total", "Denials acknowledged, by what they deny.", ["kind"])
THREATS_DENIED = Counter(
    "newswire_threats_denied_total", "Threats acknowledged that a denial of their article denies."
)
ACTOR_RECORDS = Counter(
    "newswire_actor_records_total",
    "How often acknowledged records name an actor, by what it is there: named (a record of its "
    "own), threatener, target or denier. Each actor of --watch-actor is counted by its id, all "
    "others are other.",
    ["actor", "role"],
)
EXTRACTION_WRITES = Counter(
    "newswire_extraction_writes_total",
    "Articles for the topic of extractions: acknowledged, or superseded, for a newer revision was "
    "sent before and this one is kept back.",
    ["outcome"],
)
MAP_ENTRIES = Gauge(
    "newswire_map_entries",
    "What is kept in memory: revisions, the articles whose highest revision written is known; "
    "consumers, the sets of partitions that are read.",
    ["map"],
    multiprocess_mode="livesum",
)
MAP_EVICTIONS = Counter(
    "newswire_map_evictions_total",
    "Entries forgotten because a map was full; of revisions: an older revision of that article "
    "can then overwrite a newer one.",
    ["map"],
)
EXTRACTION_SECONDS = Histogram(
    "newswire_extraction_seconds",
    "Time to look into one article, from its decoded text to its records.",
    buckets=_FAST,
)
BUNDLE_ARTICLES = Histogram(
    "newswire_bundle_articles", "Articles of a bundle; empty bundles don't count.", buckets=_SIZES
)
BUNDLE_SECONDS = Histogram(
    "newswire_bundle_seconds",
    "From a bundle's start until all of it is stored; empty bundles don't count.",
    buckets=_FAST,
)
FAILURE_RATIO = Gauge(
    "newswire_failure_ratio",
    "Share of the last articles, up to 100, that failed in our own code; of several processes the "
    "highest.",
    multiprocess_mode="livemax",
)
END_TO_END_SECONDS = Histogram(
    "newswire_end_to_end_seconds",
    "From the timestamp of an article's message until all its records are acknowledged.",
    buckets=_LATENCY,
)
OFFSET_COMMITS = Counter(
    "newswire_offset_commits_total",
    "Finalized bundles, empty ones included: their offsets were committed, were unchanged, or "
    "failed to be committed.",
    ["outcome"],
)
PRODUCER_ERRORS = Counter(
    "newswire_producer_errors_total",
    "Messages that the broker refused or never acknowledged; their bundles are written again.",
)
DEAD_LETTER_STUBS = Counter(
    "newswire_dead_letter_stubs_total",
    "Dead letters too large for their topic, which has a stub of them: stored, whole in a file, or "
    "in-source, for as long as the topic that they came from keeps them.",
    ["outcome"],
)
FILE_BYTES = Counter(
    "newswire_file_bytes_total", "Bytes written to the output folder and synced.", ["kind"]
)
FILES_OPEN = Gauge(
    "newswire_files_open",
    "Files of the output folder that are being written now.",
    ["kind"],
    multiprocess_mode="livesum",
)
FILES_PUBLISHED = Counter(
    "newswire_files_published_total",
    "Files of the output folder that are complete and got their names.",
    ["kind"],
)
FILES_RECOVERED = Counter(
    "newswire_files_recovered_total",
    "Files that dead processes left unfinished: published with their whole blocks, or removed, for "
    "they had none.",
    ["outcome"],
)
FILE_ERRORS = Counter(
    "newswire_file_errors_total",
    "Writes to the output folder that failed, and their bundles with them.",
    ["kind"],
)
REGISTRY_CALLS = Counter(
    "newswire_registry_calls_total",
    "Calls of the schema registry: ok, not-found (it has no such schema), refused (it does not let "
    "us), or failed (it is away, slow, or has an error of its own; these are tried again).",
    ["outcome"],
)
PIPELINE_RESTARTS = Counter(
    "newswire_pipeline_restarts_total", "Times the pipeline was submitted again after an outage."
)
WORKER_PROCESSES = Gauge(
    "newswire_worker_processes",
    'Worker processes that run now, of "newswire worker" or "newswire run --workers"; 0 where '
    "the process works alone.",
    multiprocess_mode="livesum",
)
WORKERS_ENDED = Counter(
    "newswire_workers_ended_total",
    'Workers of "newswire worker" that ended: finished (their runner had no more work), stopped '
    "(by it), lost-runner (it went away), or died.",
    ["outcome"],
)
WORKER_RESTARTS = Counter(
    "newswire_worker_restarts_total",
    'Times a worker that had died was started again ("newswire run --workers").',
)
MODEL_LOAD_SECONDS = Gauge(
    "newswire_model_load_seconds", "How long loading the model took.", multiprocess_mode="livemax"
)
BUILD = Gauge(
    "newswire_build_info",
    "Always 1: the running release and its model are the labels.",
    ["version", "model"],
    multiprocess_mode="livemax",  # not an Info, which several processes can't have together
)
_BYTES_READ = Counter(
    "newswire_bytes_read_total",
    "Bytes of the keys, values and headers read, by input topic.",
    ["topic"],
)
_BYTES_WRITTEN = Counter(
    "newswire_bytes_written_total",
    "Bytes of the keys, values and headers acknowledged, by output topic.",
    ["topic"],
)
_LAG = Gauge(
    "newswire_consumer_lag",
    "Messages of a partition that are not yet read.",
    ["topic", "partition"],
    multiprocess_mode="mostrecent",
)
_WATERMARK = Gauge(
    "newswire_watermark_timestamp_seconds",
    "Event time that a partition has been read up to, in seconds since 1970; 0 before the first "
    "reading.",
    ["topic", "partition"],
    multiprocess_mode="mostrecent",
)
_COMMITTED = Gauge(
    "newswire_committed_offset",
    "Offset committed to the group: that of the next message to read after a restart.",
    ["topic", "partition"],
    multiprocess_mode="mostrecent",
)

OUTCOMES = {
    DEAD_LETTER_STUBS: ("stored", "in-source"),
    FILES_RECOVERED: ("published", "removed"),
    OFFSET_COMMITS: ("committed", "unchanged", "failed"),
    REGISTRY_CALLS: ("ok", "not-found", "refused", "failed"),
    EXTRACTION_WRITES: ("acknowledged", "superseded"),
    WORKERS_ENDED: ("finished", "stopped", "lost-runner", "died"),
}
"""The label of the metrics that have an outcome and nothing else."""


def bytes_read(topic: str) -> Counter:
    """The bytes read from one input topic."""
    return _BYTES_READ.labels(topic)


def bytes_written(topic: str) -> Counter:
    """The bytes written to one output topic."""
    return _BYTES_WRITTEN.labels(topic)


def consumer_lag(topic: str, partition: int) -> Gauge:
    """The lag of one partition of an input topic, in messages."""
    return _LAG.labels(topic, str(partition))


def watermark(topic: str, partition: int) -> Gauge:
    """The watermark of one partition of an input topic, in seconds since 1970."""
    return _WATERMARK.labels(topic, str(partition))


def committed_offset(topic: str, partition: int) -> Gauge:
    """The offset committed for one partition of an input topic."""
    return _COMMITTED.labels(topic, str(partition))


def show_at_zero(partitions: Iterable[tuple[str, int]], output_topics: Iterable[str]) -> None:
    """Makes the series of these input partitions and output topics, before anything is read."""
    for topic, partition in partitions:
        bytes_read(topic)
        for gauge in (consumer_lag, watermark, committed_offset):
            gauge(topic, partition)
    for topic in output_topics:
        bytes_written(topic)


def watch_actors(actors: Iterable[str]) -> None:
    """Makes the series of these actors, by their ids, and of all others together."""
    for actor in (*actors, OTHER_ACTORS):
        for role in ACTOR_ROLES:
            ACTOR_RECORDS.labels(actor, role)


def count_written(
    element: Encoded | DeadLetter, now: float, watched: Container[str] = frozenset()
) -> None:
    """Counts what has been acknowledged; ``now`` in seconds since 1970.

    ``watched`` are the ids of the actors that are counted one by one.
    """
    if isinstance(element, DeadLetter):
        DEAD_LETTERS.labels(element.failure.stage, element.failure.reason).inc()
        if element.failure.stage == "write":
            return  # of a record; its article is counted by itself
    else:
        if element.extraction.skipped is not None:
            ARTICLES_SKIPPED.labels(element.extraction.skipped.split()[0]).inc()
        for record in element.extraction.records:
            EXTRACTIONS.labels(type(record).__name__.lower()).inc()
            if isinstance(record, Threat):
                THREATS.labels(record.category).inc()
            elif isinstance(record, Denial):
                DENIALS.labels(record.kind).inc()
            for role, actor in _roles(record):
                ACTOR_RECORDS.labels(actor if actor in watched else OTHER_ACTORS, role).inc()
        denied = {threat for denial in element.extraction.denials for threat in denial.denies}
        THREATS_DENIED.inc(sum(each.record_id in denied for each in element.extraction.threats))
    ARTICLES_WRITTEN.inc()
    END_TO_END_SECONDS.observe(max(now - element.message.timestamp_ms / 1_000, 0))


def _roles(record: Record) -> Iterator[tuple[str, str]]:
    """Role and id of each actor that the record names."""
    if isinstance(record, Threat):
        yield "threatener", record.threatener.actor_id
        for target in record.targets:
            yield "target", target.actor_id
    elif isinstance(record, Denial):
        yield "denier", record.denier.actor_id
    else:
        yield "named", record.actor_id


def count_bundle(elements: Sequence[Encoded | DeadLetter], seconds: float) -> None:
    """Counts a bundle that is stored whole; ``seconds`` is how long that took."""
    articles = sum(
        isinstance(element, Encoded) or element.failure.stage != "write" for element in elements
    )
    if articles:
        BUNDLE_ARTICLES.observe(articles)
        BUNDLE_SECONDS.observe(seconds)


def _show_known_at_zero() -> None:
    for stage, reasons in FAILURES.items():
        for reason in reasons:
            DEAD_LETTERS.labels(stage, reason)
    for kind in KINDS:
        EXTRACTIONS.labels(kind)
    for category in CATEGORIES:
        THREATS.labels(category)
    for denial_kind in DenialKind:
        DENIALS.labels(denial_kind)
    for reason in ("language", "withdrawn"):
        ARTICLES_SKIPPED.labels(reason)
    for kind in FILE_KINDS:
        for metric in (FILE_BYTES, FILES_OPEN, FILES_PUBLISHED, FILE_ERRORS):
            metric.labels(kind)
    for metric, outcomes in OUTCOMES.items():
        for outcome in outcomes:
            metric.labels(outcome)
    for name in ("revisions", "consumers"):
        MAP_ENTRIES.labels(name)
    MAP_EVICTIONS.labels("revisions")


_show_known_at_zero()


def describe_build(model: str) -> None:
    """Sets what is running: the release, and the model's name and version."""
    BUILD.labels(__version__, model).set(1)
