"""Whom a threat is meant for, by its own words and by the article around it."""

from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.extraction import extract, tracing
from pipeline.extraction.document import Entity
from pipeline.extraction.likely_categories import likely_category
from pipeline.records import ActorType, Threat


def _threat(body: str, action: str) -> Threat:
    [found] = [t for t in extract(Article(id="1", body=body)).threats if action in t.action]
    return found


def _targets(body: str, action: str) -> list[str]:
    return [target.name for target in _threat(body, action).targets]


def test_whoever_is_told_of_a_harm_is_its_target_whatever_the_noun() -> None:
    body = (
        "LIMA, May 4 - A foreman warned squatters on Monday that they would be thrown out "
        "unless they cleared off.\n"
    )
    assert _targets(body, "thrown out") == ["squatters"]


def test_the_readers_of_a_letter_are_the_targets_of_what_it_threatens() -> None:
    body = (
        "OSLO, May 4 - In a letter to 12 skaters who have signed up for a private race, the "
        "skating federation threatened to give their Olympic places to others.\n"
    )
    assert _targets(body, "give their Olympic places") == ["12 skaters"]


def test_a_class_of_people_is_called_as_the_text_calls_it_where_no_opponent_is_told_of() -> None:
    body = (
        "MANAMA, May 4 - The interior ministry warned on Monday that it would jail "
        "anyone who joined the march.\n"
    )
    assert "anyone who joined the march" in _targets(body, "jail")


def test_a_group_is_called_by_what_it_belongs_to_and_mentioned_with_its_article() -> None:
    body = (
        "MALMO, May 4 - Welders at the Norrvik shipyard told the owner on Monday that they would "
        "block the gates unless wages were paid.\n"
    )
    assert _threat(body, "block the gates").threatener.name == "Welders at the Norrvik shipyard"
    crew = "OSLO, May 4 - A hacking crew said it would publish the files unless it was paid.\n"
    found = extract(Article(id="1", body=crew))
    [mention] = next(a for a in found.actors if a.name == "hacking crew").mentions
    assert mention.text == "A hacking crew"


def test_a_country_is_weighed_once_whether_as_a_place_or_as_an_actor() -> None:
    body = (
        "LIMA, May 4 - Colombia said it would bomb Quito if the rebels were not handed over.\n"
        "Brazil said it would impose sanctions on Ecuador and close its markets to Quito.\n"
    )
    with tracing.collecting() as trace:
        extract(Article(id="1", body=body))
    for telling, candidates in trace.aimed:
        states = [c.home for c in candidates if "type:GOVERNMENT" in c.signs]
        assert len(states) == len(set(states)), telling.candidate.action


def _signs(body: str, name: str) -> set[str]:
    """What speaks for or against the one of this name as a target of the body's threats."""
    with tracing.collecting() as trace:
        extract(Article(id="1", body=body))
    return {
        sign
        for _, candidates in trace.aimed
        for candidate in candidates
        if name in (candidate.home, candidate.entity.name if candidate.entity else "")
        for sign in candidate.signs
    }


def test_the_own_state_may_be_meant_by_an_opponent_and_not_by_its_minister() -> None:
    body = (
        "LISBON, May 4 - {} Marta Silva Reis threatened on Monday to call a general strike unless "
        "the killers were named.\n"
    )
    assert "type:GOVERNMENT" in _signs(body.format("Opposition leader"), "PRT")
    assert not _signs(body.format("Prime Minister"), "PRT")


def test_who_is_asked_to_do_the_harm_is_marked_as_no_victim() -> None:
    body = (
        "OTTAWA, May 4 - Boreal Zinc warned on Monday that it would ask the Supreme Court of "
        "Canada to freeze the shares of Steppe Metals if it did not sell.\n"
    )
    assert "action:bidden" in _signs(body, "Supreme Court of Canada")
    assert "action:bidden" not in _signs(body, "Steppe Metals")


def test_those_who_are_to_be_freed_are_no_target() -> None:
    body = (
        "MALABO, May 4 - Gunmen told the governor on Monday that they would kill him unless three "
        "Chadians were freed.\n"
    )
    assert "Chad" not in _targets(body, "kill him")


def test_who_threatened_first_is_the_target_of_the_answer() -> None:
    body = (
        "TIRANA, May 4 - The Seafarers' Union said on Monday that it would block the port of "
        "Durres if wages were not paid.\n"
        "Interior Minister Agron Hoxha said police would arrest whoever closed a gate.\n"
    )
    assert "Seafarers' Union" in _targets(body, "arrest")


