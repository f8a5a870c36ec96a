from .access import AccessRow
from .export import ExportJob
from .journal import Entry, EntryContent, Holding, JournalCheck, WardLog
from .person import Membership, Person, Role
from .protocol import Protocol, Release
from .record import Record
from .ward import Device, Enrolment, TabletCode, Ward

__all__ = [
    "AccessRow",
    "Device",
    "Enrolment",
    "Entry",
    "EntryContent",
    "ExportJob",
    "Holding",
    "JournalCheck",
    "Membership",
    "Person",
    "Protocol",
    "Record",
    "Release",
    "Role",
    "TabletCode",
    "Ward",
    "WardLog",
]
