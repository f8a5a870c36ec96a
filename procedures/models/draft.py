"""The parts of a protocol's draft, as rows that editors change. `procedures.drafting` makes the document of them.

Columns and the names by which rows hang together are those of the document (procedures/core/document.py), so that the
path of a problem leads to its row. Nothing here must hold together: publishing checks that.
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.core import document as shapes

from .fields import HtmlField, KeyField, KeysField, LineField, RolesField, ShapeField, WordsField, said
from .protocol import Protocol

_STEP = 10
SOURCE = _("Guideline, statute or person that this rests on.")


class Ordered(models.Model):
    """One of several, in the order of a number. Numbers go in tens, so that something fits between."""

    order = models.PositiveIntegerField(
        _("order"), blank=True, help_text=_("Drag the row, or use the arrows. A new one comes last.")
    )
    above: ClassVar[str]  # the column that names what this row belongs to

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self.order:
            fellows = type(self)._default_manager.filter(**{self.above: getattr(self, self.above)})
            self.order = (fellows.aggregate(last=models.Max("order"))["last"] or 0) + _STEP
        super().save(*args, **options)


def refuse_line_without_tick(field: str, *, line: str, ticked: bool) -> None:
    """Raises ValidationError beside a condition that says when something is so which is not so at all."""
    if line and not ticked:
        raise ValidationError({field: _("This condition says nothing while the box above it is empty. Tick it.")})


class About(Ordered):
    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="about")
    heading = WordsField(_("heading"))
    html = HtmlField(_("text"), help_text=_("Read on the tablet under “About this procedure”."))
    source = models.TextField(_("source"), help_text=SOURCE)

    class Meta:
        verbose_name = _("about the procedure")
        verbose_name_plural = _("about the procedure")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return said(self.heading, "?")


class Phase(Ordered):
    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="phases")
    key = KeyField(_("key"), help_text=_("Names the phase in records and conditions. Leave it once it is in use."))
    title = WordsField(_("title"), help_text=_("One word or two: it stands in the tablet's list of phases."))
    when = WordsField(_("when"), help_text=_("When it is filled in, in words; shown under the title."))
    filled_by = RolesField(_("filled in by"), help_text=_("Who answers. It keeps no one out."))
    day_of = models.BooleanField(
        _("on the day"), default=False, help_text=_("A postponed case asks for these answers again.")
    )
    begins = models.BooleanField(
        _("begins the procedure"), default=False, help_text=_("Once it is signed, the case is in progress.")
    )
    aloud = models.BooleanField(
        _("read aloud"),
        default=False,
        help_text=_("The tablet shows one question at a time, in large letters, and stays awake."),
    )
    after = KeysField(
        _("after"), help_text=_("Keys of earlier phases that must be signed before this one, separated by commas.")
    )

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return said(self.title, self.key)


class SignatureSlot(Ordered):
    above = "phase"
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="signatures")
    meaning = KeyField(
        _("meaning"), help_text=_("What signing says: performed, or checked. Shown beside the signature.")
    )
    roles = RolesField(_("roles"), help_text=_("Who may sign."))
    another_person = models.BooleanField(
        _("another person"), default=False, help_text=_("Not the one who signed before.")
    )
    guest = models.BooleanField(
        _("guest"), default=False, help_text=_("Someone who is not on this tablet may sign, witnessed by one who is.")
    )
    when = LineField(
        _("when"),
        words=("held",),
        help_text=_("Needed only when this is so. Empty: always. The word held: when there is a stop or caution."),
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.meaning


class Table(models.Model):
    """A list that depends on the answers, such as which containers are needed."""

    above: ClassVar = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="tables")
    key = KeyField(_("key"), help_text=_("Questions name the table by it."))

    class Meta:
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        ordering: ClassVar = ["key", "pk"]

    def __str__(self) -> str:
        return self.key


class TableRow(Ordered):
    above = "table"
    table = models.ForeignKey(Table, models.CASCADE, related_name="rows")
    key = KeyField(_("key"))
    title = WordsField(_("title"), help_text=_("As it stands on the tablet."))
    when = LineField(_("when"), help_text=_("There only when this is so. Empty: always."))
    per_side = models.CharField(
        _("once a side"),
        max_length=64,
        default="",
        blank=True,
        help_text=_("Key of the question in which sides are chosen: there once for each."),
    )

    class Meta:
        verbose_name = _("row")
        verbose_name_plural = _("rows")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key


class ConsentForm(Ordered):
    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="consents")
    key = KeyField(_("key"), help_text=_("Conditions and records name the consent by it. Keep it once in use."))
    title = WordsField(_("title"))
    text = HtmlField(_("text"), help_text=_("What is read before consent is given. A change asks for consent anew."))
    source = models.TextField(_("legal basis"), default="", blank=True, help_text=SOURCE)
    needed = models.BooleanField(_("needed"), default=True, help_text=_("The tablet asks for it."))
    needed_when = LineField(
        _("needed when"), help_text=_("Needed only when this is so. Empty: always, if ticked above.")
    )
    valid_days = models.PositiveBigIntegerField(
        _("valid for days"), null=True, blank=True, help_text=_("Then it must be confirmed again. Empty: no limit.")
    )
    depends_on = KeysField(
        _("depends on"), help_text=_("Keys of questions; when an answer changes, consent must be confirmed again.")
    )
    before = models.CharField(
        _("before"),
        max_length=64,
        default="",
        blank=True,
        help_text=_("Key of a date and time: consent given after it does not count."),
    )
    rules = ShapeField(
        _("who must consent"),
        shape=list[shapes.SignerRule],
        default=list,
        help_text=_("The first rule whose condition holds counts; the last one has none."),
    )
    relations = ShapeField(_("relations"), shape=list[shapes.Named], default=list, help_text=_("Who can consent."))
    bases = ShapeField(
        _("legal bases"),
        shape=list[shapes.Basis],
        default=list,
        help_text=_("On one of which each decision rests. Whose it can be, and when."),
    )
    methods = ShapeField(
        _("ways"),
        shape=list[shapes.Method],
        default=list,
        help_text=_(
            "How consent can be given, which of them suffice, and what they need: drawing, witness, photograph."
        ),
    )
    hears = ShapeField(
        _("who is heard"),
        shape=list[shapes.Hearing],
        default=list,
        blank=True,
        help_text=_("Asked for their view without having to consent: the child, another guardian."),
    )
    risks = ShapeField(
        _("risks"), shape=list[shapes.Point], default=list, blank=True, help_text=_("Told one by one, and ticked.")
    )
    alternatives = ShapeField(
        _("alternatives"), shape=list[shapes.Point], default=list, blank=True, help_text=_("What else could be done.")
    )
    tissue = ShapeField(
        _("what was taken"),
        shape=list[shapes.Named],
        default=list,
        blank=True,
        help_text=_("What may become of samples when the consent is withdrawn."),
    )
    confirm = models.BooleanField(
        _("confirmed on the day"), default=True, help_text=_("The person is asked once more on the day itself.")
    )
    asked_in = models.CharField(
        _("asked in"), max_length=64, default="", blank=True, help_text=_("Key of the phase in which it is asked for.")
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return said(self.title, self.key)

    def clean(self) -> None:
        refuse_line_without_tick("needed_when", line=self.needed_when, ticked=self.needed)


class Example(Ordered):
    """A worked case that must come out as it says before a release is published."""

    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="examples")
    name = models.CharField(_("name"), help_text=_("What it shows, in a sentence."))
    content = ShapeField(
        _("case"),
        shape=shapes.Example,
        default=dict,
        help_text=_("Answers, and what must come of them: holds, shown questions, phases. Times are ms since 1970."),
    )

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
