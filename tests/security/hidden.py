"""Finds a secret in bytes, however often they were pickled, compressed and encoded."""

from __future__ import annotations

import base64
import binascii
import bz2
import pickletools
import re
import zlib
from collections.abc import Iterator

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_DEEPEST = 12


def contains(data: bytes, secret: str) -> bool:
    """Whether the secret is in the data or in anything that the data wraps."""
    wanted = secret.encode()
    return any(wanted in layer for layer in layers(data))


def layers(data: bytes) -> Iterator[bytes]:
    """The data, and whatever can be unwrapped from it, to the last layer."""
    seen: set[bytes] = set()
    todo = [(data, 0)]
    while todo:
        layer, depth = todo.pop()
        if layer in seen or depth > _DEEPEST:
            continue
        seen.add(layer)
        yield layer
        todo += [(inner, depth + 1) for inner in _unwrapped(layer)]


def _unwrapped(data: bytes) -> Iterator[bytes]:
    for found in _BASE64.finditer(data):
        # Other characters of its alphabet may stand before it.
        for begin in range(4):
            text = found[0][begin:].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
            try:
                yield base64.b64decode(text[: len(text) // 4 * 4])
                yield base64.b64decode(text + b"=" * (-len(text) % 4))
            except binascii.Error:
                continue
    for found in re.finditer(rb"BZh[1-9]", data):
        try:
            yield bz2.BZ2Decompressor().decompress(data[found.start() :])
        except (OSError, EOFError):
            continue
    for found in _ZLIB.finditer(data):
        try:
            yield zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data[found.start() :])
        except zlib.error:
            continue
    for found in _PICKLE.finditer(data):
        yield from _pickled(data[found.start() :])


def _pickled(data: bytes) -> Iterator[bytes]:
    """Every text and every bytes of a pickle, without loading it."""
    try:
        for _, argument, _ in pickletools.genops(data):
            if isinstance(argument, str):
                yield argument.encode("utf-8", "surrogatepass")
                yield argument.encode("latin-1", "ignore")
            elif isinstance(argument, bytes | bytearray):
                yield bytes(argument)
    except (ValueError, IndexError, UnicodeError):
        return
