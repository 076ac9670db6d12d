"""An article's records are its own: what stands before it in a batch changes none of them."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Sequence

from pipeline.messages import DeadLetter, Encoded, SourceMessage
from tests.fuzz.inputs import REGISTRY
from tests.fuzz.stages import Stages, article, message

GOOD = [
    article(body, id=f"good-{number}", headline=headline)
    for number, (headline, body) in enumerate(
        [
            ("", "Norway warned that it would close the strait unless Iran paid its debt."),
            ("Union threatens strike", "The dockers' union will walk out if Peru cuts wages."),
            ("", "Interior Minister Ida Holt denied that the army had threatened the mayor."),
            ("", "“We will burn it,” the governor told them. He later denied saying so."),
            ("", "LIMA, May 4 (Zephyr) - Prices rose in Peru, the minister said. They fell later."),
            ("Kremlin denies it", "Moscow had never vowed to attack, a spokesman said on Monday."),
            ("", "The minister left. She said that her party would not bomb anyone."),
        ]
    )
]
"""Some call people by words ("the minister", "she") that another article could explain."""

POISON = [
    None,
    b"\xff\x00",
    b"[" * 100_000,
    b"\x00\x00\x00\x00\x02" + b"\x02" * 1_000,
    article("word " * 2_000),
    article("“" * 3_000 + "no" + "”" * 3_000),
    article("Norway warned that it would attack unless Iran paid. " * 600),
    article("Ida Holt is a " + "minister of " * 300 + "Iran."),
    article("\u202ewarned \ud800"),
    article("a" + "\u0301" * 5_000),
]


def outcomes(stages: Stages, values: Sequence[bytes | None]) -> list[Encoded | DeadLetter]:
    return [stages.outcome(message(value)) for value in values]


def written(outcome: Encoded | DeadLetter) -> object:
    """What leaves the pipeline of it."""
    if isinstance(outcome, DeadLetter):
        return outcome.failure.reason
    return outcome.outputs


def digest(outcomes: Sequence[Encoded | DeadLetter]) -> str:
    return hashlib.sha256(repr([written(each) for each in outcomes]).encode()).hexdigest()


def test_articles_beside_poison_come_out_whole_in_order_and_as_they_do_alone() -> None:
    stages = Stages(REGISTRY)
    alone = {value: written(outcome) for value in GOOD for outcome in outcomes(stages, [value])}
    assert all(isinstance(records, tuple) for records in alone.values())
    assert sum(map(len, alone.values())) > 2 * len(GOOD)
    poisoned = {value: written(out) for value in POISON for out in outcomes(stages, [value])}
    for seed in range(3):
        batch = [*GOOD, *POISON]
        random.Random(seed).shuffle(batch)
        for value, outcome in zip(batch, outcomes(stages, batch), strict=True):
            assert outcome.message == SourceMessage(
                "articles", 0, 1, 1_700_000_000_000, b"key", value
            )
            assert written(outcome) == (alone | poisoned)[value]


def test_a_process_that_has_read_others_gives_the_same_bytes_as_a_fresh_one() -> None:
    here = digest(outcomes(Stages(REGISTRY), [*POISON, *GOOD])[len(POISON) :])
    program = (
        "from tests.fuzz.inputs import REGISTRY; from tests.fuzz.stages import Stages;"
        "from tests.test_neighbours import GOOD, digest, outcomes;"
        "print(digest(outcomes(Stages(REGISTRY), GOOD[::-1])[::-1]))"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert fresh.stdout.split()[-1] == here
