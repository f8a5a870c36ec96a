"""The text in which an editor writes who must grant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.core.document import Signers
from procedures.core.entry import PATTERNS
from procedures.core.signertext import Unread, read_signers, write_signers

_KEYS = st.one_of(st.sampled_from(["of", "of-kin", "and"]), st.from_regex(PATTERNS["key"], fullmatch=True))


@st.composite
def _groups(draw: st.DrawFn) -> Signers:
    relations = draw(st.lists(_KEYS, min_size=1, max_size=4, unique=True))
    return Signers(relations=relations, count=draw(st.integers(1, len(relations))))


@given(st.lists(_groups(), min_size=1, max_size=3))
def test_whoever_can_be_asked_is_read_as_they_were_written(signers: list[Signers]) -> None:
    assert read_signers(write_signers(signers)) == signers


@given(st.one_of(st.text(), st.text("ab1203 of,;\n\t", max_size=30)))
def test_any_text_is_read_or_has_a_mistake(text: str) -> None:
    read = read_signers(text)
    assert isinstance(read, Unread) or read_signers(write_signers(read)) == read


@pytest.mark.parametrize(
    ("text", "signers"),
    [
        ("self", [(1, "self")]),
        ("1 of self", [(1, "self")]),
        (" 2  of a,b ,\n c ", [(2, "a", "b", "c")]),
        ("self; 2 of a, b", [(1, "self"), (2, "a", "b")]),
        ("of; 1 of of, of-kin", [(1, "of"), (1, "of", "of-kin")]),
    ],
)
def test_what_is_meant(text: str, signers: list[tuple[int, str]]) -> None:
    assert read_signers(text) == [Signers(relations=relations, count=count) for count, *relations in signers]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("", "nobody", ""),
        ("self;", "nobody", ""),
        ("self; ; a", "nobody", ""),
        ("2 of", "nobody", "2 of"),
        ("1 of , ,", "nobody", "1 of , ,"),
        ("self; a, b", "how-many", "a, b"),
        ("0 of a, b", "none", "0 of a, b"),
        ("self; 3 of a, b", "too-many", "3 of a, b"),
        ("2 of a, a", "too-many", "2 of a, a"),
        ("1 of Mother, father", "no-key", "Mother"),
        ("2 a, b", "no-key", "2 a"),
        ("2 of-kin", "no-key", "2 of-kin"),
        ("٢ of a, b", "no-key", "٢ of a"),
        (f"{'9' * 5000} of a", "no-key", f"{'9' * 5000} of a"),
    ],
)
def test_what_cannot_be_meant(text: str, kind: str, found: str) -> None:
    read = read_signers(text)
    assert isinstance(read, Unread)
    assert (read.kind, read.found) == (kind, found)
