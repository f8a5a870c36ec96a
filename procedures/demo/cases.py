"""The children on the demo ward, each with what makes the case worth opening.

All are made up. The identifiers begin with DEMO and the day, so that each day's children are new ones.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from procedures import publishing
from procedures.clock import now_ms
from procedures.core.errors import Refusal
from procedures.core.release import Release
from procedures.models import Entry, Ward
from procedures.models import Release as ReleaseRow
from procedures.reading import document_of

from .chart import Chart, NotAsTold, Text
from .tablet import Tablet
from .times import Times

PROTOCOL: Final = "bone-marrow-iliac-crest-child"
Answers = dict[str, Any]
Subject = Mapping[str, str]

CONSENTS: Final = ("procedure", "anaesthesia")
LEUKAEMIA: Final[Answers] = {
    "plan.indication": ["leukemia"],
    "plan.goal": ["diagnose"],
    "plan.samples": ["aspirate"],
    "plan.site": "posterior",
    "plan.side": "right",
    "plan.tests": ["cytogenetics", "flow", "molecular", "smear"],
    "plan.anaesthesia": "general",
    "plan.guardians": "two",
}
FOLLOW_UP: Final[Answers] = LEUKAEMIA | {
    "plan.indication": ["treatment-effect"],
    "plan.goal": ["follow"],
    "plan.side": "left",
    "plan.tests": ["flow", "smear"],
}
NO_BLEEDING: Final[Answers] = {
    "bleed.hemophilia": "no",
    "bleed.other": ["none"],
    "bleed.warfarin": "no",
    "bleed.nsaid_asa": "no",
    "bleed.platelets": "212",
}
SIGN_IN: Final[Answers] = {"si.identity": "yes", "si.mark": "yes", "si.team": "yes", "si.kit": "yes"}
TIME_OUT: Final[Answers] = {
    "to.team": "yes",
    "to.agree": "yes",
    "to.prep": "yes",
    "to.tubes": "yes",
    "to.concerns": "no",
}


class Room(NamedTuple):
    """What a story is told with."""

    chart: Chart
    desk: Tablet
    theatre: Tablet
    times: Times


class Story(NamedTuple):
    """`names`: of three days in turn, so that no day's child is taken for the last one's; `age` in years and days."""

    key: str
    names: tuple[str, str, str]
    sex: str
    age: tuple[int, int]
    tell: Callable[[Room, Subject], None]


def fill(ward: Ward, times: Times) -> list[str]:
    """Write the day's cases that are not there yet. Says of each that could not be written why, in plain words.

    Idempotent within a day of the hospital's zone: a case's id follows from ward, day and story.
    """
    release = _release_in_force()
    if release is None:
        return ["no release of the shipped protocol is in force"]
    wanted = {_case_of(ward, times, story): story for story in STORIES}
    held = set(Entry.objects.filter(case__in=wanted).values_list("case", flat=True))
    missing = {case: story for case, story in wanted.items() if case not in held}
    return _write(ward, times, release, missing) if missing else []


def subject_of(story: Story, times: Times) -> dict[str, str]:
    """The story's child on this day: identifier, name, sex, birth_date (YYYY-MM-DD)."""
    name = story.names[times.today.toordinal() % len(story.names)]
    born = times.born(*story.age)
    return {"identifier": identifier_of(story, times), "name": name, "sex": story.sex, "birth_date": born}


def identifier_of(story: Story, times: Times) -> str:
    return f"DEMO {times.today:%d%m%y}-{number_of(story.key)}"


def number_of(key: str) -> str:
    """What the identifiers of a story's children end with, on any day."""
    return f"{[story.key for story in STORIES].index(key) + 1:02d}"


def _write(ward: Ward, times: Times, release: Release, missing: Mapping[uuid.UUID, Story]) -> list[str]:
    troubles: list[str] = []
    desk, theatre = Tablet("Desk tablet", ward), Tablet("Theatre tablet", ward)
    for case, story in missing.items():
        chart = Chart(case, ward, release, times)
        subject = subject_of(story, times)
        try:
            story.tell(Room(chart, desk, theatre, times), subject)
            chart.send()
        except (NotAsTold, Refusal) as trouble:
            troubles.append(f"{subject['name']}: {trouble}")
    for tablet in (desk, theatre):
        tablet.leave()
    return troubles


def _case_of(ward: Ward, times: Times, story: Story) -> uuid.UUID:
    return uuid.uuid5(ward.pk, f"demo {times.today.isoformat()} {story.key}")


def _release_in_force() -> Release | None:
    statuses = publishing.statuses()
    rows = ReleaseRow.objects.filter(protocol=PROTOCOL, effective_from_ms__lte=now_ms()).order_by("-number")
    return next((document_of(row.digest) for row in rows if statuses[row.digest] == "active"), None)


# --- the stories -------------------------------------------------------------------------------------------------


def _planned(room: Room, subject: Subject, start_ms: int, plan: Answers, at_ms: int) -> None:
    """Opened and planned at the desk by the clinician, who signs."""
    room.chart.at(room.desk, "clara", at_ms)
    room.chart.open(subject, start_ms)
    room.chart.answer(plan)
    room.chart.sign("plan")


