"""Who is signed in to the admin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from procedures.models import Person


def person_of(request: HttpRequest) -> Person:
    """The person behind a request; the admin lets no one else this far."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user
