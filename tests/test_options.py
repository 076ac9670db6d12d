"""Settings: one name as flag and in the environment, and values that are checked."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from pipeline import options
from pipeline.options import Address, option


def given(
    flag: str, *arguments: str, env: dict[str, str] | None = None, **attributes: Any
) -> Result:
    """Runs a command with this one option; its return value is the option's."""

    @click.command()
    @option(flag, "value", **attributes)
    def command(value: object) -> object:
        return value

    return CliRunner().invoke(command, arguments, env=env, standalone_mode=False)


def value(option_type: click.ParamType[Any], text: str) -> object:
    result = given("--setting", "--setting", text, type=option_type)
    assert result.exception is None, result.exception
    return result.return_value


def refusal(option_type: click.ParamType[Any], text: str) -> str:
    error = given("--setting", "--setting", text, type=option_type).exception
    assert isinstance(error, click.BadParameter)
    return error.format_message()


def test_an_option_is_read_from_the_environment_under_its_own_name() -> None:
    assert given("--group-id", env={"NEWSWIRE_GROUP_ID": "desk"}).return_value == "desk"


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_default() -> None:
    env = {"NEWSWIRE_GROUP_ID": "environment"}
    assert given("--group-id", "--group-id", "flag", env=env).return_value == "flag"
    assert given("--group-id", env=env, default="default").return_value == "environment"
    assert given("--group-id", default="default").return_value == "default"


def test_a_switch_is_read_from_the_environment() -> None:
    env = {"NEWSWIRE_UNTIL_CAUGHT_UP": "true"}
    assert given("--until-caught-up", env=env, is_flag=True).return_value is True


def test_several_names_in_the_environment_may_have_commas_or_spaces_between_them() -> None:
    env = {"NEWSWIRE_INPUT_TOPIC": "reuters, afp\ttass,"}
    found = given("--input-topic", env=env, type=options.NAMES, multiple=True).return_value
    assert found == ("reuters", "afp", "tass")


def test_the_help_names_variable_and_default() -> None:
    output = given("--group-id", "--help", default="newswire").output
    assert "NEWSWIRE_GROUP_ID" in output and "newswire" in output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:9108", Address("127.0.0.1", 9108)),
        ("metrics.example:80", Address("metrics.example", 80)),
        ("[::1]:9108", Address("::1", 9108)),
        (":9108", Address("0.0.0.0", 9108)),
        ("localhost:0", Address("localhost", 0)),
    ],
)
def test_an_address_is_host_and_port(text: str, expected: Address) -> None:
    assert value(options.ADDRESS, text) == expected


@pytest.mark.parametrize(
    "text", ["localhost", "localhost:", "localhost:70000", "a b:1", "::1:9", ""]
)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    assert "127.0.0.1:9108" in refusal(options.ADDRESS, text)


def test_what_may_be_a_password_is_not_said_again() -> None:
    message = refusal(options.SERVERS, "wire:s3cret@kafka:9092:1")
    assert "s3cret" not in message and "kafka:9092:1" in message


def test_servers_are_addresses_with_commas_between_them() -> None:
    assert value(options.SERVERS, "a:9092, [::1]:9093,") == "a:9092,[::1]:9093"
    assert "no broker named" in refusal(options.SERVERS, ",")
    assert "'b'" in refusal(options.SERVERS, "a:9092,b")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("20s", 20.0),
        ("1.5m", 90.0),
        ("2h", 7_200.0),
        ("7d", 604_800.0),
        ("3", 3.0),
    ],
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: float) -> None:
    assert value(options.DURATION, text) == pytest.approx(seconds)


def test_for_ever_is_a_duration_only_where_that_makes_sense() -> None:
    assert value(options.DURATION_OR_FOREVER, "forever") == math.inf
    assert "20s" in refusal(options.DURATION, "forever")


def test_a_duration_may_have_to_be_long_enough() -> None:
    assert value(options.DurationType(at_least=1.0), "1s") == 1
    assert "1000ms or more" in refusal(options.DurationType(at_least=1.0), "999ms")


@pytest.mark.parametrize("text", ["", "-1s", "soon", "1 week", "nan"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert "is not a duration" in refusal(options.DURATION_OR_FOREVER, text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("512B", 512),
        ("64K", 65_536),
        ("128MB", 134_217_728),
        ("1.5 MiB", 1_572_864),
        ("2g", 2_147_483_648),
    ],
)
def test_a_size_is_a_number_with_a_unit_of_1024s(text: str, size: int) -> None:
    assert value(options.SIZE, text) == size


@pytest.mark.parametrize("text", ["", "0", "0.5", "-1K", "K", "12 parsecs", "1KK"])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    assert "128MB" in refusal(options.SIZE, text)


def test_a_point_in_time_is_taken_into_utc() -> None:
    assert value(options.INSTANT, "2026-11-01T01:00:00+01:00") == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-01T00:00:00", "now", "0001-01-01T00:00:00+14:00"])
def test_a_time_without_zone_or_sense_is_refused(text: str) -> None:
    assert "2026-11-01T00:00:00Z" in refusal(options.INSTANT, text)


@pytest.mark.parametrize("text", ["", "a b", "naïve", "x" * 250, ".."])
def test_what_kafka_takes_for_no_name_is_refused(text: str) -> None:
    assert "is not a Kafka name" in refusal(options.NAMES, text)
