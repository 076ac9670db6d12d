"""Who may ask the live page's server, and what its answers forbid the browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.metrics_endpoint import ASK_FOR_LOGIN, Login

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Lets through who has the login, and asks for one of our names from our own page."""

    def __init__(self, app: ASGIApp, names: Collection[str], login: Login | None) -> None:
        """``names``: the hosts, in lower case, that the server goes by beside its addresses."""
        self._app = app
        self._login = login
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or refuses and says why."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if refusal is not None:
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, guarded)
            return
        if self._login and not self._login.lets_in(headers.get("authorization", "")):
            ask = dict([ASK_FOR_LOGIN])
            await PlainTextResponse("A login is needed.\n", 401, ask)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refusal(self, headers: Headers) -> str | None:
        host = _host(headers.get("host", ""))
        # Another's name that leads to our address would make its page ours (DNS rebinding). An
        # address as such can't be made to lead elsewhere.
        if host not in self._names and not _is_address(host):
            return (
                "This server does not go by that name. --allow-host names the hosts that it is "
                "reached by."
            )
        site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
        # A link to the page is fine, its use by another page is not.
        if site in {"cross-site", "same-site"} and mode != "navigate":
            return "Only the page itself may ask for this."
        return None


def _host(header: str) -> str:
    host = header.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
