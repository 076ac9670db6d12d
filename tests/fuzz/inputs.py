"""What is fed to the stages: bytes that are nearly right, and texts of words that matter."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from pipeline.articles import Article
from pipeline.extraction.lexicon import knowledge
from pipeline.serialization.articles import article_schema, encode_article
from tests.fuzz.stages import Registry

_FIELDS = [
    {"name": "id", "type": "string"},
    {"name": "body", "type": "string"},
    {"name": "revision", "type": ["null", "long"], "default": None},
    {"name": "more", "type": {"type": "map", "values": {"type": "array", "items": "bytes"}}},
]
_SELF = [{"name": "body", "type": "string"}, {"name": "next", "type": ["null", "newswire.Article"]}]
_EMPTY = [{"name": "body", "type": {"type": "array", "items": "null"}}]

SCHEMAS = {
    number: json.dumps({"type": "record", "name": "newswire.Article", "fields": fields})
    for number, fields in enumerate((_FIELDS, _SELF, _EMPTY), 1)
} | {4: json.dumps(article_schema().parsed, default=str), 5: '"string"', 6: "{", 7: "[" * 10_000}

REGISTRY = Registry(SCHEMAS)

HOSTILE = st.sampled_from(
    list(
        "\0\t\r\n\x0b\x1b\x85\u200b\u200d\u200f\u202e\u2028\ufeff\ufffd\ud800\U0001f937’“”«„‘'\"()<>"
    )
)
TEXT = st.text(st.characters() | HOSTILE, max_size=60)

# Fields of an article


_TIMES = st.one_of(
    st.datetimes().map(str),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(
        ["0001-01-01", "9999-12-31T24:00:00+23:59", "2026-W01-1", "", "+", "٢٠٢٦-٠١-٠١"]
    ),
    TEXT,
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
# Mostly a text: what is refused for its first field tries no other, and nothing behind it.
_NEARLY_TEXT = st.integers(0, 9).flatmap(lambda n: _ANY if n == 0 else TEXT)
_NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_OBJECTS = st.fixed_dictionaries(
    {
        "id": st.integers(0, 9).flatmap(lambda n: TEXT | _ANY if n < 2 else _NAME),
        "body": _NEARLY_TEXT,
    },
    optional={
        "headline": _NEARLY_TEXT,
        "source": _NEARLY_TEXT,
        "url": _NEARLY_TEXT,
        "published_at": _TIMES | _ANY,
        "language": st.sampled_from(["en", "EN_gb", "eng", "de", "i-x", ""]) | _ANY,
        "revision": st.integers(0, 2**63) | st.integers() | st.integers().map(str) | _ANY,
        "status": st.sampled_from(["usable", "WITHDRAWN ", "x"]) | _ANY,
        "more": _ANY,
    },
)
_JSON = _OBJECTS.map(lambda fields: json.dumps(fields).encode())
_UNESCAPED = _OBJECTS.map(
    lambda fields: json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
)


@st.composite
def _avro(draw: st.DrawFn) -> bytes:
    article = Article(
        id=draw(st.text(max_size=20)),
        body=draw(st.text(max_size=60)),
        revision=draw(st.integers(0, 2**63 - 1)),
        published_at=None,
    )
    whole = encode_article(article)
    if draw(st.booleans()):
        return whole
    # The wire format, with the schema that it was written by or another one.
    number = draw(st.integers(0, 8) | st.integers(0, 2**32 - 1))
    return b"\x00" + number.to_bytes(4, "big") + whole[10:]


@st.composite
def _damaged(draw: st.DrawFn, values: st.SearchStrategy[bytes]) -> bytes:
    value = bytearray(draw(values))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(value)))
        match draw(st.sampled_from(["cut", "set", "put", "drop", "repeat"])):
            case "cut":
                del value[at:]
            case "set" if at < len(value):
                value[at] = draw(st.integers(0, 255))
            case "put":
                value[at:at] = draw(st.binary(max_size=8))
            case "drop":
                del value[at : at + draw(st.integers(1, 8))]
            case _:
                value[at:at] = value[at : at + 8] * draw(st.integers(1, 20))
    return bytes(value)


_WHOLE = _JSON | _UNESCAPED | _avro()
VALUES = _WHOLE | _JSON | _damaged(_WHOLE) | st.none() | st.binary(max_size=60)
"""Values of messages, most of them nearly right."""

HEADERS = st.lists(st.tuples(TEXT.filter(str.isprintable), st.binary(max_size=20)), max_size=3)

# Texts


def _cues() -> list[str]:
    sets = knowledge("cues.json")["sets"].values()
    return sorted({cue for entry in sets for cue in entry["cues"]})


_WORDS = st.one_of(
    st.sampled_from(_cues()),
    st.sampled_from(
        """Iran Norway Moscow Kremlin U.N. NATO Ida Holt Peru’s the a minister army spokesman
        he she it they we you his who that which if unless or would will 'll not n't never no
        threatened warned denied said told accused of to by with any such such-like on Monday
        May 3 p.m. Mr. Gen. U.S.-led al-Shabab 1,000 $5 <ABC.L> (IMF) http://a.b/c @x""".split()
    ),
    TEXT,
)  # fmt: skip
_GLUE = st.sampled_from(
    [" "] * 12 + [", ", ". ", ".\n", "\n", "\n\n", ' "', '" ', " “", "” ", "’s ", "-", " - ", ": ",
     "? ", "; ", " ‘", "’ ", "", "\nQ: ", "\nOSLO, May 4 (X) - ", "...", " (", ") "]
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of words that rules look at, in any order, some of it over and over."""
    pieces: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        part = draw(st.lists(st.tuples(_WORDS, _GLUE), min_size=1, max_size=25))
        pieces += ["".join(word + glue for word, glue in part)] * draw(
            st.sampled_from([1] * 9 + [40])
        )
    return "".join(pieces)


ARTICLES = st.builds(
    lambda headline, body: json.dumps({"id": "a", "headline": headline, "body": body}).encode(),
    st.just("") | texts().map(lambda text: text[:300]),
    texts(),
)
"""Articles of such texts, as messages hold them."""
