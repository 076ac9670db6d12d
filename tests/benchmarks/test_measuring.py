from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.growth import by_length
from benchmarks.measuring import (
    articles,
    cpu_seconds,
    exponent,
    family,
    histogram,
    in_a_process_of_its_own,
    megabytes,
    percentile,
    told,
)
from pipeline.articles import decode_json


def test_a_percentile_is_one_of_the_values_and_so_many_do_not_exceed_it() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile(values, 1) == 100
    assert percentile([7.0], 0.5) == 7


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_that_of_the_cost_whatever_its_factor(power: float) -> None:
    sizes = [100, 1_000, 50_000]
    assert exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)


def test_a_histogram_counts_every_value_once_and_a_bound_to_what_is_above_it() -> None:
    lines = histogram([0.1, 0.2, 0.2, 5.0], [0.2, 1.0], width=4)
    assert [line.split() for line in lines] == [
        ["<", "0.2", "s", "1", "#"],
        ["<", "1", "s", "2", "##"],
        [">=", "1", "s", "1", "#"],
    ]


def test_ratios_are_told_with_their_spread() -> None:
    assert told([1.0, 0.5, 2.0]) == "1.00 (0.50 to 2.00)"


def test_what_children_take_counts_while_they_run_and_when_they_have_ended() -> None:
    # The shell ends one child, which has worked, and waits for another, which holds memory.
    work = "sum(range(10_000_000))"
    hold = "text = 'x' * 50_000_000; print(flush=True); input()"
    script = f'{sys.executable} -c "{work}"; {sys.executable} -c "{hold}"; true'
    with subprocess.Popen(
        ["sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        assert len(family(shell.pid)) == 2
        assert cpu_seconds(shell.pid) > 0.05
        assert megabytes(shell.pid) > 48
        shell.communicate(b"\n")


def test_without_a_corpus_the_bundled_feed_is_taken_over_and_over(tmp_path: Path) -> None:
    name, values = articles(tmp_path, "reuters", 1_000)
    assert name == "the bundled feed"
    assert len(values) == 1_000
    assert decode_json(values[0]).body


def test_a_function_runs_where_nothing_of_this_process_is_loaded() -> None:
    assert in_a_process_of_its_own(sum, [1, 2]) == 3


def test_growth_with_length_is_told_with_its_exponent(capsys: pytest.CaptureFixture[str]) -> None:
    by_length("prose", "Prices rose on Tuesday. " * 100, 1_000, 1)
    assert "exponent" in capsys.readouterr().out
