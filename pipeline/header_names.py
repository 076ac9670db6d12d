"""Headers of Kafka messages whose names are no UTF-8: read, carried along and written as they came.

The protocol does not make a name UTF-8, brokers take whatever bytes come, and Java's consumers
replace what they can't read. kafka-python raises `CorruptRecordError` instead, at every attempt
to read the batch: one such message would stop its partition for ever. It has no setting for it.
"""

from __future__ import annotations

from typing import Any

from kafka.errors import CorruptRecordError
from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch


class HeaderName(str):
    """A name that is no UTF-8; its other bytes stand in it as lone surrogates (PEP 383)."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """The bytes as they came, whatever is asked for: so kafka-python writes them."""
        return super().encode("utf-8", "surrogateescape")


def read_any_names() -> None:
    """Lets the kafka-python of this process read such names, as `HeaderName`; may be repeated."""
    memory_records.DefaultRecordBatch = _Batch


class _Batch(DefaultRecordBatch):  # type: ignore[misc]
    """A batch that is read again where kafka-python could not decode a header's name."""

    _buffer: bytearray

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except CorruptRecordError as error:
            if not isinstance(error.__context__, UnicodeDecodeError):
                raise
        # The failed record is still the next one.
        self._buffer = _Buffer(self._buffer)
        return super().__next__()


class _Buffer(bytearray):
    """A batch's bytes, of which every slice can be decoded."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _Slice(found) if isinstance(place, slice) else found


class _Slice(bytearray):
    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        try:
            return super().decode(encoding, errors)
        except UnicodeDecodeError:
            return HeaderName(super().decode("utf-8", "surrogateescape"))
