"""The dashboard of the wire: who threatens whom, and what is denied."""

from __future__ import annotations

from panel import Panel, increase

CATEGORIES = {
    "130": "threaten",
    "131": "non-force",
    "132": "administrative",
    "133": "protest",
    "134": "halt talks",
    "136": "halt mediation",
    "137": "repression",
    "138": "force",
    "139": "ultimatum",
}

WIRE = (
    Panel(
        "Threats",
        "Found and acknowledged in the chosen time.",
        [(increase("newswire_threats_total", "$__range"), "threats")],
        kind="stat",
        width=6,
        height=4,
        decimals=0,
    ),
    Panel(
        "Denials",
        "Found and acknowledged in the chosen time.",
        [(increase("newswire_denials_total", "$__range"), "denials")],
        kind="stat",
        width=6,
        height=4,
        decimals=0,
    ),
    Panel(
        "Threats denied",
        "Share of the threats that a denial in the same article denies.",
        [
            (
                f"{increase('newswire_threats_denied_total', '$__range')} "
                f"/ clamp_min({increase('newswire_threats_total', '$__range')}, 1)",
                "denied",
            )
        ],
        unit="percentunit",
        kind="stat",
        width=6,
        height=4,
        decimals=0,
    ),
    Panel(
        "Articles to a threat",
        "How many articles come to one threat. Far from what is usual, the wire or the extraction "
        "has changed.",
        [
            (
                f"{increase('newswire_articles_written_total', '$__range')} "
                f"/ clamp_min({increase('newswire_threats_total', '$__range')}, 1)",
                "articles",
            )
        ],
        kind="stat",
        width=6,
        height=4,
        decimals=0,
    ),
    Panel(
        "Threats an hour, by category",
        "CAMEO: " + ", ".join(f"{code} {name}" for code, name in CATEGORIES.items()) + ".",
        [
            (
                increase("newswire_threats_total", "1h", "category"),
                "{{category}}",
            )
        ],
        width=12,
        stacked=True,
    ),
    Panel(
        "Denials an hour, by what they deny",
        "A fact, responsibility for one, or that a claim is true.",
        [(increase("newswire_denials_total", "1h", "kind"), "{{kind}}")],
        width=12,
        stacked=True,
    ),
    Panel(
        "Threats denied, an hour",
        "Threats, and those among them that are denied in the same article.",
        [
            (increase("newswire_threats_total", "1h"), "threats"),
            (increase("newswire_threats_denied_total", "1h"), "denied"),
        ],
        width=12,
    ),
    Panel(
        "Actors named, an hour",
        "In how many articles the actors of --watch-actor are named. All others are left out: they "
        "are one series by far larger.",
        [
            (
                increase(
                    "newswire_actor_records_total", "1h", "actor", 'role="named", actor!="other"'
                ),
                "{{actor}}",
            )
        ],
        width=12,
    ),
    Panel(
        "Who threatens, an hour",
        "Threats by the actors of --watch-actor, and by all others together.",
        [
            (
                increase("newswire_actor_records_total", "1h", "actor", 'role="threatener"'),
                "{{actor}}",
            )
        ],
        stacked=True,
    ),
    Panel(
        "Who is threatened, an hour",
        "Threats against them, and against all others together.",
        [
            (
                increase("newswire_actor_records_total", "1h", "actor", 'role="target"'),
                "{{actor}}",
            )
        ],
        stacked=True,
    ),
    Panel(
        "Who denies, an hour",
        "Denials by them, and by all others together.",
        [
            (
                increase("newswire_actor_records_total", "1h", "actor", 'role="denier"'),
                "{{actor}}",
            )
        ],
        stacked=True,
    ),
)
