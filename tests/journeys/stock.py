"""Servers as nobody has used them yet, of which each journey gets a copy: preparing one takes seconds."""

import fcntl
import json
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.services import CONTENT, Backing, Redis, Server
from tests.postgres import Postgres

# A copy's tablet codes are as old as its original, and they run out after 15 minutes.
KEPT_FOR_S = 10 * 60


@dataclass(frozen=True)
class Original:
    """A prepared server that is never started: its folder, its database where that is elsewhere, what it told."""

    folder: Path
    database: str | None
    seed: dict[str, Any]


class Stock:
    """Originals by protocol, in a folder; with a PostgreSQL and perhaps a Redis behind them, else in files.

    The folder may be shared with processes that run other journeys on the same databases.
    """

    def __init__(self, folder: Path, postgres: Postgres | None, redis: Redis | None) -> None:
        self._folder = folder
        self._postgres = postgres
        self._redis = redis

    def take(self, folder: Path, *, content: Path = CONTENT, demo: bool = False) -> Server:
        """Return a prepared server that is not started yet, with a folder, databases and a port of its own."""
        original = self._original(content, demo)
        copy = Server(folder, backing=self._backing(original.database), content=content, demo=demo)
        shutil.copytree(original.folder, folder)
        copy.seed = original.seed
        return copy

    def _original(self, content: Path, demo: bool) -> Original:
        name = "demo" if demo else content.stem
        with self._locked(name):
            known = self._folder / f"{name}.json"
            if not known.exists() or time.time() > known.stat().st_mtime + KEPT_FOR_S:
                known.write_text(json.dumps(self._prepare(name, content, demo)))
            folder, database, seed = json.loads(known.read_text())
        return Original(self._folder / folder, database, seed)

    @contextmanager
    def _locked(self, name: str) -> Generator[None]:
        """What several processes want at once, the first of them prepares."""
        with (self._folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare(self, name: str, content: Path, demo: bool) -> tuple[str, str | None, dict[str, Any]]:
        # A new folder each time: from the one before a journey may be copying just now.
        folder = f"{name}-{time.time_ns()}"
        server = Server(self._folder / folder, backing=self._backing(None), content=content, demo=demo)
        server.prepare()
        return folder, server.environment.get("DATABASE_OWNER_URL"), server.seed

    def _backing(self, original: str | None) -> Backing:
        """Databases for one server: empty, or as the one at this address is."""
        if self._postgres is None:
            return Backing()
        made = self._postgres.copy_database(original) if original else self._postgres.new_database()
        redis_address = self._redis.new_database() if self._redis else None
        return Backing.production(app_address=made[0], owner_address=made[1], redis_address=redis_address)
