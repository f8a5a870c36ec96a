"""The questions of a phase in a draft, with their choices, their rules, and the ways to be without an answer."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.core import document as shapes

from .draft import SOURCE, Ordered, Phase, refuse_line_without_tick
from .fields import KeyField, KeysField, LineField, RolesField, ShapeField, WordsField

_UNCONFIRMED = _("Our suggestion, which the hospital has not confirmed yet. Marked so on the tablet.")
_WITHOUT_LEVEL = _("This says nothing without a level: choose one, or empty this.")


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


class ItemType(models.TextChoices):
    CONFIRM = "confirm", _("confirm: done, or not so")
    YES_NO = "yes-no", _("yes or no")
    YES_NO_UNKNOWN = "yes-no-unknown", _("yes, no or not known")
    CHOICE = "choice", _("one of several choices")
    CHOICES = "choices", _("any of several choices")
    NUMBER = "number", _("a number")
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
    help = WordsField(
        _("help"), blank=True, help_text=_("Shown with the source when the note beside the question is tapped.")
    )
    type = models.CharField(
        _("type"),
        max_length=20,
        choices=ItemType,
        default=ItemType.YES_NO,
        help_text=_("How it is answered: buttons, a number pad, a clock."),
    )
    source = models.TextField(_("source"), default="", blank=True, help_text=SOURCE)
    unconfirmed = models.BooleanField(_("to be confirmed"), default=False, help_text=_UNCONFIRMED)
    private = models.BooleanField(
        _("private"), default=False, help_text=_("The tablet says to ask when nobody else listens.")
    )
    stable = models.BooleanField(
        _("stays the same"),
        default=False,
        help_text=_(
            "For a child who returns, the tablet shows what was answered last time, to be confirmed in one tap. Only "
            "for what seldom changes, such as an allergy; never for what is measured or belongs to the day."
        ),
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

    def clean(self) -> None:
        """What `procedures.drafting` would have to leave out of the document is refused, not dropped in silence."""
        refuse_line_without_tick("required_when", line=self.required_when, ticked=self.required)
        said = {"not_so_message": self.not_so_message, "not_so_override": self.not_so_override}
        if not self.not_so_level and any(said.values()):
            raise ValidationError({name: _WITHOUT_LEVEL for name, value in said.items() if value})


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
    bases = ShapeField(
        _("legal bases"),
        shape=list[shapes.Named],
        default=list,
        blank=True,
        help_text=_("Where there are any, whoever overrides says on which of them it rests. For emergencies."),
    )
    source = models.TextField(_("source"), default="", blank=True, help_text=SOURCE)
    unconfirmed = models.BooleanField(_("to be confirmed"), default=False, help_text=_UNCONFIRMED)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.key
