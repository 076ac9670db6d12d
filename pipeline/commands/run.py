"""``newswire run``: the pipeline, from the input topics to the output topics."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.run_outputs import OutputChoice, output_options
from pipeline.commands.run_processes import (
    ARGUMENTS,
    ArgumentsKept,
    run_alone,
    run_as_worker,
    run_workers,
)
from pipeline.commands.run_runner import runner_options
from pipeline.metrics_options import metrics_endpoint
from pipeline.options import option
from pipeline.parallel.status import WorkerRole
from pipeline.registry_options import schema_registry
from pipeline.runners.wishes import DIRECT
from pipeline.settings_file import config_file
from pipeline.share_option import share
from pipeline.stopping import STOPPING, stopping_on_signals

if TYPE_CHECKING:
    from pipeline.extraction.settings import ExtractorSettings
    from pipeline.kafka_security import Cluster
    from pipeline.metrics_endpoint import EndpointSettings
    from pipeline.progress import Progress
    from pipeline.runners.wishes import RunnerWishes
    from pipeline.serialization.registry_settings import RegistrySettings
    from pipeline.sources.shares import Share


MAX_WATCHED_ACTORS = 50
"""Each is four series for ever, of every process."""


def _at_most(
    ctx: click.Context, parameter: click.Parameter, actors: tuple[str, ...]
) -> tuple[str, ...]:
    if len(actors) > MAX_WATCHED_ACTORS:
        raise click.BadParameter(
            f"{len(actors)} actors; at most {MAX_WATCHED_ACTORS} are counted one by one."
        )
    return actors


class Interrupted(click.exceptions.Exit):
    """The run was stopped by a signal before it was where it was to get to; exit code 130."""

    def __init__(self, progress: Progress | None) -> None:
        """``progress`` is None where reading had not begun."""
        super().__init__(130)
        self.progress = progress


@click.command(
    cls=ArgumentsKept,
    epilog="""\b
Examples:
  newswire run --bootstrap-servers kafka:9092
  newswire run --input-topic reuters --input-topic afp --group-id watch
  newswire run --input-topic-pattern 'wire\\.[a-z]+'
  newswire run --until-caught-up              a backfill: ends at the topics' present ends
  newswire run --start-at 2026-11-01T00:00:00Z --group-id november
  newswire run --output-dir records --no-kafka-output
  newswire run --workers 4                    on four cores
  newswire run --share 0/2                    the first of two machines that share the wire
  newswire run --runner FlinkRunner --flink-master flink:8081 --environment-type EXTERNAL \
    --environment-config localhost:50000

