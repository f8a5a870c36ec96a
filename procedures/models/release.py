"""How a draft becomes a release, act by act: proposed, decided on by another person, published, perhaps recalled.

Each row is one act of one person. The database refuses to change or delete any of them, and refuses a release or a
decision by whoever proposed it (`procedures.append_only`). `procedures.publishing` is the only writer.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .person import Person
from .protocol import Protocol


class Proposal(models.Model):
    """An editor's word that a draft, named by the digest of what it says, should be the next release."""

    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="proposals", verbose_name=_("protocol"))
    digest = models.CharField(_("digest of the content"), max_length=64)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.protocol_id}: {self.reason}"


class Decision(models.Model):
    """What became of a proposal. One without a decision is open; each protocol has one open proposal at most."""

    class Kind(models.TextChoices):
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent-back", _("sent back")
        REPLACED = "replaced", _("replaced by another proposal")

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision", verbose_name=_("proposal"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))
    reason = models.TextField(_("reason"), default="")

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.get_kind_display()


class Release(models.Model):
    """One published document, kept as its bytes and named by their SHA-256."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="releases", verbose_name=_("protocol"))
    number = models.PositiveIntegerField(_("number"))
    document = models.BinaryField()
    effective_from_ms = models.BigIntegerField()
    published_at = models.DateTimeField(_("published"))
    # These are empty only in releases from before drafts, and then proposals, were kept.
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    proposal = models.OneToOneField(
        Proposal, models.PROTECT, null=True, related_name="release", verbose_name=_("proposal")
    )
    reason = models.TextField(_("reason"), default="")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints: ClassVar = [models.UniqueConstraint(fields=["protocol", "number"], name="one_release_a_number")]
        ordering: ClassVar = ["protocol", "-number"]

    def __str__(self) -> str:
        return f"{self.protocol_id} {self.number}"


class Recall(models.Model):
    """A release is taken back: no new case begins on it, those that did keep it."""

    release = models.OneToOneField(Release, models.PROTECT, related_name="recall", verbose_name=_("release"))
    recalled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("recalled by"))
    recalled_at = models.DateTimeField(_("recalled"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")

    def __str__(self) -> str:
        return self.reason
