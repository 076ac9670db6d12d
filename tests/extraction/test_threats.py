"""Who threatens whom with what, found in the words of a wire."""

from __future__ import annotations

import pytest

from pipeline.records import Modality, Threat
from tests.extraction.reading import read

THREATS = [
    "The ferrymen's union threatened for its part to stop running the night boats.",
    "Villagers who crossed the line risked being shot, Colonel Deng said.",
    (
        "The dispute grew hot when Fatima Noor swore that the bank's lawyer, Jan Kroll, had told "
        "her she would be dragged through every court unless she handed over the ledger."
    ),
    (
        "Should the dam be closed, not one barge would be let through the lock, the canal's "
        "director, Imre Toth, said."
    ),
    (
        "The harbour master, Ingrid Solheim, said foreign trawlers would be barred "
        "from the port if they cast their nets inside the line."
    ),
    (
        "The opposition leader, Musa Diallo, would be kept under house arrest until "
        "he recognised the result, the army said."
    ),
    (
        "Serbia will lose its gas discount if it recognises the new state, Russian "
        "Energy Minister Oleg Tarasov said."
    ),
    (
        "Whenever a rocket lands in the valley, a village across the border will "
        "burn, General Ehud Tal said."
    ),
    (
        "As soon as the first tree is felled, our people will pull down the bridge, "
        "chief Tomas Kaya told the loggers."
    ),
    "Chad's president, Idriss Mahamat, gave the rebels until Sunday to lay down their weapons.",
    "Beijing hinted that it would stop buying Australian barley.",
    (
        "The company would have its licence revoked if it failed to pay, the "
        "regulator told its lawyers."
    ),
    "The rebels pledged to march on the capital.",
    '"There will be consequences," Foreign Minister Lars Holm told the Iranian ambassador.',
    (
        "Unless the tax is withdrawn by Friday, not a single bus will run, said "
        "drivers' leader Jomo Otieno."
    ),
    (
        "Egypt's foreign minister said that Ethiopia would be held responsible and "
        "that all options were on the table if the dam was filled."
    ),
    "The Taliban threatened reprisals against interpreters.",
    "The defence minister has reportedly threatened to resign unless the budget is raised.",
    '"Leave our waters or be sunk," the patrol boat\'s captain radioed to the trawler.',
    "Witnesses accused the police chief of threatening to plant drugs on them.",
    (
        "The bishops' conference said Catholic politicians who backed the bill would "
        "be refused communion."
    ),
    (
        "Brazil will slap tariffs on European wine should Brussels limit its beef, "
        "Trade Minister Joao Lima said."
    ),
    "The government gave Exxel 30 days to clean the river or lose its permit.",
    "Colonel Deng let the elders know that he would burn a house for every shot.",
    (
        "Austria's chancellor said trains from Italy would be stopped at the Brenner "
        "the day Rome let the migrants go."
    ),
    (
        "Nigeria would expel South African firms if the attacks on its citizens went "
        "on, its foreign minister said."
    ),
    "The general told his officers that whoever spoke to the press would be posted to the desert.",
    (
        "Strikers who were not back at work by Monday would lose their jobs, the "
        "railway's director, Nils Berg, said."
    ),
    (
        "The opposition threatened a general strike and a march on the capital if the "
        "results were not annulled."
    ),
    '"We will make them pay for every drop," Oil Minister Karim Said said of the Kurds.',
    '"Your shop will burn tonight," the caller told Mrs Haddad.',
    (
        "If Congress does not pass the wall's budget, the government will be shut "
        "down, President Harper told reporters."
    ),
    (
        "Zimbabwe will seize the mines of companies that fail to sell half their "
        "shares to locals, Minister Tendai Moyo said."
    ),
    "Algeria has threatened to halt gas exports to Spain if Madrid resells its fuel to Morocco.",
    (
        "The Houthis threatened Saudi Aramco with drone strikes unless the blockade of "
        "Hodeidah is lifted."
    ),
    (
        '"If a single missile lands in Tel Aviv, Beirut will go back to the Stone Age," '
        "Israeli Defence Minister Yoav Gallant said."
    ),
    (
        "South Korea's doctors' association said its members would walk off the job on "
        "Monday unless the government scrapped a plan to raise medical school quotas."
    ),
    'Beijing has vowed to take "resolute countermeasures" if Washington sells F-16s to Taipei.',
    "Elon Musk said he would sue OpenAI unless it changed its name.",
    (
        "Hackers calling themselves DarkWing have threatened to leak patient records if a "
        "ransom is not paid by midnight."
    ),
    "Turkey warned Sweden that it would block its NATO bid if Quran burnings continued.",
    (
        "The company was told by its lenders that they would call in the loans if it missed "
        "another payment."
    ),
    "President Javier Milei threatened to veto the pension bill.",
    (
        'Maduro gave Exxon 90 days to leave the disputed waters or face "proportional and '
        'forceful" action.'
    ),
    (
        "Rebel leader Joseph Bakosso said his fighters would march on Bangui within a week "
        "if President Touadera did not step down."
    ),
    (
        "Kenya's president warned protesters that anyone who tried to storm State House "
        "would be shot in the leg."
    ),
    (
        "The EU is ready to impose duties on Chinese electric cars unless talks yield "
        "results, trade chief Valdis Dombrovskis said on Friday."
    ),
    (
        '"Withdraw your troops or we will burn every base," the militia\'s commander, Abu '
        "Ali al-Askari, told the Americans."
    ),
    "Air traffic controllers in France are threatening a two-day strike over pay.",
    "Putin's threat to use nuclear weapons drew condemnation from Berlin.",
    "Sudan's army gave the RSF until dawn on Thursday to quit Khartoum airport.",
    "A columnist for The Daily Post said that Mayor Rick Dunn had threatened to have him fired.",
    "Burkina Faso's junta accused France of threatening to cut off aid.",
    "The Kremlin said any NATO troops in Ukraine would be considered legitimate targets.",
    (
        "Ryanair will pull its planes out of Frankfurt if the airport raises its charges, "
        "chief executive Michael O'Leary said."
    ),
    (
        "Chinese officials allegedly warned the Lithuanian ambassador that his country "
        'would "pay the price" if the office opened.'
    ),
    (
        "The senator said he would hold up every nomination until the Pentagon reversed its "
        "abortion policy."
    ),
    (
        "The gang's leader, Jimmy Cherizier, warned of a civil war if Prime Minister Ariel "
        "Henry did not resign."
    ),
    "Farmers vowed to blockade Paris until the government dropped the tax.",
    (
        "Pakistan will treat any diversion of the river as an act of war, Foreign Minister "
        "Ishaq Dar said."
    ),
    "Amazon told the union that it would close the warehouse if workers voted to organise.",
    (
        "In a letter to the Bank of Malta, lawyers for the oligarch said they would seek "
        "damages of 40 million euros unless his accounts were unfrozen."
    ),
    (
        "The prosecutor faces impeachment if he refuses to hand over the files, the speaker "
        "of parliament, Maria Lopez, said."
    ),
    (
        "North Korean state media said Seoul would be turned into a sea of fire should it "
        "provoke Pyongyang."
    ),
    "Uber threatened to pull out of Minneapolis over the wage law.",
    "The landlord threatened the tenants with eviction after they complained about mould.",
    "Hamas said it would stop releasing hostages until Israel allowed in tents.",
    "Poland threatens to close last rail crossing with Belarus",
    (
        "Trump threatened Colombia with 50 percent tariffs after it turned back two "
        "deportation flights."
    ),
    (
        '"Stop the bulldozers or lose your contract," Governor Ana Ruiz told the builder, '
        "Obras del Sur."
    ),
    (
        "Brazil's environment agency warned Petrobras that it faced fines of 2 million "
        "reais a day if the well was not sealed."
    ),
    (
        "Unless they are paid, sanitation workers in Naples will let the rubbish pile up, "
        "their union said."
    ),
    (
        "Armenia would leave the Moscow-led security bloc if its demands were ignored, "
        "Prime Minister Nikol Pashinyan said."
    ),
]

