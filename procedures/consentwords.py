"""What the keys in entries about consents are called, on pages and paper for people."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from .paper.blocks import Level

# How each state is shown, its name, and what it means in one sentence.
STATES: Final[Mapping[str, tuple[Level, Any, Any]]] = {
    "draft": ("note", _("Not asked yet"), _("Nobody has been asked.")),
    "informed": ("note", _("Informed, not decided"), _("The information was given; nobody has decided.")),
    "partly-signed": (
        "caution",
        _("Not signed by all"),
        _("It does not hold yet: somebody has yet to agree or be heard."),
    ),
    "valid": ("good", _("Valid"), _("It holds.")),
    "confirmed": ("good", _("Valid and confirmed"), _("It holds, and was confirmed on the day.")),
    "used": ("good", _("Valid and used"), _("It held when the procedure was done.")),
    "refused": ("stop", _("Refused"), _("It was refused and does not hold.")),
    "withdrawn": ("stop", _("Withdrawn"), _("It was withdrawn. Nothing that was agreed to before holds any longer.")),
    "needs-reconfirmation": (
        "caution",
        _("To be confirmed again"),
        _("It does not hold until it is confirmed or given anew."),
    ),
    "entered-in-error": ("caution", _("Entered in error"), _("All decisions were entered in error; none holds.")),
    "unknown": ("stop", _("Not known"), _("The release is not known here, so it cannot be said whether it holds.")),
}
# What asks for a new confirmation.
WHY: Final[Mapping[str, Any]] = {
    "text": _("the text that was read is not this release’s"),
    "plan": _("the plan has changed since"),
    "day": _("it was for another day"),
    "expired": _("it is too old"),
}
# Why a grant does not count.
UNCOUNTED: Final[Mapping[str, Any]] = {
    "late": _("Given too late: it does not count"),
    "basis": _("The legal basis does not apply: it does not count"),
    "method": _("This way of consenting does not suffice: it does not count"),
    "witness": _("Without a witness it does not count"),
    "signature": _("Without a signature or a witness it does not count"),
    "photograph": _("Without a photograph of the paper it does not count"),
}
# What ended an act.
ENDED: Final[Mapping[str, Any]] = {
    "defeated": _("Ended by a withdrawal"),
    "superseded": _("Replaced by a later one of the same person"),
    "reopened": _("To be given again after postponement"),
}
# What has become of a photograph, as procedures.reading has it.
PICTURES: Final[Mapping[str, Any]] = {
    "held": _("Photograph of the paper, by its SHA-256"),
    "erased": _("The photograph was erased."),
    "missing": _("The photograph has not arrived. It is kept on the tablet that took it."),
}
DECISIONS: Final[Mapping[str, Any]] = {"granted": _("agreed"), "refused": _("refused")}
COPIES: Final[Mapping[str, Any]] = {
    "taken": _("Taken"),
    "declined": _("Offered, not wanted"),
    "not-offered": _("Not offered"),
}
INTERPRETERS: Final[Mapping[str, Any]] = {
    "in-person": _("In the room"),
    "telephone": _("By telephone"),
    "video": _("By video"),
    "relative": _("A relative interpreted, which asks for caution"),
}
CHECKED: Final[Mapping[str, Any]] = {
    "known": _("Known to the staff"),
    "card": _("By a card with a picture"),
    "register": _("Looked up in a register"),
    "told": _("As told by the person"),
}
VIEWS: Final[Mapping[str, Any]] = {
    "agrees": _("agrees"),
    "disagrees": _("disagrees"),
    "too-young": _("too young to be heard"),
    "not-asked": _("not asked"),
}
# What an entry is.
TYPES: Final[Mapping[str, Any]] = {
    "consent.informed": _("information given"),
    "consent.decided": _("decision"),
    "consent.heard": _("somebody heard"),
    "consent.confirmed": _("confirmation on the day"),
    "consent.withdrawn": _("withdrawal"),
    "entry.voided": _("entered in error, says a later entry"),
    "entry.quarantined": _("set aside for inspection"),
    "entry.released": _("set aside no longer"),
    "case.erased": _("erased"),
}


def called(names: Mapping[str, Any], key: str) -> str:
    """What has no name keeps its key."""
    return str(names.get(key, key))
