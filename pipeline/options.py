"""How the settings of every command are declared: flag, environment, default, check.

`option` is to be used for each of them, so that a setting has one name everywhere:
``--group-id`` is ``NEWSWIRE_GROUP_ID`` for whichever command takes it. Settings that several
commands share stand at the end of this file, and each command's own in the command's file.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from pipeline.actor_file_option import ActorFileType, sound
from pipeline.extraction.knowledge.actor_files import ActorFile
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL, ActorScope, ExtractorSettings, Parse

ENVIRONMENT_PREFIX = "NEWSWIRE_"

DEFAULT_BOOTSTRAP_SERVERS = "localhost:9092"
DEFAULT_INPUT_TOPIC = "newswire.articles"
DEFAULT_TOPIC_PREFIX = "newswire"
DEFAULT_MAX_ARTICLE_CHARS = 200_000
DEFAULT_REVISION_MAP_SIZE = 100_000

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def option(*declarations: str, **attributes: Any) -> Decorator:
    """A `click.option` that can be set from the environment too, and says so in the help.

    The variable is the first long flag's name in capitals behind `ENVIRONMENT_PREFIX`:
    ``option("--start-at")`` reads ``NEWSWIRE_START_AT``. Several values of one variable
    (``multiple=True``) are told apart by white space, or by commas too where the type is `NAMES`.
    """
    attributes.setdefault("envvar", environment_variable(declarations))
    attributes.setdefault("show_envvar", True)
    attributes.setdefault("show_default", True)
    return click.option(*declarations, **attributes)


def environment_variable(declarations: Sequence[str]) -> str:
    """The environment variable of the option with these click declarations."""
    flag = next(part for part in declarations if part.startswith("--")).split("/")[0]
    return ENVIRONMENT_PREFIX + flag.removeprefix("--").replace("-", "_").upper()


class Address(NamedTuple):
    """Where to listen or connect."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class AddressType(click.ParamType[Address]):
    """``host:port``, ``[::1]:port`` or ``:port`` (all interfaces)."""

    name = "host:port"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """Gives the address, or fails with a usage error."""
        if isinstance(value, Address):
            return value
        found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\s\[\]]*)):(\d{1,5})", value)
        if found is None or int(found[3]) > 65_535:
            shown = value.rpartition("@")[2]  # without what may be a password
            self.fail(f"{shown!r} is not host:port, as in 127.0.0.1:9108.", param, ctx)
        return Address(found[1] or found[2] or "0.0.0.0", int(found[3]))


class ServersType(click.ParamType[str]):
    """``host:port``, one or several with commas between them."""

    name = "host:port,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Gives the servers with commas between them, or fails with a usage error."""
        servers = [server.strip() for server in str(value).split(",")]
        addresses = [ADDRESS.convert(server, param, ctx) for server in servers if server]
        if not addresses:
            self.fail("no broker named: expected host:port, as in localhost:9092.", param, ctx)
        return ",".join(str(address) for address in addresses)


class NamesType(click.ParamType[str]):
    """The name of a topic or group; several in one environment variable, commas between them."""

    name = "name"
    _legal = re.compile(r"[A-Za-z0-9._-]{1,249}")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Gives the name, or fails with a usage error."""
        if not self._legal.fullmatch(value) or value in {".", ".."}:
            self.fail(
                f"{value!r} is not a Kafka name: 1 to 249 letters, digits, dots, hyphens and "
                "underscores.",
                param,
                ctx,
            )
        return str(value)

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """The names in an environment variable's value."""
        return [part for part in re.split(r"[,\s]+", rv or "") if part]


_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


class DurationType(click.ParamType[float]):
    """Seconds, or a number with a unit: 250ms, 20s, 5m, 2h, 1d; where allowed also "forever"."""

    name = "duration"

    def __init__(self, *, forever: bool = False, at_least: float = 0.0) -> None:
        """``at_least`` is in seconds."""
        self.forever = forever
        self.at_least = at_least

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Gives seconds (infinity for "forever"), or fails with a usage error."""
        seconds = self._seconds(value, param, ctx)
        if not seconds >= self.at_least:
            least = f"{self.at_least * 1_000:g}ms"
            self.fail(f"{value} is not a duration of {least} or more.", param, ctx)
        return seconds

    def _seconds(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, int | float):
            return float(value)
        text = value.strip().lower()
        if self.forever and text == "forever":
            return math.inf
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)", text)
        if found is None:
            also = ' or "forever"' if self.forever else ""
            self.fail(f"{value!r} is not a duration, as in 250ms, 20s, 5m, 2h{also}.", param, ctx)
        return float(found[1]) * _SECONDS[found[2]]


class InstantType(click.ParamType[datetime]):
    """A point in time in ISO 8601, with Z or an offset; gives an aware datetime in UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Gives the point in time in UTC, or fails with a usage error."""
        try:
            instant = (
                value if isinstance(value, datetime) else datetime.fromisoformat(value.strip())
            )
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self.fail(
            f"{str(value)!r} is not a time with its zone, as in 2026-11-01T00:00:00Z.", param, ctx
        )


class PatternType(click.ParamType[str]):
    """A regular expression."""

    name = "regex"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Gives the expression, or fails with a usage error."""
        try:
            re.compile(value)
        except re.error as error:
            self.fail(
                rf"{value!r} is not a regular expression, as in wire\.[a-z]+: {error}.", param, ctx
            )
        return str(value)


def named_topics(input_topics: Sequence[str], pattern: str | None) -> tuple[str, ...]:
    """The input topics that were meant by name: where there is a pattern, not the default."""
    source = click.get_current_context().get_parameter_source("input_topics")
    if pattern is not None and source is ParameterSource.DEFAULT:
        return ()
    return tuple(input_topics)


