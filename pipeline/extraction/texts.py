"""A text's words with what the model says of them, as plain objects that are cheap to ask.

The rules ask for a word's lemma, head or children thousands of times an article. spaCy makes each
token anew whenever somebody asks for it, and looks each of its strings up; here a text's
tokens are made once, and a column of them is filled in when one of them is first asked for it.
Names and meanings are spaCy's (``Doc``, ``Span``, ``Token``), as far as the rules use them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, overload

from pipeline.extraction.columns import FILLERS, GROUP_OF, MADE_OF, Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc as SpacyDoc
    from spacy.vocab import Vocab

_CONJUNCT = "conj"


class Token:
    """A word or mark of a text; equal to itself alone."""

    __slots__ = (
        "children",
        "dep_",
        "doc",
        "ent_iob_",
        "ent_type_",
        "form",
        "head",
        "i",
        "idx",
        "is_alpha",
        "is_digit",
        "is_lower",
        "is_punct",
        "is_quote",
        "is_sent_start",
        "is_space",
        "is_stop",
        "is_title",
        "is_upper",
        "kind",
        "lemma_",
        "lower_",
        "pos_",
        "subtree_",
        "tag_",
        "text",
        "whitespace_",
    )  # fmt: skip

    doc: Doc
    i: int
    """Place among the text's tokens."""
    text: str
    whitespace_: str
    """The space behind it, or ""."""
    idx: int
    """Place of its first character in the text."""
    lower_: str
    lemma_: str
    pos_: str
    tag_: str
    dep_: str
    """Label of the arc to its head; "" where nothing is parsed."""
    head: Token
    """Itself at the root, and where nothing is parsed."""
    children: Sequence[Token]
    """The words that hang on it, in the order of the text."""
    form: str
    """The lemma in lower case, with straight apostrophes; that of the word itself for none."""
    kind: int
    """The same for all words of one lemma, lower-case form and part of speech, and no others."""
    ent_type_: str
    ent_iob_: str
    is_sent_start: bool
    is_alpha: bool
    is_digit: bool
    is_lower: bool
    is_punct: bool
    is_quote: bool
    is_space: bool
    is_stop: bool
    is_title: bool
    is_upper: bool
    subtree_: tuple[Token, ...] | None
    """`subtree`, once it was asked for."""

    def __init__(self, doc: Doc, i: int, text: str, idx: int, whitespace: str) -> None:
        self.doc = doc
        self.i = i
        self.text = text
        self.idx = idx
        self.whitespace_ = whitespace

    def __getattr__(self, name: str) -> Any:
        # Only what is not filled in yet comes here.
        if name not in GROUP_OF:
            raise AttributeError(name)
        self.doc.fill(GROUP_OF[name])
        return object.__getattribute__(self, name)

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    def nbor(self, step: int = 1) -> Token:
        """The token so many behind it (or before it); `IndexError` outside the text."""
        at = self.i + step
        if at < 0:
            raise IndexError(at)
        return self.doc.tokens[at]

    @property
    def lefts(self) -> list[Token]:
        """The children before it."""
        return [child for child in self.children if child.i < self.i]

    @property
    def rights(self) -> list[Token]:
        """The children behind it."""
        return [child for child in self.children if child.i > self.i]

    @property
    def ancestors(self) -> Iterator[Token]:
        """Its head, the head's head, and so on."""
        at = self
        while at.head != at:
            at = at.head
            yield at

    @property
    def subtree(self) -> tuple[Token, ...]:
        """It and all that hangs on it, directly or not."""
        self.children  # noqa: B018 - fills in the parse, which empties the trees
        if self.subtree_ is None:
            self.subtree_ = tuple(self._walk())
        return self.subtree_

    def _walk(self) -> Iterator[Token]:
        # No recursion: a subtree may be as deep as its text is long.
        stack: list[tuple[Token, bool]] = [(self, False)]
        while stack:
            token, own = stack.pop()
            if own or not token.children:
                yield token
                continue
            stack += [(child, False) for child in reversed(token.rights)]
            stack.append((token, True))
            stack += [(child, False) for child in reversed(token.lefts)]

    @property
    def left_edge(self) -> Token:
        """The first token of its subtree."""
        # spaCy crashes where it is asked for that of a special case ("it's") before a parse.
        if not self.children:
            return self
        return self.doc.tokens[self.doc.spacy[self.i].left_edge.i]

    @property
    def right_edge(self) -> Token:
        """The last token of its subtree."""
        if not self.children:
            return self
        return self.doc.tokens[self.doc.spacy[self.i].right_edge.i]

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The words coordinated with it, without itself."""
        first = self
        while first.dep_ == _CONJUNCT and first.head != first:
            first = first.head
        found = [first]
        for word in found:
            found += [child for child in word.rights if child.dep_ == _CONJUNCT]
        return tuple(word for word in found if word is not self)

    @property
    def sent(self) -> Span:
        """The sentence that it stands in."""
        return self.doc.sentence_at(self.i)


class Span:
    """A run of a text's tokens; equal to another of the same place."""

    __slots__ = ("doc", "end", "label_", "start")

    def __init__(self, doc: Doc, start: int, end: int, label: str = "") -> None:
        self.doc = doc
        self.start = start
        self.end = end
        """The token behind its last."""
        self.label_ = label

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Token]:
        return iter(self.doc.tokens[self.start : self.end])

    def __reversed__(self) -> Iterator[Token]:
        return reversed(self.doc.tokens[self.start : self.end])

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> Span: ...
    def __getitem__(self, at: int | slice) -> Token | Span:
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self))
            return Span(self.doc, self.start + start, self.start + max(start, end))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self.doc.tokens[(self.end if at < 0 else self.start) + at]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Span)
            and self.doc is other.doc
            and (self.start, self.end) == (other.start, other.end)
        )

    def __hash__(self) -> int:
        return hash((id(self.doc), self.start, self.end))

    def __repr__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """Its characters, without the space behind them."""
        if self.start >= self.end:
            return ""
        return self.doc.text[self.start_char : self.end_char]

    @property
    def start_char(self) -> int:
        """Place of its first character in the text."""
        return self.doc.tokens[self.start].idx

    @property
    def end_char(self) -> int:
        """Place behind its last character in the text."""
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def root(self) -> Token:
        """The token on which the others hang, directly or not."""
        return self.doc.tokens[self.doc.spacy[self.start : self.end].root.i]

    @property
    def sent(self) -> Span:
        """The sentence that its first token stands in."""
        return self.doc.sentence_at(self.start)


