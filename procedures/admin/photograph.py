"""One photograph of a case, for whoever may look at the case."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from procedures import access, blobs

from .who import person_of


@require_safe
def photograph(request: HttpRequest, case: uuid.UUID, digest: str) -> HttpResponse:
    """The picture, and a note of who looked at it. Below the admin's own address, which forbids caches to store it."""
    person = person_of(request)
    if not access.may_see_records(person):
        raise PermissionDenied
    record = get_object_or_404(access.records_for(person), pk=case)
    data = blobs.photograph(record.case, digest)
    if data is None:
        raise Http404
    access.note_viewed(record, person)
    return HttpResponse(data, content_type="image/jpeg")
