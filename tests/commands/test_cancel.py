"""``newswire cancel`` on a stand-in for Flink; `tests/runners/test_job_endpoint.py` has Prism."""

from __future__ import annotations

import pytest

from pipeline.cli import run
from tests.fake_flink import FakeFlink


def test_the_jobs_of_a_group_are_ended_its_shares_too_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with FakeFlink() as flink:
        for job_id, name in {"a": "watch", "b": "watch-0-of-2", "c": "watchers", "d": "x"}.items():
            flink.add(job_id, name)
        assert run(["cancel", f"--flink-rest={flink.url}", "--group-id=watch"]) == 0
        states = {job_id: job["state"] for job_id, job in flink.jobs.items()}
    assert states == {"a": "CANCELED", "b": "CANCELED", "c": "RUNNING", "d": "RUNNING"}
    assert capsys.readouterr().out == "watch (a): canceled\nwatch-0-of-2 (b): canceled\n"


def test_a_job_may_be_named_by_its_id_and_leave_a_savepoint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with FakeFlink() as flink:
        flink.add("a", "watch")
        flink.add("b", "watch")
        arguments = ["--job-id=b", "--savepoint=s3://kept"]
        assert run(["cancel", f"--flink-rest={flink.url}", *arguments]) == 0
        assert flink.jobs["a"]["state"] == "RUNNING"
    assert "Savepoint: s3://kept/savepoint-b\n" in capsys.readouterr().out


def test_where_none_runs_it_fails_and_says_what_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeFlink() as flink:
        flink.add("a", "watch")
        assert run(["cancel", f"--flink-rest={flink.url}", "--group-id=another"]) == 1
    assert "watch (a)" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--job-endpoint=localhost:1", "--savepoint=s3://kept"]])
def test_where_flink_is_must_be_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cancel", *arguments]) == 2
    assert "--flink-rest" in capsys.readouterr().err
