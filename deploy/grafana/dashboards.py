"""Writes the two dashboards of Grafana as JSON: what each panel asks for, and how it is shown.

    python deploy/grafana/dashboards.py [FOLDER]

Change a panel in its module, run this, and commit both. `tests/deploy/test_grafana.py` holds that
the files are what this writes, and that every query finds data on a running pipeline.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from panel import Panel
from pipeline_panels import PIPELINE
from wire_panels import WIRE

FOLDER = Path(__file__).parent / "dashboards"

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
"""Columns of Grafana's grid."""

DASHBOARDS = {
    "newswire-pipeline": ("Newswire: pipeline", PIPELINE),
    "newswire-wire": ("Newswire: wire", WIRE),
}


def dashboard(uid: str, title: str, panels: Sequence[Panel]) -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    return {
        "uid": uid,
        "title": title,
        "tags": ["newswire"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": _variables()},
        "links": [
            {"type": "dashboards", "tags": ["newswire"], "title": "Newswire", "keepTime": True}
        ],
        "panels": _laid_out(panels),
    }


def _variables() -> list[dict[str, Any]]:
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
        {
            "name": "job",
            "label": "Pipeline",
            "type": "query",
            "datasource": DATASOURCE,
            "query": "label_values(newswire_articles_received_total, job)",
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "allValue": "newswire.*",
            "current": {"text": "All", "value": "$__all"},
        },
    ]


def _laid_out(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    laid: list[dict[str, Any]] = []
    x = y = row_height = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > WIDTH:
            x, y, row_height = 0, y + row_height, 0
        place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
        laid.append({"id": number, "gridPos": place, **_shown(panel)})
        x, row_height = x + panel.width, max(row_height, panel.height)
    return laid


def _shown(panel: Panel) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    if panel.kind == "timeseries":
        custom = {"lineWidth": 1, "fillOpacity": 70 if panel.stacked else 10, "showPoints": "never"}
        if panel.stacked:
            custom |= {"stacking": {"mode": "normal"}, "lineWidth": 0}
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "min": 0,
        "custom": custom,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": color} for value, color in panel.thresholds],
        },
    }
    if panel.decimals is not None:
        defaults["decimals"] = panel.decimals
    return {
        "title": panel.title,
        "description": panel.description,
        "type": panel.kind,
        "datasource": DATASOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": DATASOURCE,
                "expr": expression,
                "legendFormat": legend,
                "format": "heatmap" if panel.kind == "heatmap" else "time_series",
            }
            for number, (expression, legend) in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _options(panel),
    }


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        own: dict[str, Any] = {
            "colorMode": "value",
            "graphMode": "area",
            "reduceOptions": {"calcs": ["lastNotNull"]},
        }
    elif panel.kind == "heatmap":
        own = {
            "calculate": False,
            "yAxis": {"unit": panel.unit},
            "color": {"scheme": "Blues", "mode": "scheme"},
            "cellGap": 1,
        }
    else:
        own = {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    return own | panel.options


def texts() -> dict[str, str]:
    """The files' texts by their names."""
    return {
        f"{uid}.json": json.dumps(dashboard(uid, title, panels), indent=2) + "\n"
        for uid, (title, panels) in DASHBOARDS.items()
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")
