"""The Prism binary: where one is, building it with Go, and fetching it the way Beam does.

Prism is Beam's runner for one machine, a program in Go. It belongs to the Beam that is
installed: each version has a place of its own in the cache. Run as a script (``make prism``),
this builds it there.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.caches import cache_folder

MODULE = "github.com/apache/beam/sdks/v2"
PACKAGE = f"{MODULE}/go/cmd/prism"

BUILD_SECONDS = 1_800
DOWNLOAD_SECONDS = 120
"""For about 20 MB; who has no way to the internet is told so after this time at the latest."""

_INTERNAL = Path("go/pkg/beam/runners/prism/internal")


@dataclass(frozen=True, slots=True)
class _Change:
    """What is built otherwise than it was released."""

    file: Path
    released: str
    """Stands there exactly once."""
    built: str


_CHANGES = (
    # It listens on this machine alone.
    _Change(
        _INTERNAL / "jobservices" / "server.go",
        'net.Listen("tcp", fmt.Sprintf(":%d", port))',
        'net.Listen("tcp", fmt.Sprintf("localhost:%d", port))',
    ),
    # It sleeps while a bundle is worked on. Where a stage hands no data on, as ours, what tells
    # that all data has come is closed from the start; waiting for it again and again took up to a
    # whole core (measured). A channel that is nil is waited for no more.
    _Change(
        _INTERNAL / "stage.go",
        "case <-dataReady:\n\t\t\tdataFinished = true\n",
        "case <-dataReady:\n\t\t\tdataReady, dataFinished = nil, true\n",
    ),
)

BUILD = 2
"""Counts the sets of changes: what was built with another set is not taken for this one."""

_TOOLS = f"""\
//go:build tools

package tools

import _ "{PACKAGE}"
"""

_FETCH = """
import sys
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.prism_runner import PrismJobServer
print(PrismJobServer.local_bin(PrismJobServer(PipelineOptions([])).path_to_binary()))
"""


class PrismError(Exception):
    """Prism can't be had in the way that was asked for; the message says why and what to do."""


def beam_version() -> str:
    """The version of the installed Beam, as Go and GitHub write it: ``v2.77.0``."""
    return f"v{importlib.metadata.version('apache-beam')}"


def built_path() -> Path:
    """Where `build` puts it, for this version of Beam; it need not be there."""
    return cache_folder() / f"prism-{beam_version()}-{BUILD}" / "prism"


def downloaded_path() -> Path:
    """Where Beam puts what it downloads, for this version of Beam; it need not be there."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    name = f"apache_beam-{beam_version()}-prism-{platform.system().lower()}-{architecture}"
    return Path.home() / ".apache_beam" / "cache" / "prism" / "bin" / name


def find() -> Path | None:
    """The binary that was built, else the one that Beam has downloaded before, else None."""
    candidates = (built_path(), downloaded_path())
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


def download(seconds: float = DOWNLOAD_SECONDS) -> Path:
    """Has Beam fetch its release's binary from GitHub into Beam's cache; gives its path.

    Raises `PrismError`, after ``seconds`` at the latest.
    """
    cache_folder().mkdir(parents=True, exist_ok=True)
    with _only_one(cache_folder() / "prism-download.lock"):
        if os.access(downloaded_path(), os.X_OK):
            return downloaded_path()
        return _download(seconds)


def _download(seconds: float) -> Path:
    # In a process of its own: Beam sets no time limit, and names can take long to resolve.
    try:
        done = subprocess.run(
            [sys.executable, "-c", _FETCH],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrismError(_not_fetched(f"not within {seconds:.0f} s")) from error
    if done.returncode != 0:
        raise PrismError(_not_fetched(_last_line(done.stderr)))
    return Path(_last_line(done.stdout))


def build() -> Path:
    """Builds the binary with Go into the cache, where it is not there yet; gives its path.

    It listens on the loopback interface alone, and sleeps while it waits (`_CHANGES`). As released
    it listens on all interfaces, and whoever reaches its port may have it run commands of theirs;
    and it takes up to a core for waiting. Takes some minutes, and fetches the Go module and what
    that needs. Raises `PrismError`.
    """
    target = built_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(target.with_suffix(".lock")):
        if os.access(target, os.X_OK):
            return target
        go = shutil.which("go")
        if go is None:
            raise PrismError(
                "Prism is built with Go, which is not on the path. Install it (go.dev/dl), or "
                "name a binary by --prism-location."
            )
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            _build(go, Path(folder)).replace(target)
    return target


def _build(go: str, folder: Path) -> Path:
    version = beam_version()
    (folder / "tools.go").write_text(_TOOLS, encoding="utf-8")
    _run(folder, "-mod=mod", go, "mod", "init", "newswire-prism")
    _run(folder, "-mod=mod", go, "get", f"{PACKAGE}@{version}")
    # Go builds what is vendored as it stands there; a module in its cache may not be changed.
    _run(folder, "-mod=mod", go, "mod", "vendor")
    for change in _CHANGES:
        source = folder / "vendor" / MODULE / change.file
        text = source.read_text(encoding="utf-8")
        if text.count(change.released) != 1:
            raise PrismError(
                f"{change.file} of Prism {version} is not as it is known here, so it can't be "
                f"changed. `go install {PACKAGE}@{version}` builds Prism as it is: open to other "
                "machines, and busy while it waits."
            )
        source.write_text(text.replace(change.released, change.built), encoding="utf-8")
    _run(folder, "-mod=vendor", go, "build", "-trimpath", "-o", "prism", PACKAGE)
    return folder / "prism"


def _run(folder: Path, flags: str, *command: str) -> None:
    # Without C it runs on any Linux of this architecture, also in the smallest container.
    environment = {**os.environ, "GOFLAGS": flags, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrismError(f"{' '.join(command)} did not end in {BUILD_SECONDS:.0f} s") from error
    if done.returncode != 0:
        raise PrismError(f"{' '.join(command)} failed:\n{done.stdout.strip()}")


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Waits for another process that is getting it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _not_fetched(why: str) -> str:
    return (
        f"Beam could not fetch Prism {beam_version()} ({why}). `make prism` builds it with Go, "
        "--prism-location names a binary, and --prism=off does without: the Direct runner then "
        "runs in this process, which grows."
    )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def main() -> None:
    """``make prism``."""
    if not os.access(built_path(), os.X_OK):
        sys.stderr.write(f"Building Prism {beam_version()} with Go (some minutes, once) ...\n")
    try:
        path = build()
    except PrismError as error:
        sys.exit(f"{error}")
    sys.stdout.write(f"Prism is at {path}; newswire run finds it there.\n")


if __name__ == "__main__":
    main()
