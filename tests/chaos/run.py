"""One run: a wire, a pipeline, faults; then a time to recover, and the account of it all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.brokers.apache import ApacheKafka
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import ExtractorSettings
from pipeline.serialization.articles import decode_article
from tests.chaos import invariants
from tests.chaos.accounts import Account, RecordKey, Version
from tests.chaos.articles import wire_article
from tests.chaos.faults import FAULTS, Surroundings
from tests.chaos.folder import FolderReader
from tests.chaos.invariants import Violation
from tests.chaos.producer import Producer
from tests.chaos.reading import record_key
from tests.chaos.sampling import Sampler
from tests.chaos.schedule import Strike, schedule
from tests.chaos.supervised import Supervised
from tests.chaos.ways import Way
from tests.integration.wire import Wire
from tests.small_disks import SmallDisk

AT_WORK_SECONDS = 120.0
"""How long to wait, before the next fault, for a pipeline that has not come back."""

STUCK_SECONDS = 180.0
"""A pipeline that commits nothing for so long, with all put right, has lost what is left."""

ORPHAN_SECONDS = 10.0

READING = "Running on"
"""What ``newswire run`` says when it begins to read."""

BUNDLE_ARGUMENTS = (
    "--max-bundle-records=20",
    "--bundle-retry=5s",
    "--roll-time=2s",
    "--metrics-address=127.0.0.1:0",
)
"""Small bundles and short patience: more that can be cut off in an hour than in a month."""

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is to be run, and for how long."""

    way: Way
    seconds: float
    seed: int
    rate: float
    """Articles a second."""


@dataclass
class Outcome:
    """What is to be told of a run."""

    settings: Settings
    account: Account
    begun: float = field(default_factory=time.monotonic)
    survived: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    in_doubt: int = 0
    samples: int = 0
    starts: int = 0
    ends: list[str] = field(default_factory=list)
    longest_stall: float = 0.0
    stalled_at: float = 0.0
    strikes: list[tuple[float, str]] = field(default_factory=list)
    """When each fault began, by the monotonic clock."""
    files: int = 0
    violations: list[Violation] = field(default_factory=list)

    @property
    def stalled_by(self) -> str:
        """The faults that the longest stall was in."""
        begun = self.stalled_at - self.longest_stall
        # A sample may see the last progress only after the fault has struck.
        within = [name for at, name in self.strikes if begun - 2 <= at <= self.stalled_at]
        return ", ".join(within) or "none"


def run(settings: Settings, broker: ApacheKafka, disk: SmallDisk, work: Path, say: Say) -> Outcome:
    """Runs it; ``work`` is a folder for logs and the files taken out of ``disk``."""
    wire, account = Wire(broker), Account()
    kept = work / "files"
    kept.mkdir()
    folder = FolderReader(disk.folder / "records", kept, account)
    arguments = [
        *wire.run_arguments,
        *BUNDLE_ARGUMENTS,
        f"--output-dir={disk.folder / 'records'}",
        *settings.way.arguments,
    ]
    outcome = Outcome(settings, account)
    producer = Producer(broker.bootstrap_servers, wire.topics.articles, settings.rate)
    pipeline = Supervised(arguments, work)
    sampler = Sampler(broker.bootstrap_servers, wire.group_id, wire.topics, account, folder)
    around = Surroundings(broker, pipeline, lambda: settings.way.workers(pipeline), disk, sampler)
    for thread in (producer, pipeline, sampler):
        thread.start()
    try:
        _break_things(settings, around, outcome, say)
        say("No more faults; waiting until the pipeline has caught up.")
        producer.finish(STUCK_SECONDS)
        _catch_up(sampler, outcome, say)
        sampler.finish()
        _end_pipeline(pipeline, outcome)
        if not sampler.sample():
            raise RuntimeError("the broker does not answer at the end of the run")
    finally:
        pipeline.end()
        sampler.close()
    _judge(outcome, producer, pipeline, sampler, folder)
    return outcome


def _break_things(settings: Settings, around: Surroundings, outcome: Outcome, say: Say) -> None:
    names = [name for name in FAULTS if name != "worker killed" or settings.way.has_workers]
    for number, strike in enumerate(schedule(names, settings.seed)):
        over = time.monotonic() - outcome.begun >= settings.seconds
        if over and number >= len(names):
            return
        if not strike.upon_another:
            _await_work(around, say)
        _strike(strike, around, outcome, say)


