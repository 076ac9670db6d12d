"""Makes documents of an article's texts: words, sentences, entities, and the parse they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import token_arrays
from pipeline.extraction.document import FIELD_KEY, TEXT_KEY, Document, field_of
from pipeline.extraction.entities import EntityRecogniser
from pipeline.extraction.gate import Gate
from pipeline.extraction.language import common_words
from pipeline.extraction.parsing import SentenceParser
from pipeline.extraction.quotes import quoted_words
from pipeline.extraction.sentences import set_sentence_starts
from pipeline.extraction.shallow_syntax import is_parsed
from pipeline.extraction.shallow_tags import ShallowTagger
from pipeline.extraction.word_forms import lemma_lookup
from pipeline.extraction.wordview import view
from pipeline.extraction.wrapping import unwrap
from pipeline.records import Field

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from pipeline.articles import Article
    from pipeline.extraction.parsing import Bounds
    from pipeline.extraction.wordview import WordView


class Reader:
    """Reads articles with one spaCy pipeline; holds nothing of an article."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._is_common = common_words(nlp)
        self._entities = EntityRecogniser(nlp)
        self._parser = SentenceParser(nlp)
        self._tagger = ShallowTagger(nlp)
        self._gate = Gate(lemma_lookup(nlp))

    def read(self, article: Article) -> Document:
        """The article with its words, sentences and entities; nothing is parsed yet."""
        headline = self._words(article.headline, Field.HEADLINE) if article.headline else None
        body = self._words(article.body, Field.BODY)
        document = Document(headline, body, article.published_at)
        self._entities.mark(document.docs)
        document.views = [view(doc, self._is_common) for doc in document.docs]
        return document

    def _words(self, text: str, field: Field) -> Doc:
        # The tokenizer itself, and not nlp.make_doc: articles are limited where they are decoded.
        words = self._nlp.tokenizer(unwrap(text))
        doc = set_sentence_starts(token_arrays.excerpt(words, range(len(words))))
        doc.user_data[FIELD_KEY] = field
        doc.user_data[TEXT_KEY] = text
        return doc

    def parse_some(self, document: Document) -> bool:
        """Parse the sentences that may hold a threat or a denial; False where there are none.

        The others get tags and lemmas by their words alone.
        """
        chosen = []
        document.passed = {}
        for words in document.views:
            sentences, passed = self._gate.open(words, quoted_words(words.doc))
            document.passed[field_of(words.doc)] = passed
            chosen.append((words.doc, sentences))
        self._parser.parse(chosen)
        for words in document.views:
            self._tagger.tag(words.doc, _unparsed(words))
        return any(sentences for _, sentences in chosen)

    def parse_all(self, document: Document) -> None:
        """Parse the sentences that are not parsed yet, so that everything can be weighed."""
        document.passed = None
        self._parser.parse([(words.doc, _unparsed(words)) for words in document.views])
        for doc in document.docs:
            # What was found out about the text while only a part of it was parsed.
            for key in set(doc.user_data) - {FIELD_KEY, TEXT_KEY}:
                del doc.user_data[key]


def _unparsed(words: WordView) -> list[Bounds]:
    return [bounds for bounds in words.sentences if not is_parsed(words.doc[bounds[0]])]
