"""What a Kafka cluster says no to: the error in words, with what to do about it.

Waiting does not help here, unlike with a broker that is away. Which right is missing depends on
what was being done, so each place that talks to the cluster says by `Right` what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from kafka import errors as kafka_errors


class TlsRefusedError(kafka_errors.KafkaConnectionError):  # type: ignore[misc]
    """The two sides could not agree on TLS: a certificate that one of them does not trust."""


class Right(StrEnum):
    """An operation that ACLs allow, in Kafka's own words."""

    READ = "READ"
    WRITE = "WRITE"
    DESCRIBE = "DESCRIBE"
    DESCRIBE_CONFIGS = "DESCRIBE_CONFIGS"
    CREATE = "CREATE"


class MissingRightError(kafka_errors.TopicAuthorizationFailedError):  # type: ignore[misc]
    """A topic was refused while something was done that needs a right on it."""

    def __init__(self, right: Right, topics: list[str]) -> None:
        """``topics`` are those that may have been meant."""
        super().__init__(topics)
        self.right = right


@contextmanager
def needing(right: Right, topics: Iterable[str]) -> Iterator[None]:
    """Raises `MissingRightError` where what is done inside is refused on one of the topics."""
    try:
        yield
    except MissingRightError:
        raise
    except kafka_errors.TopicAuthorizationFailedError as error:
        raise MissingRightError(right, _topics(error) or sorted(set(topics))) from error
    except kafka_errors.KafkaError as error:
        # What an idempotent producer hears that may write to no topic at all; kafka-python says
        # it in words.
        if right is not Right.WRITE or "ClusterAuthorizationFailed" not in repr(error):
            raise
        raise MissingRightError(right, sorted(set(topics))) from error


_REFUSALS = (
    kafka_errors.AuthorizationError,
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.KafkaConfigurationError,
    TlsRefusedError,
)


def is_refusal(error: BaseException | None) -> bool:
    """Whether the cluster refused, so that only a person can put it right."""
    return isinstance(error, _REFUSALS)


def advice(error: BaseException, right: Right | None = None, topics: Iterable[str] = ()) -> str:
    """What to do about a refusal, in one sentence or two.

    ``right`` is what was needed on a topic, and ``topics`` are those it was needed on, where the
    error itself names none.
    """
    if isinstance(error, kafka_errors.SaslAuthenticationFailedError):
        return (
            f"the login was refused ({_said(error)}). Are --sasl-mechanism, --sasl-username and "
            "the password right?"
        )
    if isinstance(error, kafka_errors.UnsupportedSaslMechanismError):
        return f"the brokers do not take this --sasl-mechanism ({_said(error)})"
    if isinstance(error, TlsRefusedError):
        return (
            f"TLS failed ({_said(error)}). --ssl-ca-file names the certificates that brokers' are "
            "checked by, --ssl-cert-file and --ssl-key-file our own"
        )
    if isinstance(error, kafka_errors.GroupAuthorizationFailedError):
        return (
            "this user may not use the consumer group: add the ACL READ on the group (--group-id)"
        )
    if isinstance(error, kafka_errors.TopicAuthorizationFailedError):
        named = ", ".join(sorted(_topics(error) or topics)) or "the topic"
        if isinstance(error, MissingRightError):
            right = error.right
        return f"this user may not do that: add the ACL {right or Right.DESCRIBE} on topic {named}"
    if isinstance(error, kafka_errors.AuthorizationError):
        return f"this user may not do that ({_said(error)}): an ACL is missing"
    return _said(error)


def _said(error: BaseException) -> str:
    return str(error.args[0]) if error.args else type(error).__name__


def _topics(error: BaseException) -> list[str]:
    """The topics that the error names: kafka-python gives one, several, a sentence or nothing."""
    found = error.args[0] if error.args else ()
    if isinstance(found, str):
        return [found] if re.fullmatch(r"[\w.-]+", found) else []
    return [str(topic) for topic in found] if isinstance(found, set | list | tuple) else []