def test_an_official_is_of_the_country_that_his_sentence_is_told_from() -> None:
    body = (
        "PORT MORESBY, May 4 - Soldiers seized a barracks on Monday.\n"
        "From Canberra, Foreign Minister Alan Dowd said he would cut off aid to Papua New Guinea "
        "unless they gave up.\n"
    )
    threat = _threat(body, "cut off aid")
    assert threat.threatener.country == "AUS"
    assert [target.country for target in threat.targets] == ["PNG"]


@pytest.mark.parametrize(
    ("lead", "second", "name"),
    [
        (
            "A rebel faction told the army on Monday to leave the harbour by Friday, or it would "
            "shell the piers.",
            '"We have been polite," said Joseph Kollie, who speaks for the Lofa Liberation Front.',
            "Lofa Liberation Front",
        ),
        (
            "The union that speaks for crane drivers said on Monday that it would close the port "
            "unless wages were raised.",
            '"Not one box moves," said Thabo Nkosi, general secretary of the Allied Crane Workers.',
            "Allied Crane Workers",
        ),
    ],
)
def test_a_body_that_the_lead_leaves_unnamed_is_the_one_that_is_spoken_for_next(
    lead: str, second: str, name: str
) -> None:
    [threat, *_] = extract(Article(id="1", body=f"MONROVIA, May 4 - {lead}\n{second}\n")).threats
    assert threat.threatener.name == name


def test_a_body_of_another_kind_is_not_the_one_that_the_lead_leaves_unnamed() -> None:
    body = (
        "DURBAN, May 4 - A billboard company said on Monday that it would sue the city if it "
        "banned its signs.\n"
        '"We are not afraid," said Thabo Nkosi, general secretary of the Municipal Workers Union.\n'
    )
    [threat, *_] = extract(Article(id="1", body=body)).threats
    assert threat.threatener.name != "Municipal Workers Union"


@pytest.mark.parametrize(
    ("name", "kind", "role", "code"),
    [
        ("Gunmen", ActorType.GROUP, None, "138"),
        ("Miners of the valley", ActorType.GROUP, None, "133"),
        ("Anna Berg", ActorType.PERSON, "Interior Minister", "132"),
        ("Helvag", ActorType.ORGANISATION, None, "131"),
    ],
)
def test_words_without_a_harm_have_the_category_that_such_a_threatener_means(
    name: str, kind: ActorType, role: str | None, code: str
) -> None:
    assert likely_category("130", Entity("x", name, kind, role=role), []) == code


def test_what_a_minister_takes_from_people_under_him_is_an_administrative_measure() -> None:
    minister = Entity("m", "Anna Berg", ActorType.PERSON, "NOR", "Fisheries Minister")
    skippers = Entity("s", "skippers", ActorType.GROUP)
    sweden = Entity("g", "Sweden", ActorType.GOVERNMENT, "SWE")
    assert likely_category("131", minister, [skippers]) == "132"
    assert likely_category("131", minister, [sweden]) == "131"


def test_who_is_harmed_is_told_from_who_is_asked() -> None:
    body = (
        "TIRANA, May 4 - Serbia threatened on Monday to shell Albania unless General Arben Hoxha "
        "gave up the fort.\n"
    )
    assert "harmed, another asked" in _signs(body, "ALB")
    assert "asked, another harmed" in _signs(body, "Arben Hoxha")


def test_whose_a_threatened_thing_is_may_be_meant() -> None:
    body = (
        "LIMA, May 4 - Peru threatened on Monday to flood the wells that Bolivia dug in the spring "
        "unless the border was moved.\n"
    )
    assert "action:theirs" in _signs(body, "BOL")


def test_who_carries_a_threat_is_not_whom_it_is_said_of() -> None:
    body = (
        "SEOUL, May 4 - The rebels threatened through the Tribune of Lima on Monday to burn the "
        "harvest unless the mayor went.\n"
    )
    assert "said of" not in _signs(body, "Tribune of Lima")


def test_a_group_without_a_name_is_meant_by_the_pronoun_that_takes_it_up() -> None:
    body = (
        "CORK, May 4 - Shopkeepers said on Monday that they had been told by a gang that their "
        "windows would be smashed unless they paid.\n"
    )
    assert any("shopkeepers" in name.lower() for name in _targets(body, "smashed"))
