"""The same ``extract`` in Bytewax.

    bytewax_flow.py BOOTSTRAP_SERVERS TOPIC OUTPUT_TOPIC

It reads a hundred messages at a time at most, and keeps nothing to resume from. See
`benchmarks.peers`.
"""

from __future__ import annotations

import sys

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kafka
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

from pipeline.articles import decode_json
from pipeline.extraction import extract
from pipeline.serialization.avro import encode

bootstrap_servers, topic, output = sys.argv[1:]


def extraction(message: KafkaSourceMessage) -> KafkaSinkMessage:
    """Everything found in an article, in Avro, with the place where it stands."""
    place = [
        ("newswire-partition", b"%d" % message.partition),
        ("newswire-offset", b"%d" % message.offset),
    ]
    found = encode(extract(decode_json(message.value)))
    return KafkaSinkMessage(message.key, found, headers=place)


flow = Dataflow("peer")
read = kafka.input("read", flow, brokers=[bootstrap_servers], topics=[topic], batch_size=100)
found = op.map("extract", read.oks, extraction)
kafka.output("write", found, brokers=[bootstrap_servers], topic=output)
run_main(flow)
