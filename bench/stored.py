"""What many stored cases cost: a tablet's pull, the auditors' table, and the push of new ones, few and many stored.

Each is told beside what a hospital would otherwise build: a paginated DRF list, a streaming DRF export, COPY.
"""

import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode

import psycopg

from tests.journeys.services import ROOT
from tests.postgres import Postgres

from . import backlog, clients, ingest, processes, servers
from .backlog import Person
from .rounds import rounds

FEW: Final = 1000
MANY: Final = int(os.environ.get("BENCH_CASES", 25_650))
FILLERS: Final = 2  # as many as there are cores; the server takes ten enrolments a minute
AT_ONCE: Final = 8
EACH: Final = 20
ROUNDS: Final = 5
PASSWORD: Final = secrets.token_urlsafe()
PAGE: Final = 2000
CASES_A_REQUEST: Final = 1000


@dataclass(frozen=True)
class Took:
    """Seconds, each round's, and the bytes that came."""

    seconds: list[float]
    size: int

    @property
    def median(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True)
class Stored:
    """`pulls` and `tables` by way; `pushes` in checklists a second and `pulls_many` with MANY stored; memory in MB."""

    pulls: dict[str, Took]
    pull_many: Took
    tables: dict[str, Took]
    pushes: dict[int, float]
    memory_mb: dict[str, float]
    entries: int


def measure(folder: Path) -> Stored:
    with (
        Postgres() as postgres,
        servers.bedside(folder / "bedside", postgres, AT_ONCE + FILLERS) as (bedside, codes, nurse),
        servers.plain(folder / "plain", postgres) as (plain, address),
    ):
        people = [ingest.enrolled(bedside.url, code, nurse) for code in codes]
        fillers = people[AT_ONCE:]
        environment = bedside.environment
        fill(bedside.url, fillers, FEW)
        names = cases_of(environment)
        copy_entries(environment, address)
        pulls = in_turn(
            {
                "Bedside": lambda: pull(people[0], ingest.port_of(bedside.url), names),
                "paginated DRF list": lambda: listed(ingest.port_of(plain.url)),
            }
        )
        pushes = {FEW: pushed(bedside.url, people, postgres.pid)}
        fill(bedside.url, fillers, MANY - FEW - AT_ONCE * EACH * (rounds(ROUNDS) + 1))
        pushes[MANY] = pushed(bedside.url, people, postgres.pid)
        many = in_turn({"Bedside": lambda: pull(people[0], ingest.port_of(bedside.url), names)})["Bedside"]
        vacuumed(environment)
        with auditors(environment, ingest.port_of(bedside.url)) as table:
            copy_table(table(), address)
            tables = in_turn(
                {
                    "Bedside": lambda: len(table()),
                    "streaming DRF export": lambda: len(got(ingest.port_of(plain.url), "/sheets.csv")),
                    "COPY": lambda: copied_out(address),
                }
            )
        memory = {
            "web, both workers": processes.peak_mb_of_group(bedside.group),
            "an export of 1,000 cases": export_peak_mb(environment, folder, FEW),
            "an export of 5,000 cases": export_peak_mb(environment, folder, min(5 * FEW, MANY)),
        }
        return Stored(pulls, many, tables, pushes, memory, entries_in(environment))


# --- filling ---


