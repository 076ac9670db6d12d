"""The dashboard of the pipeline: is it reading, how fast, and what goes wrong."""

from __future__ import annotations

from panel import JOB, RATE, Panel, increase, quantile, rate

LAG = f"sum(min by (job, topic, partition) (newswire_consumer_lag{{{JOB}}}))"
WARN_AT_ONE = ((None, "green"), (1, "red"))

PIPELINE = (
    Panel(
        "Articles a second",
        "Messages read from the input topics. None while articles wait is an alert.",
        [(rate("newswire_articles_received_total"), "read")],
        unit="reqps",
        kind="stat",
        width=4,
        height=4,
        decimals=1,
    ),
    Panel(
        "Waiting",
        "Articles on the input topics that are not read yet (lag).",
        [(LAG, "lag")],
        kind="stat",
        width=4,
        height=4,
        thresholds=((None, "green"), (1_000, "orange"), (10_000, "red")),
    ),
    Panel(
        "Through in (99 %)",
        "From the message's timestamp to its last acknowledged record, for 99 of 100 articles.",
        [(quantile(0.99, "newswire_end_to_end_seconds"), "p99")],
        unit="s",
        kind="stat",
        width=4,
        height=4,
        thresholds=((None, "green"), (10, "orange"), (60, "red")),
    ),
    Panel(
        "Dead letters",
        "Share of the articles that could not be processed, over the chosen time.",
        [
            (
                f"{increase('newswire_dead_letters_total', '$__range')} "
                f"/ clamp_min({increase('newswire_articles_received_total', '$__range')}, 1)",
                "share",
            )
        ],
        unit="percentunit",
        kind="stat",
        width=4,
        height=4,
        decimals=2,
        thresholds=((None, "green"), (0.01, "orange"), (0.05, "red")),
    ),
    Panel(
        "Lost or refused",
        "Messages deleted before they were read, and records that brokers or disks refused, over "
        "the chosen time. Anything but 0 wants a look at the runbook.",
        [
            (
                " + ".join(
                    increase(metric, "$__range")
                    for metric in (
                        "newswire_messages_lost_total",
                        "newswire_producer_errors_total",
                        "newswire_file_errors_total",
                    )
                ),
                "lost or refused",
            )
        ],
        kind="stat",
        width=4,
        height=4,
        thresholds=WARN_AT_ONE,
        decimals=0,
    ),
    Panel(
        "Release and model",
        "What runs. Two lines while a new release is rolled out.",
        [(f"count by (version, model) (newswire_build_info{{{JOB}}})", "{{version}}  {{model}}")],
        kind="stat",
        width=4,
        height=4,
        options={"textMode": "name"},
    ),
    Panel(
        "Articles",
        "Read, found to be articles, and written with every record acknowledged. They lie on each "
        "other while all is well.",
        [
            (rate("newswire_articles_received_total"), "read"),
            (rate("newswire_articles_decoded_total"), "decoded"),
            (rate("newswire_articles_written_total"), "written"),
        ],
        unit="reqps",
    ),
    Panel(
        "Waiting, by topic",
        "Lag of each input topic. Growing for half an hour is an alert.",
        [
            (
                f"sum by (topic) (min by (topic, partition) (newswire_consumer_lag{{{JOB}}}))",
                "{{topic}}",
            )
        ],
    ),
    Panel(
        "Behind, by partition",
        "How old what was last read of a partition is: now minus its watermark. An idle one keeps "
        "up by itself.",
        [
            (
                "time() - max by (topic, partition) "
                f"(newswire_watermark_timestamp_seconds{{{JOB}}} > 0)",
                "{{topic}} {{partition}}",
            )
        ],
        unit="s",
    ),
    Panel(
        "How long articles take",
        "From the message's timestamp to the last acknowledged record: how many articles took how "
        "long. A backlog that is caught up with shows as a band far up.",
        [
            (
                f"sum by (le) (increase(newswire_end_to_end_seconds_bucket{{{JOB}}}{RATE}))",
                "{{le}}",
            )
        ],
        unit="s",
        kind="heatmap",
        width=12,
    ),
    Panel(
        "Latency",
        "Median and 99th percentile of the same.",
        [
            (quantile(0.5, "newswire_end_to_end_seconds"), "median"),
            (quantile(0.99, "newswire_end_to_end_seconds"), "99 %"),
        ],
        unit="s",
        width=12,
    ),
    Panel(
        "Extraction",
        "Time to look into one article: median and 99th percentile.",
        [
            (quantile(0.5, "newswire_extraction_seconds"), "median"),
            (quantile(0.99, "newswire_extraction_seconds"), "99 %"),
        ],
        unit="s",
    ),
    Panel(
        "Bundles",
        "How long a bundle takes from its start until all of it is stored.",
        [
            (quantile(0.5, "newswire_bundle_seconds"), "median"),
            (quantile(0.99, "newswire_bundle_seconds"), "99 %"),
        ],
        unit="s",
    ),
    Panel(
        "Articles a bundle",
        "Mean size of the bundles that had any: small on a quiet wire, up to "
        "--max-bundle-records while catching up.",
        [
            (
                f"{rate('newswire_bundle_articles_sum')} / "
                f"clamp_min({rate('newswire_bundle_articles_count')}, 1e-9)",
                "articles",
            )
        ],
    ),
    Panel(
        "Dead letters, by reason",
        "What could not be processed, an hour. `newswire dead-letters list` shows them.",
        [
            (
                "sum by (stage, reason) "
                f"(increase(newswire_dead_letters_total{{{JOB}}}[1h]) > 0) "
                "or label_replace(label_replace("
                f"{increase('newswire_dead_letters_total', '1h')} == 0, "
                '"stage", "all", "", ""), "reason", "none", "", "")',
                "{{stage}}: {{reason}}",
            )
        ],
        stacked=True,
    ),
    Panel(
        "Commits",
        "Finalized bundles a second: offsets committed, unchanged (an idle wire), or failed.",
        [(rate("newswire_offset_commits_total", "outcome"), "{{outcome}}")],
        unit="ops",
    ),
    Panel(
        "Errors",
        "Refused or unacknowledged records, writes to files and calls of the registry that "
        "failed, and the share of the last articles that our own code failed on.",
        [
            (rate("newswire_producer_errors_total"), "producer"),
            (rate("newswire_file_errors_total"), "files"),
            (rate("newswire_registry_calls_total", selector='outcome="failed"'), "registry"),
            (f"max(newswire_failure_ratio{{{JOB}}})", "share failed in our code"),
        ],
    ),
    Panel(
        "Restarts",
        "Times that the pipeline was submitted again after an outage, and that its processes were "
        "started, an hour.",
        [
            (increase("newswire_pipeline_restarts_total", "1h"), "after outages"),
            (f"sum(changes(process_start_time_seconds{{{JOB}}}[1h]))", "processes"),
        ],
    ),
    Panel(
        "Memory",
        "Resident memory by endpoint; with --workers, of all its processes together.",
        [(f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}")],
        unit="bytes",
    ),
    Panel(
        "Processor",
        "Cores kept busy, by endpoint. One process keeps one busy at most.",
        [(f"rate(process_cpu_seconds_total{{{JOB}}}{RATE})", "{{instance}}")],
    ),
    Panel(
        "Workers",
        "Processes of --workers and of newswire worker that run now, and those started again after "
        "they died, an hour. A run that is one process has none.",
        [
            (f"sum(newswire_worker_processes{{{JOB}}})", "run now"),
            (increase("newswire_worker_restarts_total", "1h"), "started again"),
        ],
    ),
    Panel(
        "Bytes",
        "Read from the input topics, and acknowledged on the output topics.",
        [
            (rate("newswire_bytes_read_total", "topic"), "from {{topic}}"),
            (rate("newswire_bytes_written_total", "topic"), "to {{topic}}"),
        ],
        unit="Bps",
        width=8,
    ),
    Panel(
        "Not looked into",
        "Articles skipped, an hour: another language, or withdrawn.",
        [
            (
                increase("newswire_articles_skipped_total", "1h", "reason"),
                "{{reason}}",
            )
        ],
        width=8,
    ),
)
