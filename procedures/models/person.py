"""People, and the roles that they hold on wards over time."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    """Makes people with hashed passwords."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone with an account. The UUID goes into certificates, so that it means the same after a restore."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=150, unique=True)
    printed_name = models.CharField(
        _("printed name"),
        max_length=200,
        help_text=_("As it stands beside a signature, for example Kari Nordmann, RN."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick instead of deleting someone who left.")
    )
    is_staff = models.BooleanField(_("may open the admin"), default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["printed_name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["printed_name"]
        permissions: ClassVar = [("give_rights", "Can give rights in the admin")]

    def __str__(self) -> str:
        return self.printed_name

    def get_full_name(self) -> str:
        """What the admin calls the one who is signed in."""
        return self.printed_name


class Role(models.TextChoices):
    """What a person is at the bedside. Releases name these keys."""

    NURSE = "nurse", _("nurse")
    CLINICIAN = "clinician", _("clinician")
    ANAESTHETIST = "anaesthetist", _("anaesthetist")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Memberships that hold now."""
        now = timezone.now()
        return self.filter(since__lte=now).filter(models.Q(until=None) | models.Q(until__gt=now))


class Membership(models.Model):
    """One role of one person on one ward, from `since` to `until`. Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    ward = models.ForeignKey("procedures.Ward", models.PROTECT, related_name="memberships", verbose_name=_("ward"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "ward", "role"], condition=models.Q(until=None), name="one_open_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.ward}"
