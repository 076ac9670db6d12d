from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.articles import Article, decode_json
from pipeline.evaluation.gold import load_gold
from pipeline.extraction import default_extractor, language
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.gate import Gate
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.limits import WorkLimits
from pipeline.extraction.parsing import SentenceParser
from pipeline.extraction.reading import Reader
from pipeline.extraction.rules import Rule, rules
from pipeline.extraction.settings import ExtractorSettings, Parse
from pipeline.extraction.shallow_syntax import is_parsed
from pipeline.extraction.word_forms import lemma_lookup
from pipeline.records import Extraction

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(lemma_lookup(language.load_language()))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(language.load_language(), WorkLimits())


@pytest.fixture(scope="module")
def ungated() -> Extractor:
    return Extractor(ExtractorSettings(parse=Parse.ALL))


def examples() -> list[tuple[Rule, str]]:
    return [(rule, text) for rule in rules() for text in rule.match]


@pytest.mark.parametrize(("rule", "text"), examples(), ids=lambda value: getattr(value, "id", None))
def test_what_a_rule_must_match_passes_the_gate(
    rule: Rule, text: str, gate: Gate, reader: Reader
) -> None:
    (opened,) = gate.open(reader.read(Article(id="a", body=text)).views)
    assert opened.passed[rule.kind]


def test_every_term_of_the_gates_is_one_of_the_lists_and_cue_sets() -> None:
    data = knowledge("gate.json")
    known = {"quoted", "categories"}
    known |= {f"list:{name}" for name in data["lists"]}
    known |= {f"cues:{name}" for name in knowledge("cues.json")["sets"]}
    named = {term for entry in data["gates"] for group in entry["all"] for term in group}
    assert named | set(data["answered"]) <= known


@pytest.mark.parametrize("name", ["threaten", "warn", "vow", "deny"])
def test_a_cue_of_a_rule_is_a_cue_of_the_gate(name: str, gate: Gate) -> None:
    for cue in knowledge("cues.json")["sets"][name]["cues"]:
        assert gate.passed(["they", *cue.split(), "it"]), cue


@pytest.mark.parametrize(
    "words",
    [
        "The minister threatened to close the bridge",
        "She is denying the report",
        "He wo n’t pay unless they leave",
        "Rain , he swore , was not his doing",
    ],
)
def test_a_cue_counts_in_all_its_forms(words: str, gate: Gate) -> None:
    assert gate.passed(words.split())


@pytest.mark.parametrize(
    "words",
    [
        "Shares of the two banks rose by a third on Monday",
        "Heavy rain had fallen on the hills since early April",
        "He was born in Lagos and studied law there",
    ],
)
def test_sentences_without_a_cue_are_not_parsed(words: str, gate: Gate) -> None:
    assert gate.passed(words.split()) == []


PLAIN = (
    "Mellan Mills opened its third bakery in Orsha last spring. It sells bread and rolls to "
    "shops in nine towns along the river, and takes on forty people each summer. The flour comes "
    "by barge from the northern farms. Sales rose by a tenth in the half year to June, the firm "
    "wrote to its shareholders, as more of the shops stayed open in the evening and at weekends. "
    "The bakery will cut the price of rye bread in May. "
)
AT_ODDS = "Rebels and soldiers clashed near the mill on Sunday, and the siege of Orsha went on."


def threats_opened(body: str, gate: Gate, reader: Reader) -> list[str]:
    document = reader.open(Article(id="a", body=body))
    (opened,) = gate.open(document.views)
    return [each.text for each in document.body.sents if each.start in opened.passed["threat"]]


def test_harm_to_come_is_ordinary_business_where_no_sides_are_at_odds(
    gate: Gate, reader: Reader
) -> None:
    cut = "The bakery will cut the price of rye bread in May."
    assert threats_opened(PLAIN, gate, reader) == []
    assert cut in [text.strip() for text in threats_opened(PLAIN + AT_ODDS, gate, reader)]
    assert cut in threats_opened(cut, gate, reader), "a flash has no room for what else there is"
    jail = "The mayor will jail the baker in May."
    assert threats_opened(PLAIN + jail, gate, reader) == [jail]


def test_what_a_sentence_may_answer_is_parsed_once_the_entities_are_known(reader: Reader) -> None:
    body = "Vera Holm accuses the mayor of lying. “I never saw the letter,” the mayor said."
    document = reader.open(Article(id="a", body=body))
    assert reader.parse_some(document)
    accusation, answer = (next(iter(sentence)) for sentence in document.body.sents)
    assert is_parsed(answer)
    if not is_parsed(accusation):
        reader.recognise(document)
    assert is_parsed(accusation)


def test_a_sentence_is_parsed_as_in_the_whole_text(reader: Reader) -> None:
    text = (
        "The mayor of Orsha, Ida Brandvold, spoke on Monday. If the mill is not shut, she "
        "couldn’t stay, she said. “We’ll sue,” the owners replied; there’s no smoke.\n"
        "Nobody asked the millers."
    )
    whole, part = (reader.read(Article(id="a", body=text)) for _ in range(2))
    reader.parse_all(whole)
    sentence = list(part.body.sents)[1]
    SentenceParser(language.load_language()).parse([(part.body, [(sentence.start, sentence.end)])])
    for at in range(sentence.start, sentence.end):
        one, other = whole.body[at], part.body[at]
        assert (one.tag_, one.pos_, one.lemma_, one.dep_, one.head.i) == (
            other.tag_, other.pos_, other.lemma_, other.dep_, other.head.i
        )  # fmt: skip
    assert [each.start for each in part.body.sents] == [each.start for each in whole.body.sents]


def same_records(one: Extraction, other: Extraction) -> bool:
    return one.threats == other.threats and one.denials == other.denials


@pytest.mark.parametrize("name", ["feed_gold", "own_dev"])
def test_the_gate_costs_no_record_of_the_gold(name: str, ungated: Extractor) -> None:
    gated = default_extractor()
    lost = actors = changed = 0
    for row in load_gold(GOLD / f"{name}.jsonl").rows:
        one, other = gated.extract(row.article), ungated.extract(row.article)
        lost += not same_records(one, other)
        names = {actor.actor_id for actor in other.actors}
        actors += len(names)
        changed += len(names ^ {actor.actor_id for actor in one.actors})
    assert lost == 0
    assert changed <= 0.02 * actors


def test_the_gate_costs_no_record_of_the_bundled_feed(ungated: Extractor) -> None:
    gated = default_extractor()
    lines = files("pipeline").joinpath("data", "feed.jsonl").read_bytes().splitlines()
    for line in lines:
        article = decode_json(line)
        assert same_records(gated.extract(article), ungated.extract(article)), article.id