NO_THREATS = [
    "The government gave the schools 30 days to choose a name or take the old one.",
    "The bank said it would cut rates if inflation fell.",
    "The firm said it would close its plant in Ohio and cut 200 jobs.",
    "The road will be closed until Friday, police said.",
    "The police said the suspect would be charged on Monday.",
    "The central bank warned that growth would suffer if oil prices rose.",
    "The mayor said the museum would be open until midnight.",
    "The doctor warned the singer that she would lose her voice if she did not rest.",
    "Scientists warn that the reef will die unless emissions fall.",
    '"We will attack from the first minute," coach Luis Prado said.',
    "The minister said he would meet the rebels if they laid down their arms.",
    "The opposition said it would scrap the tax if it won the election.",
    "The president will veto nothing, his spokesman said.",
    "The mayor said the bridge would be closed for repairs on Monday.",
    "The company said it would sell its shares in the bank if the price was right.",
    "The minister said prices would be cut if the harvest was good.",
    "Villagers fear they will be killed if the army leaves.",
    "The report says that the island will be under water by 2100 unless emissions fall.",
    "Police said drivers who were stuck in the snow would be rescued.",
    "The bank said customers who had lost money would be paid back.",
    "The firm said it would fight the lawsuit.",
    "The senator said the bill would hurt farmers if it was passed.",
    "The hurricane threatens to batter Florida's Gulf coast.",
    "The UN warned that millions could starve if aid does not arrive.",
    "Police arrested a man who had threatened to jump from the bridge.",
    "The deal would collapse if the regulator blocked it, analysts said.",
    "Ford said it would close its plant in Saarlouis in 2025.",
    "The bank said it would raise rates if inflation picked up.",
    "The minister promised to build 10,000 homes if he was re-elected.",
    "Doctors warned that the president could lose his sight unless he was operated on.",
    '"If it rains tomorrow we will postpone the match," the umpire said.',
    "Threats of violence against teachers have risen sharply, the ministry said.",
    "The tennis star threatened to break her opponent's serve in the third set.",
    "The bill would fine companies that pollute rivers.",
    "The airline said it would resume flights to Tel Aviv if the ceasefire held.",
    "He said he would resign if the allegations were proved.",
    "Wheat prices will fall if exports resume, traders said.",
    "The Fed could cut rates in June, Chair Jerome Powell said.",
    "The court sentenced him to five years for threatening a judge.",
    '"We will defend our homeland to the last drop of blood," Zelenskiy said.',
    "The growing deficit threatens the recovery, the IMF said.",
    "If the talks fail, the company may have to lay off workers, its chief executive said.",
    "The foreign minister said Japan would continue to support Ukraine for as long as it took.",
    "Shell will stop drilling in the Arctic, it said on Monday.",
    "Scientists said the glacier would vanish by 2050 unless emissions fell.",
    "The president told supporters that he would win if turnout was high.",
    "Patients will have to wait longer if nurses quit, the hospital said.",
    "The EU imposed sanctions on four Belarusian judges on Monday.",
    "In the new thriller, a banker threatens to expose the prime minister.",
    "The union said it would study the offer and respond by Friday.",
    "Health officials said anyone who had visited the market would be tested.",
]


