"""``newswire extract`` as a user calls it: what comes on standard output, error, and exit code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import spacy
from click.testing import CliRunner, Result

from pipeline.commands.extract import extract
from pipeline.records import Provenance
from tests.newswire_process import NEWSWIRE

BODY = (
    "PORT MEREL, Nov. 2 - The dockers' leader Ilka Varna threatened on Monday to shut the port of "
    "Merel unless Norland Rail raises pay. She denied that crews had damaged cranes."
)
RECORD_FIELDS = {
    "record_id", "article_id", "revision", "source", "published_at", "extractor_version", "model",
}  # fmt: skip


def article(**fields: object) -> bytes:
    return json.dumps({"id": "a1", "body": BODY, **fields}).encode()


def newswire(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run([NEWSWIRE, *arguments], input=stdin, capture_output=True, timeout=120)


def called(*arguments: str, stdin: bytes = b"") -> Result:
    """The command within this process, which keeps the loaded model."""
    return CliRunner().invoke(extract, arguments, input=stdin)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_lowest_confidence_leaves_out_what_is_less_sure() -> None:
    [everything] = lines(called("--format=jsonl", stdin=article()).stdout)
    surest = max(record["confidence"] for record in everything["threats"] + everything["denials"])
    arguments = ["--format=jsonl", f"--min-confidence={surest}"]
    [found] = lines(called(*arguments, stdin=article()).stdout)
    left = found["threats"] + found["denials"]
    assert left and all(record["confidence"] == surest for record in left)
    assert called("--min-confidence=1.01", stdin=article()).exit_code == 2


def test_jsonl_has_a_line_for_every_article_accepted_and_one_for_every_one_rejected(
    tmp_path: Path,
) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(
        b"\n".join(
            [
                article(),
                b"{oops",
                article(id="a2", status="withdrawn"),
                b'{"id": "a3", "headline": "No body"}',
                article(id="a4", language="de"),
                b"",
                article(id="a5", body="Rain is expected."),
            ]
        )
    )
    result = newswire("extract", str(feed), "--format", "jsonl")
    assert result.returncode == 0
    accepted = lines(result.stdout.decode())
    assert [(found["article_id"], found.get("skipped")) for found in accepted] == [
        ("a1", None),
        ("a2", "withdrawn"),
        ("a4", "language de"),
        ("a5", None),
    ]
    for found in accepted[1:]:
        assert (found["actors"], found["threats"], found["denials"]) == ([], [], [])
    rejected = lines(result.stderr.decode())
    assert [
        (found["rejected"], found["article_id"], found["stage"], found["reason"])
        for found in rejected
    ] == [(2, None, "decode", "not-json"), (4, "a3", "decode", "missing-body")]
    assert {found["file"] for found in rejected} == {str(feed)}


def test_records_come_with_all_their_fields_from_the_text() -> None:
    published = "2026-11-02T08:00:00.000Z"
    result = called("--format", "jsonl", stdin=article(source="NW", published_at=published))
    [found] = lines(result.stdout)
    assert "Ilka Varna" in {actor["name"] for actor in found["actors"]}
    for record in [*found["actors"], *found["threats"], *found["denials"]]:
        assert set(record) > RECORD_FIELDS
        assert (record["source"], record["published_at"]) == ("NW", published)
        for span in record.get("evidence") or record["mentions"]:
            assert BODY[span["start"] : span["end"]] == span["text"]
    assert set(found["threats"][0]) - RECORD_FIELDS == {
        "threatener", "targets", "action", "condition", "category", "category_name", "modality",
        "attribution", "quoted", "evidence", "confidence",
    }  # fmt: skip
    assert set(found["denials"][0]) - RECORD_FIELDS == {
        "denier", "content", "cue", "kind", "denies", "attribution", "quoted", "evidence",
        "confidence",
    }  # fmt: skip


def test_json_is_one_list_of_the_accepted() -> None:
    stdin = article() + b"\n{oops\n" + article(id="a2", status="withdrawn")
    result = called("--format", "json", stdin=stdin)
    assert [found["article_id"] for found in json.loads(result.stdout)] == ["a1", "a2"]
    assert lines(result.stderr)[0]["rejected"] == 2


def test_json_of_no_article_is_an_empty_list() -> None:
    assert json.loads(called("--format", "json").stdout) == []


def test_the_table_shows_who_threatens_and_who_denies() -> None:
    result = called(stdin=article(headline="Dockers threaten to block gates"))
    assert result.exit_code == 0
    assert "Threats" in result.stdout and "Ilka Varna" in result.stdout
    assert "Denials" in result.stdout
    assert result.stderr.startswith("1 article, ")


def test_the_table_passes_no_control_characters_to_the_terminal() -> None:
    hostile = "\x1b[2J\x9b31m\u202eevil"
    stdin = article(id=f"a{hostile}", headline=hostile) + b"\n" + article(status=hostile)
    result = called(stdin=stdin)
    for character in "\x1b\x9b\u202e":
        assert character not in result.stdout + result.stderr
    assert "evil" in result.stdout


def test_a_rejection_stands_beside_the_table_with_file_and_line() -> None:
    result = called(stdin=article() + b'\n{"id": "a2"}')
    assert "<stdin>:2: rejected (article a2): body: expected text" in result.stderr
    assert result.exit_code == 0


@pytest.mark.parametrize("output_format", ["table", "json", "jsonl"])
def test_strict_fails_where_an_article_is_rejected(output_format: str) -> None:
    bad, good = b"{oops\n" + article(), article() + b"\n"
    assert called("--strict", "--format", output_format, stdin=bad).exit_code == 1
    assert called("--strict", "--format", output_format, stdin=good).exit_code == 0


def test_other_languages_are_rejected_where_the_user_says_so() -> None:
    stdin = article(language="fr-CA")
    result = called("--other-languages", "dead-letter", "--format", "jsonl", stdin=stdin)
    assert result.stdout == ""
    [found] = lines(result.stderr)
    assert (found["stage"], found["reason"], found["article_id"]) == ("decode", "language", "a1")


def test_a_longer_article_than_allowed_is_rejected() -> None:
    result = called("--max-article-chars", "50", "--format", "jsonl", stdin=article())
    assert lines(result.stderr)[0]["reason"] == "too-long"


def test_a_failure_of_our_own_rejects_its_article_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.extraction import extractor

    def provenance(article_id: str, **others: Any) -> Provenance:
        if article_id == "a2":
            raise LookupError("no such rule\nand more")
        return Provenance(article_id=article_id, **others)

    monkeypatch.setattr(extractor, "Provenance", provenance)
    stdin = article() + b"\n" + article(id="a2") + b"\n" + article(id="a3")
    result = called("--format", "jsonl", stdin=stdin)
    assert [found["article_id"] for found in lines(result.stdout)] == ["a1", "a3"]
    [found] = lines(result.stderr)
    assert (found["rejected"], found["article_id"], found["stage"]) == (2, "a2", "extract")
    assert found["message"].startswith("LookupError: no such rule")


def test_a_text_file_is_extracted_under_its_name(tmp_path: Path) -> None:
    text = tmp_path / "dockers.txt"
    text.write_text(f"Dockers threaten to block gates\n\n{BODY}\n", encoding="utf-8")
    result = called(str(text), "--format", "jsonl")
    [found] = lines(result.stdout)
    assert found["article_id"] == "dockers"
    assert found["actors"]


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_bytes(article(id=name, status="withdrawn"))
    files = [str(tmp_path / "one.jsonl"), "-", str(tmp_path / "two.jsonl")]
    result = called(*files, "--format", "jsonl", stdin=article(id="between", status="withdrawn"))
    assert [found["article_id"] for found in lines(result.stdout)] == ["one", "between", "two"]


def test_a_missing_file_is_wrong_usage() -> None:
    result = newswire("extract", "nowhere.jsonl")
    assert result.returncode == 2
    assert b"nowhere.jsonl" in result.stderr and b"Traceback" not in result.stderr


def test_a_missing_model_is_one_clear_error() -> None:
    result = newswire("extract", "--spacy-model", "xx_nowhere", stdin=article())
    assert result.returncode == 1
    assert b"'xx_nowhere'" in result.stderr and b"--spacy-model" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_model_that_lacks_a_component_is_one_clear_error(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "model")
    result = newswire("extract", "--spacy-model", str(tmp_path / "model"), stdin=article())
    assert result.returncode == 1
    assert b"does not fit" in result.stderr and b"no tagger" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(b"\n".join(article(id=f"a{n}", status="withdrawn") for n in range(5_000)))
    shell = f"{NEWSWIRE} extract {feed} --format jsonl | head -n 1"
    result = subprocess.run(["sh", "-c", shell], capture_output=True, timeout=120)
    assert lines(result.stdout.decode())[0]["article_id"] == "a0"
    assert result.stderr == b""


def test_the_same_articles_give_the_same_output() -> None:
    first, second = (called("--format", "jsonl", stdin=article()).stdout for _ in range(2))
    assert first == second != ""


def test_explain_adds_an_object_beside_the_records_and_leaves_these_as_they_are() -> None:
    [plain] = lines(called("--format", "jsonl", stdin=article()).stdout)
    [found] = lines(called("--format", "jsonl", "--explain", stdin=article()).stdout)
    explanation = found.pop("explanation")
    assert found == plain
    assert [why["record_id"] for why in explanation["threats"]] == [
        threat["record_id"] for threat in plain["threats"]
    ]
    assert explanation["threats"][0]["tellings"][0]["rule"] == "threaten-to"


def test_explain_tells_in_the_table_which_rule_fired_and_who_was_taken_for_whom() -> None:
    text = called("--explain", stdin=article()).stdout
    for told in ("Why this threat", "threaten-to", "Why this denial", "“She”", "confidence"):
        assert told in text
    assert "Why this threat" not in called(stdin=article()).stdout


def test_what_explain_shows_passes_no_control_characters_to_the_terminal() -> None:
    body = "Bel\u202eize threatened to cut \x9b31m power unless Ma\u202eli pays. He denied it."
    shown = called("--explain", stdin=article(body=body)).stdout
    assert "Why this" in shown or "Nearly" in shown
    assert not set(shown) & set("\u202e\x9b")


def test_html_is_one_page_of_all_articles_with_rejections_told_beside_it() -> None:
    stdin = article() + b"\n{oops\n" + article(id="a2", headline="Rain", body="Rain is expected.")
    result = called("--format", "html", stdin=stdin)
    assert result.exit_code == 0
    assert result.stdout.startswith("<!DOCTYPE html>") and result.stdout.count("</html>") == 1
    assert "Ilka Varna" in result.stdout and "2 articles" in result.stdout
    assert "1 further entry was rejected" in result.stdout
    assert "<stdin>:2: rejected" in result.stderr


def test_html_explains_where_asked_to() -> None:
    assert "threaten-to" in called("--format", "html", "--explain", stdin=article()).stdout
