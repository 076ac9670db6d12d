"""The schema registry: which id a schema has, which schema an id has, and registering.

Anything that speaks the protocol of Confluent's will do. The client is confluent-kafka's: the
registry's own makers keep it, and other languages' clients behave like it. Its retries are off,
for waiting is `pipeline.outages`' job.

A schema is looked up under the subject ``<topic>-value`` and never registered by asking for it.
A registry that is down, slow or answers 5xx is waited for; whatever else it answers that is no
success is `Misconfigured`, with what to do.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline import metrics
from pipeline.outages import Misconfigured, OutageLog, patiently
from pipeline.process_wide import ProcessWide
from pipeline.serialization.framing import AvroError, shortened
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.serialization.schemas import AvroSchema
from pipeline.serialization.writer_schemas import parse_writer_schema

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
    from confluent_kafka.schema_registry.error import SchemaRegistryError

COMPATIBILITY = "BACKWARD_TRANSITIVE"
"""What a new subject is set to where it has no level of its own: readers are upgraded first."""

MAX_CACHED_SCHEMAS = 1_000
MAX_CACHED_UNKNOWN = 10_000
UNKNOWN_SECONDS = 10.0
"""How long an id that the registry does not know is not asked for again."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Registered:
    """A schema's place in the registry."""

    subject: str
    schema_id: int
    version: int | None
    """Its number within the subject; None where the registry does not say."""


class RegistryAway(Exception):
    """The registry can't be reached, is too slow, or fails."""


class Incompatible(Misconfigured):
    """The registry refuses a schema beside the versions that the subject has."""


def subject_for(topic: str) -> str:
    """The subject of a topic's values: Confluent's TopicNameStrategy."""
    return f"{topic}-value"


