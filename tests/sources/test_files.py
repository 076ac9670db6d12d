"""Articles in files: where each begins, and what it is handed on as."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from pipeline.articles import ArticleError, decode_json
from pipeline.sources.files import STDIN, FileFormat, read_entries

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
