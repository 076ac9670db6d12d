"""The same ``extract`` in Quix Streams.

    quix.py BOOTSTRAP_SERVERS TOPIC OUTPUT_TOPIC

See `benchmarks.peers`.
"""

from __future__ import annotations

import sys
from typing import Any

from quixstreams import Application, message_context

from pipeline.articles import decode_json
from pipeline.extraction import extract
from pipeline.serialization.avro import encode

bootstrap_servers, topic, output = sys.argv[1:]


def extraction(value: bytes) -> bytes:
    """Everything found in an article, in Avro."""
    return encode(extract(decode_json(value)))


def place(*_: Any) -> list[tuple[str, bytes]]:
    """Where the article stands, as headers."""
    message = message_context()
    return [
        ("newswire-partition", b"%d" % message.partition),
        ("newswire-offset", b"%d" % message.offset),
    ]


application = Application(
    broker_address=bootstrap_servers,
    consumer_group=output,
    auto_offset_reset="earliest",
    commit_interval=1.0,
    auto_create_topics=False,
    loglevel="WARNING",
)
stream = application.dataframe(application.topic(topic, value_deserializer="bytes"))
stream = stream.apply(extraction).set_headers(place)
stream.to_topic(application.topic(output, value_serializer="bytes"))
application.run()
