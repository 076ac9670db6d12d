"""Runs the stages of the extraction over one article."""

from __future__ import annotations

import gc
from bisect import insort
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.articles import ArticleStatus
from pipeline.extraction import language, tracing
from pipeline.extraction.actors import ActorFinder
from pipeline.extraction.candidates import Context
from pipeline.extraction.coreference import ArticleActors
from pipeline.extraction.denial_weighing import holds_denial
from pipeline.extraction.denials import find_denials
from pipeline.extraction.explaining import explain
from pipeline.extraction.knowledge.base import KnowledgeBase
from pipeline.extraction.late_actors import LateActors, NoActors
from pipeline.extraction.quotations import Quotation, find_quotations
from pipeline.extraction.quotes import find_quotes
from pipeline.extraction.reading import reader
from pipeline.extraction.settings import ActorScope, ExtractorSettings, Parse
from pipeline.extraction.surroundings import is_brief
from pipeline.extraction.threats import find_threats, holds_threat
from pipeline.extraction.threshold import chosen
from pipeline.extraction.tracing import collecting
from pipeline.extraction.vocabulary import vocabulary_of
from pipeline.records import SKIPPED_WITHDRAWN, Actor, Extraction, Provenance

if TYPE_CHECKING:
    from pipeline.articles import Article
    from pipeline.explanations import Explanation
    from pipeline.extraction.document import ActorIndex, Document, Entity
    from pipeline.records import Denial, Field, Threat

_Found = tuple["list[Threat]", "list[Denial]", "list[Entity]"]

_DEFAULTS = ExtractorSettings()


class Extractor:
    """Finds actors, threats and denials with one spaCy pipeline; holds no state of an article."""

    def __init__(self, settings: ExtractorSettings = _DEFAULTS) -> None:
        self._settings = settings
        nlp = language.load_language(settings.spacy_model)
        self.model = language.model_version(nlp)
        self._vocabulary = vocabulary_of(nlp)
        self._reader = reader(nlp, settings.limits)
        self._finder = ActorFinder(KnowledgeBase.load(settings.actor_files))
        # Model and knowledge stay for good: the collector need not walk through them again and
        # again, a thirtieth of the time that an article takes.
        gc.freeze()

    def extract(self, article: Article) -> Extraction:
        """Everything found in ``article``; the same article always gives the same records.

        Raises `TooMuchWork` where the article exceeds a limit of the settings.
        """
        provenance = Provenance(
            article_id=article.id,
            revision=article.revision,
            source=article.source,
            published_at=article.published_at,
            extractor_version=__version__,
            model=self.model,
        )
        skipped = skip_reason(article)
        if skipped is not None:
            return Extraction(provenance, skipped=skipped)
        with self._vocabulary.reading():
            threats, denials, entities = self._find(article, provenance)
            actors = tuple(_record(entity, provenance) for entity in entities)
        found = Extraction(provenance, actors, tuple(threats), tuple(denials))
        return chosen(found, self._settings.min_confidence, self._settings.actors)

    def explain(self, article: Article) -> tuple[Extraction, Explanation]:
        """What `extract` finds, and why; the records are the same."""
        with self._vocabulary.reading():
            with collecting() as trace:
                extraction = self.extract(article)
            return extraction, explain(trace, extraction)

    def quotations(self, article: Article) -> list[Quotation]:
        """What the article brings forward as said, and by whom; no records are made of it."""
        return find_quotations(*self.read(article))

    def read(self, article: Article) -> tuple[Document, ArticleActors]:
        """The article parsed whole, with its quotations, and who is who in it."""
        self._vocabulary.keep_all()
        document = self._reader.read(article)
        self._reader.parse_all(document)
        document.quotes = find_quotes(document)
        return document, self._who_is_who(document)

    def _find(self, article: Article, provenance: Provenance) -> _Found:
        """Threats, denials and actors, with no more of the article looked into than they need.

        What the gate lets through is weighed first; where only the actors of records are asked
        for, before anybody looks who is who. Once a rule takes any of it, the whole article is
        parsed and weighed anew: a record may depend on every sentence before it.
        """
        document = self._reader.open(article)
        trace = tracing.current()
        all_actors = self._settings.actors is ActorScope.ALL
        if all_actors:
            self._reader.recognise(document)
        if self._settings.parse is Parse.GATED:
            index = LateActors(lambda: self._who_is_who(document))
            passed = self._reader.parse_some(document)
            if passed or all_actors:
                document.quotes = find_quotes(document)
            if passed and not document.recognised:
                # In a flash a rule decides alone, and most rules ask for somebody.
                passed = is_brief(document) or self._holds_any(document, NoActors(), provenance)
                if passed:
                    self._reader.recognise(document)
                    document.quotes = find_quotes(document)
                    if trace is not None:
                        trace.forget()
            if passed and trace is not None:
                # Who is who is told by itself, and not within the step that asked first.
                index.find()
            if not passed or not self._holds_any(document, index, provenance):
                return [], [], index.entities if all_actors else []
            if trace is not None:
                trace.forget()
        self._reader.parse_all(document)
        document.quotes = find_quotes(document)
        found = self._weigh(document, provenance)
        if not found[0] and not found[1]:
            return found
        # Where others are told, what is less sure by itself may be one more of them.
        document.sure = _places(found)
        if not any(changes() for changes in document.doubts):
            return found
        if trace is not None:
            trace.forget()
        return self._weigh(document, provenance)

    def _weigh(self, document: Document, provenance: Provenance) -> _Found:
        whole = self._who_is_who(document)
        found = find_threats(document, whole, provenance)
        denials, threats = find_denials(document, whole, provenance, found)
        # Threats and denials add the unnamed groups that take part in them, so actors come last.
        return threats, denials, whole.entities

    @staticmethod
    def _holds_any(document: Document, index: ActorIndex, provenance: Provenance) -> bool:
        """Whether a rule takes anything of what the gate let through."""
        context = Context.of(document, index, provenance)
        return holds_threat(context) or holds_denial(context)

    def _who_is_who(self, document: Document) -> ArticleActors:
        self._reader.recognise(document)
        roster = self._finder.find(document, document.views)
        return ArticleActors(document, document.views, roster)


def _places(found: _Found) -> dict[Field, list[int]]:
    """Where each of the records is told first."""
    places: defaultdict[Field, list[int]] = defaultdict(list)
    threats, denials, _ = found
    for first in [each.evidence[0] for each in threats] + [each.evidence[0] for each in denials]:
        insort(places[first.field], first.start)
    return dict(places)


def skip_reason(article: Article) -> str | None:
    """Why an article is not to be looked into, or None where it is."""
    if article.status is ArticleStatus.WITHDRAWN:
        return SKIPPED_WITHDRAWN
    if article.language.replace("_", "-").split("-")[0].casefold() not in {"en", "eng"}:
        return f"language {article.language}"
    return None


def _record(entity: Entity, provenance: Provenance) -> Actor:
    return Actor(
        provenance=provenance,
        actor_id=entity.actor_id,
        name=entity.name,
        type=entity.type,
        country=entity.told_country,
        role=entity.role,
        mentions=tuple(entity.mentions),
    )
