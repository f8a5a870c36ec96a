"""Servers as nobody has used them yet, of which each journey gets a copy: preparing one takes seconds."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.services import CONTENT, Backing, Redis, Server
from tests.postgres import Postgres

# A copy's tablet codes are as old as its original, and they run out.
KEPT_FOR_S = 5 * 60


@dataclass(frozen=True)
class Original:
    server: Server
    prepared: float


class Stock:
    """Originals by protocol, in a folder; with a PostgreSQL and perhaps a Redis behind them, else in files."""

    def __init__(self, folder: Path, postgres: Postgres | None, redis: Redis | None) -> None:
        self._folder = folder
        self._postgres = postgres
        self._redis = redis
        self._originals: dict[tuple[Path, bool], Original] = {}
        self._made = 0

    def take(self, folder: Path, *, content: Path = CONTENT, demo: bool = False) -> Server:
        """Return a prepared server that is not started yet, with a folder, databases and a port of its own."""
        original = self._original(content, demo)
        copy = Server(folder, backing=self._backing(original), content=content, demo=demo)
        shutil.copytree(original.folder, folder)
        copy.seed = original.seed
        return copy

    def _original(self, content: Path, demo: bool) -> Server:
        known = self._originals.get((content, demo))
        if known is None or time.monotonic() > known.prepared + KEPT_FOR_S:
            known = Original(self._prepare(content, demo), time.monotonic())
            self._originals[content, demo] = known
        return known.server

    def _prepare(self, content: Path, demo: bool) -> Server:
        self._made += 1
        server = Server(self._folder / str(self._made), backing=self._backing(None), content=content, demo=demo)
        server.prepare()
        return server

    def _backing(self, original: Server | None) -> Backing:
        """Databases for one server: empty, or as the original's are."""
        if self._postgres is None:
            return Backing()
        app_address, owner_address = (
            self._postgres.copy_database(original.environment["DATABASE_OWNER_URL"])
            if original
            else self._postgres.new_database()
        )
        redis_address = self._redis.new_database() if self._redis else None
        return Backing.production(app_address=app_address, owner_address=owner_address, redis_address=redis_address)
