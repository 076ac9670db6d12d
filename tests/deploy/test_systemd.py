from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.deploy.commands import ROOT, environment_of, executable, heeded, parsed

FOLDER = ROOT / "deploy" / "systemd"
UNIT = (FOLDER / "newswire.service").read_text(encoding="utf-8")


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = executable("systemd-analyze", "a machine without systemd")
    # It looks for the program, and is to find one.
    unit = tmp_path / "newswire.service"
    program = Path(sys.executable).with_name("newswire")
    unit.write_text(UNIT.replace("/opt/newswire/bin/newswire", str(program)), encoding="utf-8")
    checked = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "newswire.service" not in checked.stderr, "a warning"
    # Where 10 is a service that may do everything.
    judged = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stdout[-300:] + judged.stderr


def test_newswire_takes_the_units_command_and_settings(tmp_path: Path) -> None:
    password = tmp_path / "kafka-password"
    password.write_text("secret", encoding="utf-8")
    set_here = [
        line.split("=", 2)[1:] for line in UNIT.splitlines() if line.startswith("Environment=")
    ]
    settings = environment_of(FOLDER / "newswire.env") | dict(set_here)
    assert [name for name in settings if not heeded(name)] == []
    (start,) = [line for line in UNIT.splitlines() if line.startswith("ExecStart=")]
    program, *arguments = start.removeprefix("ExecStart=").split()
    assert program == "/opt/newswire/bin/newswire"
    context = parsed(arguments, settings, {"%d": str(tmp_path)})
    assert context.params["sasl_password_file"] == password


def test_the_password_is_a_credential_and_no_setting() -> None:
    assert "LoadCredential=kafka-password:" in UNIT
    assert "PASSWORD=" not in (FOLDER / "newswire.env").read_text(encoding="utf-8")
