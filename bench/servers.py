"""The servers that are measured: Bedside and the plain baseline, each as gunicorn with the Procfile's own flags."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.journeys.services import ROOT, Backing, Server, free_port, procfile_line, service_environment, wait_until
from tests.postgres import Postgres

# As behind a proxy that ends TLS: without this header production redirects.
HEADERS: Final = {"Content-Type": "application/json", "X-Forwarded-Proto": "https"}


class Program:
    """A command in a process group of its own, ended by its id; it is there once it answers at a path of its port."""

    def __init__(
        self, command: str, environment: dict[str, str], log: Path, port: int, *, answers_at: str = "/healthz"
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.environment = environment
        self._log = log
        self._answers_at = answers_at
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._answers, f"{command} answers", still=lambda: self._process.poll() is None, log=self._said)

    @property
    def group(self) -> int:
        return self._process.pid

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + self._answers_at, timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def _said(self) -> str:
        return self._log.read_text("utf-8", "replace")[-5000:]


@contextlib.contextmanager
def bedside(folder: Path, postgres: Postgres, tablets: int) -> Iterator[tuple[Program, list[str], dict[str, Any]]]:
    """Bedside in production's settings, the codes of so many tablets, and a nurse of its demo ward.

    Django's debug mode, which `make run` uses, would note every query; here it is off.
    """
    app, owner = postgres.new_database()
    server = Server(folder, backing=Backing.production(app_address=app, owner_address=owner, redis_address=None))
    server.prepare()
    codes = server.tablet_codes(tablets)
    nurse = next(person for person in server.seed["people"] if person["role"] == "nurse")
    environment = server.environment | {
        "BEDSIDE_DEBUG": "0",
        "BEDSIDE_DEMO": "0",
        "BEDSIDE_BEHIND_PROXY": "1",
        "BEDSIDE_ALLOWED_HOSTS": "127.0.0.1",
    }
    program = Program(procfile_line("web"), environment, folder / "web.log", server.port)
    try:
        yield program, codes, nurse
    finally:
        program.end()


@contextlib.contextmanager
def plain(folder: Path, postgres: Postgres) -> Iterator[tuple[Program, str]]:
    """The plain baseline with the same workers, and the address of its database."""
    _, owner = postgres.new_database()
    port = free_port()
    environment = service_environment(folder, port=port) | {
        "DATABASE_URL": owner,
        "BENCH_SECRET": secrets.token_hex(),
        "DJANGO_SETTINGS_MODULE": "bench.plain.settings",
    }
    folder.mkdir()
    create = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
    subprocess.run(create, cwd=ROOT, env=environment, check=True)
    command = procfile_line("web").replace("bmproject.wsgi", "bench.plain.wsgi")
    program = Program(command, environment, folder / "plain.log", port)
    try:
        yield program, owner
    finally:
        program.end()


def http(url: str) -> Any:
    """What tests.tablet.Tablet speaks through: a real connection."""

    def call(method: str, path: str, body: dict[str, Any] | None, token: str | None) -> tuple[int, dict[str, Any]]:
        headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(url + path, data, headers, method=method)) as reply:
            return reply.status, json.load(reply)

    return call


def durability(address: str) -> dict[str, str]:
    """PostgreSQL's settings on which durability hangs, as they are in force."""
    names = ("fsync", "synchronous_commit", "full_page_writes", "server_version")
    with psycopg.connect(address) as connection:
        return {name: str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in names}  # type: ignore[index]