_BYTES = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


class SizeType(click.ParamType[int]):
    """Bytes, or a number with a unit of 1024s: 64K, 128MB, 1GiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Gives bytes, or fails with a usage error."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:([KMGT])(?:I?B)?|(B?))", value.strip().upper())
        size = int(float(found[1]) * _BYTES[found[2] or ""]) if found else 0
        if size < 1:
            self.fail(f"{value!r} is not a size, as in 64K, 128MB, 1GB.", param, ctx)
        return size


class RegistryUrlType(click.ParamType[str]):
    """A schema registry's URL, or several with commas between them; without a password."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Gives the URLs with commas between them, or fails with a usage error."""
        urls = [url.strip().rstrip("/") for url in str(value).split(",")]
        return ",".join(self._checked(url, param, ctx) for url in urls if url) or self.fail(
            "no URL, as in http://registry:8081.", param, ctx
        )

    def _checked(self, url: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            parts = urlsplit(url)
            host = parts.hostname
            _ = parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        # What may be a secret is not said again: before an @, however the URL is mistyped.
        if "@" in url or parts.query or parts.fragment:
            self.fail(
                "the URL is to be without user, password or anything behind ? or #. "
                "--schema-registry-user and --schema-registry-password-file say who logs in.",
                param,
                ctx,
            )
        if parts.scheme not in ("http", "https") or not host:
            self.fail(f"{url!r} is not a URL, as in http://registry:8081.", param, ctx)
        return url


ADDRESS = AddressType()
SERVERS = ServersType()
NAMES = NamesType()
DURATION = DurationType()
DURATION_OR_FOREVER = DurationType(forever=True)
INSTANT = InstantType()
SIZE = SizeType()
REGISTRY_URL = RegistryUrlType()
PATTERN = PatternType()


bootstrap_servers = option(
    "--bootstrap-servers",
    type=SERVERS,
    default=DEFAULT_BOOTSTRAP_SERVERS,
    help="The Kafka brokers to ask first.",
)

input_topics = option(
    "--input-topic",
    "input_topics",
    type=NAMES,
    multiple=True,
    default=[DEFAULT_INPUT_TOPIC],
    help="A topic that articles come in on; may be given several times.",
)

input_topic_pattern = option(
    "--input-topic-pattern",
    type=PATTERN,
    help="Read the topics whose whole name matches as well, also those that are made later; "
    "--input-topic has no default then. Output topics, and names that begin with _, never match.",
)

group_id = option(
    "--group-id",
    type=NAMES,
    default="newswire",
    help="The consumer group that offsets are committed to, and that reading resumes from.",
)

topic_prefix = option(
    "--topic-prefix",
    type=NAMES,
    default=DEFAULT_TOPIC_PREFIX,
    help="What the names of the output topics begin with: PREFIX.actors, PREFIX.threats, "
    "PREFIX.denials, PREFIX.extractions, PREFIX.dead-letters.",
)

actor_files = option(
    "--actor-file",
    "actor_files",
    type=ActorFileType(),
    multiple=True,
    help="Actors of your own, known beside the packaged ones; may be given several times. "
    '"newswire actors check" tells whether a file is sound.',
)

_EXTRACTOR_OPTIONS = (
    option(
        "--spacy-model",
        metavar="PACKAGE|FOLDER",
        default=DEFAULT_SPACY_MODEL,
        help="The spaCy pipeline for English: the name of an installed package, or its folder.",
    ),
    option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=0.0,
        help="Leave out threats and denials of a lower confidence than this.",
    ),
    actor_files,
    option(
        "--parse",
        type=click.Choice([parse.value for parse in Parse]),
        default=Parse.GATED.value,
        help="Which sentences are parsed. gated: those whose words may hold a threat or a denial, "
        "and all of an article that holds one. all: all, to compare; several times slower.",
    ),
    option(
        "--actors",
        "actor_scope",
        type=click.Choice([scope.value for scope in ActorScope]),
        default=ActorScope.ALL.value,
        help="Which actors become records. all: all of every article. in-records: only those of "
        "threats and denials, which are the same either way; for a firehose, a third to a "
        "half faster.",
    ),
)


def extractor_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of the extraction; it takes them together, as ``extractor``."""

    @functools.wraps(command)
    def gathered(
        *,
        spacy_model: str,
        min_confidence: float,
        parse: str,
        actor_scope: str,
        actor_files: tuple[ActorFile, ...],
        **others: Any,
    ) -> Any:
        checked = sound(actor_files)
        scope = ActorScope(actor_scope)
        settings = ExtractorSettings(
            spacy_model, min_confidence, checked, Parse(parse), actors=scope
        )
        return command(extractor=settings, **others)

    decorated: Callable[..., Any] = gathered
    for add in reversed(_EXTRACTOR_OPTIONS):
        decorated = add(decorated)
    return decorated


max_article_chars = option(
    "--max-article-chars",
    type=click.IntRange(min=1),
    default=DEFAULT_MAX_ARTICLE_CHARS,
    help="A longer article (headline and body) is rejected.",
)

log_level = option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="INFO",
    help="DEBUG also lets the libraries speak.",
)

log_format = option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How a line of the log looks: text for people, json for what collects logs.",
)

input_format = click.option(
    "--input-format",
    type=click.Choice(["auto", "jsonl", "json", "text", "avro"]),
    default="auto",
    show_default=True,
    help="How the articles stand in the files; auto goes by the name or the content.",
)
