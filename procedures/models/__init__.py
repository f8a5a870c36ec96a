from .journal import Entry, EntryContent, Holding, JournalCheck, WardLog
from .person import Membership, Person, Role
from .protocol import Protocol, Release
from .record import Record
from .ward import Device, Enrolment, TabletCode, Ward

__all__ = [
    "Device",
    "Enrolment",
    "Entry",
    "EntryContent",
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