def fill(url: str, people: Sequence[Person], cases: int) -> None:
    """So many cases through the door, by processes that write and hand in at the same time."""
    share = -(-cases // len(people))
    chains = clients.PROCESSES.SimpleQueue()
    workers = [
        clients.PROCESSES.Process(target=_hand_in, args=(url, people, at, min(share, cases - share * at), chains))
        for at in range(len(people))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a filling client failed; what it said stands above")
    # They wrote with copies of these people.
    for _ in workers:
        at, seq, head = chains.get()
        people[at].writer.seq, people[at].writer.head = seq, head


def _hand_in(url: str, people: Sequence[Person], at: int, cases: int, chains: Any) -> None:
    person = people[at]
    connection = http.client.HTTPConnection("127.0.0.1", ingest.port_of(url))
    headers = servers.HEADERS | {"Authorization": f"Bearer {person.tablet.token}"}
    for start in range(0, cases, 5):
        for body in backlog.batches(person, min(5, cases - start)):
            connection.request("POST", "/api/v1/push", body, headers)
            reply = connection.getresponse()
            content = reply.read()
            if reply.status != 200 or not ingest.receipts_all(json.loads(content), body):
                raise RuntimeError(f"push answered {reply.status}: {content[:500]!r}")
    chains.put((at, person.writer.seq, person.writer.head))


def copy_entries(environment: dict[str, str], address: str) -> None:
    """The plain baseline's rows: as many bytes as the entries that are pulled."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as ours, psycopg.connect(address) as theirs:
        rows = ours.execute(
            "SELECT e.enrolment, e.seq, e.digest, convert_from(c.data, 'UTF8') || coalesce(convert_from(c.private,"
            " 'UTF8'), '') || encode(c.signature, 'base64') FROM procedures_entry e JOIN procedures_entrycontent c"
            ' ON (c.ward_id, c.position) = (e.ward_id, e.position) WHERE e."case" IS NOT NULL'
        )
        theirs.cursor().executemany(clients.INTO_PLAIN, rows.fetchall())


def copy_table(content: bytes, address: str) -> None:
    """The very table that Bedside gave, once as columns for COPY and once as rows with JSON for Django."""
    columns = content.split(b"\r\n", 1)[0].decode().split(",")
    named = ", ".join(f'"{column}" text' for column in columns)
    with psycopg.connect(address) as connection:
        connection.execute(f"CREATE TABLE wide ({named})".encode())
        with connection.cursor().copy("COPY wide FROM STDIN (FORMAT csv, HEADER)") as into:
            into.write(content)
        connection.execute(
            'INSERT INTO plain_sheet ("case", ward, protocol, release, status, start, answers)'
            ' SELECT "case"::uuid, ward, protocol, release, status, start,'
            " to_jsonb(wide) - '{case,ward,protocol,release,status,start}'::text[] FROM wide"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


# --- measuring ---


def in_turn(ways: dict[str, Callable[[], int]]) -> dict[str, Took]:
    """Each way once to warm up, then all in turn; a way gives the bytes that came."""
    sizes = {name: way() for name, way in ways.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds(ROUNDS)):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    return {name: Took(seconds[name], sizes[name]) for name in ways}


def pushed(url: str, people: Sequence[Person], database: int) -> float:
    """Checklists a second, the median."""
    writers = people[:AT_ONCE]
    way = ingest.Way("Bedside", ingest.bedside_client(url, writers), None)
    rates = [
        ingest.measured(way, [backlog.batches(one, EACH) for one in writers], AT_ONCE * EACH, database).rate
        for _ in range(rounds(ROUNDS) + 1)
    ]
    return median(rates[1:])


def pull(person: Person, port: int, names: Sequence[str]) -> int:
    """As a tablet does that is new on the ward: the cases by name, until none is left."""
    token = person.tablet.pull_token(person.writer)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = servers.HEADERS | {"Authorization": f"Bearer {token}"}
    left, size = list(names), 0
    while left:
        body = json.dumps({"v": 1, "cases": left[:CASES_A_REQUEST]})
        connection.request("POST", "/api/v1/pull/cases", body, headers)
        content = connection.getresponse().read()
        left = json.loads(content)["left"] + left[CASES_A_REQUEST:]
        size += len(content)
    return size


def listed(port: int) -> int:
    """Every page of the plain list."""
    path: str | None = "/answers"
    size = 0
    while path:
        content = got(port, path)
        path = json.loads(content)["next"]
        path = path and re.sub(r"^https?://[^/]+", "", path)
        size += len(content)
    return size


def got(port: int, path: str, headers: dict[str, str] | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=servers.HEADERS | (headers or {}))
    reply = connection.getresponse()
    content = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{path} answered {reply.status}: {content[:500]!r}")
    return content


def copied_out(address: str) -> int:
    with (
        psycopg.connect(address) as connection,
        connection.cursor().copy("COPY wide TO STDOUT (FORMAT csv, HEADER)") as out,
    ):
        return sum(len(part) for part in out)


@contextmanager
def auditors(environment: dict[str, str], port: int) -> Iterator[Callable[[], bytes]]:
    """An auditor who has logged in, and takes the table of all cases."""
    _manage(environment, _AUDITOR)
    cookies = _logged_in(port)
    yield lambda: got(port, "/admin/procedures/record/table/?status=", {"Cookie": cookies})


def _logged_in(port: int) -> str:
    path = "/admin/login/"
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=servers.HEADERS)
    reply = connection.getresponse()
    reply.read()
    csrf = _cookies(reply)["csrftoken"]
    form = {"username": "bench", "password": PASSWORD, "csrfmiddlewaretoken": csrf}
    headers = servers.HEADERS | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={csrf}",
        "Referer": f"https://127.0.0.1:{port}{path}",
    }
    connection.request("POST", path, urlencode(form), headers)
    reply = connection.getresponse()
    reply.read()
    return "; ".join(f"{name}={value}" for name, value in _cookies(reply).items())


def _cookies(reply: http.client.HTTPResponse) -> dict[str, str]:
    pairs = (header.partition(";")[0].partition("=") for header in reply.headers.get_all("Set-Cookie") or [])
    return {name: value for name, _, value in pairs}


_AUDITOR: Final = f"""
from django.contrib.auth.models import Group
from procedures.models import Person
made = Person.objects.create_user("bench", {PASSWORD!r}, printed_name="Bench", is_staff=True)
made.groups.add(Group.objects.get(name="auditor"))
"""

_EXPORT: Final = """
import resource
from pathlib import Path
from procedures.exports.run import plan, write_zip
from procedures.models import Record
cases = Record.objects.order_by("case").values("case")[:{cases}]
write_zip(Path({path!r}), plan(Record.objects.filter(case__in=cases)), identified=True, purpose="bench")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def export_peak_mb(environment: dict[str, str], folder: Path, cases: int) -> float:
    """Peak memory of a process that writes an export as the worker does."""
    said = _manage(environment, _EXPORT.format(cases=cases, path=str(folder / f"{cases}.zip")))
    return int(said.split()[-1]) / 1024


def _manage(environment: dict[str, str], code: str) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def vacuumed(environment: dict[str, str]) -> None:
    """As autovacuum leaves it after so many rows."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def cases_of(environment: dict[str, str]) -> list[str]:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        return [str(case) for (case,) in connection.execute('SELECT "case" FROM procedures_record ORDER BY 1')]


def entries_in(environment: dict[str, str]) -> int:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM procedures_entry").fetchone()
        return int(row[0]) if row else 0
