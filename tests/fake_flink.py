"""Flink's REST interface, as far as jobs are found and ended; what it answers is as Flink 1.19's.

A stand-in for a cluster, which is not to be had everywhere: `tests/runner` asks a real one.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeFlink:
    """A cluster with jobs; listens within the block."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, str]] = {}
        self.savepoint_failure: str | None = None
        self.asked: list[str] = []
        self._savepoints: dict[str, dict[str, Any]] = {}
        self._polls = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("GET")

            def do_PATCH(self) -> None:
                self._answer("PATCH")

            def do_POST(self) -> None:
                self._answer("POST")

            def log_message(self, *args: object) -> None:
                pass

            def _answer(self, method: str) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                code, answer = fake._answer(f"{method} {self.path}", body)
                self.send_response(code)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def add(self, job_id: str, name: str, state: str = "RUNNING") -> None:
        self.jobs[job_id] = {"jid": job_id, "name": name, "state": state}

    def __enter__(self) -> FakeFlink:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(request)
        if request == "GET /jobs/overview":
            return 200, {"jobs": list(self.jobs.values())}
        found = re.fullmatch(r"\w+ /jobs/([^/?]+)(.*)", request)
        job = self.jobs.get(found[1]) if found else None
        if found is None or job is None:
            return 404, {"errors": ["Not found."]}
        if request.startswith("PATCH") and found[2] == "?mode=cancel":
            job["state"] = "CANCELED"
            return 202, {}
        if request.startswith("POST") and found[2] == "/savepoints":
            self._savepoints["1"] = self._savepoint(job, body)
            return 202, {"request-id": "1"}
        if found[2] == "/savepoints/1":
            self._polls += 1
            if self._polls < 2:
                return 200, {"status": {"id": "IN_PROGRESS"}}
            return 200, {"status": {"id": "COMPLETED"}, "operation": self._savepoints["1"]}
        return 200, job

    def _savepoint(self, job: dict[str, str], wish: dict[str, Any]) -> dict[str, Any]:
        if self.savepoint_failure is not None:
            return {"failure-cause": {"stack-trace": f"{self.savepoint_failure}\n\tat Java"}}
        if wish["cancel-job"]:
            job["state"] = "CANCELED"
        return {"location": f"{wish['target-directory']}/savepoint-{job['jid']}"}
