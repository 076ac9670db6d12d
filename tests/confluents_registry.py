"""The registry's client by the registry's makers, as a consumer that is none of ours uses it."""

from __future__ import annotations

from confluent_kafka.schema_registry import SchemaRegistryClient


def confluents_client(url: str) -> SchemaRegistryClient:
    """Asks again where an answer is lost: without a timeout this client waits for ever."""
    return SchemaRegistryClient({"url": url, "timeout": 20})