def _bleeding(room: Room, answers: Answers, at_ms: int) -> None:
    """Asked by the nurse at the desk, who signs."""
    room.chart.at(room.desk, "nora", at_ms)
    room.chart.answer(answers)
    room.chart.sign("bleeding")


def _consents(room: Room, parents: Mapping[str, str], at_ms: int) -> None:
    """The clinician tells, the parents sign, and a child that is old enough is heard."""
    room.chart.at(room.desk, "clara", at_ms)
    for consent in CONSENTS:
        room.chart.inform(consent)
        room.chart.grant(consent, parents)
        room.chart.hear(consent)


def _parents(subject: Subject, mother: str, father: str) -> dict[str, str]:
    family = subject["name"].rpartition(" ")[2]
    return {"parent-1": f"{mother} {family}", "parent-2": f"{father} {family}"}


def _prepared(start_ms: int, weight: str) -> dict[str, Any]:
    """The morning's answers of a child who has fasted long enough for this start."""
    hour = 3_600_000
    return {
        "prep.bleeding_again": "yes",
        "an.weight": weight,
        "an.allergy": ["none"],
        "fast.solids": start_ms - 14 * hour,
        "fast.clear": start_ms - 3 * hour,
        "fast.milk": ["none"],
        "an.flags": ["none"],
    }


def _inr_too_high(room: Room, subject: Subject) -> None:
    """On warfarin, and this morning's INR is 3.1: the stop stands."""
    chart, times = room.chart, room.times
    _planned(room, subject, times.later_today(150), FOLLOW_UP, times.on_day(-1, 14, 5))
    chart.at(room.desk, "nora", times.ago(38))
    chart.answer(NO_BLEEDING | {"bleed.warfarin": "yes", "bleed.inr": "3.1", "bleed.inr_at": times.ago(95)})
    chart.note("bleed.inr", "The laboratory has repeated it: 3.1. Clara Holm is asked.")


def _one_side_only(room: Room, subject: Subject) -> None:
    """Hodgkin lymphoma at work-up, planned on one side: both are asked for."""
    chart, times = room.chart, room.times
    tests = ["cytogenetics", "flow", "histology", "molecular", "smear"]
    chart.at(room.desk, "noah", times.ago(74))
    chart.open(subject, times.later_today(240))
    chart.answer(
        LEUKAEMIA
        | {"plan.indication": ["hodgkin"], "plan.samples": ["aspirate", "biopsy"], "plan.side": "left"}
        | {"plan.tests": tests}
    )


def _consent_missing(room: Room, subject: Subject) -> None:
    """Everything is ready, but only the mother has signed."""
    chart, times = room.chart, room.times
    start_ms = times.later_today(45)
    _planned(room, subject, start_ms, LEUKAEMIA, times.on_day(-1, 13, 20))
    _bleeding(room, NO_BLEEDING, times.on_day(-1, 15, 2))
    mother = {"parent-1": _parents(subject, "Ingrid", "")["parent-1"]}
    _consents(room, mother, times.on_day(-1, 15, 31))
    chart.at(room.desk, "nora", times.ago(26))
    chart.answer(_prepared(start_ms, "21.5"))
    chart.sign("preparation")
    chart.at(room.theatre, "nora", times.ago(9))
    chart.answer(SIGN_IN)


def _one_tick_left(room: Room, subject: Subject) -> None:
    """One question of the preparation is open; then it can be signed. What the tour takes."""
    chart, times = room.chart, room.times
    start_ms = times.later_today(90)
    _planned(room, subject, start_ms, FOLLOW_UP, times.on_day(-1, 12, 40))
    _bleeding(room, NO_BLEEDING | {"bleed.platelets": "164"}, times.on_day(-1, 14, 48))
    _consents(room, _parents(subject, "Astrid", "Lars"), times.on_day(-1, 16, 5))
    chart.at(room.desk, "nora", times.ago(17))
    answers = _prepared(start_ms, "27.0")
    del answers["prep.bleeding_again"]
    chart.answer(answers)


def _tablets_disagree(room: Room, subject: Subject) -> None:
    """Two nurses on two tablets have written down two INRs, neither knowing of the other's."""
    chart, times = room.chart, room.times
    _planned(room, subject, times.later_today(195), FOLLOW_UP, times.on_day(-1, 11, 15))
    chart.at(room.desk, "nora", times.ago(52))
    chart.answer(NO_BLEEDING | {"bleed.warfarin": "yes", "bleed.inr": "3.2", "bleed.inr_at": times.ago(110)})
    chart.at(room.theatre, "noah", times.ago(47))
    chart.answer({"bleed.inr": "2.8"}, unseen=True)
    chart.note("bleed.inr", "Read out by telephone from the laboratory.")


class Yesterday(NamedTuple):
    """A child who was in the theatre yesterday from `hour` on."""

    parents: Mapping[str, str]
    platelets: str
    hour: int