def threat(text: str, headline: str = "") -> Threat:
    found = read(text, headline).threats
    assert len(found) == 1, found
    return found[0]


def targets(record: Threat) -> set[str]:
    return {target.name for target in record.targets}


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_is_found(text: str) -> None:
    assert read(text).threats


@pytest.mark.parametrize("text", NO_THREATS)
def test_what_only_sounds_like_a_threat_is_none(text: str) -> None:
    assert not read(text).threats


def test_a_conditional_threat_has_all_its_parts() -> None:
    found = threat("Algeria has threatened to halt gas exports to Spain if Madrid sends troops.")
    assert found.threatener.name == "Algeria"
    assert targets(found) == {"Spain"}
    assert found.action == "halt gas exports to Spain"
    assert found.condition == "if Madrid sends troops"
    assert (found.category, found.modality) == ("131", Modality.ASSERTED)
    assert found.attribution is None
    assert not found.quoted


def test_the_country_is_the_target_of_an_attack_on_its_capital() -> None:
    found = threat("Vladimir Putin threatened to bomb Kyiv if Ukraine joined NATO.")
    assert "Ukraine" in targets(found)
    assert found.category == "138"


def test_the_speaker_of_words_about_his_own_state_is_the_threatener() -> None:
    found = threat(
        "Iran will close the strait if its oil is embargoed, Foreign Minister Abbas Araghchi said."
    )
    assert found.threatener.name == "Abbas Araghchi"


