"""``make fuzz``, where atheris installs: inputs that are led to code which none has reached yet.

    python -m tests.fuzz.guided [--runs N]

Hypothesis makes inputs by what messages look like; libFuzzer keeps what brought it to a new line
of the decoders, and changes that again. It ends at an input that takes two minutes or 2 GB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    print("atheris is not installed here: what is fuzzed is fuzzed by hypothesis alone.")
    sys.exit(0)

with atheris.instrument_imports(include=["pipeline", "fastavro", "json"]):
    from tests.fuzz.inputs import REGISTRY
    from tests.fuzz.stages import VALUES, Stages, check, message, whole_values
    from tests.fuzz.watch import CPU_SECONDS, MAX_MEGABYTES

RUNS = 200_000
MAX_BYTES = 4_096
"""Of an input; larger ones are among the monsters."""


def main() -> None:
    """Runs, and ends the process: 0 where nothing was found."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.guided", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    runs = parser.parse_args().runs
    stages = Stages(REGISTRY, extract=False)

    def one(data: bytes) -> None:
        given = message(data)
        check(given, stages.outcome(given))

    with tempfile.TemporaryDirectory() as folder:
        for number, value in enumerate((*VALUES.values(), *whole_values())):
            if len(value) <= MAX_BYTES:
                (Path(folder) / str(number)).write_bytes(value)
        arguments = [
            f"-runs={runs}",
            f"-timeout={CPU_SECONDS}",
            f"-rss_limit_mb={MAX_MEGABYTES}",
            f"-max_len={MAX_BYTES}",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *arguments, folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
