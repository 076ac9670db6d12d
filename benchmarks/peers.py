"""`newswire run` beside what else one might run: the same articles, broker and machine.

- a plain loop of kafka-python's consumer and spaCy's ``nlp.pipe``, for named entities alone;
- Quix Streams with the same ``extract``, and Bytewax with the same.

Each writes one message for an article, `newswire run` also one for each record. All read the
articles in turn, first at full tilt, then at half of the rate that `newswire run` showed. Quix
Streams wants another release of confluent-kafka than the schema registry's client: it and Bytewax
are installed into an environment of their own, ``build/peers``, over this one. Run it by
``make bench BENCHMARKS=peers``.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import (
    REUTERS,
    articles,
    machine,
    megabytes,
    options,
    percentile,
)
from benchmarks.wire import Pipeline, Program, Wire, direct_runners, kafka
from pipeline.brokers.apache import ApacheKafka

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent / "build" / "peers"
PACKAGES = ("quixstreams==3.28.1", "bytewax==0.21.1")
PARTITIONS = 1
WARM_UP = 20

Start = Callable[[Wire], Program]


@dataclass(frozen=True)
class Showed:
    """What a program showed."""

    rate: float
    """Articles a second."""
    processor: float
    """Seconds an article."""
    latencies: list[float]
    memory: float
    """MiB."""


def environment() -> Path | None:
    """The Python that has the peers; installs them where need be. None where they can't be had."""
    python = ENVIRONMENT / "bin" / "python"
    installed = ENVIRONMENT / ".installed"
    if installed.exists() and installed.read_text() == " ".join(PACKAGES):
        return python
    print("  Installing the peers into build/peers (about a minute, once) ...", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    # What it does not have itself it takes from here, the project included.
    places = {"base": str(ENVIRONMENT), "platbase": str(ENVIRONMENT)}
    below = Path(sysconfig.get_path("purelib", vars=places)) / "newswire.pth"
    here = sysconfig.get_path("purelib")
    below.write_text(f"import site; site.addsitedir({here!r})\n", encoding="utf-8")
    done = subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=False)
    if done.returncode:
        print("  not measured: Quix Streams and Bytewax could not be installed")
        return None
    installed.write_text(" ".join(PACKAGES))
    return python


def programs() -> dict[str, Start]:
    """How each program is started, by its name."""
    runner, arguments = next(iter(direct_runners().items()))
    found: dict[str, Start] = {
        f"newswire run, {runner}": lambda wire: Pipeline(wire, *arguments),
        "kafka-python and nlp.pipe": lambda wire: _peer(wire, [sys.executable, "plain.py"]),
    }
    if python := environment():
        found["Quix Streams, extract()"] = lambda wire: _peer(wire, [str(python), "quix.py"])
        found["Bytewax, extract()"] = lambda wire: _peer(wire, [str(python), "bytewax_flow.py"])
    return found


def _peer(wire: Wire, command: Sequence[str]) -> Program:
    python, script = command
    places = [wire.bootstrap_servers, wire.names.articles, wire.names.extractions]
    return Program(wire, [python, str(HERE / "peer_programs" / script), *places])


def measure(
    broker: ApacheKafka, start: Start, values: Sequence[bytes], half_rate: float | None
) -> Showed:
    """Have a program read the articles at once, and then a part of them at a rate.

    Without a rate it is half of the program's own.
    """
    with Wire(broker.bootstrap_servers, PARTITIONS) as wire, start(wire) as program:
        wire.send(values[:WARM_UP])
        program.await_all_written()
        count = len(values) - WARM_UP
        took = program.read(broker, values[WARM_UP:])
        before = wire.sent
        wire.send(values[: count // 2], rate=half_rate or count / took.clock / 2)
        program.await_all_written()
        latencies = [done - came for came, done in wire.ways()[before:]]
        return Showed(count / took.clock, took.pipeline / count, latencies, megabytes(program.pid))


def main() -> None:
    """Measure all of them in turn."""
    chosen = options(__doc__)
    count = 60 if chosen.quick else 500
    name, values = articles(chosen.corpora, REUTERS, count + WARM_UP)
    print(
        f"\nBeside others: {count} articles of {name}, {PARTITIONS} partition\n"
        f"  {machine('kafka-python', 'spacy')}; {', '.join(PACKAGES)}\n"
        "                             a second  ms of processor  latency: median     p99    MiB"
    )
    half_rate: float | None = None
    with kafka() as broker:
        for title, start in programs().items():
            showed = measure(broker, start, values, half_rate)
            half_rate = half_rate or showed.rate / 2
            median, late = (percentile(showed.latencies, share) for share in (0.5, 0.99))
            print(
                f"  {title:26}{showed.rate:9.1f}{1_000 * showed.processor:17.1f}"
                f"{median:15.2f} s{late:6.2f} s{showed.memory:7.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
