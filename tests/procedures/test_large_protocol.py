"""A protocol of two hundred questions is edited and published in few queries: none for each row."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures import publishing
from procedures.models import Choice, Hold, Item, Person, Phase, Protocol, Release
from tests.conftest import SecureClient
from tests.procedures.test_draft_admin import HOME, Desk, check_page, page

pytestmark = pytest.mark.django_db
MOST_QUERIES = 40
QUESTIONS = 200


@pytest.fixture
def large(protocol: Protocol) -> Phase:
    """The shipped protocol with a long phase at its end: two choices and a rule for each question."""
    phase = protocol.phases.create(
        key="long", title={"en": "Long", "nb": "Lang"}, when={"en": "Now", "nb": "Nå"}, filled_by=["nurse"]
    )
    phase.signatures.create(meaning="performed", roles=["nurse"])
    text = {"en": "A?", "nb": "A?"}
    items = Item.objects.bulk_create(
        Item(
            phase=phase,
            key=f"long.q{number}",
            order=number * 10,
            text=text,
            type="choice",
            source="s",
            required=False,
        )
        for number in range(1, QUESTIONS + 1)
    )
    Choice.objects.bulk_create(
        Choice(item=item, key=key, text=text, order=10) for item in items for key in ("left", "right")
    )
    Hold.objects.bulk_create(
        Hold(item=item, key="wrong", when=f"{item.key} = left", level="note", message=text, order=10) for item in items
    )
    return phase


@contextmanager
def few_queries() -> Generator[None]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        yield
    assert len(asked) <= MOST_QUERIES, [query["sql"][:120] for query in asked.captured_queries]


def test_all_of_it_put_in_another_order(large: Phase, editor: Person) -> None:
    desk = Desk(SecureClient(), editor)
    with few_queries():
        fields = desk.fields(page(large))
    count = int(fields["items-TOTAL_FORMS"])
    assert count == QUESTIONS
    fields |= {f"items-{index}-order": (count - index) * 10 for index in range(count)}
    fields |= {"items-3-text-in-en": "Changed?", "title-in-en": "Longer"}
    sent = {name: value for name, value in fields.items() if value is not None}
    with few_queries():
        response = desk.client.post(page(large), sent)
    assert response.status_code == 302
    found = list(large.items.all())
    assert (found[0].key, found[-4].text["en"]) == (f"long.q{QUESTIONS}", "Changed?")
    assert Phase.objects.get(pk=large.pk).title["en"] == "Longer"


def test_one_question(large: Phase, editor: Person) -> None:
    desk = Desk(SecureClient(), editor)
    item = large.items.all()[7]
    fields = desk.fields(page(item)) | {"holds-0-when": f"{item.key} = right"}
    with few_queries():
        response = desk.client.post(page(item), {name: value for name, value in fields.items() if value is not None})
    assert response.status_code == 302
    assert Hold.objects.get(item=item).when == f"{item.key} = right"


def test_proposed_and_published(large: Phase, editor: Person, approver: Person) -> None:
    desk = Desk(SecureClient(), editor)
    with few_queries():
        desk.read(check_page(large.protocol))
    with few_queries():
        proposal = publishing.propose(large.protocol, by=editor, reason="Long")
    with few_queries():
        publishing.approve(proposal, by=approver)
    release = Release.objects.get()
    with few_queries():
        desk.read(f"{HOME}/release/{release.pk}/change/")