class Doc:
    """The tokens of one text, over spaCy's document of them.

    What is written to spaCy's document goes through `from_array`, or is made known by `refresh`.
    """

    def __init__(self, doc: SpacyDoc) -> None:
        self.spacy = doc
        self.names = Names(doc.vocab.strings)
        self.user_data: dict[str, Any] = {}
        """What the stages have found out about the text, by keys of their own."""
        rows = doc.to_array(["ORTH", "IDX", "SPACY"]).tolist()
        self.tokens = [
            Token(self, at, self.names[orth], idx, " " if spaced else "")
            for at, (orth, idx, spaced) in enumerate(rows)
        ]
        self.text = "".join(token.text + token.whitespace_ for token in self.tokens)
        self._filled: set[str] = set()
        self._sentences: list[Span] = []
        """The sentence of each token."""

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> Span: ...
    def __getitem__(self, at: int | slice) -> Token | Span:
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self.tokens))
            return Span(self, start, max(start, end))
        return self.tokens[at]

    @property
    def vocab(self) -> Vocab:
        """The vocabulary of spaCy's document."""
        return self.spacy.vocab

    @property
    def sents(self) -> Iterator[Span]:
        """The sentences in their order."""
        starts = [token.i for token in self.tokens if token.is_sent_start or not token.i]
        return (Span(self, start, end) for start, end in pairwise([*starts, len(self.tokens)]))

    @property
    def ents(self) -> list[Span]:
        """The named entities in their order, with their labels."""
        return [Span(self, each.start, each.end, each.label_) for each in self.spacy.ents]

    def sentence_at(self, at: int) -> Span:
        """The sentence that a token stands in."""
        if "bounds" not in self._filled:
            self.fill("bounds")
        return self._sentences[at]

    def char_span(self, start: int, end: int, alignment_mode: str = "strict") -> Span | None:
        """The tokens of these characters; how they may differ from them is told by the mode."""
        found: Any = self.spacy.char_span(start, end, alignment_mode=alignment_mode)
        return Span(self, found.start, found.end) if found is not None else None

    def to_array(self, names: Any) -> NDArray[Any]:
        """As spaCy's."""
        return self.spacy.to_array(names)

    def from_array(self, names: Any, values: Any) -> Doc:
        """As spaCy's."""
        self.spacy.from_array(names, values)
        changed = frozenset(names)
        self._fill_again(group for group, made_of in MADE_OF.items() if made_of & changed)
        return self

    def refresh(self) -> None:
        """Take over what was written to spaCy's document behind this one's back."""
        self._fill_again(MADE_OF)

    def _fill_again(self, groups: Iterable[str]) -> None:
        for group in groups:
            if group in self._filled:
                self.fill(group)

    def fill(self, group: str) -> None:
        """Fill in the columns of a group, for all tokens."""
        FILLERS[group](self)
        self._filled.add(group)
        if group == "bounds":
            self._sentences = [sentence for sentence in self.sents for _ in range(len(sentence))]
