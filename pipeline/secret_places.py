"""Where a secret is, and never what it is: a file, a variable of the environment, a settings file.

Settings objects travel: into checkpoints, job descriptions, logs. So they hold a `SecretPlace`
only, and whoever needs the secret reads it at that moment, on the machine where it is needed.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.outages import Misconfigured


class Kind(StrEnum):
    """What kind of place it is."""

    FILE = "file"
    """The whole content of a file, without the line break at its end."""
    ENVIRONMENT = "environment"
    """A variable of the environment of the process that needs it."""
    SETTINGS = "settings"
    """A key of a settings file (``--config``)."""


class Secret(str):
    """A text that libraries can use, and that shows nothing where they show what they were given.

    kafka-python's admin client, for one, logs all its settings at ``DEBUG``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Nothing of it, not even how long it is."""
        return "'***'"


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where one secret is."""

    kind: Kind
    path: str | None
    """Of a file or settings file."""
    name: str
    """What people call it: the variable, the key of the settings file, or the option."""

    def read(self) -> Secret:
        """The secret; raises `Misconfigured` where it is not there."""
        if self.kind is Kind.ENVIRONMENT:
            found = os.environ.get(self.name)
            if found is None:
                raise Misconfigured(
                    f"{self.name} is not set in the environment of this process. A worker on "
                    "another machine needs it there."
                )
            return Secret(found)
        text = self._content()
        if self.kind is Kind.FILE:
            return Secret(text.rstrip("\r\n"))
        found = tomllib.loads(text).get(self.name)
        if not isinstance(found, str):
            raise Misconfigured(f"{self.path} has no {self.name}")
        return Secret(found)

    def _content(self) -> str:
        try:
            return Path(self.path or "").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise Misconfigured(
                f"{self.name}: {self.path} can't be read: {why}. A worker on another machine "
                "needs it there."
            ) from error


def in_file(path: Path | str, name: str) -> SecretPlace:
    """The place of a secret that a file holds."""
    return SecretPlace(Kind.FILE, str(path), name)


def in_environment(variable: str) -> SecretPlace:
    """The place of a secret that the environment holds."""
    return SecretPlace(Kind.ENVIRONMENT, None, variable)


def in_settings(path: Path | str, key: str) -> SecretPlace:
    """The place of a secret that a settings file holds."""
    return SecretPlace(Kind.SETTINGS, str(path), key)