def _up_to_sign_out(room: Room, subject: Subject, told: Yesterday) -> None:
    """Planned and asked the day before, signed in and timed out in the theatre."""
    chart, times, hour = room.chart, room.times, told.hour
    start_ms = times.on_day(-1, hour, 30)
    _planned(room, subject, start_ms, LEUKAEMIA, times.on_day(-2, hour + 3, 10))
    _bleeding_checked(room, NO_BLEEDING | {"bleed.platelets": told.platelets}, times.on_day(-2, hour + 4, 20))
    _consents(room, told.parents, times.on_day(-2, hour + 5, 40))
    chart.at(room.desk, "nora", times.on_day(-1, hour - 1, 15))
    chart.answer(_prepared(start_ms, "18.5"))
    chart.sign("preparation")
    chart.at(room.theatre, "nora", times.on_day(-1, hour, 12))
    chart.answer(SIGN_IN)
    for consent in CONSENTS:
        chart.confirm(consent, next(iter(told.parents)))
    chart.sign("sign-in")
    chart.at(room.theatre, "anders", times.on_day(-1, hour, 16))
    chart.sign("sign-in", "checked")
    chart.at(room.theatre, "nora", times.on_day(-1, hour, 34))
    chart.answer({"an.induction": times.on_day(-1, hour, 22)} | TIME_OUT)
    chart.sign("time-out")
    chart.at(room.theatre, "clara", times.on_day(-1, hour, 37))
    chart.sign("time-out", "checked")


def _bleeding_checked(room: Room, answers: Answers, at_ms: int) -> None:
    """Asked by the nurse; few platelets are acknowledged, and then the clinician looks too."""
    if int(answers["bleed.platelets"]) >= 50:
        return _bleeding(room, answers, at_ms)
    room.chart.at(room.desk, "nora", at_ms)
    room.chart.answer(answers)
    room.chart.acknowledge("bleed.platelets", "platelets-low")
    room.chart.sign("bleeding")
    room.chart.at(room.desk, "clara", at_ms + 16 * 60_000)
    room.chart.sign("bleeding", "checked")


def _sign_out_open(room: Room, subject: Subject) -> None:
    """Yesterday in the theatre; the sign-out was begun, and nobody has signed it."""
    _up_to_sign_out(room, subject, Yesterday(_parents(subject, "Kristin", "Marius"), "38", 10))
    needle_out = {"so.end": room.times.on_day(-1, 10, 55)}
    room.chart.at(room.theatre, "nora", room.times.on_day(-1, 10, 58))
    room.chart.answer(needle_out | {"so.taken/right": ["aspirate", "smears"]})


def _completed(room: Room, subject: Subject) -> None:
    """Yesterday's other child: all signed, the aftercare done, the case closed."""
    chart, times = room.chart, room.times
    _up_to_sign_out(room, subject, Yesterday(_parents(subject, "Solveig", "Jens"), "187", 8))
    chart.at(room.theatre, "nora", times.on_day(-1, 8, 57))
    labels = {f"so.labels/{row}/right": "yes" for row in ("smear-slides", "edta", "heparin")}
    chart.answer({"so.end": times.on_day(-1, 8, 55), "so.taken/right": ["aspirate", "smears"]} | labels)
    handover = Text("Paracetamol given at 08:50. No trouble with the equipment. Lie on the back for an hour.")
    chart.answer({"so.sharps": "yes", "so.bleeding": "dry", "so.handover": handover})
    chart.sign("sign-out")
    chart.at(room.theatre, "clara", times.on_day(-1, 9, 4))
    chart.sign("sign-out", "checked")
    chart.at(room.desk, "noah", times.on_day(-1, 12, 30))
    chart.answer({"ac.site_last": "dry", "ac.family": "yes", "ac.outcome": "done"})
    chart.sign("aftercare")
    chart.close("done")


def _tomorrow(room: Room, subject: Subject) -> None:
    """Planned this morning for tomorrow; the questions about bleeding are still to be asked."""
    _planned(room, subject, room.times.on_day(1, 9, 30), LEUKAEMIA, room.times.ago(63))


STORIES: Final = [
    Story("inr", ("Iben Haugland", "Thea Bakken", "Liv Solheim"), "female", (11, 120), _inr_too_high),
    Story("side", ("Jonas Eide", "Sander Ulven", "Elias Hauge"), "male", (14, 40), _one_side_only),
    Story("consent", ("Maja Lindqvist", "Signe Dahlberg", "Freja Lund"), "female", (6, 200), _consent_missing),
    Story("sign-out", ("Nils Aasen", "Aksel Ruud", "Birk Myhre"), "male", (5, 90), _sign_out_open),
    Story("dispute", ("Oskar Lien", "Theo Brekke", "Mikkel Foss"), "male", (9, 310), _tablets_disagree),
    Story("tomorrow", ("Saga Wiik", "Runa Tveit", "Alma Skaar"), "female", (7, 15), _tomorrow),
    Story("done", ("Henrik Sande", "Odin Vold", "Jakob Nygaard"), "male", (5, 250), _completed),
    Story("tick", ("Ella Nordby", "Hedda Kvam", "Selma Risan"), "female", (8, 77), _one_tick_left),
]
