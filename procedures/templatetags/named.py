"""What the keys of a record's sheet are called, on pages for people."""

from typing import Any, Final

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

_NAMES: Final[dict[str, Any]] = {
    "preparation": _("in preparation"),
    "in-progress": _("in progress"),
    "completed": _("completed"),
    "not-done": _("not done"),
    "stopped": _("stopped midway"),
    "entered-in-error": _("entered in error"),
    "unknown": _("not known"),
    "signed": _("signed"),
    "changed": _("changed since signed"),
    "part-signed": _("partly signed"),
    "ready": _("not signed"),
    "open": _("not complete"),
    "unanswered": _("no answer"),
    "disputed": _("different answers, not settled"),
    "unfit": _("an answer that does not fit"),
    "outdated": _("what it confirmed has changed since"),
    "not-applicable": _("no longer asked"),
    "stop": _("Stop"),
    "caution": _("Caution"),
    "note": _("Note"),
    "overridden": _("overridden"),
    "acknowledged": _("seen"),
    "performed": _("Performed"),
    "checked": _("Checked"),
    "draft": _("not asked"),
    "informed": _("informed"),
    "partly-signed": _("not signed by all"),
    "valid": _("valid"),
    "confirmed": _("confirmed"),
    "used": _("valid and used"),
    "granted": _("agreed"),
    "heard": _("heard"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "needs-reconfirmation": _("to be confirmed again"),
    "case.opened": _("opened"),
    "case.taken": _("taken over"),
    "case.planned": _("planned"),
    "case.postponed": _("postponed"),
    "case.closed": _("closed"),
    "case.left": _("moved to another ward"),
    "case.joined": _("came from another ward"),
    "case.erased": _("erased"),
    "note.added": _("note"),
    # Outcomes of a closing.
    "done": _("done"),
    "exception": _("done, with an exception"),
    # Flags.
    "birth-date-wrong": _("birth date cannot be right"),
    "changed-after-closing": _("changed after closing"),
    "clock-skew": _("clock more than 2 minutes off"),
    "closing-unknown": _("closed in an unknown way"),
    "consent-late": _("consent given late"),
    "done-unsigned": _("done, not all signed"),
    "erased": _("erased"),
    "guest": _("signed by a guest"),
    "late": _("entered later"),
    "late-after-closing": _("written after the case was closed"),
    "opened-twice": _("opened twice"),
    "photograph-missing": _("photograph has not arrived"),
    "quarantined": _("quarantined entries"),
    "release-other": _("more than one release"),
    "same-person": _("performed and checked by one person"),
    "signed-while-blocked": _("signed while something was in the way"),
    "unknown-item": _("answers to unknown questions"),
    "unreadable": _("unreadable"),
}


@register.filter
def named(key: str) -> str:
    """The name of a status, level, meaning or kind of act; what has none keeps its key."""
    return str(_NAMES.get(key, key))
