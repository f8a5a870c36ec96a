"""What records are searched by: columns folded from the entries, and the one set of filters over them."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from procedures import records
from procedures.models import Record, RecordConsent, Release, Ward
from procedures.records_query import Selection
from tests.chart import CONSENT, Chart, everything
from tests.tablet import Tablet, Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin(tablet: Tablet, writer: Writer, release: Release) -> Callable[[], Chart]:
    return lambda: Chart.begun(tablet, writer, release)


def row(chart: Chart) -> Record:
    return Record.objects.get(case=chart.case)


def meant(**given: Any) -> set[str]:
    return {str(case) for case in Selection.read(given).of(Record.objects.all()).values_list("case", flat=True)}


def test_a_closing(begin: Callable[[], Chart]) -> None:
    chart = begin().send()
    assert (row(chart).outcome, row(chart).closed_ms) == ("", None)
    closing = chart.close("not-done")
    chart.send()
    said = row(chart)
    assert (said.outcome, said.status) == ("not-done", "not-done")
    assert said.closed_ms
    assert abs(said.closed_ms - datetime.now(UTC).timestamp() * 1000) < 600_000
    chart.close("stopped")
    chart.send()
    assert (row(chart).outcome, row(chart).closed_ms) == ("", None), "two closings that disagree close nothing"
    chart.close("stopped", replaces=[closing])
    chart.send()
    assert row(chart).outcome == "stopped"


def test_an_override_and_its_withdrawal_as_an_error(begin: Callable[[], Chart]) -> None:
    chart = begin()
    inr = chart.answer("bleed.inr", "3.2")
    assert not row(chart.send()).overridden
    override = chart.override("bleed.inr", "inr-high", [inr])
    assert row(chart.send()).overridden
    chart.write("entry.voided", {"target": override}, {"reason": "Wrong child"})
    assert not row(chart.send()).overridden


def test_consents(begin: Callable[[], Chart]) -> None:
    chart = begin().send()

    def said() -> list[tuple[str, str, str]]:
        return list(RecordConsent.objects.filter(record=chart.id).values_list("key", "status", "decision"))

    assert said() == []
    granted = chart.decide("granted")
    chart.send()
    assert [(key, decision) for key, _, decision in said()] == [(CONSENT, "granted")]
    chart.withdraw()
    chart.send()
    assert said() == [(CONSENT, "withdrawn", "")]
    chart.decide("refused", after=[granted])
    chart.decide("granted")
    chart.send()
    assert RecordConsent.objects.get().last_ms


def test_each_filter(begin: Callable[[], Chart], tablet: Tablet, writer: Writer, release: Release) -> None:
    rich, plain = everything(tablet, writer, release), begin().send()
    late = begin()
    late.answer("bleed.inr", "1.0", late="Forgot")
    late.send()
    both, rest = {rich.case, late.case}, {plain.case, late.case}
    assert meant() == {rich.case, plain.case, late.case}
    assert meant(flags="late") == both
    assert meant(flags="late,exception") == {rich.case}
    assert meant(flags="lat") == meant(flags="late_") == set()
    assert meant(overridden="true") == meant(outcome="exception") == {rich.case}
    assert meant(overridden="false") == meant(outcome="") == rest
    assert meant(release=release.digest) == both | rest
    assert meant(release="0" * 64) == meant(ward="00000000-0000-4000-8000-000000000000") == set()
    today = Selection.read({"closed_from": "2020-01-01"})
    assert set(today.of(Record.objects.all()).values_list("pk", flat=True)) == {rich.id}
    assert meant(closed_to="2020-01-01") == set()


@pytest.mark.parametrize("given", [{"ward": "x"}, {"from": "31.12.2026"}, {"overridden": "yes"}, {"closed_to": "-"}])
def test_what_cannot_be_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in whatever words
        Selection.read(given)


def test_a_selection_is_kept_as_text(ward: Ward) -> None:
    given = {
        "ward": str(ward.id),
        "protocol": "",
        "release": "a" * 64,
        "status": "completed",
        "outcome": "done",
        "from": "2026-01-01",
        "to": "2026-01-31",
        "closed_from": "2026-01-02",
        "closed_to": "2026-02-01",
        "overridden": "false",
        "flags": "guest,late",
    }
    assert Selection.read(given).as_json() == given
    assert Selection().as_json() == {}


@pytest.mark.django_db(databases="__all__")
def test_records_of_an_earlier_version_are_folded_anew_by_migrate(
    tablet: Tablet, writer: Writer, release: Release
) -> None:
    chart = everything(tablet, writer, release)
    whole = Record.objects.values().get(case=chart.case)
    assert {"exception", "late"} < set(whole["flags"].split())
    consents = list(RecordConsent.objects.values("record", "key", "status", "decision", "last_ms"))
    RecordConsent.objects.all().delete()
    Record.objects.update(folded_as=0, outcome="", closed_ms=None, overridden=False, flags="")
    said = StringIO()
    call_command("migrate", stdout=said)
    assert "1 records folded anew." in said.getvalue()
    assert Record.objects.values().get(case=chart.case) == whole
    assert list(RecordConsent.objects.values("record", "key", "status", "decision", "last_ms")) == consents
    assert records.renew() == 0