\b
It is stopped by Ctrl-C or SIGTERM: the articles at hand are finished, written and committed.
Reading goes on there the next time. Exit codes: 0 ok, 1 failed, 2 usage, 130 stopped before
--until-caught-up was.
""",
)
@config_file
@kafka_cluster
@options.input_topics
@options.input_topic_pattern
@options.topic_prefix
@options.group_id
@option(
    "--auto-offset-reset",
    type=click.Choice(["earliest", "latest"]),
    default="earliest",
    help="Where to begin in a partition that the group has committed nothing for.",
)
@option(
    "--start-at",
    type=options.INSTANT,
    help="Begin with the messages of this time instead, as in 2026-11-01T00:00:00Z.",
)
@option(
    "--until-caught-up",
    is_flag=True,
    help="Read to the ends that the topics have now, commit, and exit.",
)
@schema_registry
@options.extractor_settings
@options.max_article_chars
@option(
    "--other-languages",
    type=click.Choice(["skip", "dead-letter"]),
    default="skip",
    help="What becomes of articles in another language than English.",
)
@output_options
@metrics_endpoint(
    default="127.0.0.1:9108",
    help="Where /metrics, /healthz and /readyz are served; port 0 takes a free one.",
)
@runner_options
@share
@option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    help="How many processes to share the work among, for as many cores: each reads its part of "
    "the partitions, and is started again where it dies. Each takes the memory of a run.",
)
@option(
    "--splits",
    type=click.IntRange(1, 20),
    default=1,
    help="Sets of partitions that are read independently; 1 is right on the Direct runner, "
    "several for each subtask on Flink.",
)
@option(
    "--max-bundle-records",
    type=click.IntRange(min=1),
    default=500,
    help="A bundle is written and committed after this many articles at the latest.",
)
@option(
    "--max-bundle-time",
    type=options.DurationType(at_least=0.001),
    default="1s",
    help="A bundle is written and committed after this time at the latest.",
)
@option(
    "--bundle-retry",
    type=options.DurationType(at_least=1.0),
    default="20s",
    help="How long a bundle waits for a broker or registry that is away, before it fails.",
)
@option(
    "--max-outage",
    type=options.DURATION_OR_FOREVER,
    default="forever",
    help="How long a pipeline that fails for an outage is submitted again, before it gives up.",
)
@option(
    "--revision-map-size",
    type=click.IntRange(min=1),
    default=options.DEFAULT_REVISION_MAP_SIZE,
    help="For how many articles to remember the highest revision written, so that an older one "
    "that comes late does not overwrite it on PREFIX.extractions; some 200 bytes each.",
)
@option(
    "--max-failure-ratio",
    type=click.FloatRange(0, 1),
    default=0.5,
    help="Stop where our own code fails on more than this share of the last 100 articles, which "
    "a bad release or model does; 1 never stops. Articles at fault themselves don't count.",
)
@option(
    "--watch-actor",
    "watched_actors",
    multiple=True,
    callback=_at_most,
    help="Count this actor by itself in newswire_actor_records_total, by its id (`newswire actors "
    "list` shows those of the known); may be given up to 50 times. All others are one series.",
)
@options.log_level
@options.log_format
@click.argument("beam_arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- BEAM_OPTION...]")
def run(
    cluster: Cluster,
    input_topics: tuple[str, ...],
    input_topic_pattern: str | None,
    topic_prefix: str,
    group_id: str,
    auto_offset_reset: str,
    start_at: datetime | None,
    until_caught_up: bool,
    registry: RegistrySettings | None,
    extractor: ExtractorSettings,
    max_article_chars: int,
    other_languages: str,
    endpoint: EndpointSettings,
    wishes: RunnerWishes,
    share: Share,
    workers: int,
    splits: int,
    max_bundle_records: int,
    max_bundle_time: float,
    bundle_retry: float,
    max_outage: float,
    revision_map_size: int,
    max_failure_ratio: float,
    watched_actors: tuple[str, ...],
    log_level: str,
    log_format: str,
    output_dir: Path | None,
    kafka_output: bool,
    roll_size: int,
    roll_time: float,
    codec: str,
    dead_letter_dir: Path | None,
    beam_arguments: tuple[str, ...],
) -> Progress | None:
    """Read articles from Kafka, and write the actors, threats and denials found in them.

    Articles are JSON or Avro messages on the input topics. What is found goes to the topics
    PREFIX.actors, PREFIX.threats and PREFIX.denials as Avro, all of an article together to
    PREFIX.extractions, and what can't be processed to PREFIX.dead-letters. Offsets are committed
    only after everything found before them has been acknowledged: after a crash articles may be
    written twice, with the same ids and bytes, and none is lost.

    With --output-dir all that goes to files too: Avro containers, one set of files for each
    kind. What is in them is on the disk before offsets are committed. A file has its name once
    it is complete; names that begin with a dot are still being written.
    """
    context = click.get_current_context()
    role = context.find_object(WorkerRole)
    logs.configure(log_level.upper(), f"worker {role.number}" if role else "", log_format)
    logs.heed_signals()
    from pipeline.topics import TopicNames

    topics = TopicNames(topic_prefix)
    named = options.named_topics(input_topics, input_topic_pattern)
    if looped := sorted({*named} & {*topics.outputs}):
        raise click.UsageError(
            f"{', '.join(looped)}: what the pipeline writes can't be its input. --topic-prefix "
            "gives the output topics other names."
        )
    outputs = OutputChoice(output_dir, kafka_output, roll_size, roll_time, codec, dead_letter_dir)
    if role is not None:
        share = role.share
    elif workers > 1:
        if not wishes.is_direct:
            raise click.UsageError(
                f"--workers is for the {DIRECT}: {wishes.runner} has workers of its own, as many "
                "as its parallelism says."
            )
        with stopping_on_signals():
            progress = run_workers(
                workers,
                share,
                context.meta[ARGUMENTS],
                endpoint=endpoint,
                until_caught_up=until_caught_up,
                max_outage_seconds=max_outage,
            )
        return _outcome(progress, until_caught_up)
    # Beam and spaCy take seconds to import; --help and wrong usage need neither.
    from pipeline.graph import GraphSettings
    from pipeline.runners.choosing import choose
    from pipeline.running import RunSettings
    from pipeline.sinks.kafka import KafkaSinkSettings
    from pipeline.sources.kafka import SplitSettings
    from pipeline.sources.offsets import Start
    from pipeline.sources.shares import job_name

    start = Start(auto_offset_reset)
    if start_at is not None:
        start = Start("time", round(start_at.timestamp() * 1_000))
    settings = RunSettings(
        graph=GraphSettings(
            source=SplitSettings(
                cluster=cluster,
                topics=named,
                group_id=group_id,
                start=start,
                bundle_retry_seconds=bundle_retry,
                splits=splits,
                topic_pattern=input_topic_pattern,
                excluded_topics=topics.outputs,
                share=share,
            ),
            sinks=outputs.sinks(
                KafkaSinkSettings(cluster, topics, bundle_retry, revision_map_size)
            ),
            topics=topics,
            extractor=extractor,
            max_article_chars=max_article_chars,
            dead_letter_other_languages=other_languages == "dead-letter",
            max_bundle_records=max_bundle_records,
            max_bundle_seconds=max_bundle_time,
            registry=replace(registry, retry_seconds=bundle_retry) if registry else None,
            max_failure_ratio=max_failure_ratio,
            watched_actors=frozenset(watched_actors),
        ),
        runner=choose(
            replace(wishes, job_name=job_name(group_id, share), beam_arguments=beam_arguments)
        ),
        until_caught_up=until_caught_up,
        max_outage_seconds=max_outage,
    )
    with stopping_on_signals(say=role is None):
        if role is not None:
            progress = run_as_worker(settings, role)
        else:
            progress = run_alone(settings, endpoint)
    return _outcome(progress, until_caught_up)


def _outcome(progress: Progress | None, until_caught_up: bool) -> Progress | None:
    if until_caught_up and STOPPING.is_set():
        raise Interrupted(progress)
    return progress
