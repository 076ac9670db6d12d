from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.commands.evaluate import evaluate

FEED_GOLD = Path(__file__).parents[1] / "gold" / "feed_gold.jsonl"

SENTENCES = [
    {"id": "1", "text": "Rain fell on Lisbon for a third day.", "label": "NONE"},
    {"id": "2", "text": "Ana Brito denied that she had met the bank.", "label": "DENIAL"},
]


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in SENTENCES), encoding="utf-8")
    return path


def test_each_file_gives_one_json_line_of_figures(sentences: Path):
    result = CliRunner().invoke(evaluate, [str(FEED_GOLD), str(sentences), "--json"])
    assert result.exit_code == 0, result.output
    articles, rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert articles["file"] == "feed_gold.jsonl"
    assert articles["rows"] == len(FEED_GOLD.read_text(encoding="utf-8").splitlines())
    assert articles["scores"]["threats record"]["gold"] > 0
    assert rows["scores"]["denials"]["gold"] == 1
    assert rows["false_records_per_100_none"] == 0


def test_errors_stand_before_the_table(sentences: Path):
    result = CliRunner().invoke(evaluate, [str(FEED_GOLD), "--errors", "--only", "actors"])
    assert result.exit_code == 0, result.output
    cases, table = result.stdout.rsplit("feed_gold.jsonl: ", 1)
    assert " actor\n" in cases
    assert "threat" not in {case.split()[2] for case in cases.split("\n\n") if case.strip()}
    assert "actors identity" in table


def test_the_toys_figures_stand_beside_ours(sentences: Path):
    table = CliRunner().invoke(evaluate, [str(sentences), "--baseline"])
    assert table.exit_code == 0, table.output
    heading, denials, false_records = table.stdout.splitlines()[1:]
    assert heading.endswith("toy F1")
    assert denials.split()[-1] == "1.000"
    assert "the toy 0.0 (0 of 1)" in false_records
    figures = CliRunner().invoke(evaluate, [str(sentences), "--baseline", "--json"])
    baseline = json.loads(figures.stdout)["baseline"]
    assert baseline["scores"]["denials"]["f1"] == 1


def test_what_is_held_out_shows_no_errors(sentences: Path):
    held = sentences.rename(sentences.with_name("sentences_held.jsonl"))
    refused = CliRunner().invoke(evaluate, [str(held), "--errors"])
    assert refused.exit_code == 2
    assert "sentences_held.jsonl is held out" in refused.stderr
    assert CliRunner().invoke(evaluate, [str(held)]).exit_code == 0


def test_the_share_of_right_records_is_shown_by_confidence(sentences: Path):
    result = CliRunner().invoke(evaluate, [str(FEED_GOLD), str(sentences), "--confidence"])
    assert result.exit_code == 0, result.output
    assert result.stdout.count("95 % of right") == 1, "sentences have no records to be right"
    assert "mean gap, weighted by bin" in result.stdout


def test_a_file_that_is_no_gold_ends_with_one_line_and_exit_code_1(tmp_path: Path):
    path = tmp_path / "other.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    result = CliRunner().invoke(evaluate, [str(path)])
    assert result.exit_code == 1
    assert "other.jsonl, line 1: expected sentence gold" in result.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["missing.jsonl"], ["--only", "links"], ["--json", "--errors"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], sentences: Path):
    files = [] if not arguments or arguments == ["missing.jsonl"] else [str(sentences)]
    assert CliRunner().invoke(evaluate, [*files, *arguments]).exit_code == 2
