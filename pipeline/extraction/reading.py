"""Makes documents of an article's texts: words, sentences, entities, and the parse they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.document import FIELD_KEY, TEXT_KEY, Document, field_of
from pipeline.extraction.entities import EntityRecogniser
from pipeline.extraction.gate import Gate
from pipeline.extraction.language import common_words
from pipeline.extraction.parsing import SentenceParser, depth
from pipeline.extraction.sentences import sentence_bounds, set_sentence_starts
from pipeline.extraction.shallow_syntax import is_parsed
from pipeline.extraction.shallow_tags import ShallowTagger
from pipeline.extraction.texts import Doc
from pipeline.extraction.tokenizing import Tokenizer
from pipeline.extraction.transcripts import turns
from pipeline.extraction.word_forms import lemma_lookup
from pipeline.extraction.wordview import view
from pipeline.extraction.wrapping import unwrap
from pipeline.records import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.language import Language

    from pipeline.articles import Article
    from pipeline.extraction.limits import WorkLimits
    from pipeline.extraction.token_arrays import Bounds
    from pipeline.extraction.wordview import WordView


def reader(nlp: Language, limits: WorkLimits) -> WholeReader | Reader:
    """A reader that parses in parts where the pipeline's make allows it, and else as a whole.

    The parts are worked by the components of spaCy's small, medium and large English pipelines,
    one by one; of another pipeline (a transformer's, say) nothing is known but its whole.
    """
    shared = nlp.has_pipe("tok2vec") and nlp.has_pipe("attribute_ruler")
    if not shared or not EntityRecogniser.fits(nlp):
        return WholeReader(nlp, limits)
    return Reader(nlp, limits)


class WholeReader:
    """Reads articles with any spaCy pipeline, and parses all of them; holds nothing of one."""

    def __init__(self, nlp: Language, limits: WorkLimits) -> None:
        self._nlp = nlp
        self._limits = limits
        self._is_common = common_words(nlp)
        self._tokenizer = Tokenizer(nlp)

    def read(self, article: Article) -> Document:
        """The article with its words, sentences and entities; raises as `open` does."""
        document = self.open(article)
        self.recognise(document)
        return document

    def open(self, article: Article) -> Document:
        """The article with its words and sentences.

        Raises `TooMuchWork` for more words or sentences than the limits allow.
        """
        headline = self._words(article.headline, Field.HEADLINE) if article.headline else None
        body = self._words(article.body, Field.BODY)
        document = Document(headline, body, article.published_at, self._limits)
        self._limits.check_text(
            end - start for doc in document.docs for start, end in sentence_bounds(doc)
        )
        document.views = [view(doc, self._is_common) for doc in document.docs]
        return document

    def recognise(self, document: Document) -> None:
        """Mark the entities of all sentences, where that is not done yet."""
        if not document.recognised:
            document.recognised = True
            self._recognise(document)

    def _words(self, text: str, field: Field) -> Doc:
        doc = Doc(self._tokenizer(unwrap(text)))
        set_sentence_starts(doc)
        doc.user_data[FIELD_KEY] = field
        doc.user_data[TEXT_KEY] = text
        return doc

    def _recognise(self, document: Document) -> None:
        for doc in document.docs:
            for _, component in self._nlp.pipeline:
                component(doc.spacy)
            doc.refresh()
            self._limits.check_depth(depth(doc))

    def parse_some(self, document: Document) -> bool:
        """Nothing is left to parse, and everything may hold a threat or a denial."""
        self.recognise(document)
        document.passed = None
        return True

    def parse_all(self, document: Document) -> None:
        """Nothing is left to parse."""
        self.recognise(document)


class Reader(WholeReader):
    """Reads articles with one of spaCy's usual pipelines, and parses no more than is needed."""

    def __init__(self, nlp: Language, limits: WorkLimits) -> None:
        super().__init__(nlp, limits)
        self._entities = EntityRecogniser(nlp)
        self._parser = SentenceParser(nlp)
        self._tagger = ShallowTagger(nlp)
        self._gate = Gate(lemma_lookup(nlp))

    def _recognise(self, document: Document) -> None:
        self._entities.mark(document.docs)
        if document.passed is not None:
            # Words alone were looked at so far, and names are tagged otherwise.
            _forget_findings(document)
            self._parse_parts(document, document.answered)
            self._tag_the_rest(document)

    def parse_some(self, document: Document) -> bool:
        """Parse the sentences that may hold a threat or a denial; False where there are none.

        The others get tags and lemmas by their words alone. What those may answer is parsed once
        the entities are marked: before that a look is too coarse to need it.
        """
        opened = self._gate.open(document.views)
        fields = [field_of(words.doc) for words in document.views]
        document.passed = {field: each.passed for field, each in zip(fields, opened, strict=True)}
        document.answered = [each.answered for each in opened]
        found = any(each.chosen for each in opened)
        if found or document.recognised:
            more = document.answered if document.recognised else [()] * len(opened)
            self._parse_parts(
                document,
                [sorted(each.chosen + other) for each, other in zip(opened, more, strict=True)],
            )
            self._tag_the_rest(document)
        if found and any(turns(doc) for doc in document.docs):
            # Who answers in a transcript is seen by the entities before it.
            self.recognise(document)
        return found

    def _tag_the_rest(self, document: Document) -> None:
        for words in document.views:
            self._tagger.tag(words.doc, _unparsed(words))

    def parse_all(self, document: Document) -> None:
        """Parse the sentences that are not parsed yet, so that everything can be weighed."""
        self.recognise(document)
        document.passed = None
        self._parse_parts(document, [_unparsed(words) for words in document.views])
        _forget_findings(document)

    def _parse_parts(self, document: Document, parts: Sequence[Sequence[Bounds]]) -> None:
        """Parse these sentences of each of the document's texts."""
        chosen = [
            (words.doc, part) for words, part in zip(document.views, parts, strict=True) if part
        ]
        self._parser.parse(chosen)
        for doc, _ in chosen:
            self._limits.check_depth(depth(doc))


def _forget_findings(document: Document) -> None:
    """Forget what was found out about the texts while less of them was known."""
    for doc in document.docs:
        for key in set(doc.user_data) - {FIELD_KEY, TEXT_KEY}:
            del doc.user_data[key]


def _unparsed(words: WordView) -> list[Bounds]:
    return [bounds for bounds in words.sentences if not is_parsed(words.doc[bounds[0]])]
