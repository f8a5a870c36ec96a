"""Protocols, releases and health; and what all replies share: ETags and caching."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import Settings

from procedures import publishing, verification
from procedures.models import AccessRow, Entry, JournalCheck, Person, Protocol, Release
from tests.api.read.conftest import Reader, refusal
from tests.chart import Chart
from tests.conftest import person, publish

pytestmark = pytest.mark.django_db
PATH = "protocols/bone-marrow-iliac-crest-child"


@pytest.fixture
def library(reader: Callable[..., Reader], editor: Person) -> Reader:
    """An editor's token."""
    return reader(editor)


@pytest.fixture
def watch(reader: Callable[..., Reader], db: None) -> Reader:
    """A token of an administrator, for the monitoring."""
    watcher = person("watcher", is_staff=True)
    watcher.groups.add(Group.objects.get(name="administrator"))
    return reader(watcher, "health:read")


def test_protocols_and_what_is_in_force(library: Reader, release: Release, approver: Person) -> None:
    said = library.json("protocols")["results"]
    assert [(each["key"], each["in_force"]) for each in said] == [(release.protocol_id, release.digest)]
    assert library.json(PATH) == said[0]
    assert said[0]["title"]["nb"]
    publishing.recall(release, by=approver, reason="A slip")
    assert library.json(PATH)["in_force"] is None
    assert refusal(library.get("protocols/another")) == (404, "protocol-unknown")


def test_releases(library: Reader, protocol: Protocol, release: Release, approver: Person) -> None:
    protocol.review_by = timezone.localdate() + timedelta(days=300)
    protocol.save()
    second = publish(protocol)
    publishing.recall(second, by=approver, reason="A slip")
    said = library.json(f"{PATH}/releases")["results"]
    assert [(each["number"], each["status"], each["recall_reason"]) for each in said] == [
        (1, "active", None),
        (2, "recalled", "A slip"),
    ]
    assert said[1]["published_by"] == "Another"
    assert refusal(library.get("protocols/another/releases")) == (404, "protocol-unknown")


def test_a_document_is_its_bytes_and_never_changes(library: Reader, release: Release) -> None:
    response = library.get(f"{PATH}/releases/{release.digest}")
    assert hashlib.sha256(response.content).hexdigest() == release.digest
    assert response["ETag"] == f'"{release.digest}"'
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    again = library.get(f"{PATH}/releases/{release.digest}", If_None_Match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    for path in (f"{PATH}/releases/{'0' * 64}", f"protocols/another/releases/{release.digest}"):
        assert refusal(library.get(path)) == (404, "release-unknown")


def test_health(watch: Reader, chart: Chart, settings: Settings) -> None:
    said = watch.json("health")
    assert (said["status"], said["worker"], said["journal"]) == ("degraded", "never-seen", "unchecked")
    verification.run()
    said = watch.json("health")
    assert (said["status"], said["worker"], said["journal"]) == ("ok", "alive", "verified")
    assert said["journal_entries"] == Entry.objects.count()
    assert said["database"] in ("sqlite", "postgresql")
    JournalCheck.objects.update(findings=[{"problem": "the rolling hash does not follow"}])
    said = watch.json("health")
    assert (said["status"], said["journal"], said["journal_findings"]) == ("degraded", "broken", 1)
    assert "rolling" not in watch.get("health").content.decode()
    long_ago = timezone.now() - timedelta(hours=1)
    JournalCheck.objects.update(findings=[], started_at=long_ago, finished_at=long_ago)
    assert watch.json("health")["worker"] == "silent"


@pytest.mark.parametrize("path", ["cases", "cases/{case}", "consents", "exports"])
def test_what_is_still_so_is_not_sent_again(dashboard: Reader, chart: Chart, path: str) -> None:
    address = path.format(case=chart.case)
    response = dashboard.get(address)
    assert response["Cache-Control"] == "no-store"
    again = dashboard.get(address, If_None_Match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "no-store"
    assert dashboard.get(address, If_None_Match='"other"').content == response.content
    shown = AccessRow.objects.count()
    assert shown == (0 if path == "exports" else 3), "that somebody knows it still to be so is noted, too"
    chart.write("note.added", {"item": None, "part": ""}, {"text": "Slept well"})
    chart.send()
    if path in ("cases", "cases/{case}"):
        assert dashboard.get(address, If_None_Match=response["ETag"]).status_code == 200


def test_lists_of_protocols_too(library: Reader, protocol: Protocol, release: Release) -> None:
    response = library.get("protocols")
    assert response["Cache-Control"] == "private, no-cache"
    assert library.get("protocols", If_None_Match=response["ETag"]).status_code == 304
    Protocol.objects.update(review_by="2031-01-01")
    assert library.get("protocols", If_None_Match=response["ETag"]).status_code == 200


def test_another_kind_of_reply(dashboard: Reader) -> None:
    assert refusal(dashboard.get("cases", Accept="text/html")) == (406, "not-acceptable")
