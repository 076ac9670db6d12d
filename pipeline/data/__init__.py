"""The bundled feed: wire articles of our own, about events that never happened."""

from __future__ import annotations

from pathlib import Path

FEED = Path(__file__).with_name("feed.jsonl")
"""Articles as JSON lines."""