class SchemaRegistry:
    """One registry, for all threads of a process; remembers what it was told.

    Every method raises `pipeline.outages.Unavailable` where the registry stays away for longer
    than the settings, or ``seconds``, allow, and `Misconfigured` where it says no.
    """

    def __init__(self, settings: RegistrySettings) -> None:
        self._settings = settings
        self._outage = OutageLog(f"The schema registry at {settings.url}")
        # First of all: it says what to install where the extra is missing.
        self._client = _client(settings)

        from cachetools import LRUCache, TTLCache

        self._lock = threading.Lock()
        self._registered: dict[tuple[str, str], Registered] = {}
        self._writers: LRUCache[int, Any] = LRUCache(MAX_CACHED_SCHEMAS)
        self._unusable: TTLCache[int, AvroError] = TTLCache(MAX_CACHED_UNKNOWN, UNKNOWN_SECONDS)

    def writer_schema(self, schema_id: int) -> Any:
        """The schema of this id, as fastavro wants it.

        Raises `AvroError` where there is none, or it can't be used.
        """
        with self._lock:
            if schema_id in self._writers:
                return self._writers[schema_id]
            known = self._unusable.get(schema_id)
        if known is not None:
            raise AvroError(known.reason, str(known))
        try:
            parsed = self._fetch(schema_id)
        except AvroError as error:
            with self._lock:
                self._unusable[schema_id] = error
            raise
        with self._lock:
            self._writers[schema_id] = parsed
        return parsed

    def find(
        self, subject: str, schema: AvroSchema, seconds: float | None = None
    ) -> Registered | None:
        """Where the schema is registered under the subject; None where it is not."""
        key = subject, schema.text
        if key not in self._registered:
            found = self._call(
                lambda: self._client.lookup_schema(subject, _as_theirs(schema)), seconds
            )
            if found is None or found.schema_id is None:
                return None
            self._registered[key] = Registered(subject, found.schema_id, found.version)
        return self._registered[key]

    def schema_id(self, topic: str, schema: AvroSchema, seconds: float | None = None) -> int:
        """The id of the schema of the topic's values; `Misconfigured` where it has none."""
        subject = subject_for(topic)
        found = self.find(subject, schema, seconds)
        if found is not None:
            return found.schema_id
        if not self.is_compatible(subject, schema, seconds):
            raise Misconfigured(
                f"{schema.name} of this release is not registered under {subject} at "
                f"{self._settings.url}, and is incompatible with what is: `newswire schemas "
                "check` shows it. Write to other topics (--topic-prefix), or install the release "
                "that the topic's consumers expect."
            )
        raise Misconfigured(
            f"{schema.name} is not registered under {subject} at {self._settings.url}: "
            "`newswire schemas register` registers it."
        )

    def is_compatible(self, subject: str, schema: AvroSchema, seconds: float | None = None) -> bool:
        """Whether the registry would take the schema beside the subject's versions."""
        answer = self._call(
            lambda: self._client.test_compatibility_all_versions(subject, _as_theirs(schema)),
            seconds,
        )
        # Without a subject there is nothing to be incompatible with.
        return answer is not False

    def register(self, subject: str, schema: AvroSchema) -> Registered:
        """Registers the schema under the subject, once; gives a new subject its compatibility.

        A subject that is there, or has a level of its own, keeps it. Raises `Incompatible` where
        the schema is that.
        """
        if self._call(lambda: self._client.get_versions(subject)) is None:
            level = self._call(lambda: self._client.get_compatibility(subject))
            # Some registries call it NONE where nothing was set.
            if level in (None, "NONE"):
                self._call(lambda: self._client.set_compatibility(subject, COMPATIBILITY))
        self._call(lambda: self._client.register_schema(subject, _as_theirs(schema)))
        # What registering left there is without a version.
        self._client.clear_caches()  # type: ignore[no-untyped-call]
        found = self.find(subject, schema)
        if found is None:
            raise Misconfigured(
                f"the registry at {self._settings.url} took {schema.name} for {subject}, and does "
                "not know it: it may be a read-only replica"
            )
        return found

    def _fetch(self, schema_id: int) -> Any:
        schema = self._call(lambda: self._client.get_schema(schema_id))
        if schema is None:
            raise AvroError(
                "unknown-schema",
                f"the registry at {self._settings.url} knows no schema of id {schema_id}",
            )
        if schema.schema_type not in (None, "AVRO"):
            raise AvroError(
                "schema-mismatch",
                f"expected an Avro schema, found one of type {schema.schema_type} (id {schema_id})",
            )
        try:
            return parse_writer_schema(schema.schema_str or "", self._references(schema, {}))
        except AvroError as error:
            raise AvroError(error.reason, f"schema id {schema_id}: {error}") from error

    def _references(self, schema: Schema, found: dict[str, str]) -> dict[str, str]:
        """The schemas that this one refers to, by name; those that they refer to first."""
        for reference in schema.references or ():
            name = reference.name or ""
            if name in found:
                continue
            version = self._call(
                partial(self._client.get_version, reference.subject or "", reference.version or -1)
            )
            if version is None:
                raise AvroError("unknown-schema", f"what it refers to is gone: {name}")
            self._references(version.schema, found)
            found[name] = version.schema.schema_str or ""
        return found

    def _call(self, operation: Callable[[], Result], seconds: float | None = None) -> Result | None:
        """What the registry answers; None where it says that there is no such thing."""
        return patiently(
            lambda: self._once(operation),
            seconds=self._settings.retry_seconds if seconds is None else seconds,
            outage=self._outage,
            retry_on=RegistryAway,
        )

    def _once(self, operation: Callable[[], Result]) -> Result | None:
        from confluent_kafka.schema_registry.error import SchemaRegistryError
        from httpx2 import RequestError

        try:
            result = operation()
        except SchemaRegistryError as error:
            self._judge(error)
            return None
        except RequestError as error:
            if refused := _refused_tls(error):
                _count("refused")
                raise Misconfigured(
                    f"TLS with the schema registry at {self._settings.url} failed ({refused}). "
                    "--schema-registry-ca-file names the certificates that its own is checked by, "
                    "--schema-registry-cert-file and --schema-registry-key-file our own."
                ) from error
            _count("failed")
            raise RegistryAway(f"{type(error).__name__}: {error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _count("refused")
            raise Misconfigured(
                f"what answers at {self._settings.url} is no schema registry ({shortened(error)}). "
                "--schema-registry-url wants the address of its API."
            ) from error
        _count("ok")
        return result

    def _judge(self, error: SchemaRegistryError) -> None:
        """Returns where the registry has no such thing; raises for every other error."""
        status, url = error.http_status_code, self._settings.url
        said = shortened(error.error_message)
        if status >= 500 or status in (408, 429):
            _count("failed")
            raise RegistryAway(f"it answers {status}: {said}") from error
        # 40401, 40403 ...; a plain 404 is the web server's, for a path that it does not have.
        if status == 404 and (error.error_code or 0) > 40_000:
            _count("not-found")
            return
        _count("refused")
        if status in (401, 403):
            raise Misconfigured(
                f"the schema registry at {url} does not let us in (it answers {status}). "
                "--schema-registry-user and --schema-registry-password-file, or "
                "--schema-registry-token-file, say who we are."
            ) from error
        if status == 404:
            raise Misconfigured(
                f"there is no schema registry at {url} (it answers 404). Its API may be under a "
                "path, as Apicurio's is under /apis/ccompat/v7."
            ) from error
        if status == 409:
            raise Incompatible(f"the schema registry at {url} refuses it: {said}") from error
        raise Misconfigured(f"the schema registry at {url} answers {status}: {said}") from error


def _client(settings: RegistrySettings) -> SchemaRegistryClient:
    try:
        from confluent_kafka.schema_registry import SchemaRegistryClient
    except ImportError as error:
        raise Misconfigured(
            "--schema-registry-url needs the registry's client, which is not installed: pip "
            f"install 'newswire[registry]' ({error})"
        ) from error
    try:
        return SchemaRegistryClient(settings.client_settings())
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured(
            f"the certificates for the schema registry at {settings.url} can't be used: {error}. "
            "--schema-registry-ca-file, -cert-file and -key-file are to name PEM files; a worker "
            "on another machine needs them there."
        ) from error


def _refused_tls(error: BaseException | None) -> str | None:
    """Why one of the two sides does not trust the other; None where that is not what happened."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            # A connection that is cut off while it is made is an outage.
            cut_off = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
            return None if cut_off else str(error)
        error = error.__cause__ or error.__context__
    return None


def _as_theirs(schema: AvroSchema) -> Schema:
    from confluent_kafka.schema_registry import Schema

    return Schema(schema.text, "AVRO")


def _count(outcome: str) -> None:
    metrics.REGISTRY_CALLS.labels(outcome).inc()


REGISTRIES: ProcessWide[RegistrySettings, SchemaRegistry] = ProcessWide(SchemaRegistry)
"""By settings; all DoFn copies of a process ask through one client."""
