"""News-wire monitoring: actors, threats and denials from a live Kafka feed."""

__version__ = "0.1.0"
