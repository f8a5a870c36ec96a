"""A consent of a case that was erased: what is gone is said to be gone, and what stays can still be proved."""

import pytest
from django.db import connections, transaction
from django.test import Client

from procedures import append_only, journal, server
from procedures.clock import now_ms
from procedures.models import Person, Release, Ward
from tests.chart import Chart
from tests.procedures.test_consent_page import words_of_page, words_of_pdf
from tests.tablet import Tablet, Writer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def erase(chart: Chart) -> None:
    """As legal erasure leaves a case: the server's word for it in the log, and no private part."""
    ward = Ward.objects.get()
    with transaction.atomic():
        heads = journal._locked_heads({ward.id})
        act = server.Act("case.erased", {"basis": "request"}, chart.id)
        journal._store(server.write(ward, [act], at_ms=now_ms()), heads)
        heads[str(ward.id)].save()
    owner = connections[append_only.owner_alias("default")]
    with append_only.lifted(owner), owner.cursor() as cursor:
        cursor.execute("UPDATE procedures_entrycontent SET private = NULL")


def test_after_erasure_it_says_so(
    client: Client, administrator: Person, tablet: Tablet, writer: Writer, release: Release
) -> None:
    chart = Chart.begun(tablet, writer, release).grant_all()
    chart.withdraw()
    erase(chart.send())
    client.force_login(administrator)
    for said in (words_of_page(client, chart.case), words_of_pdf(client, chart.case)):
        for gone in ("Emma Solberg", "Ida Solberg", "010119", "Wants to wait"):
            assert gone not in said
        for words in (
            *("Erased, on the basis “request”", "[erased] (A parent): agreed", "Withdrawn: [erased]"),
            *("A doctor will take a small sample", "Signature [erased]"),
            *(entry.digest for entry in chart.entries[3:]),
        ):
            assert words in said, words
