"""Weighs the clauses of a sentence as threats: names the features that the rules look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.attribution import SpeechKind
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import noun_category, verb_category
from pipeline.extraction.clauses import (
    auxiliaries,
    contiguous,
    direct_object,
    is_future,
    is_passive,
    is_possible,
    is_verb,
    logical_subject,
    negation,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.conditions import find_condition, in_condition
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import (
    FIRST,
    SECOND,
    THIRD,
    is_agentive,
    is_bystander,
    resolve,
    same_side,
)
from pipeline.extraction.targets import is_class, victim_rings
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.tokens import Span, Token

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Entity

_IN_FICTION = re.compile(
    r"\bin (?:the|a|an|his|her|their|its|one) (?:[\w’'-]+ ){0,3}"
    r"(?:film|movie|novel|novella|play|thriller|drama|episode|series|game|sequel|opera|musical"
    r"|comedy|story|comic|sitcom|scene|trailer|finale)\b|\bon screen\b|\bstars as\b|\bplays an? "
)
_CUE_REACH = 14
_NO_CLAUSE = frozenset({"aux", "auxpass", "amod", "compound"})


def clause_candidates(sentence: Span, context: Context) -> Iterator[ThreatCandidate]:
    """Every clause of the sentence that speaks of what is to come, weighed."""
    around = setting(sentence)
    for verb in sentence:
        if not is_verb(verb) or verb.dep_ in _NO_CLAUSE:
            continue
        tense = _tense(verb)
        if tense is None:
            continue
        candidate = _weigh(verb, tense, sentence, context)
        if candidate is not None:
            candidate.features |= around
            yield candidate


def setting(sentence: Span) -> set[str]:
    """Features of the sentence as a whole: "fiction", "sport", "question"."""
    found = set()
    text = sentence.text.lower()
    if _IN_FICTION.search(text):
        found.add("fiction")
    words = [token for token in sentence if token.pos_ in ("NOUN", "PROPN")]
    words_before = [t.lower_ for t in sentence]
    for token in sentence:
        if cue_set("fiction").matches(token) and set(words_before[
            token.i - sentence.start : token.i - sentence.start + 8
        ]) & {"which", "where", "whose", "about"}:
            found.add("fiction")
    if sum(1 for token in words if cue_set("sport").matches(token)) > 1:
        found.add("sport")
    if sentence.text.rstrip(" \n\"”’'»").endswith("?"):
        found.add("question")
    return found


def _tense(verb: Token) -> str | None:
    """"future", "possible", "bare" (infinitive or participle behind a cue), "present"."""
    if is_future(verb):
        return "future"
    if is_possible(verb):
        return "possible"
    if verb.dep_ == "conj" and verb.tag_ == "VB" and verb.head.tag_ == "VB" and any(
        child.lower_ == "or" for child in verb.head.children
    ) and surface_subject(verb.head) is None and not auxiliaries_own(verb.head):
        # "Stop the work or lose your contract"
        return "future"
    if verb.dep_ in ("xcomp", "ccomp", "conj", "pcomp", "advcl", "acl") and (
        verb.tag_ in ("VB", "VBG", "VBP", "NN")
    ):
        return "bare"
    if verb.tag_ == "VBN" and verb.dep_ in ("conj", "ROOT", "ccomp") and any(
        child.lower_ in ("is", "are") for child in verb.children
    ):
        return "present"
    if verb.tag_ in ("VBP", "VBZ", "VBG") and verb.dep_ not in ("relcl", "amod"):
        return "present"
    return None


def _weigh(
    verb: Token, tense: str, sentence: Span, context: Context
) -> ThreatCandidate | None:
    speeches = context.attribution.speeches(verb)
    frame, speeches = _frame(verb, speeches, tense)
    if frame is None or (tense == "bare" and not _said_of(verb, speeches)):
        return None
    features = {f"frame:{frame}", tense}
    speech = speeches[0] if speeches else None
    if in_condition(verb):
        return None
    condition = find_condition(verb, sentence)
    speaker = speech.speaker if speech is not None else None
    subject = surface_subject(verb) or (
        logical_subject(verb) if tense in ("future", "possible") else None
    )
    passive = is_passive(verb)
    if passive and subject is None:
        subject = logical_subject(verb)
    features.add(_subject_kind(verb, subject, passive, speech, speeches, context))
    suffers = befalls(verb) and not cue_set("retaliate").matches(verb)
    patient = subject if passive or (features & {"other", "you", "thing", "group"} and (
        suffers or verb_category(verb, [verb]) is None
    )) else None
    outside = {condition.start + k for k in range(len(condition))} if condition else set()
    action = _action(verb, subject if patient is not None else None, outside)
    words = [token for token in action]
    code = verb_category(verb, words)
    if code is not None:
        features |= {"harm", f"code:{code}"}
    elif (named := noun_category(words)) is not None:
        features |= {"harm-noun", f"code:{named}"}
    if _harms_itself(verb, speech):
        features.add("self")
    features |= _content(verb, words)
    if _relents(verb, subject):
        features = {f for f in features if f not in ("harm", "harm-noun") and not f.startswith("code:")} | {"help"}
    if features & {"harm", "consequence"}:
        features.discard("mild")
    if any(word.lower_ in ("never", "again") for word in words) or "never" in {
        child.lower_ for child in verb.children
    }:
        features.add("never")
    if condition is not None:
        features |= {"condition", _condition_kind(condition)}
        behind = verb.doc[condition.end : min(condition.end + 4, verb.i + 1)]
        if any(token.lower_ == "or" for token in behind):
            features.add("or")
        features |= compliance(condition, speaker, speeches, context.index)
    rings = victim_rings(verb, patient, condition)
    if condition is not None and 0 < condition.start - action.end < 7:
        # A name that the parser has cut off from the noun before it.
        rings.insert(
            1, [t for t in verb.doc[action.end : condition.start] if t.pos_ == "PROPN"]
        )
    victims = [token for ring in rings for token in ring]
    if is_class(victims) or (subject is not None and is_class(subject.subtree)):
        features.add("class")
    if "suffer-weak" in features and (condition is not None or "class" in features):
        features.add("suffer")
    if _negated(verb, subject):
        features.add("negated")
    if _asked(verb):
        features.add("question")
    if len(speeches) > 1:
        features.add("outer")
    if any(child.dep_ == "prep" and child.lower_ in ("over", "because") for child in verb.subtree
           if child.head.i >= verb.i) or "in response" in action.text or "retaliation" in (
            action.text):
        features.add("grievance")
    if speech is not None:
        features |= _speech_features(speech, speeches, context)
    threatener = speaker if speech is not None else subject
    if frame == "none" and subject is not None:
        if is_agentive(subject, context.index) and context.index.resolve(subject) is not None:
            features.add("agentive")
    elif speaker is not None and is_agentive(speaker, context.index):
        features.add("agentive")
    features |= _victim_features(victims, speech, speeches, threatener, context)
    return ThreatCandidate(
        predicate=verb,
        features=features,
        speeches=speeches,
        threatener=threatener,
        hearer=speech.addressee if speech is not None else None,
        victims=rings,
        action=action,
        evidence=_evidence(verb, action, condition, speech, sentence, frame),
        condition=condition,
        cue=speech.cue if speech is not None else None,
    )


def _said_of(verb: Token, speeches: Sequence[Speech]) -> bool:
    """Whether an infinitive hangs on the cue itself: "warned them to stop to save it" twice."""
    cue = speeches[0].cue if speeches else None
    if cue is None:
        return True
    at = verb
    while (at.dep_ == "conj" or cue_set("transparent").matches(at.head)) and at.head != at:
        at = at.head
    return at.head.i == cue.i or at.dep_ == "ccomp"


def _frame(
    verb: Token, speeches: list[Speech], tense: str
) -> tuple[str | None, list[Speech]]:
    """What brings the clause forward, and the speech from that frame outwards."""
    for position, speech in enumerate(speeches):
        kind = speech.kind
        if kind is SpeechKind.NOUN:
            cue = speech.cue
            if cue is not None and lemma(cue) in ("warning", "threat", "ultimatum"):
                return "warn", speeches[position:]
            if cue is not None and cue_set("advise_harm").matches(cue):
                return "say", speeches[position:]
            continue
        if kind is SpeechKind.ACCUSE:
            if position == 0:
                return None, []
            continue
        if kind in (SpeechKind.THREATEN, SpeechKind.VOW, SpeechKind.WARN, SpeechKind.PLAN):
            return kind.value, speeches[position:]
        if tense == "bare":
            if kind is SpeechKind.QUOTE and verb.dep_ == "conj":
                return "quote", speeches[position:]
            return None, []
        if kind is SpeechKind.ACCORDING:
            if position + 1 < len(speeches):
                continue
            return "say", speeches[position:]
        return kind.value, speeches[position:]
    if tense in ("future", "possible"):
        return "none", []
    return None, []


def _subject_kind(
    verb: Token, subject: Token | None, passive: bool, speech: Speech | None,
    speeches: Sequence[Speech], context: Context,
) -> str:
    """"own" (the speaker's side acts), "unnamed" (a passive), "you", "other" or "thing"."""
    index = context.index
    if passive:
        doer = passive_agent(verb)
        if doer is None:
            return "you" if subject is not None and subject.lower_ in SECOND else "unnamed"
        subject = doer
    if subject is None:
        return "own" if speech is not None and speech.quote is None else "unnamed"
    word = subject.lower_
    if word in SECOND:
        return "you"
    if speech is None:
        return "own"
    quoted = speech.quote is not None
    if word in FIRST:
        return "own"
    if speech.speaker is not None and subject.i == speech.speaker.i:
        return "own"
    speaker = resolve(speech.speaker, list(speeches[1:]), index)
    entity = resolve(subject, speeches, index)
    if entity is None and speaker is not None and speaker.country is not None:
        code = index.place(subject)
        if code is not None:
            return "own" if code == speaker.country else "other"
    if word in THIRD and _is_hearer(subject, word, speech, speaker, index):
        return "other"
    if word in THIRD:
        if quoted:
            return "other" if entity is not speaker else "own"
        if entity is not None and entity is not speaker and speaker is not None:
            return "own" if same_side(entity, speaker) else "other"
        if entity is None and word == "it" and speech.speaker is not None and (
            speech.speaker.tag_ in ("NNS", "NNPS")
        ):
            return "thing"
        return "own"
    if entity is not None and speaker is not None:
        return "own" if _speaks_for(speaker, entity) else "other"
    for child in subject.children:
        if child.dep_ == "poss":
            nominative = {"his": "he", "her": "she", "their": "they"}.get(child.lower_)
            if nominative and _is_hearer(child, nominative, speech, speaker, index):
                return "other"
            if child.lower_ in FIRST | (THIRD if not quoted else frozenset()):
                owner = index.resolve(child)
                if child.lower_ in FIRST or owner is None or speaker is None or (
                    same_side(owner, speaker)
                ):
                    return "own"
            owner = resolve(child, speeches, index)
            if owner is not None and speaker is not None:
                return "own" if same_side(owner, speaker) else "other"
    if entity is not None:
        return "other" if quoted else "own"
    if cue_set("human_group").matches(subject):
        return "group"
    return "thing"


def _speaks_for(speaker: Entity, entity: Entity) -> bool:
    """A state's officials speak for it, and for the alliances it belongs to."""
    if speaker.country is None and entity.type in (
        ActorType.GOVERNMENT, ActorType.STATE_ORGAN
    ) and speaker.type is not ActorType.ORGANISATION:
        # An official of whom nothing is known is taken to speak for the state he speaks of.
        return True
    if speaker.country is not None and speaker.country == entity.country and (
        entity.type is ActorType.STATE_ORGAN
    ):
        return True
    return same_side(entity, speaker) or (
        entity.type is ActorType.ORGANISATION and entity.country is None
        and speaker.country is not None and speaker.type is not ActorType.ORGANISATION
    )


def _is_hearer(
    pronoun: Token, word: str, speech: Speech, speaker: Entity | None, index: ActorIndex
) -> bool:
    """"warned him that he would": the pronoun is the hearer's, where it can't be the speaker's."""
    hearer = speech.addressee
    if hearer is None or word not in ("he", "she", "they"):
        return False
    if word == "they":
        plural_hearer = hearer.tag_ in ("NNS", "NNPS") or hearer.lower_ == "them"
        return plural_hearer and speech.speaker is not None and (
            speech.speaker.tag_ not in ("NNS", "NNPS") and speech.speaker.lower_ != "they"
        )
    if speaker is not None and speaker.type is ActorType.PERSON:
        told = index.resolve(hearer)
        return told is not None and told is index.resolve(pronoun) and told is not speaker
    return hearer.lower_ in ("him", "her") or hearer.ent_type_ == "PERSON"


def befalls(verb: Token) -> bool:
    """Whether the verb says what befalls its subject."""
    return cue_set("suffer").matches(verb) or cue_set("suffer_weak").matches(verb)


def _content(verb: Token, words: Sequence[Token]) -> set[str]:
    found = set()
    if cue_set("retaliate").matches(verb):
        found.add("retaliate")
    if cue_set("suffer").matches(verb) or (
        verb.lemma_ == "be" and any(cue_set("suffer").matches(word) for word in words)
    ):
        found |= {"suffer", "suffer-strong"}
    elif cue_set("suffer_weak").matches(verb):
        found.add("suffer-weak")
    if cue_set("severe").matches(verb):
        found.add("severe")
    if cue_set("treat").matches(verb):
        found.add("treat")
    if cue_set("withhold").matches(verb):
        found.add("withhold")
    if cue_set("help").matches(verb):
        found.add("help")
    elif cue_set("mild").matches(verb):
        found.add("mild")
    if cue_set("impose").matches(verb) and _consequence(verb):
        found.add("consequence")
    return found


def _consequence(verb: Token) -> bool:
    """Whether the verb's object, or what it is done with, is a harm by name."""
    for child in verb.children:
        if child.dep_ in ("dobj", "obj", "attr", "nsubjpass") or child.lower_ in ("with", "by"):
            for noun in [child, *child.children]:
                if noun.dep_ in ("dobj", "obj", "attr", "pobj", "nsubjpass", "conj") and (
                    cue_set("consequence_noun").matches(noun)
                ):
                    return True
    return False


def _harms_itself(verb: Token, speech: Speech | None) -> bool:
    """"we could end up weakening our banks": the object is the speaker's own."""
    if lemma(verb) == "jump" or any(
        child.dep_ in ("dobj", "obj") and child.lower_.endswith(("self", "selves"))
        for child in verb.children
    ):
        return True
    own = {"our", "my"} if speech is not None and speech.quote is not None else {"its", "their"}
    for head in [verb, *(c for c in verb.children if c.dep_ in ("xcomp", "ccomp"))]:
        thing = direct_object(head)
        if thing is not None and any(
            c.dep_ == "poss" and c.lower_ in own | {"own"} for c in thing.children
        ):
            return own == {"our", "my"} or any(c.lower_ == "own" for c in thing.children)
    return False


def _condition_kind(condition: Span) -> str:
    first = condition[0].lower_
    if first in ("unless", "until", "till"):
        return "unless"
    if first in ("if", "should"):
        return "if"
    if first in ("one", "another", "any", "once", "you"):
        return "dare"
    if condition[0].tag_ in ("VB", "VBP", "NN", "NNP") and first not in ("once", "provided"):
        return "command"
    return "event"


def _relents(verb: Token, subject: Token | None) -> bool:
    """"will lift the embargo", "the offensive would end": harm that stops, or goes on, is no new."""
    if not cue_set("relent").matches(verb):
        return False
    harmed = direct_object(verb)
    noun = harmed if harmed is not None else subject
    return noun is not None and noun.pos_ == "NOUN" and (
        cue_set("consequence_noun").matches(noun)
    )


def _asked(verb: Token) -> bool:
    """Whether the words around the verb end in a question mark."""
    return next(
        (token.text == "?" for token in verb.doc[verb.i : min(verb.i + 40, len(verb.doc))]
         if token.text in (".", "!", "?")), False,
    )


def compliance(
    condition: Span, speaker: Token | None, speeches: Sequence[Speech], index: ActorIndex
) -> set[str]:
    """Whether someone else is to do, or to leave undone, what the condition says."""
    found = set()
    side = resolve(speaker, list(speeches[1:]), index)
    for token in condition:
        if not is_verb(token) or token.dep_ in ("aux", "auxpass"):
            continue
        subject = surface_subject(token)
        if subject is None or not condition.start <= subject.i < condition.end:
            continue
        if subject.lower_ in FIRST:
            break
        if negation(token) is not None or condition[0].lower_ in ("unless", "until", "till"):
            found.add("demands")
        entity = resolve(subject, speeches, index)
        if entity is not None and entity is side:
            break
        if entity is not None or index.place(subject) is not None or subject.lower_ in SECOND or (
            cue_set("human_group").matches(subject) or is_passive(token)
            or subject.lower_ in ("he", "she", "they", "anyone", "nobody")
            or any(index.resolve(c) is not None for c in subject.children if c.dep_ == "poss")
        ):
            found.add("compliance")
        break
    return found


def _negated(verb: Token, subject: Token | None) -> bool:
    if negation(verb) is not None:
        if verb.lemma_ == "hesitate" or any(
            lemma(t) == "hesitate" for t in verb.ancestors if verb.dep_ == "xcomp"
        ):
            return False
        return True
    if verb.dep_ == "xcomp" and negation(verb.head) is not None:
        return lemma(verb.head) not in ("hesitate", "rule", "fail", "shrink", "flinch", "shy")
    if verb.dep_ == "conj" and is_verb(verb.head) and not auxiliaries_own(verb):
        return negation(verb.head) is not None and verb.i - verb.head.i < 8
    return subject is not None and any(
        child.lower_ in ("no", "neither") for child in subject.children
    )


def auxiliaries_own(verb: Token) -> list[Token]:
    """The auxiliaries that stand at the verb itself."""
    return [child for child in verb.children if child.dep_ in ("aux", "auxpass")]


def _speech_features(
    speech: Speech, speeches: Sequence[Speech], context: Context
) -> set[str]:
    found = set()
    if is_bystander(speech.speaker, context.index):
        found.add("bystander")
    if speech.addressee is not None:
        entity = resolve(speech.addressee, list(speeches[1:]), context.index)
        audience = cue_set("audience").matches(speech.addressee)
        if not audience:
            found.add("hearer")
            if entity is not None:
                found.add("named-hearer")
    cue = speech.cue
    if cue is not None and is_verb(cue):
        if negation(cue) is not None:
            found.add("untold")
        if any(t.lower_ in ("will", "would", "could", "might", "may", "should", "can")
               for t in auxiliaries(cue)):
            found.add("unsaid")
        if speech.quote is None and lemma(cue) in ("ask", "wonder", "doubt", "question", "urge",
                                                   "demand", "suggest", "propose", "want", "call",
                                                   "believe", "predict", "estimate", "deny"):
            found.add("unsure")
    return found


def _victim_features(
    victims: Sequence[Token], speech: Speech | None, speeches: Sequence[Speech],
    threatener: Token | None, context: Context,
) -> set[str]:
    index = context.index
    side = resolve(threatener, list(speeches[1:]) if speech else [], index)
    for token in victims:
        if token.lower_ in SECOND:
            return {"victim"}
        if token.pos_ not in ("NOUN", "PROPN", "PRON", "ADJ"):
            continue
        entity = resolve(token, speeches, index)
        if entity is not None and entity is not side and not same_side(entity, side):
            return {"victim"}
        code = index.place(token) if entity is None and side is not None else None
        if code is not None and side is not None and code != side.country:
            return {"victim"}
        if token.lower_ in ("them", "him", "her", "their", "his") and (
            speech is not None and speech.quote is not None
        ):
            return {"victim"}
    if any(
        token.pos_ == "NOUN" and cue_set("human_group").matches(token)
        and not any(c.dep_ == "poss" and c.lower_ in FIRST | THIRD for c in token.children)
        for token in victims
    ):
        return {"group-victim"}
    return set()


def _action(verb: Token, subject: Token | None, outside: set[int]) -> Span:
    start = subject.left_edge.i if subject is not None else verb.i
    tokens = [
        token for token in verb.subtree
        if token.i >= start and token.i not in outside
    ]
    tail = _tail_attribution(verb)
    tokens = [token for token in tokens if token.i not in tail]
    return contiguous(tokens, verb) if subject is None else _from(tokens, verb, start)


def _from(tokens: Sequence[Token], verb: Token, start: int) -> Span:
    run = contiguous(list(tokens), verb)
    return run if run.start >= start else trim(verb.doc[start : run.end])


def _tail_attribution(verb: Token) -> set[int]:
    found: set[int] = set()
    for child in verb.children:
        if child.dep_ in ("parataxis", "ccomp") and cue_set("report").matches(child) and (
            child.i > verb.i and any(t.text == "," for t in verb.doc[verb.i : child.i])
        ):
            found |= {token.i for token in child.subtree}
    return found


def _evidence(
    verb: Token, action: Span, condition: Span | None, speech: Speech | None,
    sentence: Span, frame: str,
) -> Span:
    start, end = action.start, action.end
    subject = surface_subject(verb)
    if subject is not None and sentence.start <= subject.left_edge.i < start:
        if start - subject.left_edge.i < 25:
            start = subject.left_edge.i
    for word in auxiliaries(verb):
        if sentence.start <= word.i < start:
            start = word.i
    if condition is not None:
        start, end = min(start, condition.start), max(end, condition.end)
    if frame in ("threaten", "vow", "warn") and speech is not None and speech.cue is not None:
        cue = speech.cue
        if cue.doc is verb.doc and sentence.start <= cue.i < start <= cue.i + _CUE_REACH:
            start = cue.i
    return trim(verb.doc[max(start, sentence.start) : min(end, sentence.end)])
