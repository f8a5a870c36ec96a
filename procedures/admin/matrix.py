"""Who writes on which tablet: people down the side, tablets across."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from procedures import access
from procedures.models import Device, Enrolment, Person

from .who import person_of


@dataclass(frozen=True)
class Cell:
    """What one person is on one tablet: by the newest enrolment there. `end` is the way to end it, where it may be."""

    enrolment: Enrolment | None
    end: str | None


@dataclass(frozen=True)
class Row:
    person: Person
    cells: list[Cell]


def page(request: HttpRequest) -> HttpResponse:
    """The tablets in use that the reader looks after, and everybody who is or was enrolled on one of them."""
    devices = list(access.devices_for(person_of(request)).filter(revoked_at=None, registered_at__isnull=False))
    may_end = request.user.has_perm("procedures.change_device")
    context = {
        **admin.site.each_context(request),
        "title": _("Who writes on which tablet"),
        "devices": devices,
        "rows": _rows(devices, may_end=may_end),
    }
    return render(request, "procedures/admin/matrix.html", context)


def _rows(devices: Iterable[Device], *, may_end: bool) -> list[Row]:
    newest: dict[tuple[Any, Any], Enrolment] = {}
    people: dict[Any, Person] = {}
    found = Enrolment.objects.filter(device__in=devices).exclude(person=None).select_related("person", "device")
    for each in found.order_by("issued_at"):
        if each.person is None or each.device is None:
            continue
        people[each.person.pk] = each.person
        newest[each.person.pk, each.device.pk] = each
    ordered = sorted(people.values(), key=lambda person: person.printed_name)
    return [
        Row(person, [_cell(newest.get((person.pk, device.pk)), may_end=may_end) for device in devices])
        for person in ordered
    ]


def _cell(enrolment: Enrolment | None, *, may_end: bool) -> Cell:
    if enrolment is None or enrolment.ended_at is not None or not may_end:
        return Cell(enrolment, None)
    return Cell(enrolment, reverse("admin:enrolment_end", args=[enrolment.device_id, enrolment.pk]))
