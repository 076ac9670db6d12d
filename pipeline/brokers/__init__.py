"""Kafka brokers that we start ourselves, on a loopback port, and always end.

`embedded` is Tansu, for demonstrations and tests; `apache` is Apache Kafka, for tests;
`capabilities` says which of them can do what.
"""
