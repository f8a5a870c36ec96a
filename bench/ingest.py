"""Ingest: Bedside's push beside a plain DRF endpoint and raw inserts, on the same PostgreSQL, with the same bytes."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.journeys.services import ROOT
from tests.postgres import Postgres
from tests.tablet import Tablet

from . import backlog, clients, processes, servers
from .backlog import Person

AT_ONCE: Final = {1: 60, 8: 20}  # clients -> checklists of each
ROUNDS: Final = 3
BEDSIDE: Final = "Bedside"
PLAIN: Final = "plain DRF"


@dataclass(frozen=True)
class Run:
    """One way in, once: checklists a second, and CPU seconds a checklist of the web and the database processes."""

    rate: float
    web_cpu_s: float
    database_cpu_s: float

    @property
    def cpu_s(self) -> float:
        return self.web_cpu_s + self.database_cpu_s


@dataclass(frozen=True)
class Way:
    """A way in. `group` is the process group of its web server, None where there is none."""

    name: str
    client: clients.Client
    group: int | None


@dataclass(frozen=True)
class Ingest:
    """Median runs by (way, clients); how large the requests were, in bytes a checklist; what PostgreSQL promised.

    `opening_s`: CPU seconds a checklist of opening and verifying alone.
    """

    runs: dict[tuple[str, int], Run]
    opening_s: float
    bytes_a_checklist: int
    durability: dict[str, str]


def measure(folder: Path) -> Ingest:
    """Set up both servers on a durable PostgreSQL of their own and measure each way in turn."""
    most = max(AT_ONCE)
    with (
        Postgres() as postgres,
        servers.bedside(folder / "bedside", postgres, most) as (bedside, codes, nurse),
        servers.plain(folder / "plain", postgres) as (plain, address),
    ):
        people = [enrolled(bedside.url, code, nurse) for code in codes]
        ways = [
            Way(BEDSIDE, bedside_client(bedside.url, people), bedside.group),
            Way(PLAIN, clients.Post(port_of(plain.url), "/answers", counts_all), plain.group),
            Way("raw inserts", clients.Insert.into_new_table(address), None),
        ]
        sizes: list[int] = []
        found = list(rounds(ways, people, postgres.pid, sizes))
        opening_s = opening_alone(folder, people[0], bedside.environment)
        return Ingest(medians(found), opening_s, round(statistics.mean(sizes)), servers.durability(address))


def opening_alone(folder: Path, person: Person, environment: dict[str, str]) -> float:
    """CPU seconds a checklist, in a process of its own."""
    checklists = max(AT_ONCE.values())
    files: list[str] = []
    for number, body in enumerate(backlog.batches(person, checklists)):
        files.append(str(folder / f"{number}.json"))
        Path(files[-1]).write_bytes(body)
    command = [sys.executable, "-m", "bench.opening", person.tablet.device, *files]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return float(run.stdout) / checklists


def rounds(
    ways: Sequence[Way], people: Sequence[Person], database: int, sizes: list[int]
) -> Iterator[tuple[tuple[str, int], Run]]:
    """Every way with every number of clients, in turn, with the very same requests; the first round is not given."""
    for number in range(ROUNDS + 1):
        for at_once, each in AT_ONCE.items():
            backlogs = [backlog.batches(person, each) for person in people[:at_once]]
            sizes.append(sum(len(body) for one in backlogs for body in one) // (at_once * each))
            for way in ways:
                run = measured(way, backlogs, at_once * each, database)
                if number:
                    yield (way.name, at_once), run


def measured(way: Way, backlogs: Sequence[clients.Backlog], checklists: int, database: int) -> Run:
    def cpu_s() -> tuple[float, float]:
        web = processes.cpu_s_of_group(way.group) if way.group else 0.0
        return web, processes.cpu_s_of_family(database)

    took_s, (web_before, database_before), (web_after, database_after) = clients.all_at_once(
        way.client, backlogs, cpu_s
    )
    return Run(
        checklists / took_s, (web_after - web_before) / checklists, (database_after - database_before) / checklists
    )


def medians(found: Sequence[tuple[tuple[str, int], Run]]) -> dict[tuple[str, int], Run]:
    """The run of median rate for each way and number of clients."""
    by_way: dict[tuple[str, int], list[Run]] = {}
    for key, run in found:
        by_way.setdefault(key, []).append(run)
    return {key: sorted(runs, key=lambda run: run.rate)[len(runs) // 2] for key, runs in by_way.items()}


def enrolled(url: str, code: str, nurse: dict[str, Any]) -> Person:
    """A new tablet with the nurse enrolled on it, and the release that it fetched."""
    speak = servers.http(url)
    tablet = Tablet.register(speak, code)
    writer = tablet.enrol(nurse["username"], nurse["password"])
    _, listed = speak("GET", "/api/v1/releases", None, tablet.token)
    digest = listed["releases"][0]["digest"]
    _, document = speak("GET", f"/api/v1/releases/{digest}", None, tablet.token)
    return Person(tablet, writer, digest, document)


def bedside_client(url: str, people: Sequence[Person]) -> clients.Post:
    return clients.Post(port_of(url), "/api/v1/push", receipts_all, [person.tablet.token for person in people])


def receipts_all(reply: dict[str, Any], body: bytes) -> bool:
    """Every entry got its receipt, none was refused, and the chain is whole."""
    sent = {entry["digest"] for entry in json.loads(body)["entries"]}
    held = all(not one["missing"] for one in reply["enrolments"])
    return {receipt["digest"] for receipt in reply["receipts"]} == sent and not reply["refused"] and held


def counts_all(reply: dict[str, Any], body: bytes) -> bool:
    return bool(reply["stored"] == len(json.loads(body)["entries"]))


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
