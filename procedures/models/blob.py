"""Photographed papers. `procedures.blobs` is the only writer; the database refuses changes, as for the journal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Blob(models.Model):
    """A photograph under its name, the SHA-256 of its bytes. Legal erasure empties `data` and leaves the name.

    `device` is the tablet that brought it first; whose word it belongs to, the entries say that name it.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    device = models.UUIDField()
    received_ms = models.BigIntegerField()

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")

    def __str__(self) -> str:
        return self.digest
