"""What a push asks of the database does not grow with its cases and entries, nor with what its writer wrote before."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures import holdings
from procedures.models import Entry, Release, Ward
from tests.api.test_push import case_of
from tests.tablet import Tablet, Writer, Written, answer, open_case


@pytest.fixture
def checklists(writer: Writer, ward: Ward, release: Release) -> Callable[[int], list[Written]]:
    """So many new cases, one answer each."""

    def write(count: int) -> list[Written]:
        entries: list[Written] = []
        for _ in range(count):
            case = open_case(writer, str(ward.id), release.digest)
            body = answer("bleed.warfarin", "no")
            entries += [*case, writer.write("answer.given", body, ward=str(ward.id), case=case_of(case))]
        return entries

    return write


def queries_of(push: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        push()
    return len(captured)


def test_many_cases_cost_as_many_queries_as_one(tablet: Tablet, checklists: Callable[[int], list[Written]]) -> None:
    tablet.send(*checklists(1))
    one, many = checklists(1), checklists(20)
    assert queries_of(lambda: tablet.send(*one)) == queries_of(lambda: tablet.send(*many))


def test_many_bad_entries_cost_as_many_queries_as_one(
    tablet: Tablet, writer: Writer, ward: Ward, checklists: Callable[[int], list[Written]]
) -> None:
    tablet.send(*checklists(1))

    def bad(count: int) -> list[Written]:
        return [writer.write("answer.guessed", {}, ward=str(ward.id), case=None) for _ in range(count)]

    tablet.send(*bad(1))
    one, many = bad(1), bad(20)
    assert queries_of(lambda: tablet.send(*one)) == queries_of(lambda: tablet.send(*many))
    assert Entry.objects.filter(type="entry.quarantined").count() == 22


def test_a_chain_is_followed_stretch_by_stretch(
    tablet: Tablet, checklists: Callable[[int], list[Written]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "_STRETCH", 3)
    written = checklists(5)  # 20 entries
    reply = tablet.send(*written[:9], *written[11:14], *written[15:])
    (held,) = reply["enrolments"]
    assert (held["upto"], held["digest"]) == (9, written[8].digest)
    assert (held["highest"], held["missing"]) == (20, [[10, 11], [15, 15]])

    (held,) = tablet.send(*written[9:11])["enrolments"]
    assert (held["upto"], held["highest"], held["missing"]) == (14, 20, [[15, 15]])
    (held,) = tablet.send(written[14])["enrolments"]
    assert (held["upto"], held["digest"], held["missing"]) == (20, written[19].digest, [])
