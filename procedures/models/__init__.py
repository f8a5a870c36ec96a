from .access import AccessRow
from .blob import Blob
from .draft import About, ConsentForm, Example, Phase, SignatureSlot, Table, TableRow
from .export import ExportJob
from .journal import Entry, EntryContent, Holding, JournalCheck, WardLog
from .person import Membership, Person, Role
from .protocol import Protocol
from .question import Absent, Choice, Hold, Item
from .record import MOST_SAID, Record, RecordBlob, RecordConsent
from .release import Decision, Proposal, Recall, Release
from .token import ApiToken, Scope
from .ward import Device, Enrolment, TabletCode, Ward

__all__ = [
    "MOST_SAID",
    "About",
    "Absent",
    "AccessRow",
    "ApiToken",
    "Blob",
    "Choice",
    "ConsentForm",
    "Decision",
    "Device",
    "Enrolment",
    "Entry",
    "EntryContent",
    "Example",
    "ExportJob",
    "Hold",
    "Holding",
    "Item",
    "JournalCheck",
    "Membership",
    "Person",
    "Phase",
    "Proposal",
    "Protocol",
    "Recall",
    "Record",
    "RecordBlob",
    "RecordConsent",
    "Release",
    "Role",
    "Scope",
    "SignatureSlot",
    "Table",
    "TableRow",
    "TabletCode",
    "Ward",
    "WardLog",
]