def _strike(strike: Strike, around: Surroundings, outcome: Outcome, say: Say) -> None:
    time.sleep(strike.quiet_seconds)
    begun = time.monotonic()
    struck = FAULTS[strike.fault](around, strike.strength)
    if struck:
        outcome.survived[strike.fault] += 1
        outcome.strikes.append((begun, strike.fault))
    progress = around.sampler.progress
    say(
        f"{begun - outcome.begun:6.1f} s  {strike.fault}"
        f"{'' if struck else ' (nothing was there)'}; {len(outcome.account.wire.expected)} "
        f"articles on the wire, {progress.committed} committed"
    )


def _await_work(around: Surroundings, say: Say) -> None:
    """Returns when the pipeline has committed something since now."""
    progress = around.sampler.progress
    before, deadline = progress.committed, time.monotonic() + AT_WORK_SECONDS
    while progress.committed <= before:
        if around.sampler.error is not None:
            raise RuntimeError("sampling has ended") from around.sampler.error
        if time.monotonic() > deadline:
            say(f"Nothing was committed for {AT_WORK_SECONDS:.0f} s; see {around.pipeline.log}.")
            return
        time.sleep(0.1)


def _catch_up(sampler: Sampler, outcome: Outcome, say: Say) -> None:
    told = begun = time.monotonic()
    while not (sampler.sample() and sampler.is_caught_up):
        now = time.monotonic()
        if now - max(sampler.progress.since, begun) > STUCK_SECONDS:
            outcome.violations.append(
                Violation(
                    "the pipeline is stuck",
                    f"{sum(sampler.committed.values())} of {sum(sampler.ends.values())} articles "
                    f"committed, and nothing for {STUCK_SECONDS:.0f} s",
                )
            )
            return
        if now - told >= 5:
            told = now
            say(f"{sampler.progress.committed} of {sum(sampler.ends.values())} committed")
        time.sleep(0.5)


def _end_pipeline(pipeline: Supervised, outcome: Outcome) -> None:
    try:
        # On a cluster all may be done while what was killed last is still starting.
        pipeline.wait_for_output(READING)
        code = pipeline.stop()
    except TimeoutError as error:
        outcome.violations.append(Violation("the pipeline does not end", str(error)))
        return
    if code != 0:
        outcome.violations.append(
            Violation("the pipeline does not end in order", f"exit code {code}, {pipeline.log}")
        )
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (orphans := pipeline.orphans()) and time.monotonic() < deadline:
        time.sleep(0.2)
    outcome.violations += [
        Violation("a process outlives the pipeline", str(process)) for process in orphans
    ]


def _judge(
    outcome: Outcome,
    producer: Producer,
    pipeline: Supervised,
    sampler: Sampler,
    folder: FolderReader,
) -> None:
    account = outcome.account
    outcome.acknowledged, outcome.in_doubt = len(producer.acknowledged), producer.in_doubt
    outcome.samples, outcome.files = sampler.samples, folder.files
    outcome.starts, outcome.ends = pipeline.starts, pipeline.ends
    outcome.longest_stall = sampler.progress.longest_stall
    outcome.stalled_at = sampler.progress.stalled_at
    outcome.violations += [
        *sampler.violations,
        *(Violation("a finished file can't be read", each) for each in folder.broken),
        *(Violation("a file is left unfinished", each) for each in folder.unfinished),
        *invariants.nothing_is_missing(account, producer.acknowledged, _records_of(account)),
        *invariants.duplicates_are_equal(account),
        *invariants.nothing_is_made_up(account),
        *invariants.the_newest_revision_holds(account),
    ]


def _records_of(account: Account) -> Callable[[Version], frozenset[RecordKey]]:
    """What the extraction finds, asked of itself, for the few that the topics don't tell of."""
    numbers = {
        expected: account.wire.numbers[place] for place, expected in account.wire.expected.items()
    }
    extractor: list[Extractor] = []

    def records_of(version: Version) -> frozenset[RecordKey]:
        if not extractor:
            extractor.append(Extractor(ExtractorSettings()))
        article = decode_article(wire_article(numbers[version]).value)
        return frozenset(record_key(each) for each in extractor[0].extract(article).records)

    return records_of
