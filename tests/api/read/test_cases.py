"""Cases: found by filter, turned page by page, and one of them as the sheet has it; and the notes of who looked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from procedures.models import AccessRow, ApiToken, Person, Record, Release, Ward
from tests.api.read.conftest import Reader, refusal
from tests.chart import PRIVATE, Chart
from tests.tablet import Tablet, Writer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once")]


@pytest.fixture
def begin(tablet: Tablet, writer: Writer, release: Release) -> Callable[[], Chart]:
    return lambda: Chart.begun(tablet, writer, release).send()


def listed(reader: Reader, **query: Any) -> list[str]:
    return [row["case"] for row in reader.json("cases", query)["results"]]


def turned(reader: Reader, query: dict[str, Any], between: Callable[[], object] = lambda: None) -> list[str]:
    """All cases, page by page along `next`; something may happen between two pages."""
    found: list[str] = []
    path, asked = "cases", query
    while True:
        page = reader.json(path, asked)
        found += [row["case"] for row in page["results"]]
        if page["next"] is None:
            return found
        between()
        path, asked = page["next"].split("/api/v1/")[1], {}


class TestOne:
    def test_it_says_what_the_sheet_says(self, dashboard: Reader, chart: Chart, ward: Ward) -> None:
        said = dashboard.json(f"cases/{chart.case}")
        assert (said["case"], said["ward_name"], said["outcome"]) == (chart.case, ward.name, "exception")
        assert said["overridden"]
        assert said["identity"]["name"] == "Emma Solberg"
        inr = next(each for phase in said["phases"] for each in phase["questions"] if each["key"] == "bleed.inr")
        assert [(each["value"], each["stands"], each["reason"]) for each in inr["answers"]] == [
            ("3.4", False, ""),
            ("3.2", True, "The laboratory rang"),
        ]
        late = inr["answers"][1]["act"]
        assert late["flags"] == ["late"]
        assert late["at"].endswith("+01:00")
        assert (late["by"], late["roles"], late["offset_ms"]) == ("Nurse", ["nurse"], 0)
        assert [(hold["key"], hold["cleared"], hold["reason"]) for hold in inr["holds"]] == [
            ("inr-high", "overridden", "Vitamin K was given")
        ]
        assert [step["what"] for step in said["consents"][0]["steps"]] == ["granted"]
        assert len(said["entries"]) == len(chart.entries)

    def test_in_norwegian(self, dashboard: Reader, chart: Chart) -> None:
        said = dashboard.json(f"cases/{chart.case}", Accept_Language="nb")
        assert "Siste INR" in [each["text"] for phase in said["phases"] for each in phase["questions"]]

    def test_without_identity_nothing_private_is_said(
        self, reader: Callable[..., Reader], auditor: Person, chart: Chart
    ) -> None:
        blind = reader(auditor, "cases:read", "consents:read")
        for path in ("cases", f"cases/{chart.case}", "consents"):
            text = blind.get(path).content.decode()
            assert chart.case in text
            assert not [words for words in (*PRIVATE, "Vitamin K was given", '"M0 0l') if words in text], path
        seeing = reader(auditor).get(f"cases/{chart.case}").content.decode()
        assert not [words for words in PRIVATE if words not in seeing]

    def test_it_is_judged_the_same_without_identity(
        self, reader: Callable[..., Reader], auditor: Person, chart: Chart
    ) -> None:
        def phases(each: Reader) -> list[tuple[str, str]]:
            return [(phase["key"], phase["status"]) for phase in each.json(f"cases/{chart.case}")["phases"]]

        assert phases(reader(auditor, "cases:read")) == phases(reader(auditor))

    def test_whoever_looks_is_noted_with_the_token(self, dashboard: Reader, chart: Chart, auditor: Person) -> None:
        dashboard.json(f"cases/{chart.case}")
        row = AccessRow.objects.get()
        assert (row.kind, row.person, str(row.case), row.cases) == ("viewed", auditor, chart.case, 1)
        assert row.token == ApiToken.objects.get()

    def test_one_that_is_not_there(self, dashboard: Reader) -> None:
        nobody = "00000000-0000-4000-8000-000000000000"
        assert refusal(dashboard.get(f"cases/{nobody}")) == (404, "case-unknown")
        assert refusal(dashboard.get("cases/emma")) == (404, "not-found")
        assert not AccessRow.objects.exists()

    def test_queries_do_not_grow_with_what_is_in_it(
        self, dashboard: Reader, chart: Chart, begin: Callable[[], Chart]
    ) -> None:
        small = begin()

        def cost(case: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                dashboard.json(f"cases/{case}")
            return len(captured)

        cost(small.case)
        assert cost(chart.case) == cost(small.case)


class TestList:
    def test_each_filter(self, dashboard: Reader, chart: Chart, begin: Callable[[], Chart], ward: Ward) -> None:
        plain = begin()
        both = {chart.case, plain.case}
        assert set(listed(dashboard)) == both
        assert set(listed(dashboard, ward=ward.id, protocol="bone-marrow-iliac-crest-child")) == both
        assert listed(dashboard, protocol="another") == []
        assert listed(dashboard, outcome="exception", status="completed", overridden="true") == [chart.case]
        assert listed(dashboard, overridden="false") == [plain.case]
        assert listed(dashboard, flag="late", closed_from="2020-01-01") == [chart.case]
        assert listed(dashboard, closed_to="2020-01-01") == []
        assert set(listed(dashboard, planned_from="2020-01-01", planned_to="2100-01-01")) == both
        assert listed(dashboard, release="0" * 64) == []

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"ward": "three"}, "parameter-wrong"),
            ({"ward": ""}, "parameter-wrong"),
            ({"status": "done"}, "parameter-wrong"),
            ({"outcome": "fine"}, "parameter-wrong"),
            ({"flag": "blue"}, "parameter-wrong"),
            ({"overridden": "yes"}, "parameter-wrong"),
            ({"closed_from": "31.12.2026"}, "parameter-wrong"),
            ({"closed_to": "9999-12-31"}, "parameter-wrong"),
            ({"planned_from": "0001-01-01"}, "parameter-wrong"),
            ({"protocol": "bone\x00"}, "parameter-wrong"),
            ({"release": "x"}, "parameter-wrong"),
            ({"page_size": "0"}, "parameter-wrong"),
            ({"page_size": "201"}, "parameter-wrong"),
            ({"ordering": "name"}, "parameter-wrong"),
            ({"cursor": "x"}, "parameter-wrong"),
            ({"status": ["completed", "stopped"]}, "parameter-wrong"),
            ({"wards": "x"}, "parameter-unknown"),
            ({"format": "xml"}, "parameter-unknown"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, dashboard: Reader, chart: Chart, query: dict[str, Any], code: str
    ) -> None:
        response = dashboard.get("cases", query)
        assert refusal(response) == (400, code)
        assert next(iter(query)) in response.json()["where"]
        assert not AccessRow.objects.exists()

    def test_a_page_is_noted_with_its_filter_and_count(
        self, dashboard: Reader, chart: Chart, begin: Callable[[], Chart]
    ) -> None:
        begin()
        dashboard.json("cases", {"overridden": "true", "page_size": 10})
        row = AccessRow.objects.get()
        assert (row.kind, row.filter, row.cases, row.case) == ("listed", {"overridden": "true"}, 1, None)
        assert row.token

    @pytest.mark.parametrize("ordering", ["-start", "start", "-closed", "closed", "case"])
    def test_pages_hold_every_case_once_forwards_and_backwards(
        self, dashboard: Reader, begin: Callable[[], Chart], ordering: str
    ) -> None:
        """Some without the instant that they are ordered by, some with the same."""
        cases = [begin().case for _ in range(7)]
        Record.objects.filter(case__in=cases[:2]).update(start_ms=None, closed_ms=5)
        Record.objects.filter(case__in=cases[2:5]).update(start_ms=7, closed_ms=None)
        whole = listed(dashboard, ordering=ordering)
        assert sorted(whole) == sorted(cases)
        for size in (1, 2, 3, 7):
            query = {"ordering": ordering, "page_size": size}
            assert turned(dashboard, query) == whole
            page = dashboard.json("cases", query)
            pages = [page]
            while page["next"]:
                page = dashboard.json(page["next"].split("/api/v1/")[1])
                pages.append(page)
            for earlier in reversed(pages[:-1]):
                page = dashboard.json(page["previous"].split("/api/v1/")[1])
                assert page["results"] == earlier["results"]
            assert page["previous"] is None

    def test_pages_stay_while_cases_are_added(self, dashboard: Reader, begin: Callable[[], Chart]) -> None:
        before = {begin().case for _ in range(4)}
        found = turned(dashboard, {"page_size": 1}, between=lambda: Record.objects.count() < 7 and begin())
        assert len(found) == len(set(found))
        assert before <= set(found)

    def test_links_keep_the_filter_and_name_no_patient(self, dashboard: Reader, begin: Callable[[], Chart]) -> None:
        for _ in range(3):
            begin()
        link = dashboard.json("cases", {"status": "preparation", "page_size": 1})["next"]
        assert "status=preparation" in link
        assert "page_size=1" in link
        assert not [words for words in PRIVATE if words in link]
        cursor = link.split("cursor=")[1].split("&")[0]
        assert refusal(dashboard.get("cases", {"cursor": cursor, "ordering": "case"})) == (400, "parameter-wrong")
        assert refusal(dashboard.get("cases", {"cursor": cursor[:-1] + "x"})) == (400, "parameter-wrong")

    def test_queries_do_not_grow_with_rows(self, dashboard: Reader, begin: Callable[[], Chart]) -> None:
        def cost(path: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                dashboard.json(path)
            return len(captured)

        begin()
        cost("cases")
        one = cost("cases")
        for _ in range(5):
            begin()
        assert cost("cases") == one


class TestConsents:
    def said(self, reader: Reader, **query: Any) -> list[tuple[str, str]]:
        return [(row["case"], row["decision"]) for row in reader.json("consents", query)["results"]]

    def test_each_filter(
        self, dashboard: Reader, chart: Chart, begin: Callable[[], Chart], ward: Ward, release: Release
    ) -> None:
        granted = chart
        withdrawn = begin()
        withdrawn.decide("granted")
        withdrawn.withdraw()
        withdrawn.send()
        begin()
        one, other = (granted.case, "granted"), (withdrawn.case, "")
        assert self.said(dashboard) == [one, other]
        assert self.said(dashboard, ward=ward.id, protocol=release.protocol_id, consent="procedure") == [one, other]
        assert self.said(dashboard, consent="anaesthesia") == []
        assert self.said(dashboard, standing="true") == self.said(dashboard, decision="granted") == [one]
        assert self.said(dashboard, standing="false") == self.said(dashboard, status="withdrawn") == [other]
        assert self.said(dashboard, decision="refused") == []
        assert self.said(dashboard, case=withdrawn.case) == [other]
        assert refusal(dashboard.get("consents", {"decision": "perhaps"})) == (400, "parameter-wrong")

    def test_a_page_is_noted(self, dashboard: Reader, chart: Chart, client: Client, auditor: Person) -> None:
        self.said(dashboard, standing="true")
        row = AccessRow.objects.get()
        assert (row.kind, row.filter, row.cases) == ("listed", {"list": "consents", "standing": "true"}, 1)
        client.force_login(auditor)
        assert "standing: true" in client.get("/admin/procedures/accessrow/").content.decode()
