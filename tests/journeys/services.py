"""The journeys' services: a real server, a real worker, a Redis; each can be killed.

A server is gunicorn as the Procfile starts it, with a folder and a database of its own; a kill is SIGKILL to
the whole process group. Only processes started here are ever ended, by their ids.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "tests" / "content" / "small.yaml"
SHIPPED = ROOT / "procedures" / "content" / "bone-marrow-iliac-crest-child.yaml"
# What `seed_demo` asks for.
DEMO = {"BEDSIDE_DEMO": "1"}
PATIENCE_S = 60
# Journeys that run side by side keep to ports of their own, also while a server of theirs is down.
_LANE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = iter(range(20_000 + _LANE % 20 * 600 + os.getpid() % 300, 32_000))


class Service:
    """One line of the Procfile, run as it stands there, in a process group of its own, logging to a file."""

    def __init__(self, name: str, *, environment: dict[str, str], log: Path) -> None:
        self._command = procfile_line(name)
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.log = log

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        if self.alive:
            raise RuntimeError(f"Already running: {self._command}")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", self._command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the whole group as a power cut would: no signal handler runs, nothing is flushed."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def log_text(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@dataclass(frozen=True)
class Backing:
    """The environment that leads to databases outside the server's folder; empty: SQLite and files in it."""

    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def production(cls, *, app_address: str, owner_address: str, redis_address: str | None) -> Self:
        """PostgreSQL with its two roles; Redis for the broker and the cache where the machine has it."""
        environment = {"DATABASE_URL": app_address, "DATABASE_OWNER_URL": owner_address}
        if redis_address:
            environment |= {"CELERY_BROKER_URL": redis_address, "BEDSIDE_CACHE_URL": redis_address}
        return cls(environment)


class Redis:
    """A Redis of our own that writes nothing to disk; each server gets a numbered database in it."""

    def __init__(self) -> None:
        self._port = free_port()
        self._given = 0

    def __enter__(self) -> Self:
        settings = ["--bind", "127.0.0.1", "--save", "", "--databases", "1000", "--loglevel", "warning"]
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self._port), *settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: accepts(self._port), "Redis answers", still=lambda: self._process.poll() is None)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def new_database(self) -> str:
        self._given += 1
        return f"redis://127.0.0.1:{self._port}/{self._given}"


class Server:
    """Bedside's web process with folder and database of its own; the port stays the same across restarts.

    `demo`: as `make run` has it, with the shipped protocol, the day's cases and the way in. Otherwise the protocol of
    `content`, no case, and the tablet's own build.
    """

    def __init__(self, folder: Path, *, backing: Backing, content: Path = CONTENT, demo: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = service_environment(folder, port=self.port) | backing.environment | (DEMO if demo else {})
        self._content = [] if demo else ["--content", str(content)]
        self.had_outage = False
        self.seed: dict[str, Any] = {}
        self._web = Service("web", environment=self.environment, log=folder / "web.log")

    def prepare(self) -> None:
        """Do what `make run` does before it starts the server; keep what `seed_demo` told as `seed`."""
        self.folder.mkdir(mode=0o700)
        self.manage("make_root_keys")
        self.manage("migrate", "--verbosity", "0")
        self.seed = json.loads(self.manage("seed_demo", "--json", *self._content))

    def start(self) -> None:
        """Return when /healthz answers 200."""
        self._web.start()
        wait_until(self._answers, "the server answers /healthz", still=lambda: self._web.alive, log=self.log_text)

    def kill(self) -> None:
        """SIGKILL; return when the port refuses."""
        self.had_outage = True
        self._web.kill()
        wait_until(lambda: not accepts(self.port), "the port refuses", log=self.log_text)

    @contextlib.contextmanager
    def running(self) -> Generator[Self]:
        """Start; kill at the end, also a server that did not come up in time."""
        try:
            self.start()
            yield self
        finally:
            self.kill()

    def restart(self) -> None:
        self.kill()
        self.start()

    def manage(self, *arguments: str) -> str:
        """Run manage.py beside the server, in its environment and as a demo; return its standard output."""
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | DEMO,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")
        return run.stdout

    def copy_database(self, away: Path) -> None:
        """Copy the SQLite file and what lies beside it, as a backup of a stopped server; kill the server first."""
        away.mkdir()
        for file in self.folder.glob("bedside.sqlite3*"):
            shutil.copy2(file, away)

    def put_database_back(self, away: Path) -> None:
        """Put a copy in the place of the database, as docs/restore.md says; the server starts again afterwards."""
        for file in self.folder.glob("bedside.sqlite3*"):
            file.unlink()
        for file in away.iterdir():
            shutil.copy2(file, self.folder)
        self.manage("migrate", "--verbosity", "0")
        self.manage("after_restore")

    def tablet_codes(self, count: int) -> list[str]:
        """Return new codes for so many tablets that are not registered yet."""
        printed = self.manage("seed_demo", "--json", *self._content, "--tablets", str(count))
        codes: list[str] = json.loads(printed)["tablet_codes"]
        return codes

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database itself, past all of Bedside's code."""
        if owner_address := self.environment.get("DATABASE_OWNER_URL"):
            with psycopg.connect(owner_address) as connection:
                return connection.execute(query.encode()).fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "bedside.sqlite3")) as file:
            return file.execute(query).fetchall()

    def log_text(self) -> str:
        return self._web.log_text()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False


class Worker:
    """Bedside's Celery worker and beat, beside a server and on its folder and database."""

    def __init__(self, server: Server) -> None:
        self._service = Service("worker", environment=server.environment, log=server.folder / "worker.log")

    def start(self) -> None:
        """Start; tasks sent before it is ready wait in the broker."""
        self._service.start()

    def kill(self) -> None:
        self._service.kill()

    @property
    def alive(self) -> bool:
        return self._service.alive

    def log_text(self) -> str:
        return self._service.log_text()


def procfile_line(name: str) -> str:
    """Return the command that the Procfile gives for a process."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines() if line)
    return lines[name]


def service_environment(folder: Path, *, port: int) -> dict[str, str]:
    """Return the environment of a server: the tests' own, without what leads to another database."""
    ours = ("BEDSIDE_", "CELERY_", "DATABASE_", "DJANGO_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment | {"BEDSIDE_DEBUG": "1", "BEDSIDE_VAR_DIR": str(folder), "BEDSIDE_PORT": str(port)}


def wait_until(
    condition: Callable[[], bool],
    what: str,
    *,
    still: Callable[[], bool] = lambda: True,
    log: Callable[[], str] = lambda: "",
) -> None:
    """Poll until the condition holds; give up with the log when `still` no longer holds or patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if not still() or time.monotonic() > deadline:
            raise RuntimeError(f"Waited in vain: {what}.\n{log()}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port that nothing listens on, and never the same twice: its owner may be down just now.

    It lies below the range that the kernel gives to clients. In that range a client that knocks while the
    server is down could be given the very port it knocks at.
    """
    return next(port for port in PORTS if not accepts(port))


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
