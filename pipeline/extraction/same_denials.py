"""Weighs answers that only repeat a denial: "so did Sudan", "gave the same answer"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import is_verb, trim
from pipeline.extraction.denial_parts import denier_features, doer, make_candidate
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import is_agentive

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token

_DID = frozenset({"did", "does", "do", "has", "have", "had", "was", "were", "is", "are"})


def same_denial(token: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "So did Sudan", "gave the same answer": a denial where one goes before."""
    if token.lower_ in ("so", "as"):
        if token.i + 2 >= sentence.end or token.nbor().lower_ not in _DID:
            return None
        denier = next(
            (
                t
                for t in sentence.doc[token.i + 2 : sentence.end]
                if t.pos_ in ("PROPN", "NOUN") and t.dep_ not in ("compound", "poss")
            ),
            None,
        )
        cue = trim(sentence.doc[token.i : (denier.i if denier is not None else token.i + 1) + 1])
        head = token.nbor()
    else:
        verb = next((t for t in token.ancestors if is_verb(t)), None)
        if (
            not cue_set("same_answer").matches(token)
            and token.lower_ != "likewise"
            # "His wife swore to the same."
            and not (token.dep_ in ("dobj", "pobj") and verb and cue_set("say").matches(verb))
        ):
            return None
        if verb is None or (
            token.lower_ == "likewise" and lemma(verb) not in ("do", "deny", "say")
        ):
            return None
        denier, head = doer(verb), verb
        cue = verb.doc[min(verb.i, token.i) : min(max(verb.i, token.i) + 2, sentence.end)]
    if denier is None or not is_agentive(denier, context.index):
        return None
    candidate = make_candidate(
        head,
        sentence,
        context,
        frame="same",
        denier=denier,
        cue=cue,
        content=None,
        start=denier.left_edge.i,
    )
    candidate.features |= denier_features(denier, context)
    return candidate
