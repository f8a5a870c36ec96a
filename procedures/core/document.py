"""The shapes of the release document. Twin of frontend/src/core/release.ts.

What has a default here may be left out of a draft; a frozen release has every key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from .entry import Digest, Key, Strict, matching

VERSION: Final = 1
VIEWS: Final = ("agrees", "disagrees", "too-young", "not-asked")  # of somebody who is heard about a consent

Words = dict[Key, Annotated[str, Meta(min_length=1)]]
Date = Annotated[str, matching("date")]
Condition = dict[str, Any]
Level = Literal["stop", "caution", "note"]
ItemType = Literal[
    "confirm",
    "yes-no",
    "yes-no-unknown",
    "choice",
    "choices",
    "number",
    "text",
    "datetime",
    "scan",
    "computed",
]


class Choice(Strict, frozen=True):
    """`selectable` false: shown but not offered, with `why`. `parts`: the sides it stands for; None: itself."""

    key: Key
    text: Words
    selectable: bool = True
    why: Words | None = None
    parts: list[Key] | None = None


class Absent(Strict, frozen=True):
    """A reason for which the item could not be obtained; it is itself the hold "absent.<key>"."""

    key: Key
    text: Words
    level: Level
    message: Words
    override: list[Key] = []


class NotSo(Strict, frozen=True):
    """What "not so" means on a confirm item: the hold "not-so"."""

    level: Level
    message: Words
    override: list[Key] = []


class Named(Strict, frozen=True):
    key: Key
    title: Words


class Hold(Strict, frozen=True):
    """`bases`: where there are any, an override says on which of them it rests, as one without consent does."""

    key: Key
    when: Condition
    level: Level
    message: Words
    override: list[Key] = []
    bases: list[Named] = []
    source: str = ""
    unconfirmed: bool = False


class Computed(Strict, frozen=True):
    """Either a condition (reads "yes" or "no") or a table (reads the list of its rows that are there)."""

    condition: Condition | None = None
    table: Key | None = None


class Repeat(Strict, frozen=True):
    """Asked again at set minutes after a datetime item: one part for each, named by its minutes."""

    from_item: Key = msgspec.field(name="from")
    after_min: list[Annotated[int, Meta(ge=0)]]


class Suggestion(Strict, frozen=True):
    when: Condition | None
    value: Any


class Code(Strict, frozen=True):
    system: str
    code: str


class Item(Strict, frozen=True):
    """A question. `decimals`, `min`, `max`: of a number; `max_bytes`: of a text; `none`: of a datetime.

    `stable`: what was answered in a patient's last case is suggested in the next one.
    """

    key: Key
    text: Words
    type: ItemType
    source: str
    help: Words | None = None
    unit: str | None = None
    decimals: Annotated[int, Meta(ge=0, le=6)] | None = None
    min: str | None = None
    max: str | None = None
    max_bytes: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    choices: list[Choice] = []
    none: bool = False
    required: bool | Condition = True
    show_when: Condition | None = None
    private: bool = False
    stable: bool = False
    absent: list[Absent] = []
    not_so: NotSo | None = None
    per_side: Key | None = None
    per_row: Key | None = None
    repeat: Repeat | None = None
    holds: list[Hold] = []
    computed: Computed | None = None
    shows: list[Key] = []
    suggest: list[Suggestion] = []
    unconfirmed: bool = False
    codes: list[Code] = []


class SignatureSlot(Strict, frozen=True):
    """`when`: None always; "held" when a stop or caution of the phase is active, cleared or not; or a condition."""

    meaning: Key
    roles: list[Key]
    another_person: bool = False
    guest: bool = False
    when: Literal["held"] | Condition | None = None


class Phase(Strict, frozen=True):
    """`when` in words; `begins`: once signed, the case is in progress; `after`: phases to be signed before.

    `aloud`: the tablet shows one question at a time, large, for one to read out and all to hear.
    """

    key: Key
    title: Words
    when: Words
    filled_by: list[Key]
    signatures: list[SignatureSlot]
    items: list[Item]
    day_of: bool = False
    begins: bool = False
    aloud: bool = False
    after: list[Key] = []


class Row(Strict, frozen=True):
    """A row of a table, such as a container: there when its condition is true, once or once a side."""

    key: Key
    title: Words
    when: Condition | None = None
    per_side: Key | None = None


class ConsentText(Strict, frozen=True):
    """`digest`: of all that is shown in this language, text, risks and alternatives; `freeze` fills it in."""

    html: str
    digest: Digest


class Point(Strict, frozen=True):
    """A risk or an alternative, told by itself."""

    key: Key
    text: Words


class Basis(Strict, frozen=True):
    """A legal basis: always recorded, never inferred. Whose it may be (nobody named: anybody's), and when."""

    key: Key
    title: Words
    source: str
    relations: list[Key] = []
    when: Condition | None = None


class Method(Strict, frozen=True):
    """A way to decide, and what it takes to count: a drawing or else a witness, a witness, a photograph.

    `elsewhere`: it was done before; where, when and who saw it is asked for. `suffices` False: recorded only.
    """

    key: Key
    title: Words
    suffices: bool = True
    drawn: bool = False
    witness: bool = False
    photograph: bool = False
    elsewhere: bool = False


class Hearing(Strict, frozen=True):
    """Somebody to be heard who need not grant, the child itself or another guardian; `when` None: always.

    `refuses`: if they disagree, the consent is refused.
    """

    key: Key
    title: Words
    source: str
    when: Condition | None = None
    refuses: bool = False


class Signers(Strict, frozen=True):
    """`count` different relations out of these must have granted."""

    relations: list[Key]
    count: Annotated[int, Meta(ge=1)]


class SignerRule(Strict, frozen=True):
    """The first rule whose condition is true says who must grant."""

    signers: list[Signers]
    when: Condition | None = None


class ConsentKind(Strict, frozen=True):
    """A form of consent and its law.

    `asked_in`: the phase in which it is asked for; `confirm`: it is confirmed on the day itself; `depends_on`: a change
    of these asks for a new confirmation; `before`: what is granted after that instant does not count; `tissue`: what
    may become of what was taken, once it is withdrawn.
    """

    key: Key
    title: Words
    text: dict[Key, ConsentText]
    rules: list[SignerRule]
    relations: list[Named]
    bases: list[Basis]
    methods: list[Method]
    source: str
    risks: list[Point] = []
    alternatives: list[Point] = []
    hears: list[Hearing] = []
    tissue: list[Named] = []
    needed: bool | Condition = True
    confirm: bool = True
    asked_in: Key | None = None
    valid_days: Annotated[int, Meta(ge=1)] | None = None
    depends_on: list[Key] = []
    before: Key | None = None


class About(Strict, frozen=True):
    heading: Words
    html: Words
    source: str


class ExampleAnswer(Strict, frozen=True):
    item: Key
    value: Any
    part: str = ""


class Example(Strict, frozen=True):
    """A worked case; `holds` "<item>:<hold>" -> active, `shown` "<item>" -> shown, `phases` "<phase>" -> status.

    `granted` "<consent>" -> the relations that have consented; all of it is confirmed at `now_ms`. `heard` "<consent>"
    -> who was heard -> their view; who is to be heard about a consent that was granted agrees, unless it is said.
    """

    name: str
    now_ms: int
    zone_min: int
    answers: list[ExampleAnswer]
    sex: Key = "unknown"
    birth_date: Date | None = None
    start_ms: int | None = None
    granted: dict[Key, list[Key]] = {}
    heard: dict[Key, dict[Key, Key]] = {}
    holds: dict[str, bool | None] = {}
    shown: dict[str, bool | None] = {}
    phases: dict[str, str] = {}


class Document(Strict, frozen=True):
    v: Literal[1]
    protocol: Key
    number: Annotated[int, Meta(ge=1)]
    languages: Annotated[list[Key], Meta(min_length=1)]
    title: Words
    effective_from_ms: Annotated[int, Meta(ge=0)]
    review_by: Date
    phases: list[Phase]
    about: list[About] = []
    tables: dict[Key, list[Row]] = {}
    consents: list[ConsentKind] = []
    examples: list[Example] = []

    def items(self) -> Iterator[Item]:
        for phase in self.phases:
            yield from phase.items


@dataclass(frozen=True, slots=True)
class Release:
    """A release: the document and the SHA-256 of the bytes that it was read from."""

    digest: str
    document: Document


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold, in plain words, and where: a path such as "phases[1].items[2].holds[0].when"."""

    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.path}: {self.words}" if self.path else self.words
