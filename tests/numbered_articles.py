"""Articles that can be told apart and counted: each names an actor that no other names."""

from __future__ import annotations

import json

FIRST_NAMES = (
    "Amara Bastien Chidi Dolores Edvard Farida Goran Hanneke Ibrahim Jelena Kwame Lucia Mateus "
    "Nadia Oskar Petra Rashid Svetlana Tomas Ulrike "
).split()
LAST_NAMES = (
    "Adeyemi Brandt Castellanos Dvorak Eriksen Falkenrath Gutierrez Haddad Ivanov Jensen "
    "Kowalski Lindgren Moreau Nakamura Okafor Petrov Quiroga Rossi Schneider Torres "
).split()

TEXT = """\
{place}, Nov 3 - Harbour minister {name} warned on Tuesday that the port authority would seize the
ferries of Corvane Lines unless the company paid its pilots by Friday.
"We will take the ships, one after the other," {last} told reporters on pier {number}.
Corvane Lines denied that it owed the pilots anything. "There are no arrears," it said.
"""

PLACES = ("LAGOS", "ANTWERP", "VALPARAISO", "BRISBANE", "GDANSK")


def numbered_article(number: int) -> tuple[bytes, bytes]:
    """Key and JSON value of the article with this number; its id is ``article-NUMBER``."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    article_id = f"article-{number}"
    body = TEXT.format(
        place=PLACES[number % len(PLACES)], name=f"{first} {last}", last=last, number=number
    )
    article = {
        "id": article_id,
        "source": "Numbered Wire",
        "headline": f"Port dispute {number}",
        "body": body,
        "published_at": "2026-11-03T08:00:00Z",
    }
    return article_id.encode(), json.dumps(article).encode()
