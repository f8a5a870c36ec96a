"""The journeys' evidence rests on real kills: what is killed is gone, and what was on disk is still there."""

import urllib.error
import urllib.request
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.journeys.harness import Server, TabletFactory, Worker, browser_pid

COUNTER = b"""<!doctype html><title>counter</title><link rel=icon href=data:,><output></output><script>
const opening = indexedDB.open("counter");
opening.onupgradeneeded = () => opening.result.createObjectStore("visits", {autoIncrement: true});
opening.onsuccess = () => {
  const visit = opening.result.transaction("visits", "readwrite", {durability: "strict"});
  visit.objectStore("visits").add(Date.now());
  const count = visit.objectStore("visits").count();
  visit.oncomplete = () => { document.querySelector("output").textContent = `visit ${count.result}`; };
};
</script>"""


class CounterPage(BaseHTTPRequestHandler):
    """A page that counts its visits in IndexedDB and shows the count once it is on disk."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()
        self.wfile.write(COUNTER)

    def log_message(self, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def counter() -> Generator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), CounterPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_killed_tablet_is_gone_and_its_disk_is_kept(counter: str, tablet_factory: TabletFactory) -> None:
    tablet = tablet_factory(url=counter)
    tablet.open("/").get_by_text("visit 1", exact=True).wait_for()
    first = browser_pid(tablet.profile)

    tablet.kill()
    with pytest.raises(RuntimeError, match="No browser runs"):
        browser_pid(tablet.profile)

    tablet.start()
    tablet.open("/").get_by_text("visit 2", exact=True).wait_for()
    assert browser_pid(tablet.profile) != first


def test_tablets_share_nothing_and_complaints_are_noted(counter: str, tablet_factory: TabletFactory) -> None:
    one, other = tablet_factory(url=counter), tablet_factory(url=counter)
    one.open("/").get_by_text("visit 1", exact=True).wait_for()
    other.open("/").get_by_text("visit 1", exact=True).wait_for()

    one.page.evaluate("console.error('a complaint'); setTimeout(() => { throw new Error('a mishap'); })")
    one.page.evaluate("fetch('/missing')")
    one.page.wait_for_timeout(100)
    assert [error.split(" (")[0] for error in one.unexpected_errors()] == [
        "console: a complaint",
        "uncaught: a mishap",
        "console: Failed to load resource: the server responded with a status of 404",
    ]
    one.expect_error("a complaint|a mishap|404")
    assert one.unexpected_errors() == other.errors == []


@pytest.mark.databases
def test_a_killed_server_refuses_and_comes_back_with_its_data(server: Server, worker: Worker) -> None:
    assert worker.alive
    applied = server.rows("SELECT app, name FROM django_migrations ORDER BY app, name")
    assert applied

    server.kill()
    worker.kill()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(server.url)

    server.start()
    worker.start()
    assert server.rows("SELECT app, name FROM django_migrations ORDER BY app, name") == applied
