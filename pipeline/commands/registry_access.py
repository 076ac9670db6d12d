"""What every command that asks a schema registry does where it is away or says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import CommandError

if TYPE_CHECKING:
    from pipeline.serialization.registry import SchemaRegistry
    from pipeline.serialization.registry_settings import RegistrySettings

PATIENCE_SECONDS = 15.0
"""How long a registry that does not answer is waited for."""


@contextmanager
def registry_at(settings: RegistrySettings) -> Iterator[SchemaRegistry]:
    """The registry; what it raises within the block becomes a `CommandError`."""
    # Here and not above: "--help" needs no client.
    from pipeline.outages import Misconfigured, Unavailable
    from pipeline.serialization.registry import REGISTRIES

    try:
        yield REGISTRIES.get(replace(settings, retry_seconds=PATIENCE_SECONDS))
    except Misconfigured as error:
        raise CommandError(str(error)) from error
    except Unavailable as error:
        raise CommandError(
            f"no schema registry answers at {settings.url} ({error}). Is it running? Another "
            "address is given by --schema-registry-url or NEWSWIRE_SCHEMA_REGISTRY_URL."
        ) from error
