"""A registry behind TLS and a login: how to get in, and what is said to who does not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.brokers.registry import LocalRegistry
from pipeline.cli import cli
from tests.kafka_helpers import unique_name
from tests.secure_registry import SecureRegistry, secure_registry

pytestmark = pytest.mark.integration

SECRET = "registry-canary"


@pytest.fixture
def behind_tls(registry: LocalRegistry, tmp_path: Path) -> Iterator[SecureRegistry]:
    with secure_registry(registry.url, tmp_path) as secure:
        yield secure


def schemas(
    verb: str, secure: SecureRegistry, *options: str, env: dict[str, str] | None = None
) -> Result:
    arguments = [f"--schema-registry-url={secure.url}", f"--topic-prefix={unique_name('tls')}"]
    if not any("ca-file" in option for option in options):
        arguments.append(f"--schema-registry-ca-file={secure.ca_file}")
    result = CliRunner().invoke(cli, ["schemas", verb, "threat", *arguments, *options], env=env)
    assert SECRET not in result.output
    return result


@pytest.mark.parametrize("place", ["file", "environment", "settings"])
@pytest.mark.parametrize("kind", ["password", "token"])
def test_every_login_is_taken_from_every_place(
    behind_tls: SecureRegistry, tmp_path: Path, kind: str, place: str
) -> None:
    basic = base64.b64encode(f"wire:{SECRET}".encode()).decode()
    behind_tls.authorization = f"Basic {basic}" if kind == "password" else f"Bearer {SECRET}"
    options = ["--schema-registry-user=wire"] if kind == "password" else []
    env = {}
    if place == "file":
        (tmp_path / "secret").write_text(f"{SECRET}\n")
        options.append(f"--schema-registry-{kind}-file={tmp_path / 'secret'}")
    elif place == "environment":
        env[f"NEWSWIRE_SCHEMA_REGISTRY_{kind.upper()}"] = SECRET
    else:
        file = tmp_path / "newswire.toml"
        file.write_text(f'schema-registry-{kind} = "{SECRET}"\n')
        file.chmod(0o600)
        options.append(f"--config={file}")
    result = schemas("register", behind_tls, *options, env=env)
    assert result.exit_code == 0, result.output
    assert "registered" in result.output


def test_who_does_not_say_who_it_is_is_told_how(behind_tls: SecureRegistry) -> None:
    behind_tls.authorization = f"Bearer {SECRET}"
    refused = schemas("check", behind_tls)
    assert refused.exit_code == 1
    assert "--schema-registry-token-file" in refused.output


def test_a_registry_of_another_authority_is_not_trusted_and_not_waited_for(
    behind_tls: SecureRegistry,
) -> None:
    refused = schemas("check", behind_tls, f"--schema-registry-ca-file={behind_tls.other_ca_file}")
    assert refused.exit_code == 1
    assert "TLS" in refused.output and "--schema-registry-ca-file" in refused.output
    assert "Is it running" not in refused.output


def test_a_certificate_of_our_own_is_shown_and_without_it_nobody_gets_in(
    registry: LocalRegistry, tmp_path: Path
) -> None:
    with secure_registry(registry.url, tmp_path, mutual=True) as secure:
        shown = schemas(
            "register",
            secure,
            f"--schema-registry-cert-file={secure.cert_file}",
            f"--schema-registry-key-file={secure.key_file}",
        )
        assert shown.exit_code == 0, shown.output
        refused = schemas("register", secure)
        assert refused.exit_code == 1
        assert "--schema-registry-cert-file" in refused.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--schema-registry-user=wire"], "--schema-registry-password-file"),
        (["--schema-registry-cert-file={file}"], "only of use together"),
        (["--schema-registry-ca-file={file}", "--schema-registry-url=http://x"], "is without"),
    ],
)
def test_half_of_what_is_needed_is_wrong_usage(
    tmp_path: Path, options: list[str], said: str
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    given = [option.format(file=file) for option in options]
    arguments = ["schemas", "check", "--schema-registry-url=https://x", *given]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
