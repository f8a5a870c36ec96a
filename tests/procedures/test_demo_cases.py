"""The demo's ward, by its one door `seed_demo`: what each case is there to show, and that it is made honestly."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from procedures import reading, records, verification
from procedures.clock import now_ms
from procedures.demo import cases
from procedures.demo.people import PASSWORDS
from procedures.demo.times import Times
from procedures.models import Enrolment, Entry, Person, Record, Ward
from tests.conftest import CONTENT

Json = dict[str, Any]


@pytest.fixture
def ward(db: None, settings: Settings) -> Ward:
    settings.BEDSIDE_DEMO = True
    seed()
    return Ward.objects.get()


def seed(*options: str) -> str:
    printed = StringIO()
    call_command("seed_demo", *options, stdout=printed)
    return printed.getvalue()


def readiness_of(key: str) -> Json:
    times = Times(timezone.now())
    story = next(story for story in cases.STORIES if story.key == key)
    case = Record.objects.get(identifier=cases.identifier_of(story, times)).case
    at_ms = now_ms()
    view = records.view_of(reading.entries_of_case(case), now_ms=at_ms)
    assert view.readiness
    return view.readiness


def phases_of(view: Json) -> dict[str, str]:
    return {phase["key"]: phase["status"] for phase in view["phases"]}


def held(view: Json) -> set[str]:
    """The stops that stand, but those of phases whose turn has not come."""
    return {
        f"{item['key']}:{hold['key']}"
        for phase in view["phases"]
        for item in phase["items"]
        for hold in item["holds"]
        if hold["level"] == "stop" and hold["active"] and not hold["cleared"]
    }


def test_each_case_shows_what_it_is_there_for(ward: Ward) -> None:
    """One seeding for all: publishing the shipped protocol is what takes the time."""
    for check in (inr_stops, one_side_stops, consent_lacks, sign_out_is_open, tablets_disagree):
        check()
    tomorrow = readiness_of("tomorrow")
    assert (phases_of(tomorrow)["plan"], phases_of(tomorrow)["bleeding"]) == ("signed", "open")
    assert tomorrow["start_ms"] == Times(timezone.now()).on_day(1, 9, 30)
    done = readiness_of("done")
    assert (done["status"], set(phases_of(done).values()), done["flags"]) == ("completed", {"signed"}, [])
    phase = next(phase for phase in readiness_of("tick")["phases"] if phase["key"] == "preparation")
    assert (phase["status"], phase["missing"], phase["held"]) == ("open", 1, 0)


def inr_stops() -> None:
    view = readiness_of("inr")
    assert "bleed.inr:inr-high" in held(view)
    assert (phases_of(view)["plan"], phases_of(view)["bleeding"]) == ("signed", "open")


def one_side_stops() -> None:
    assert "plan.side:both-sides" in held(readiness_of("side"))


def consent_lacks() -> None:
    view = readiness_of("consent")
    assert [phases_of(view)[key] for key in ("plan", "bleeding", "preparation")] == ["signed"] * 3
    assert held(view) == {"si.consent:lacking"}
    assert {consent["status"] for consent in view["consents"] if consent["needed"]} == {"partly-signed"}


def sign_out_is_open() -> None:
    view = readiness_of("sign-out")
    assert view["status"] == "in-progress"
    assert (phases_of(view)["time-out"], phases_of(view)["sign-out"]) == ("signed", "open")
    start_ms = Record.objects.get(identifier__endswith="-04").start_ms
    assert start_ms == Times(timezone.now()).on_day(-1, 10, 30)


def tablets_disagree() -> None:
    items = [item for phase in readiness_of("dispute")["phases"] for item in phase["items"]]
    (disputed,) = [item for item in items if item["state"] == "disputed"]
    rows = Entry.objects.filter(digest__in=disputed["heads"])
    writers = Enrolment.objects.filter(id__in=rows.values("enrolment"))
    where = {(writer.person.username, writer.device.name) for writer in writers if writer.person and writer.device}
    assert disputed["key"] == "bleed.inr"
    assert where == {("nora", "Desk tablet"), ("noah", "Theatre tablet")}


def test_what_it_wrote_verifies_and_nobody_can_go_on_writing_with_its_keys(ward: Ward) -> None:
    found, checked = verification.findings()
    assert (found, checked) == ([], Entry.objects.count())
    assert not Entry.objects.filter(type="entry.quarantined").exists()
    assert not Enrolment.objects.filter(person__isnull=False, ended_at=None).exists()


def test_it_adds_nothing_on_the_same_day_and_a_fresh_day_on_the_next(ward: Ward) -> None:
    before = Entry.objects.count()
    seed()
    assert Entry.objects.count() == before
    assert cases.fill(ward, Times(timezone.now() + timedelta(days=1))) == []
    assert Record.objects.count() == 2 * len(cases.STORIES)
    names = list(Record.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))


def test_every_story_can_be_told_at_any_hour(ward: Ward) -> None:
    for days, hour in enumerate((0, 3, 12, 23), start=3):
        moment = (timezone.localtime() + timedelta(days=days)).replace(hour=hour, minute=4)
        assert cases.fill(ward, Times(moment)) == []
    assert not Entry.objects.filter(type="entry.quarantined").exists()


def test_a_password_that_a_visitor_has_changed_is_told(ward: Ward) -> None:
    nora = Person.objects.get(username="nora")
    nora.set_password("another one altogether")
    nora.save()
    told = cases.fill(ward, Times(timezone.now() + timedelta(days=1)))
    assert told
    assert all("login-wrong" in line for line in told)


def test_another_protocol_gets_no_cases(db: None, settings: Settings) -> None:
    settings.BEDSIDE_DEMO = True
    told = json.loads(seed("--json", "--content", str(CONTENT)))
    assert {person["username"]: person["password"] for person in told["people"]} == PASSWORDS
    assert not Entry.objects.exists()


def test_it_is_refused_outside_the_demo(db: None) -> None:
    with pytest.raises(CommandError, match="BEDSIDE_DEMO"):
        seed()
    assert not Person.objects.exists()
