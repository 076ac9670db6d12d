"""A consumer that posts each new threat to a URL, as JSON.

    python examples/webhook.py localhost:9092 https://example.org/hook

Needs kafka-python and fastavro, and nothing of newswire but its schema. An offset is committed
after the post was answered with success, so a threat may be posted twice, and none is left out;
the receiver tells by `record_id`.
"""

from __future__ import annotations

import io
import json
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import fastavro
from kafka import KafkaConsumer

SCHEMA = fastavro.parse_schema(
    json.loads((Path(__file__).parents[1] / "schemas" / "threat.avsc").read_text(encoding="utf-8"))
)
# Ten bytes name the schema (docs/records.md); with a registry they are five.
HEADER_BYTES = 10


def main(servers: str, url: str) -> None:
    """Posts until it is stopped."""
    consumer = KafkaConsumer(
        "newswire.threats",
        bootstrap_servers=servers,
        group_id="webhook",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    for message in consumer:
        threat = fastavro.schemaless_reader(io.BytesIO(message.value[HEADER_BYTES:]), SCHEMA)
        post(url, threat)
        consumer.commit()


def post(url: str, threat: Any) -> None:
    """Posts until it is taken: with growing pauses, for ever."""
    body = json.dumps(threat, default=datetime.isoformat).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    pause = 1.0
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30):
                return
        except urllib.error.URLError as error:
            print(f"{url}: {error}; again in {pause:.0f} s", file=sys.stderr)
            time.sleep(pause)
            pause = min(pause * 2, 60.0)


if __name__ == "__main__":
    main(*sys.argv[1:])
