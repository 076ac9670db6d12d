"""Articles in files: where each begins, and what it is handed on as."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles import Article, ArticleError, decode_json
from pipeline.errors import CommandError
from pipeline.sources.files import STDIN, FileFormat, read_entries, read_files

ARTICLE_SCHEMA = Path(__file__).parents[2] / "schemas" / "article.avsc"

ONE = b'{"id": "a1", "body": "One."}'
TWO = b'{"id": "a2", "body": "Two."}'


def entries(tmp_path: Path, name: str, content: bytes) -> list[tuple[int, bytes]]:
    file = tmp_path / name
    file.write_bytes(content)
    return [(entry.line, entry.value) for entry in read_entries(str(file))]


def from_stdin(
    monkeypatch: pytest.MonkeyPatch, content: bytes, file_format: FileFormat = FileFormat.AUTO
) -> list[tuple[int, bytes]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return [(entry.line, entry.value) for entry in read_entries(STDIN, file_format)]


def test_json_lines_give_one_entry_a_line_and_pass_over_blank_ones(tmp_path: Path) -> None:
    assert entries(tmp_path, "f.jsonl", ONE + b"\r\n\n  \n" + TWO) == [(1, ONE), (4, TWO)]


def test_a_broken_line_is_handed_on_as_it_is_and_hurts_no_other(tmp_path: Path) -> None:
    content = b"{oops\n" + ONE + b"\n\xff\xfe\n" + TWO
    assert entries(tmp_path, "f.jsonl", content) == [
        (1, b"{oops"),
        (2, ONE),
        (3, b"\xff\xfe"),
        (4, TWO),
    ]


def test_a_json_file_may_hold_one_article_over_many_lines(tmp_path: Path) -> None:
    pretty = json.dumps(json.loads(ONE), indent=2).encode()
    assert entries(tmp_path, "f.json", pretty + b"\n") == [(1, pretty)]


def test_a_json_file_may_hold_a_list_and_each_article_knows_its_line(tmp_path: Path) -> None:
    content = b"\n[\n  " + ONE + b",\n\n  " + TWO + b"\n]\n"
    assert entries(tmp_path, "f.json", content) == [(3, ONE), (5, TWO)]


def test_an_empty_list_holds_no_article(tmp_path: Path) -> None:
    assert entries(tmp_path, "f.json", b" [ ] \n") == []


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        (b"[" + ONE + b", {oops, " + TWO + b"]", b"{oops, " + TWO + b"]"),
        (b"[" + ONE + b" " + TWO + b"]", TWO + b"]"),
        (b"[" + ONE, b""),
        (b"[" + ONE + b"] more", b"more"),
        (b"[" + ONE + b',{"id":"\xff' + b'"]', b'{"id":"\xff"]'),
    ],
)
def test_what_breaks_a_list_off_is_its_last_entry_and_no_article(
    tmp_path: Path, content: bytes, broken: bytes
) -> None:
    assert entries(tmp_path, "f.json", content) == [(1, ONE), (1, broken)]
    with pytest.raises(ArticleError):
        decode_json(broken)


def test_a_json_file_may_hold_json_lines(tmp_path: Path) -> None:
    assert entries(tmp_path, "f.json", ONE + b"\n" + TWO + b"\n") == [(1, ONE), (2, TWO)]


def test_a_text_file_is_one_article_named_after_the_file(tmp_path: Path) -> None:
    [(line, value)] = entries(tmp_path, "talks.txt", b"\xef\xbb\xbfFirst.\r\nSecond \xe2\x80\x9d\n")
    article = decode_json(value)
    assert line == 1
    assert (article.id, article.headline, article.body) == ("talks", "", "First.\nSecond ”")


@pytest.mark.parametrize(
    ("text", "headline", "body"),
    [
        ("Talks fail\n\nThe talks failed.", "Talks fail", "The talks failed."),
        ("\nTalks fail\n \n\n  The talks\n\nfailed.\n", "Talks fail", "The talks\n\nfailed."),
        ("The talks failed.\n\nSo they said.", "", "The talks failed.\n\nSo they said."),
        ("Talks fail\nThe talks failed.", "", "Talks fail\nThe talks failed."),
        ("x" * 201 + "\n\nBody.", "", "x" * 201 + "\n\nBody."),
        ("Talks fail", "", "Talks fail"),
    ],
)
def test_a_first_line_that_reads_like_a_headline_is_one(
    tmp_path: Path, text: str, headline: str, body: str
) -> None:
    [(_, value)] = entries(tmp_path, "talks.txt", text.encode())
    article = decode_json(value)
    assert (article.headline, article.body) == (headline, body)


def test_a_text_that_is_not_utf8_is_rejected_when_decoded(tmp_path: Path) -> None:
    [(_, value)] = entries(tmp_path, "talks.txt", b"caf\xe9")
    with pytest.raises(ArticleError) as caught:
        decode_json(value)
    assert caught.value.reason == "not-utf8"


def test_the_rows_of_a_table_are_not_taken_for_one_text(tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text("id,body\na1,Iran denied it.\n")
    with pytest.raises(CommandError, match=r"articles\.csv can't be read: .*JSON lines"):
        list(read_files([str(file)]))
    [entry] = read_files([str(file)], FileFormat.TEXT)
    assert "Iran denied it" in decode_json(entry.value).body


def test_an_empty_text_file_is_rejected_when_decoded(tmp_path: Path) -> None:
    [(_, value)] = entries(tmp_path, "talks.txt", b"")
    with pytest.raises(ArticleError) as caught:
        decode_json(value)
    assert caught.value.reason == "missing-body"


@pytest.mark.parametrize(
    "content",
    [ONE + b"\n" + TWO, b"\n\n" + ONE + b"\n" + TWO, b"oops\n" + ONE, b"{oops\n" + ONE],
)
def test_json_lines_are_known_on_standard_input(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    expected = [(number, line) for number, line in enumerate(content.split(b"\n"), start=1) if line]
    assert from_stdin(monkeypatch, content) == expected


def test_a_list_and_a_single_article_are_known_on_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretty = json.dumps([json.loads(ONE)], indent=2).encode()
    [(line, value)] = from_stdin(monkeypatch, pretty)
    assert (line, decode_json(value).id) == (2, "a1")
    [(line, value)] = from_stdin(monkeypatch, json.dumps(json.loads(ONE), indent=2).encode())
    assert (line, decode_json(value).id) == (1, "a1")


def test_anything_else_on_standard_input_is_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    [(_, value)] = from_stdin(monkeypatch, b"The talks {failed}.\n")
    assert (decode_json(value).id, decode_json(value).body) == ("stdin", "The talks {failed}.")


def test_nothing_on_standard_input_is_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_stdin(monkeypatch, b" \n\n") == []


def test_a_stated_format_is_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_stdin(monkeypatch, b"plain\nlines", FileFormat.JSONL) == [
        (1, b"plain"),
        (2, b"lines"),
    ]
    [(_, value)] = from_stdin(monkeypatch, ONE, FileFormat.TEXT)
    assert decode_json(value).body == ONE.decode()


def test_lines_are_handed_on_while_more_are_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def __next__(self) -> bytes:
            line = self.readline()
            if not line:
                raise AssertionError("read further than the first line")
            return line

    stdin = io.TextIOWrapper(Pipe(ONE + b"\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert next(read_entries(STDIN)).value == ONE


def container(records: list[dict[str, Any]], schema: Any = None, codec: str = "deflate") -> bytes:
    stream = BytesIO()
    parsed = fastavro.parse_schema(schema or json.loads(ARTICLE_SCHEMA.read_text()))
    # Blocks of one record each, so that damage hurts what stands behind it and no other.
    fastavro.writer(stream, parsed, records, codec=codec, sync_interval=1)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["feed.avro", "feed.data", "feed.avro.gz", "feed.data.gz"])
def test_each_record_of_an_avro_container_is_an_article(tmp_path: Path, name: str) -> None:
    published = datetime(2026, 11, 2, 13, 42, tzinfo=UTC)
    content = container([{"id": "a", "body": "One.", "published_at": published}, {"id": "b"}])
    file = tmp_path / name
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    first, second = read_entries(str(file))
    assert decode_json(first.value) == Article("a", "One.", published_at=published)
    assert json.loads(second.value)["id"] == "b"
    assert second.place == f"{file}:2"


def test_a_container_of_another_version_is_resolved_to_our_schema(tmp_path: Path) -> None:
    fields = [{"name": name, "type": "string"} for name in ("id", "body", "byline")]
    schema = {"type": "record", "name": "newswire.Article", "fields": fields}
    file = tmp_path / "feed.avro"
    file.write_bytes(container([{"id": "a", "body": "One.", "byline": "X"}], schema))
    [entry] = read_entries(str(file))
    assert decode_json(entry.value) == Article("a", "One.")


def test_a_container_of_something_else_says_what_was_expected(tmp_path: Path) -> None:
    schema = {"type": "record", "name": "Cat", "fields": [{"name": "lives", "type": "int"}]}
    file = tmp_path / "cats.avro"
    file.write_bytes(container([{"lives": 9}], schema))
    with pytest.raises(CommandError, match=r"cats\.avro can't be read: record 1 is no newswire"):
        list(read_files([str(file)]))


@given(data=st.data())
def test_a_damaged_container_gives_what_stands_before_the_damage_and_an_error_or_nothing_wrong(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(container([{"id": "a", "body": "One."}, {"id": "b", "body": "Two."}]))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("damaged") / "feed.avro"
    file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(CommandError):
        for entry in read_files([str(file)]):
            json.loads(entry.value)


def test_a_codec_that_is_not_known_is_named(tmp_path: Path) -> None:
    file = tmp_path / "feed.avro"
    file.write_bytes(container([{"id": "a"}]).replace(b"deflate", b"florate"))
    with pytest.raises(CommandError, match="florate"):
        list(read_files([str(file)]))


def test_compressed_lines_are_read_by_the_name_inside(tmp_path: Path) -> None:
    content = gzip.compress(b'{"id": 1}\nbroken\n')
    assert entries(tmp_path, "feed.jsonl.gz", content) == [(1, b'{"id": 1}'), (2, b"broken")]


def test_compressed_lines_on_standard_input_are_told_by_their_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = gzip.compress(b'{"id": 1}\n{"id": 2}\n')
    assert from_stdin(monkeypatch, value) == [(1, b'{"id": 1}'), (2, b'{"id": 2}')]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b'{"id": 1}\n' * 9)[:-9], b"none", b""],
    ids=["cut off", "not compressed", "empty"],
)
def test_damaged_compression_is_an_error_with_the_files_name(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "feed.jsonl.gz"
    file.write_bytes(content)
    if not content:
        assert list(read_files([str(file)])) == []
        return
    with pytest.raises(CommandError, match=r"feed\.jsonl\.gz can't be read: it"):
        list(read_files([str(file)]))


def test_a_folder_stands_for_all_files_in_it_and_below_sorted(tmp_path: Path) -> None:
    for name, content in {
        "b.jsonl": '{"id": "b1"}\n{"id": "b2"}',
        "a/note.txt": "A text.",
        "a/deep/x.json": '{"id": "x"}',
        ".hidden/y.json": '{"id": "y"}',
        "a/.z.json": '{"id": "z"}',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = list(read_entries(str(tmp_path)))
    assert [json.loads(entry.value)["id"] for entry in found] == ["x", "a/note", "b1", "b2"]
    assert found[-1].place == f"{tmp_path}/b.jsonl:2"


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="the folder has no files"):
        list(read_files([str(tmp_path)]))


def test_what_is_wrong_in_a_folder_is_said_with_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "feed.avro").write_bytes(b"Obj\x01broken")
    with pytest.raises(CommandError, match=r"feed\.avro can't be read: no Avro container"):
        list(read_files([str(tmp_path)]))
