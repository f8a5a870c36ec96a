"""Who is signed in to the admin."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from procedures.models import Person


def person_of(request: HttpRequest) -> Person:
    """The person behind a request; the admin lets no one else this far."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def allowed(request: HttpRequest, right: Callable[[Person], bool]) -> bool:
    """Whether the person behind a request has a right; before signing in, there is none."""
    return isinstance(request.user, Person) and right(request.user)
