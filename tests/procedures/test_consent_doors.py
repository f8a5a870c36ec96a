"""A consent that does not hold never reads as valid, whichever door one looks through: all of them say the same."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from procedures import access, tokens
from procedures.core.canonical import decode
from procedures.core.entry import parse
from procedures.core.fold import Written, fold
from procedures.core.readiness import readiness
from procedures.core.release import parse as parse_release
from procedures.models import Person, Release
from tests.api.read.conftest import Reader
from tests.chart import CONSENT, Chart
from tests.procedures.test_consent_page import words_of_page, words_of_pdf
from tests.tablet import Tablet, Writer, now_ms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]

VALID = re.compile(r"\b(valid|gyldig)\b", re.IGNORECASE)


def withdrawn(chart: Chart) -> None:
    chart.grant_all().withdraw()


def refused(chart: Chart) -> None:
    chart.grant_all()
    chart.grant("parent-2", "Odd Solberg", decision="refused")


def other_plan(chart: Chart) -> None:
    chart.grant_all().answer("plan.side", "left")


def other_text(chart: Chart) -> None:
    chart.grant("parent-1", "Ida Solberg", text="e" * 64)
    chart.grant("parent-2", "Odd Solberg", text="e" * 64)


STATES: dict[str, tuple[Callable[[Chart], Any], str, str, str]] = {
    "withdrawn": (withdrawn, "withdrawn", "Withdrawn", "withdrawn"),
    "refused": (refused, "refused", "Refused", "refused"),
    "another plan": (other_plan, "needs-reconfirmation", "To be confirmed again", "to be confirmed again"),
    "another text": (other_text, "needs-reconfirmation", "To be confirmed again", "to be confirmed again"),
    # What would be seen if it were overlooked: every door does say "valid" of one that is.
    "valid": (Chart.grant_all, "valid", "Valid", "valid"),
}


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case(state: str, tablet: Tablet, writer: Writer, release: Release) -> str:
    chart = Chart.begun(tablet, writer, release)
    STATES[state][0](chart)
    return chart.send().case


def test_every_door_says_the_same(state: str, case: str, client: Client, auditor: Person, tmp_path: Path) -> None:
    _, key, large, named = STATES[state]
    client.force_login(auditor)
    for said in (words_of_page(client, case), words_of_pdf(client, case)):
        assert large in said[:400]
        assert bool(VALID.search(said)) == (key == "valid"), said
    record = client.get(reverse("admin:procedures_record_change", args=[case])).content.decode()
    assert f'<h2>Consent: The procedure <span class="quiet">– {named}</span></h2>' in record
    assert bool(VALID.search(record.partition("<main")[2])) == (key == "valid")
    assert set(by_api(client, auditor, case)) == {key}
    assert exported(case, tmp_path) == key


def by_api(client: Client, auditor: Person, case: str) -> Iterator[str]:
    """What the API says: the list of consents, its choice by status, the case."""
    reader = Reader(client, tokens.make(auditor, name="Other", scopes=access.scopes_for(auditor), valid_days=1)[1])
    (row,) = reader.json("consents", {"case": case})["results"]
    yield row["status"]
    assert reader.json("consents", {"case": case, "status": row["status"]})["results"] == [row]
    if row["status"] != "valid":
        assert reader.json("consents", {"case": case, "status": "valid"})["results"] == []
    (consent,) = [each for each in reader.json(f"cases/{case}")["consents"] if each["key"] == CONSENT]
    yield consent["status"]


def exported(case: str, folder: Path) -> str:
    """What the entries of an export come to, judged by the release beside them; its table speaks of no consent."""
    file = folder / "case.zip"
    call_command("export_case", case, by="auditor", out=file, identified=True, purpose="test", verbosity=0)
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert not VALID.search(files["cases.csv"].decode())
    written = []
    for line in files["entries.jsonl"].splitlines():
        row = json.loads(line)
        private = decode(row["private"].encode()) if row["private"] else None
        written.append(Written(row["digest"], parse(row["entry"].encode()), private))
    (release,) = [parse_release(data) for name, data in files.items() if name.startswith("releases/")]
    views = readiness(release, {}, fold(written), now_ms(), 60)["consents"]
    return str(next(view["status"] for view in views if view["key"] == CONSENT))
