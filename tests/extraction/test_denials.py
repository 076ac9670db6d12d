"""Who denies what, found in the words of a wire."""

from __future__ import annotations

import pytest

from pipeline.records import ActorType, Denial, DenialKind
from tests.extraction.reading import read

DENIALS = [
    "Qatar denied on Sunday that it had paid a ransom for the hostages.",
    (
        '"We did not shoot down that aircraft," Russian Defence Ministry spokesman Igor '
        "Konashenkov said."
    ),
    'Wagner rejected as "absolute nonsense" a report that its fighters had looted the mine.',
    "The Vatican said reports of the pope's resignation were unfounded.",
    "Mali's army said it had not killed civilians in Moura, contradicting a UN report.",
    "Boeing disputed the whistleblower's account.",
    "The prince has always denied the accusations.",
    '"There is no such list," White House spokeswoman Karine Jean-Pierre told reporters.',
    "Rwanda denies backing the M23 rebels.",
    'The singer\'s lawyer called the allegations "a complete fabrication".',
    "North Korea said it had never sold weapons to Russia.",
    "The Taliban dismissed the claims as propaganda.",
    'Asked if he had met the oligarch, the minister said: "No, never."',
    '"These allegations are false and defamatory," the company said in a statement.',
    "Iran has denied any involvement in the attack.",
    "The general said his men had nothing to do with the massacre.",
    "India rebutted Canada's charge that its agents were behind the killing.",
    "The mayor said it was not true that he had accepted a watch.",
    "TikTok denies sharing data with Beijing.",
    '"I was not there that night," the footballer told the court.',
    "Huawei said the accusation was baseless.",
    "The coup leader insisted there had been no contact with Moscow.",
    "Eritrea refuted reports that its troops had crossed the border.",
    "The central bank brushed off as untrue a rumour that it was printing money.",
    '"Nobody was tortured," prison director Ahmed Saleh said.',
    "The ambassador described the leaked cable as a forgery.",
    "Musk denied a Wall Street Journal report that he used ketamine.",
    "Kyiv said it was not behind the drone attack on the Kremlin.",
    (
        "Telegram's founder said that the messaging app had never shared user data with any "
        "government."
    ),
    "The club denied it had agreed to sell the striker.",
    "CHISINAU -- Moldova's army dismissed as fiction a television report that it had fired first.",
    "Rwanda's envoy to Kenya, Paul Kagabo, denied his country had anything to do with the raid.",
    "The pilot pleaded not guilty to manslaughter.",
    "Serbia denied accusations by Kosovo that it was massing troops on the border.",
]

NO_DENIALS = [
    "The striker was denied a penalty in the last minute.",
    "The judge denied a motion to dismiss the case.",
    "The board rejected a takeover offer from Blackstone.",
    "The ministry would neither confirm nor deny the strike.",
    "Nobody was hurt in the fire, police said.",
    "The company said it had not decided whether to appeal.",
    "He did not deny meeting the lobbyist.",
    "The minister rejected criticism of the budget.",
    "Voters rejected the new constitution.",
    "The paper traced the story to a website called Fake Harbour, which posts gossip, she said.",
    "The senator said the answer was to break up fraudulent lenders.",
    "There was no immediate comment from the army.",
    "She said she had no plans to resign.",
    "The president denied clemency to the convict.",
    "Police have not made any arrests, a spokesman said.",
    "Aid groups were denied access to the camp.",
    "The union rejected the pay offer as an insult.",
    "The court dismissed the charges against the editor.",
    "Economists disputed the forecast.",
    "The prime minister said there was no alternative to cuts.",
    '"We have not received an answer," the mayor said.',
    "The senator dismissed the idea of a third party.",
    "The agency said it had not found any survivors.",
    "He denied himself dessert.",
    '"I never thought I would win," the novelist said.',
    "The firm said it did not expect to make a profit this year.",
    "A spokeswoman declined to say whether the talks had taken place.",
    "The opposition condemned the vote as a farce.",
    "The coach said the defeat was not the end of the world.",
    "Officials did not rule out sabotage.",
    "Critics called the film a disaster.",
]


def denial(text: str) -> Denial:
    found = read(text).denials
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("text", DENIALS)
def test_a_denial_is_found(text: str) -> None:
    assert read(text).denials


@pytest.mark.parametrize("text", NO_DENIALS)
def test_what_only_sounds_like_a_denial_is_none(text: str) -> None:
    assert not read(text).denials


def test_a_denial_has_all_its_parts() -> None:
    found = denial("Qatar denied on Sunday that it had paid a ransom for the hostages.")
    assert found.denier.name == "Qatar"
    assert found.content == "it had paid a ransom for the hostages"
    assert found.cue == "denied"
    assert found.kind is DenialKind.FACT
    assert found.denies == ()
    assert not found.quoted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Rwanda denied that its troops had crossed the border.", DenialKind.FACT),
        ("Rwanda denied a report that its troops had crossed the border.", DenialKind.FACT),
        ("Rwanda denied any involvement in the attack.", DenialKind.RESPONSIBILITY),
        ("Rwanda said it had nothing to do with the attack.", DenialKind.RESPONSIBILITY),
        ("Rwanda called the report false.", DenialKind.CLAIM),
        ("Rwanda dismissed the allegations as baseless.", DenialKind.CLAIM),
    ],
)
def test_the_words_decide_the_kind(text: str, kind: DenialKind) -> None:
    assert denial(text).kind is kind


