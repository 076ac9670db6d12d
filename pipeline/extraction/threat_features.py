"""Weighs the clauses of a sentence as threats: names the features that the rules look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import SpeechKind
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import verb_category
from pipeline.extraction.clauses import (
    auxiliaries,
    contiguous,
    governor_past_aside,
    is_future,
    is_in_store,
    is_passive,
    is_possible,
    is_unsaid,
    is_verb,
    logical_subject,
    negation,
    surface_subject,
    trim,
)
from pipeline.extraction.conditions import in_condition
from pipeline.extraction.demands import condition_features
from pipeline.extraction.harm import harm_features, is_state
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
from pipeline.extraction.setting import is_asked, setting
from pipeline.extraction.standing import (
    acts_without_will,
    class_features,
    hurts_own_side,
    not_of_own,
    own_harm,
    standing,
)
from pipeline.extraction.subjects import befalls, subject_kind
from pipeline.extraction.victims import victim_rings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.texts import Span, Token

_CUE_REACH = 14
_UNSURE = frozenset(
    """ask wonder doubt question urge demand suggest propose want call believe predict estimate
    deny""".split()
)
_TOLD = frozenset({"say", "quote", "none"})
"""Frames that bring forward whatever is said."""
_AHEAD = frozenset({"future", "possible", "condition", "class"})
"""What is to come, or hangs on what another does."""
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


def _tense(verb: Token) -> str | None:
    """ "future", "possible", "bare" (infinitive or participle behind a cue), "present"."""
    own = {word.lower_ for word in auxiliaries_own(verb)}
    if own & {"have", "'ve", "’ve"} and "will" not in own:
        # "would have acted": what did not come about; "will have acted" will.
        return None
    if is_future(verb) or is_in_store(verb):
        return "future"
    if is_possible(verb):
        return None if verb.dep_ == "relcl" else "possible"
    if (
        verb.dep_ == "conj"
        and (verb.tag_ == "VB" or (verb.tag_ == "VBN" and is_passive(verb)))
        and verb.head.tag_ == "VB"
        and any(child.lower_ == "or" for child in verb.head.children)
        and surface_subject(verb.head) is None
        and not auxiliaries_own(verb.head)
    ):
        # "Stop the work or lose your contract"
        return "future"
    if verb.dep_ in ("xcomp", "ccomp", "conj", "pcomp", "advcl", "acl") and (
        verb.tag_ in ("VB", "VBG", "VBP", "NN")
    ):
        return "bare"
    if (
        verb.tag_ == "VBN"
        and verb.dep_ in ("conj", "ROOT", "ccomp")
        and any(child.lower_ in ("is", "are") for child in verb.children)
    ):
        return "present"
    if verb.tag_ in ("VBP", "VBZ", "VBG") and verb.dep_ not in ("relcl", "amod"):
        return "present"
    return None


def _weigh(verb: Token, tense: str, sentence: Span, context: Context) -> ThreatCandidate | None:
    frame, speeches = _frame(verb, context.attribution.speeches(verb), tense)
    if frame is None or in_condition(verb) or (tense == "bare" and not _said_of(verb, speeches)):
        return None
    speech = speeches[0] if speeches else None
    speaker = speech.speaker if speech is not None else None
    condition = context.conditions.of(verb, sentence)
    subject = surface_subject(verb)
    if subject is None and (tense in ("future", "possible") or is_passive(verb)):
        subject = logical_subject(verb)
    kind = subject_kind(verb, subject, speech, speeches, context)
    patient = subject if _is_patient(verb, kind) else None
    outside = set(range(condition.start, condition.end)) if condition is not None else set()
    action = _action(verb, patient, outside)
    if kind in ("thing", "group", "other") and is_state(verb):
        # "will be frozen", "will stay shut": the participle is an adjective for the parser.
        kind = "unnamed"
    features = {f"frame:{frame}", tense, kind}
    features |= harm_features(verb, subject, action, speech)
    features |= condition_features(condition, verb, speaker, speeches, context.index)
    rings = _victims(verb, patient, condition, action)
    victims = [token for ring in rings for token in ring]
    features |= class_features(verb, subject, victims, features)
    if _negated(verb, subject):
        features.add("negated")
    features |= _manner(verb, speech)
    if len(speeches) > 1:
        features.add("outer")
    if own_harm(verb, subject, kind) or hurts_own_side(patient, speaker, speeches, context):
        features.add("self")
    if (speech is None or speech.quote is None) and context.attribution.is_quoted(
        action.start, action.end, verb.doc
    ):
        # The writer puts his very words in quotation marks where they are the point.
        features.add("quoted-words")
    if speech is not None:
        features |= _speech_features(speech, speeches, context)
    threatener = speaker if speech is not None else subject
    if (
        threatener is not None
        and is_agentive(threatener, context.index)
        and (speech is not None or context.index.resolve(threatener) is not None)
    ):
        features.add("agentive")
    features |= _victim_features(victims, speech, speeches, threatener, context)
    features |= standing(threatener, victims, speeches, context, features)
    if acts_without_will(verb, subject, features):
        features.add("impersonal")
    if kind == "own":
        features -= not_of_own(subject, threatener, speech, context)
    if frame in _TOLD and not features & _AHEAD:
        features.add("static")
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


def _is_patient(verb: Token, kind: str) -> bool:
    """Whether the subject is not the one who harms but the one who is harmed."""
    if is_passive(verb):
        return True
    if kind not in ("other", "you", "thing", "group"):
        return False
    suffers = befalls(verb) and not cue_set("retaliate").matches(verb)
    return suffers or verb_category(verb, [verb]) is None


def _victims(
    verb: Token, patient: Token | None, condition: Span | None, action: Span
) -> list[list[Token]]:
    rings = victim_rings(verb, patient, condition)
    if condition is not None and 0 < condition.start - action.end < 7:
        # A name that the parser has cut off from the noun before it.
        lost = verb.doc[action.end : condition.start]
        rings.insert(1, [token for token in lost if token.pos_ == "PROPN"])
    return rings


def _said_of(verb: Token, speeches: Sequence[Speech]) -> bool:
    """Whether an infinitive hangs on the cue itself: "warned them to stop to save it" twice."""
    cue = speeches[0].cue if speeches else None
    if cue is None:
        return True
    at = verb
    while (at.dep_ == "conj" or cue_set("transparent").matches(at.head)) and at.head != at:
        at = at.head
    governor = governor_past_aside(at) or at.head
    return governor.i == cue.i or at.dep_ == "ccomp" or at.head.lower_ == "right"


def _frame(verb: Token, speeches: list[Speech], tense: str) -> tuple[str | None, list[Speech]]:
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


def _manner(verb: Token, speech: Speech | None) -> set[str]:
    """Whether the act is asked about or offered rather than announced."""
    asked = {"question"} if is_asked(verb) else set()
    return asked | ({"offer"} if _offered(verb, speech) else set())


def _offered(verb: Token, speech: Speech | None) -> bool:
    """Whether the act is a favour: "is willing to withdraw", "agreed to open", "would allow"."""
    words = [verb, *([verb.head] if verb.dep_ in ("xcomp", "acl") else [])]
    if speech is not None and speech.cue is not None:
        words.append(speech.cue)
    return cue_set("offering").first(words) is not None and negation(verb) is None


def _negated(verb: Token, subject: Token | None) -> bool:
    if negation(verb) is not None:
        return verb.lemma_ != "hesitate" and not any(
            lemma(t) == "hesitate" for t in verb.ancestors if verb.dep_ == "xcomp"
        )
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


def _speech_features(speech: Speech, speeches: Sequence[Speech], context: Context) -> set[str]:
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
    if cue is not None and cue_set("pressing").matches(cue):
        found.add("pressing")
    if cue is not None and is_verb(cue):
        if negation(cue) is not None:
            found.add("untold")
        if is_unsaid(cue):
            found.add("unsaid")
        if speech.quote is None and lemma(cue) in _UNSURE:
            found.add("unsure")
    return found


def _victim_features(
    victims: Sequence[Token],
    speech: Speech | None,
    speeches: Sequence[Speech],
    threatener: Token | None,
    context: Context,
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
        token.pos_ == "NOUN"
        and cue_set("human_group").matches(token)
        and not any(c.dep_ == "poss" and c.lower_ in FIRST | THIRD for c in token.children)
        for token in victims
    ):
        return {"group-victim"}
    return set()


def _action(verb: Token, subject: Token | None, outside: set[int]) -> Span:
    if subject is not None and subject.left_edge.i > verb.i:
        subject = None
    start = subject.left_edge.i if subject is not None else verb.i
    tokens = [token for token in verb.subtree if token.i >= start and token.i not in outside]
    tail = _tail_attribution(verb)
    tokens = [token for token in tokens if token.i not in tail]
    return contiguous(tokens, verb) if subject is None else _from(tokens, verb, start)


def _from(tokens: Sequence[Token], verb: Token, start: int) -> Span:
    run = contiguous(list(tokens), verb)
    return run if run.start >= start else trim(verb.doc[start : run.end])


def _tail_attribution(verb: Token) -> set[int]:
    found: set[int] = set()
    for child in verb.children:
        if (
            child.dep_ in ("parataxis", "ccomp")
            and cue_set("report").matches(child)
            and (child.i > verb.i and any(t.text == "," for t in verb.doc[verb.i : child.i]))
        ):
            found |= {token.i for token in child.subtree}
    return found


def _evidence(
    verb: Token,
    action: Span,
    condition: Span | None,
    speech: Speech | None,
    sentence: Span,
    frame: str,
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
