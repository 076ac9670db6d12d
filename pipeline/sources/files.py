"""Articles in files and on standard input, each as the JSON bytes that `decode_json` reads.

What a file holds is told by its name, or else by looking at it (`FileFormat.AUTO`):

- JSON lines (``.jsonl``, ``.ndjson``): one article a line; blank lines are passed over. A
  broken line is an article of its own, to be rejected, and hurts no other.
- JSON (``.json``): one article, or a list of them.
- Text (``.txt``): the whole file is one article. Its id is the file's name without ``.txt``.
  The first line is the headline where a blank line follows it and it reads like one: at most
  200 characters, without a full stop or quotation mark at its end.

Nothing is decoded here beyond finding where each article begins and ends.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO

from pipeline.errors import CommandError

STDIN = "-"

MAX_HEADLINE_CHARS = 200

_HEADLINE = re.compile(
    rf"(?P<headline>[^\n]{{1,{MAX_HEADLINE_CHARS}}}(?<![.!?,:;'\"”’]))\n[ \t]*\n\s*(?P<body>\S.*)",
    re.DOTALL,
)


class FileFormat(StrEnum):
    """How the articles stand in a file."""

    AUTO = "auto"
    JSONL = "jsonl"
    JSON = "json"
    TEXT = "text"


_BY_SUFFIX = {
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".txt": FileFormat.TEXT,
}
# ".json" is not among them: many such files hold JSON lines.


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file, as it stands there."""

    file: str
    """The file's name, "-" for standard input."""
    line: int
    """The line that it begins in, from 1."""
    value: bytes
    """What should be an article as JSON; where it is not, decoding it says why."""

    @property
    def place(self) -> str:
        """Where it stands, as ``file:line``."""
        return f"{'<stdin>' if self.file == STDIN else self.file}:{self.line}"


def read_entries(file: str, file_format: FileFormat = FileFormat.AUTO) -> Iterator[Entry]:
    """The articles of ``file`` ("-" is standard input), in their order, as they are read.

    Raises OSError where the file can't be read.
    """
    with nullcontext(sys.stdin.buffer) if file == STDIN else open(file, "rb") as stream:
        yield from _entries(file, stream, file_format)


def read_files(files: Iterable[str], file_format: FileFormat = FileFormat.AUTO) -> Iterator[Entry]:
    """The articles of several files, one file after the other.

    Raises `CommandError` where one can't be read.
    """
    for file in files:
        try:
            yield from read_entries(file, file_format)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror or error}") from error


def _entries(file: str, stream: BinaryIO, file_format: FileFormat) -> Iterator[Entry]:
    if file_format is FileFormat.AUTO:
        file_format = _BY_SUFFIX.get(PurePath(file).suffix.lower(), FileFormat.AUTO)
    if file_format is FileFormat.AUTO:
        # Lines of JSON are told by the first: what comes through a pipe is passed on at once.
        first = _first_line(stream)
        if _is_json_object(first):
            yield from _json_lines(file, chain(BytesIO(first), stream))
            return
        value = first + stream.read()
        if not value.strip():
            return
        file_format = _look_at(value)
    elif file_format is FileFormat.JSONL:
        yield from _json_lines(file, stream)
        return
    else:
        value = stream.read()
    if file_format is FileFormat.JSONL:
        yield from _json_lines(file, BytesIO(value))
    elif file_format is FileFormat.JSON:
        yield from _json_values(file, value)
    else:
        yield Entry(file, 1, _text_as_json(file, value))


def _first_line(stream: BinaryIO) -> bytes:
    """Everything up to the end of the first line that is not blank."""
    read = b""
    for line in stream:
        read += line
        if line.strip():
            break
    return read


def _look_at(value: bytes) -> FileFormat:
    begin = value.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begin == b"[" or _is_json_object(value):
        return FileFormat.JSON
    if any(_is_json_object(line) for line in value.split(b"\n")):
        return FileFormat.JSONL
    return FileFormat.JSON if begin == b"{" else FileFormat.TEXT


def _is_json_object(value: bytes) -> bool:
    value = value.removeprefix(b"\xef\xbb\xbf").strip()
    if not (value.startswith(b"{") and value.endswith(b"}")):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _json_lines(file: str, lines: Iterable[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if value := line.strip():
            yield Entry(file, number, value)


def _json_values(file: str, value: bytes) -> Iterator[Entry]:
    """The one article, or each of the list; what breaks a list off is its last article."""
    text = value.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    if not text.lstrip().startswith("["):
        yield Entry(file, 1, value.strip())
        return
    decoder = json.JSONDecoder()
    place = text.index("[") + 1
    line = 1 + text.count("\n", 0, place)
    while True:
        begin = _behind_space(text, place)
        line += text.count("\n", place, begin)
        if text.startswith("]", begin):
            break
        try:
            _, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            yield Entry(file, line, _bytes(text[begin:]))
            return
        yield Entry(file, line, _bytes(text[begin:end]))
        place = _behind_space(text, end)
        line += text.count("\n", begin, place)
        if text.startswith(",", place):
            place += 1
        elif not text.startswith("]", place):
            yield Entry(file, line, _bytes(text[place:]))
            return
    if after := text[begin + 1 :].strip():
        yield Entry(file, line, _bytes(after))


def _behind_space(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text_as_json(file: str, value: bytes) -> bytes:
    try:
        text = value.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        # No JSON either: decoding it says what is wrong with it, and where.
        return value
    name = PurePath(file).name
    article = {"id": "stdin" if file == STDIN else name.removesuffix(".txt"), "body": text}
    if found := _HEADLINE.fullmatch(text):
        article |= found.groupdict()
    return json.dumps(article, ensure_ascii=False).encode("utf-8")
