"""What tablets are answered, as types: for the description of the API, and for the tests that hold the two together."""

from procedures.core.entry import Strict


class Certified(Strict, frozen=True):
    certificate: str
    signature: str


class ServerKey(Strict, frozen=True):
    key: int
    hpke: str
    signing: str


class NewKey(Strict, frozen=True):
    statement: str
    signature: str


class WardName(Strict, frozen=True):
    ward: str
    name: str


class Reply(Strict, frozen=True):
    v: int
    server_ms: int


class Registered(Reply, frozen=True):
    device: str
    name: str
    wards: list[WardName]
    token: str
    keys: list[ServerKey]


class Enrolled(Reply, frozen=True):
    certificate: Certified
    data_key: str
    new_keys: list[NewKey]


class ListedRelease(Strict, frozen=True):
    digest: str
    protocol: str
    number: int
    status: str
    effective_from_ms: int


class ListedReleases(Reply, frozen=True):
    releases: list[ListedRelease]
    new_keys: list[NewKey]


class EntryReceipt(Strict, frozen=True):
    digest: str
    ward: str
    position: int
    received_ms: int


class RefusedEntry(Strict, frozen=True):
    digest: str
    code: str
    words: str


class HeldOfWriter(Strict, frozen=True):
    enrolment: str
    upto: int
    digest: str | None
    highest: int
    missing: list[list[int]]
    blobs: list[str]


class Pushed(Reply, frozen=True):
    receipts: list[EntryReceipt]
    refused: list[RefusedEntry]
    enrolments: list[HeldOfWriter]


class BlobKept(Reply, frozen=True):
    digest: str
    received_ms: int


class Challenged(Reply, frozen=True):
    challenge: str


class PullTokenGiven(Reply, frozen=True):
    token: str
    expires_ms: int


class LogRow(Strict, frozen=True):
    ward: str
    position: int
    received_ms: int
    case: str | None
    enrolment: str
    digest: str
    entry: str
    private: str | None
    signature: str


class WardPage(Strict, frozen=True):
    ward: str
    state: str
    position: int
    hash: str
    rows: list[LogRow]
    cases: list[str]
    more: bool


class Pulled(Reply, frozen=True):
    wards: list[WardPage]
    left: list[str]
    certificates: list[Certified]
    new_keys: list[NewKey]


class CaseEntries(Strict, frozen=True):
    case: str
    ward: str
    rows: list[LogRow]


class PulledCases(Reply, frozen=True):
    cases: list[CaseEntries]
    left: list[str]
    certificates: list[Certified]