def test_we_and_you_in_a_quotation_are_speaker_and_hearer() -> None:
    found = threat(
        '"If you cross the river we will burn your boats," Colonel Amadou Sylla told Bernard Koffi.'
    )
    assert found.threatener.name == "Amadou Sylla"
    assert targets(found) == {"Bernard Koffi"}
    assert found.quoted


def test_a_third_party_makes_a_threat_alleged_and_is_its_attribution() -> None:
    found = threat("Poland accused Belarus of having threatened to shell its border posts.")
    assert found.threatener.name == "Belarus"
    assert found.modality is Modality.ALLEGED
    assert found.attribution is not None
    assert found.attribution.name == "Poland"


@pytest.mark.parametrize("hedge", ["reportedly", "allegedly"])
def test_a_hedge_makes_a_threat_alleged(hedge: str) -> None:
    found = threat(f"Serbia {hedge} threatened to cut off power to Kosovo.")
    assert found.modality is Modality.ALLEGED


@pytest.mark.parametrize(
    ("action", "category"),
    [
        ("bomb the port of Odesa", "138"),
        ("impose sanctions on Georgia", "131"),
        ("sue Google", "132"),
        ("arrest the opposition's leaders", "132"),
        ("break off talks with Israel", "134"),
        ("leave the World Trade Organization", "136"),
        ("crush the demonstrators", "137"),
        ("go on strike", "133"),
    ],
)
def test_the_action_decides_the_category(action: str, category: str) -> None:
    assert threat(f"Turkey threatened to {action}.").category == category


def test_an_ultimatum_whose_consequence_is_left_open_is_one() -> None:
    found = threat("Ethiopia issued an ultimatum to Eritrea to withdraw its troops by Friday.")
    assert found.category == "139"
    assert targets(found) == {"Eritrea"}


def test_an_ultimatum_with_a_consequence_has_the_category_of_that() -> None:
    found = threat("Israel gave Hamas until noon to free the hostages or be destroyed.")
    assert found.category == "138"
    assert targets(found) == {"Hamas"}


def test_two_tellings_are_one_threat_with_more_evidence() -> None:
    found = threat(
        "Turkey threatened to shut the straits to Russian ships if Moscow attacked Syria.\n"
        "Asked about it again, Turkey warned that it would shut the straits to Russian ships.",
    )
    assert len(found.evidence) == 2


def test_the_headline_is_further_evidence_of_what_the_body_tells() -> None:
    found = threat(
        "Chad threatened on Monday to expel France's ambassador if the raid was repeated.",
        headline="Chad threatens to expel France's ambassador",
    )
    assert found.condition == "if the raid was repeated"
    assert len(found.evidence) == 2


def test_two_targets_are_two_threats() -> None:
    found = read(
        "Iran threatened to bomb Israel. In the evening Iran threatened to bomb Jordan."
    ).threats
    assert [targets(record) for record in found] == [{"Israel"}, {"Jordan"}]


def test_two_threateners_in_one_sentence_are_two_threats() -> None:
    found = read("Mali and Niger threatened to leave the bloc if it sent troops.").threats
    assert {record.threatener.name for record in found} == {"Mali", "Niger"}


def test_confidence_is_lower_where_the_threatener_has_no_name() -> None:
    named = threat("Serbia threatened to cut off power to Kosovo.")
    unnamed = threat("Gunmen threatened to cut off power to Kosovo.")
    assert unnamed.confidence < named.confidence