def test_a_quotation_that_carries_the_denial_on_is_further_evidence() -> None:
    found = denial(
        'Kenya denied that it had closed the camp. "The camp is open to all," '
        "Interior Minister Kithure Kindiki said."
    )
    assert found.quoted
    assert len(found.evidence) == 2


def test_a_denial_of_another_thing_is_another_denial() -> None:
    found = read(
        "Kenya denied that it had closed the camp. It also denied that its police had shot "
        "a boy at the gate."
    ).denials
    assert [record.content for record in found] == [
        "it had closed the camp",
        "its police had shot a boy at the gate",
    ]


def test_the_same_answer_of_another_is_a_denial_of_the_same() -> None:
    found = read("Egypt denied the report that its ports were closed. So did Libya.").denials
    assert [record.denier.name for record in found] == ["Egypt", "Libya"]
    assert found[1].cue == "So did Libya"
    assert found[1].content == found[0].content


def test_a_negation_without_an_accusation_is_no_denial() -> None:
    assert not read("The company said it had not hired anyone in May.").denials


def test_the_same_negation_is_a_denial_where_it_answers_a_claim() -> None:
    assert read(
        "A rival accused Nestor Foods of bribing a mayor. Nestor Foods said it had not paid anyone."
    ).denials


@pytest.mark.parametrize(
    "text",
    [
        "The weekly says the army torched Dori. The army had not, General Issa Keita insisted.",
        "There was no truth in the story, Premier Otto Lang said.",
        "The claim had no basis in fact, the mayor, Luis Prado, said.",
        "Chad issued a denial of the report that its troops had fled.",
        "Peru's denial that its soldiers had crossed the river drew laughter.",
        "Nobody ordered the soldiers to shoot, Interior Minister Ali Noor said.",
        "Villagers say soldiers burned houses. “Not one house was burned,” Colonel Ali Noor said.",
        "The Kremlin poured cold water on reports of a meeting in Oslo.",
        "“Lies, all lies,” Senator Tomas Reyes shouted.",
        "Marguerite Doyle said she'd held no talks with a rival, as the union claims.",
        "The weekly says he took money. “Nothing could be further from the truth,” the mayor said.",
        "The weekly says he took money. The mayor said the weekly had made the whole story up.",
        "The weekly says he took money. A ministry statement refuted the report.",
        "The weekly says he took money. Denials came quickly from the ministry.",
    ],
)
def test_a_denial_is_found_whatever_its_wording(text: str) -> None:
    assert read(text).denials


@pytest.mark.parametrize(
    "text",
    [
        "The widow is in denial, the priest said.",
        "The denial of visas angered the pilgrims.",
        "“Not so bad,” the coach, Ali Noor, said of the match.",
        "The red team, coach Issa Keita said, does not.",
        "Oslo police said nobody was hurt.",
        "The senator, a doctor said, is denying science.",
        "Reader Ana Lima wrote that the claim was a lie.",
        "The weekly, the mayor said, is nothing but a mouthpiece doing the bank's dirty work.",
        "The coach was in no mood to deny it.",
    ],
)
def test_words_like_those_of_a_denial_make_none(text: str) -> None:
    assert not read(text).denials


def test_whoever_denies_and_is_named_nowhere_goes_by_the_word_that_stands_for_him() -> None:
    (denial,) = read("He denied that the ferry had been overloaded.").denials
    assert (denial.denier.name, denial.denier.type) == ("he", ActorType.GROUP)


def test_whose_office_denies_is_the_denier() -> None:
    (denial,) = read(
        "Senator Elvio Franco was accused of bribery. Franco's office denied the accusation."
    ).denials
    assert denial.denier.name == "Elvio Franco"


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Norhaven denied a newspaper story that it had paid a relative of the minister.",
            "it had paid a relative of the minister",
        ),
        (
            "Chad denied that it had closed the border, although lorries were seen to turn back.",
            "it had closed the border",
        ),
        (
            "The weekly says the colonel signed it. Colonel Ali Noor said the signature under the "
            "order was not his.",
            "the signature under the order",
        ),
        (
            "The weekly says the men are hostages. Asked whether the men were hostages, the "
            "minister, Karl Voss, said that they were not.",
            "the men were hostages",
        ),
    ],
)
def test_the_content_is_what_is_denied_and_no_more(text: str, content: str) -> None:
    (denial,) = read(text).denials
    assert denial.content == content


def test_as_did_names_a_second_denier() -> None:
    found = read("Sudan denied that it armed the rebels, as did Chad.").denials
    assert [denial.denier.country for denial in found] == ["SDN", "TCD"]


@pytest.mark.parametrize("speaker", ["spokesman for Latvia", "Latvian spokesman"])
def test_a_state_denies_by_who_speaks_for_it(speaker: str) -> None:
    found = denial(f"A {speaker} denied that its customs men had burned the lorries.")
    assert (found.denier.name, found.denier.country) == ("Latvia", "LVA")


def test_what_is_asked_anew_is_another_denial() -> None:
    found = read(
        "The Kremlin denied that it had armed the rebels. Asked whether it had bribed the judge, "
        "a Kremlin spokesman said: “Of course not.”"
    ).denials
    assert len(found) == 2
