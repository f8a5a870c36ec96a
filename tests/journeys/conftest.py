"""Fixtures of the journeys.

`--database sqlite` is the shape of `make run`: SQLite, and a folder as the worker's broker. `--database
postgres` is production's: a throw-away PostgreSQL with its two roles, and Redis where it is installed.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.harness import TabletFactory
from tests.journeys.services import CONTENT, ROOT, Redis, Server, Worker
from tests.journeys.stock import Stock
from tests.postgres import Postgres

# Playwright's synchronous API runs an event loop in this thread, where Django would refuse database access.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
STOCK = pytest.StashKey[str]()
TOLD = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="what journeys run on")
    parser.addoption("--pictures", action="store_true", help="keep a picture of each screen in var/screenshots")


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder that all processes of the run share; those that pytest-xdist starts are told where it is."""
    if not hasattr(config, "workerinput"):
        config.stash[STOCK] = folder = tempfile.mkdtemp(prefix="bedside-stock-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["stock"] = node.config.stash[STOCK]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.journey)
    if config.getoption("--database", "sqlite") == "postgres":
        once = [item for item in ours if not item.get_closest_marker("databases")]
        items[:] = [item for item in items if item not in once]
        config.hook.pytest_deselected(items=once)


@pytest.fixture(scope="session")
def playwright() -> Generator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Generator[Postgres | None]:
    """The throw-away PostgreSQL, durable as in production; None when the journeys run on SQLite."""
    if request.config.getoption("--database", "sqlite") == "sqlite":
        yield None
        return
    with Postgres() as running:
        yield running


@pytest.fixture(scope="session")
def redis(postgres: Postgres | None) -> Generator[Redis | None]:
    if postgres is None or shutil.which("redis-server") is None:
        yield None
        return
    with Redis() as running:
        yield running


@pytest.fixture(scope="session")
def stock(request: pytest.FixtureRequest, postgres: Postgres | None, redis: Redis | None) -> Stock:
    """Files are shared by all processes of a run; a PostgreSQL each of them has for itself."""
    config = request.config
    told = getattr(config, "workerinput", None)
    folder = Path(told["stock"] if told else config.stash[STOCK])
    if postgres:
        folder = Path(tempfile.mkdtemp(dir=folder))
    return Stock(folder, postgres, redis)


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder for one journey's server and browsers, removed afterwards: profiles are large."""
    path = Path(tempfile.mkdtemp(prefix="bedside-journey-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def content() -> Path:
    """The protocol of the demo ward; a module about the shipped one puts SHIPPED in its place."""
    return CONTENT


@pytest.fixture
def server(folder: Path, stock: Stock, content: Path) -> Generator[Server]:
    """A running server with the demo ward; `server.seed` tells people, passwords and tablet codes."""
    with stock.take(folder / "var", content=content).running() as made:
        yield made


@pytest.fixture
def worker(server: Server) -> Generator[Worker]:
    made = Worker(server)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def tablet_factory(request: pytest.FixtureRequest, playwright: Playwright, folder: Path) -> Generator[TabletFactory]:
    """Tablets that open the journey's server, if it has one; errors on a console fail the journey."""
    server = request.getfixturevalue("server") if "server" in request.fixturenames else None
    pictures = request.config.getoption("--pictures")
    factory = TabletFactory(playwright, folder, screenshots_of(request.node), server, pictures=pictures)
    yield factory
    for tablet in factory.tablets:
        tablet.close()
    errors = [error for tablet in factory.tablets for error in tablet.unexpected_errors()]
    assert not errors, "The browser complained:\n" + "\n".join(errors)


def screenshots_of(item: pytest.Item) -> Path:
    """Return where this journey's pictures go: var/screenshots/<test>."""
    return ROOT / "var" / "screenshots" / re.sub(r"[^\w-]+", "-", item.name)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a measured thing at the end of the run, whether or not anything failed."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed journey's report what server, worker and tablets had to say."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for name in ("server", "worker"):
            service = item.funcargs.get(name)
            if isinstance(service, Server | Worker):
                report.sections.append((f"log of the {name}", service.log_text()[-20_000:]))
        factory = item.funcargs.get("tablet_factory")
        if isinstance(factory, TabletFactory):
            for number, tablet in enumerate(factory.tablets):
                report.sections.append((f"console of tablet {number}", "\n".join(tablet.errors)))
                tablet.last_screenshot(f"failed-{report.when}-{number}")
    return report
