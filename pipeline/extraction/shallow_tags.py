"""Tags and lemmas of sentences that are not parsed, guessed from the words and their neighbours.

Enough to see where a name or a noun phrase ends and whether a verb follows: nine words in ten
get the tag that the model would give, at a hundredth of its cost. Closed classes are listed in
``word_classes.json``; other words are looked up in the tables of the pipeline's lemmatizer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.extraction import token_arrays
from pipeline.extraction.lexicon import knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spacy.language import Language

    from pipeline.extraction.texts import Doc
    from pipeline.extraction.token_arrays import Bounds

_ATTRIBUTES = ["TAG", "POS", "LEMMA"]
_APOSTROPHE = str.maketrans({"’": "'", "‘": "'"})
_MAX_WORDS = 50_000
_CLASSES = {
    "DT": "DET", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WDT": "PRON", "WRB": "SCONJ",
    "MD": "AUX", "IN": "ADP", "TO": "PART", "CC": "CCONJ", "RB": "ADV", "JJ": "ADJ", "CD": "NUM",
    "POS": "PART", "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "VB": "VERB", "VBD": "VERB",
    "VBZ": "VERB", "VBP": "VERB", "VBN": "VERB", "VBG": "VERB", ".": "PUNCT", "_SP": "SPACE",
}  # fmt: skip
"""Coarse parts of speech by tag."""
_AUXILIARIES = frozenset(
    "was were had did is has does are am have do 're 've 'm be been being".split()
)
_NOUN_FOLLOWS = frozenset({"DT", "PRP$", "JJ", "POS", "CD", "IN"})
"""Behind these a word that may be noun or verb is a noun."""
_BASE_FOLLOWS = frozenset({"MD", "TO"})
_OBJECT_BEGINS = frozenset({"DT", "PRP", "PRP$", "TO", "IN", "NNP", "RB", "CD", "WP", "WRB"})
"""Before these, and behind a noun, such a word is a verb."""
_SUBJECT_ENDS = frozenset({"NN", "NNS", "NNP", "PRP", "WP", "WDT", "RB"})
_ENTITIES = frozenset({"PERSON", "ORG", "GPE", "NORP", "LOC", "FAC"})


class ShallowTagger:
    """Guesses tags and lemmas with the word lists of a spaCy pipeline; keeps only words."""

    def __init__(self, nlp: Language) -> None:
        self._number: Callable[[str], int] = nlp.vocab.strings.add
        self._closed = {
            word: tag
            for tag, words in knowledge("word_classes.json").items()
            if not tag.startswith("$")
            for word in words
        }
        self._lookups = _tables(nlp)
        self._seen: dict[str, tuple[str, str]] = {}

    def tag(self, doc: Doc, sentences: Sequence[Bounds]) -> None:
        """Set tags, parts of speech and lemmas of these sentences, given in the text's order."""
        if not sentences:
            return
        values = token_arrays.read(doc, _ATTRIBUTES)
        for start, end in sentences:
            for at, row in enumerate(self._rows(doc, start, end), start):
                values[at] = row
        token_arrays.write(doc, _ATTRIBUTES, values)

    def _rows(self, doc: Doc, start: int, end: int) -> list[tuple[int, int, int]]:
        tokens = list(doc[start:end])
        words = [token.lower_.translate(_APOSTROPHE) for token in tokens]
        guesses = [self._alone(token, word) for token, word in zip(tokens, words, strict=True)]
        tags = [tag for tag, _ in guesses]
        rows = []
        for at, (guess, lemma) in enumerate(guesses):
            before = tags[at - 1] if at else ""
            behind = tags[at + 1] if at + 1 < len(tags) else ""
            word_before = words[at - 1] if at else ""
            tags[at] = tag = _in_context(guess, before, behind, word_before)
            pos = "AUX" if words[at] in _AUXILIARIES else _CLASSES[tag]
            text = lemma if tag != "NNP" else tokens[at].text
            rows.append((self._number(tag), self._number(pos), self._number(text)))
        return rows

    def _alone(self, token: Any, word: str) -> tuple[str, str]:
        """Tag and lemma by the word itself; "NNS/VBZ" and the like where it may be either."""
        if token.is_space:
            return "_SP", word
        if token.is_punct or word in {"<", ">"}:
            return ".", word
        capital = token.text[0].isupper()
        if capital and word not in self._closed:
            if not token.is_sent_start or token.ent_type_ in _ENTITIES:
                return "NNP", word
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) >= _MAX_WORDS:
                self._seen.clear()
            found = self._seen[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> tuple[str, str]:
        nouns, verbs, adjectives, irregular, plurals = self._lookups
        tag = self._closed.get(word)
        if tag is not None:
            lemma = _first(irregular.get(word)) or word
            return tag, {"n't": "not", "wo": "will", "ca": "can", "'ll": "will"}.get(word, lemma)
        if word[0].isdigit():
            return "CD", word
        past = _first(irregular.get(word)) not in {"", word}
        if past and not word.endswith("ing"):
            return ("VBZ" if word.endswith("s") else "VBD"), _first(irregular[word]) or word
        if word.endswith("ed") and (stem := _stem(word, ("ed", "d"), verbs)):
            return "VBD", stem
        if word.endswith("ing") and (stem := _stem(word, ("ing",), verbs)):
            return "VBG", stem
        if word.endswith("ly"):
            return "RB", word
        if word in plurals:
            return "NNS", _first(plurals[word]) or word
        if word.endswith("s") and not word.endswith("ss"):
            noun, verb = _stem(word, ("s", "es"), nouns), _stem(word, ("s", "es"), verbs)
            if noun and verb:
                return "NNS/VBZ", noun
            return ("VBZ", verb) if verb else ("NNS", noun or word[:-1])
        if word in verbs:
            if word in nouns:
                return "NN/VBP", word
            return ("JJ" if word in adjectives else "VBP"), word
        if word in adjectives:
            return ("NN/JJ" if word in nouns else "JJ"), word
        return "NN", word


def _in_context(tag: str, before: str, behind: str, word_before: str) -> str:
    """The tag among its neighbours; the one before is settled already, the one behind is not."""
    if "/" in tag:
        noun, verb = tag.split("/")
        follows = behind.split("/", maxsplit=1)[0]
        if verb == "JJ":
            return verb if follows in {"NN", "NNS", "JJ"} else noun
        if verb == "VBP":
            if before in _BASE_FOLLOWS:
                return "VB"
            return verb if before in {"PRP", "NNS", "WP", "WDT"} and before != follows else noun
        if before in _NOUN_FOLLOWS or before not in _SUBJECT_ENDS:
            return noun
        return verb if follows in _OBJECT_BEGINS else noun
    if tag == "VBP" and before in _BASE_FOLLOWS:
        return "VB"
    if tag == "VBD":
        if word_before in _AUXILIARIES or word_before in {"not", "n't"}:
            return "VBN"
        if before in {"DT", "PRP$", "JJ", "POS", "IN"}:
            return "VBN"
    return tag


def _first(values: Sequence[str] | None) -> str:
    return values[0] if values else ""


def _stem(word: str, endings: tuple[str, ...], index: Any) -> str:
    """The word of ``index`` that ``word`` is with one of the endings, or ""."""
    for ending in endings:
        if not word.endswith(ending):
            continue
        stem = word[: len(word) - len(ending)]
        candidates = [stem, stem + "e"]
        if stem.endswith("i"):
            candidates.append(stem[:-1] + "y")
        if len(stem) > 2 and stem[-1] == stem[-2]:
            candidates.append(stem[:-1])
        for candidate in candidates:
            if candidate in index:
                return candidate
    return ""


def _tables(nlp: Language) -> tuple[Any, Any, Any, Mapping[str, Any], Mapping[str, Any]]:
    """Nouns, verbs, adjectives, irregular verb forms and irregular plurals with their lemmas."""
    lookups = nlp.get_pipe("lemmatizer").lookups  # type: ignore[attr-defined]
    index, exceptions = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    return (
        frozenset(index["noun"]), frozenset(index["verb"]), frozenset(index["adj"]),
        exceptions["verb"], exceptions["noun"],
    )  # fmt: skip
