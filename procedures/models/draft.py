"""The parts of a protocol's draft, as rows that editors change. `procedures.drafting` makes the document of them.

Columns and the names by which rows hang together are those of the document (procedures/core/document.py), so that the
path of a problem leads to its row. Nothing here must hold together: publishing checks that.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.core import document as shapes

from .fields import HtmlField, KeyField, KeysField, LineField, RolesField, ShapeField, WordsField, said
from .protocol import Protocol

_STEP = 10
_UNCONFIRMED = _("Our suggestion, which the hospital has not confirmed yet. Marked so on the tablet.")
_SOURCE = _("Guideline, statute or person that this rests on.")


class Ordered(models.Model):
    """One of several, in the order of a number. Numbers go in tens, so that something fits between."""

    order = models.PositiveIntegerField(_("order"), blank=True, help_text=_("Empty: last."))
    above: ClassVar[str]  # the column that names what this row belongs to

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self.order:
            fellows = type(self)._default_manager.filter(**{self.above: getattr(self, self.above)})
            self.order = (fellows.aggregate(last=models.Max("order"))["last"] or 0) + _STEP
        super().save(*args, **options)


class Level(models.TextChoices):
    STOP = "stop", _("stop")
    CAUTION = "caution", _("caution")
    NOTE = "note", _("note")


def _level(**options: Any) -> "models.CharField[Any, Any]":
    text = _(
        "Stop: the phase cannot be signed until it is cleared or overridden. Caution: must be acknowledged. "
        "Note: only shown."
    )
    return models.CharField(_("level"), **{"max_length": 10, "choices": Level, "help_text": text, **options})


def _override() -> RolesField:
    return RolesField(_("who may override"), help_text=_("Of a stop: these roles, with a reason. None ticked: no one."))


def _message() -> WordsField:
    return WordsField(_("message"), help_text=_("What the tablet says then: what is wrong, and what to do."))


class About(Ordered):
    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="about")
    heading = WordsField(_("heading"))
    html = HtmlField(_("text"), help_text=_("Read on the tablet under “About this procedure”."))
    source = models.TextField(_("source"), help_text=_SOURCE)

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
    filled_by = RolesField(_("filled in by"), help_text=_("Who answers. The tablet says so; it keeps no one out."))
    day_of = models.BooleanField(
        _("on the day"), default=False, help_text=_("A postponed case asks for these answers again.")
    )
    begins = models.BooleanField(
        _("begins the procedure"), default=False, help_text=_("Once it is signed, the case is in progress.")
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


class ItemType(models.TextChoices):
    CONFIRM = "confirm", _("confirm: done, or not so")
    YES_NO = "yes-no", _("yes or no")
    YES_NO_UNKNOWN = "yes-no-unknown", _("yes, no or not known")
    CHOICE = "choice", _("one of several choices")
    CHOICES = "choices", _("any of several choices")
    NUMBER = "number", _("number")
    TEXT = "text", _("text")
    DATETIME = "datetime", _("date and time")
    SCAN = "scan", _("scanned code")
    COMPUTED = "computed", _("computed, never asked")


class Item(Ordered):
    above = "phase"
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="items")
    key = KeyField(
        _("key"), help_text=_("Conditions and records name the question by it, such as bleed.inr. Keep it once in use.")
    )
    text = WordsField(_("question"), help_text=_("As it stands on the tablet."))
    help = WordsField(_("help"), blank=True, help_text=_("Shown below the question."))
    type = models.CharField(
        _("type"),
        max_length=20,
        choices=ItemType,
        default=ItemType.YES_NO,
        help_text=_("How it is answered: buttons, a number pad, a clock."),
    )
    source = models.TextField(_("source"), default="", blank=True, help_text=_SOURCE)
    unconfirmed = models.BooleanField(_("to be confirmed"), default=False, help_text=_UNCONFIRMED)
    private = models.BooleanField(
        _("private"), default=False, help_text=_("Hidden on the tablet until someone asks to see it.")
    )

    unit = models.CharField(
        _("unit"), default="", blank=True, help_text=_("Of a number; shown beside it. A bare 1: none.")
    )
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), null=True, blank=True, help_text=_("Of a number: exactly so many, 0 to 6.")
    )
    min = models.CharField(_("least"), default="", blank=True, help_text=_("Of a number, with all its decimals."))
    max = models.CharField(_("most"), default="", blank=True, help_text=_("Of a number, with all its decimals."))
    max_bytes = models.PositiveIntegerField(
        _("longest text"), null=True, blank=True, help_text=_("Of a text, in bytes. Empty: 2000.")
    )
    none = models.BooleanField(
        _("may be none"), default=False, help_text=_("Of a date and time: a button “none” beside it.")
    )

    required = models.BooleanField(
        _("required"), default=True, help_text=_("The phase cannot be signed without an answer.")
    )
    required_when = LineField(
        _("required when"), help_text=_("Required only when this is so. Empty: always, if ticked above.")
    )
    show_when = LineField(_("shown when"), help_text=_("Asked only when this is so. Empty: always."))
    per_side = models.CharField(
        _("once a side"),
        max_length=64,
        default="",
        blank=True,
        help_text=_("Key of the question in which sides are chosen: asked once for each."),
    )
    per_row = models.CharField(
        _("once a row"), max_length=64, default="", blank=True, help_text=_("Key of a table: asked for each row.")
    )
    repeat = ShapeField(
        _("again later"),
        shape=shapes.Repeat,
        null=True,
        blank=True,
        help_text=_("Minutes after the time given in another question."),
    )

    not_so_level = _level(default="", blank=True)
    not_so_message = WordsField(
        _("message"), blank=True, help_text=_("What the tablet says when a confirmation is “not so”.")
    )
    not_so_override = _override()

    computed_condition = LineField(
        _("computed from"), help_text=_("Of the type computed: reads yes when this is so, else no.")
    )
    computed_table = models.CharField(
        _("or from the table"),
        max_length=64,
        default="",
        blank=True,
        help_text=_("Of the type computed: lists the rows of this table that are there."),
    )
    shows = KeysField(
        _("shows"), help_text=_("Keys of earlier questions whose answers are shown with it, separated by commas.")
    )
    suggest = ShapeField(
        _("suggestions"),
        shape=list[shapes.Suggestion],
        default=list,
        blank=True,
        help_text=_("Answers that the tablet offers when a condition holds."),
    )
    codes = ShapeField(
        _("codes"),
        shape=list[shapes.Code],
        default=list,
        blank=True,
        help_text=_("For exports, such as LOINC. Leave out what is not confirmed."),
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key


class Choice(Ordered):
    above = "item"
    item = models.ForeignKey(Item, models.CASCADE, related_name="choices")
    key = KeyField(_("key"), help_text=_("none means “none of these”, and stands alone."))
    text = WordsField(_("text"), help_text=_("On the button."))
    selectable = models.BooleanField(
        _("can be chosen"), default=True, help_text=_("Unticked: shown grey, with the reason.")
    )
    why = WordsField(_("why not"), blank=True, help_text=_("Why it cannot be chosen."))
    parts = KeysField(
        _("stands for"),
        default=None,
        null=True,
        help_text=_("The sides that it means, separated by commas: for both, left, right. Empty: itself."),
    )

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key


class Absent(Ordered):
    above = "item"
    item = models.ForeignKey(Item, models.CASCADE, related_name="absent")
    key = KeyField(_("key"))
    text = WordsField(_("reason"), help_text=_("Why there is no answer: stands among the answers as a button."))
    level = _level()
    message = _message()
    override = _override()

    class Meta:
        verbose_name = _("way to be without an answer")
        verbose_name_plural = _("without an answer")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key


class Hold(Ordered):
    above = "item"
    item = models.ForeignKey(Item, models.CASCADE, related_name="holds")
    key = KeyField(_("key"), help_text=_("Names the rule in records. Leave it once it is in use."))
    when = LineField(
        _("when"), blank=False, help_text=_("The rule shows while this is so, for example: bleed.inr > 3.0")
    )
    level = _level()
    message = _message()
    override = _override()
    source = models.TextField(_("source"), default="", blank=True, help_text=_SOURCE)
    unconfirmed = models.BooleanField(_("to be confirmed"), default=False, help_text=_UNCONFIRMED)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key


class Table(models.Model):
    """A list that depends on the answers, such as which containers are needed."""

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
    source = models.TextField(_("legal basis"), default="", blank=True, help_text=_SOURCE)
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
    methods = ShapeField(_("ways"), shape=list[shapes.Named], default=list, help_text=_("How consent can be given."))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return said(self.title, self.key)


class Example(Ordered):
    """A worked case that must come out as it says before a release is published."""

    above = "protocol"
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="examples")
    name = models.CharField(_("name"), help_text=_("What it shows, in a sentence."))
    content = ShapeField(
        _("case"),
        default=dict,
        help_text=_("Answers, and what must come of them: holds, shown questions, phases. Times are ms since 1970."),
    )

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
