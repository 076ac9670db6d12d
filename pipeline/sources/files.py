"""Articles in files, folders and standard input, each as the JSON that `decode_json` reads.

What a file holds is told by its name, or else by looking at it (`FileFormat.AUTO`):

- JSON lines (``.jsonl``, ``.ndjson``): one article a line; blank lines are passed over. A
  broken line is an article of its own, to be rejected, and hurts no other.
- JSON (``.json``): one article, or a list of them.
- Text (``.txt``): the whole file is one article. Its id is the file's name without ``.txt``.
  The first line is the headline where a blank line follows it and it reads like one: at most
  200 characters, without a full stop or quotation mark at its end.
- Avro object container (``.avro``): each record is an article.

A table (``.csv``, ``.tsv``) is refused, unless it is said to be text.

Any of them may be compressed by gzip (``.gz``). A folder stands for all files in it and in the
folders below, sorted by their paths; those whose names begin with a full stop are passed over.
The id of a text in a folder is its path from there.

Nothing is decoded here beyond finding where each article begins and ends.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import chain
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from pipeline.errors import CommandError
from pipeline.sources.avro_containers import CONTAINER_MAGIC, container_articles

STDIN = "-"

GZIP_MAGIC = b"\x1f\x8b"
GZIP_SUFFIX = ".gz"

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
    AVRO = "avro"


_BY_SUFFIX = {
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".txt": FileFormat.TEXT,
    ".avro": FileFormat.AVRO,
}
# ".json" is not among them: many such files hold JSON lines.

_TABLES = {".csv", ".tsv"}
"""Suffixes of tables. As texts, all their rows would be one article."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file, as it stands there."""

    file: str
    """The file's name, "-" for standard input."""
    line: int
    """The line that it begins in, from 1; in an Avro container its number."""
    value: bytes
    """What should be an article as JSON; where it is not, decoding it says why."""

    @property
    def place(self) -> str:
        """Where it stands, as ``file:line``."""
        return f"{'<stdin>' if self.file == STDIN else self.file}:{self.line}"


def read_entries(file: str, file_format: FileFormat = FileFormat.AUTO) -> Iterator[Entry]:
    """The articles of a file or folder ("-" is standard input), in order, as they are read.

    Raises OSError where it can't be read, or is damaged.
    """
    if file == STDIN:
        yield from _entries(file, "stdin", sys.stdin.buffer, file_format)
    elif not Path(file).is_dir():
        with open(file, "rb") as stream:
            yield from _entries(file, PurePath(file).name, stream, file_format)
    else:
        paths = _files_below(Path(file))
        if not paths:
            raise OSError("the folder has no files")
        for path in paths:
            with path.open("rb") as stream:
                name = path.relative_to(file).as_posix()
                yield from _entries(str(path), name, stream, file_format)


def _files_below(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(path for path in found if path.is_file())


def read_files(files: Iterable[str], file_format: FileFormat = FileFormat.AUTO) -> Iterator[Entry]:
    """The articles of several files, one file after the other.

    Raises `CommandError` where one can't be read.
    """
    for file in files:
        try:
            yield from read_entries(file, file_format)
        except OSError as error:
            # In a folder the error names the file that it is about, unless it is ours.
            place = error.filename if isinstance(error.filename, str) else file
            raise CommandError(f"{place} can't be read: {error.strerror or error}") from error


def _entries(file: str, name: str, stream: BinaryIO, file_format: FileFormat) -> Iterator[Entry]:
    """The articles of one file; ``name`` tells its format, and is a text's id."""
    if name.lower().endswith(GZIP_SUFFIX):
        yield from _compressed(file, name[: -len(GZIP_SUFFIX)], stream, file_format)
        return
    if file_format is FileFormat.AUTO:
        suffix = PurePath(name).suffix.lower()
        if suffix in _TABLES:
            raise OSError(
                None,
                "no articles are read from tables. Make JSON lines of its rows; --input-format "
                "text reads it as a single text",
                file,
            )
        file_format = _BY_SUFFIX.get(suffix, FileFormat.AUTO)
    match file_format:
        case FileFormat.AUTO:
            yield from _looked_at(file, name, stream)
        case FileFormat.JSONL:
            yield from _json_lines(file, stream)
        case FileFormat.JSON:
            yield from _json_values(file, stream.read())
        case FileFormat.AVRO:
            yield from _container(file, stream)
        case FileFormat.TEXT:
            yield Entry(file, 1, _text_as_json(name, stream.read()))


def _looked_at(file: str, name: str, stream: BinaryIO) -> Iterator[Entry]:
    first = _first_line(stream)
    if _is_json_object(first):
        # Lines of JSON are told by the first: what comes through a pipe is passed on at once.
        yield from _json_lines(file, chain(BytesIO(first), stream))
        return
    value = first + stream.read()
    if value.startswith(GZIP_MAGIC):
        yield from _compressed(file, name, BytesIO(value), FileFormat.AUTO)
    elif value.strip():
        yield from _entries(file, name, BytesIO(value), _look_at(value))


def _compressed(file: str, name: str, stream: BinaryIO, file_format: FileFormat) -> Iterator[Entry]:
    try:
        with gzip.GzipFile(fileobj=stream) as content:
            yield from _entries(file, name, cast(BinaryIO, content), file_format)
    except (EOFError, zlib.error) as error:
        raise OSError(None, f"its compression is damaged: {error}", file) from error
    except gzip.BadGzipFile as error:
        raise OSError(None, f"it is not compressed by gzip: {error}", file) from error


def _container(file: str, stream: BinaryIO) -> Iterator[Entry]:
    try:
        for number, value in enumerate(container_articles(stream), start=1):
            yield Entry(file, number, value)
    except OSError as error:
        raise OSError(None, error.strerror or str(error), file) from error


def _first_line(stream: BinaryIO) -> bytes:
    """Everything up to the end of the first line that is not blank."""
    read = b""
    for line in stream:
        read += line
        if line.strip():
            break
    return read


def _look_at(value: bytes) -> FileFormat:
    if value.startswith(CONTAINER_MAGIC):
        return FileFormat.AVRO
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


def _text_as_json(name: str, value: bytes) -> bytes:
    try:
        text = value.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        # No JSON either: decoding it says what is wrong with it, and where.
        return value
    article = {"id": name.removesuffix(".txt"), "body": text}
    if found := _HEADLINE.fullmatch(text):
        article |= found.groupdict()
    return json.dumps(article, ensure_ascii=False).encode("utf-8")
