"""Python = TypeScript: the same random histories and the same broken bytes, answered alike to the byte."""

import os
import random
from collections.abc import Iterator

import pytest

from procedures.core import canonical
from procedures.core.entry import body_problem, parse
from procedures.core.errors import Refusal
from tests.procedures.core import compare
from tests.procedures.core.histories import CERTIFICATES, as_json, history
from tests.procedures.core.shorthand import chance, frozen, names, vectors
from tests.procedures.core.twin import Twin, judge

# Other seeds each day would find more and fail at random; `python -m tests.procedures.core.compare` runs ranges.
SEEDS = range(int(os.environ.get("BEDSIDE_TWIN_SEEDS", "150")))


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    with Twin() as running:
        yield running


def test_state_and_readiness(twin: Twin) -> None:
    release = twin.learn(frozen("everything"))
    for seed in SEEDS:
        case = history(seed, release)
        theirs = twin.judge(release, compare.shuffled(case, seed), CERTIFICATES, case.moments)
        assert theirs == judge(release, case.entries, CERTIFICATES, case.moments), f"seed {seed}"


@pytest.mark.parametrize("name", names())
def test_releases_are_read(twin: Twin, name: str) -> None:
    assert twin.learn(frozen(name)).document.protocol == name


def test_broken_bytes_are_refused_alike(twin: Twin) -> None:
    dice = chance(7)
    texts = [vector["text"].encode() for vector in vectors("canonical") if "text" in vector]
    for _ in range(1500):
        data = _damaged(dice.choice(texts), dice)
        assert twin.decode(data) == _decoded(data), data


def test_broken_entries_are_refused_alike(twin: Twin) -> None:
    dice = chance(8)
    release = twin.learn(frozen("everything"))
    entries = [each.entry for seed in range(20) for each in history(seed, release).entries]
    for _ in range(1500):
        data = canonical.encode(as_json(dice.choice(entries)))
        data = _damaged(data, dice) if dice.random() < 0.9 else data
        assert twin.decode(data, "entry") == _parsed(data), data


_BITS = [
    b"",
    b"0",
    b"-",
    b".",
    b"e5",
    b'"',
    b"{",
    b"]",
    b",",
    b"null",
    b"\\u00e9",
    b"\xff",
    b"\xc3\xa5",
    b"a",
    b" ",
    b"9" * 20,
]


def _damaged(data: bytes, dice: random.Random) -> bytes:
    """A byte or two taken out or written over, somewhere."""
    for _ in range(dice.randint(1, 2)):
        start = dice.randint(0, len(data))
        data = data[:start] + dice.choice(_BITS) + data[start + dice.randint(0, 3) :]
    return data


def _decoded(data: bytes) -> list[str]:
    try:
        return ["ok", canonical.encode(canonical.decode(data)).decode()]
    except Refusal as refusal:
        return ["refused", refusal.code]


def _parsed(data: bytes) -> list[object]:
    try:
        return ["ok", body_problem(parse(data)) is None]
    except Refusal as refusal:
        return ["refused", refusal.code]
