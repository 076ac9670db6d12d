"""Scoring an extraction against gold: how well actors, threats and denials are found.

    gold = load_gold(Path("gold.jsonl"))
    report = evaluate(gold, extract)
    print(render(report))

`gold.py` reads the files, `matching.py` and `quotes.py` decide which prediction answers which gold,
`scores.py` counts, `harness.py` runs a whole file, `report.py` and `errors.py` make it readable.
Nothing here knows how the extraction works: it is any function from `Article` to `Extraction`.
"""

from __future__ import annotations

from pipeline.evaluation.gold import GoldError, GoldFile, load_gold
from pipeline.evaluation.harness import Report, evaluate
from pipeline.evaluation.report import as_json, render

__all__ = ["GoldError", "GoldFile", "Report", "as_json", "evaluate", "load_gold", "render"]
