"""The condition language: the shared vectors, the line, the words, and where an editor's mistake is."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.core.condition import Reading, evaluate, explain, parse
from procedures.core.conditioncheck import Names
from procedures.core.conditiontext import line, mistake_in
from procedures.core.errors import Refusal
from tests.procedures.core.shorthand import release, vectors


@dataclass
class Reader:
    """What a vector says that a condition reads."""

    reads: dict[str, Any]
    numbers: list[str] = field(default_factory=list)
    now_ms: int = 0
    start: int | None = None
    age: int | None = None
    given_sex: str | None = None
    consents: dict[str, str] = field(default_factory=dict)
    views: dict[str, list[str]] = field(default_factory=dict)

    def readings(self, item: str) -> list[Reading]:
        said = self.reads[item]
        return [_reading(each) for each in (said if isinstance(said, list) else [said])]

    def is_number(self, item: str) -> bool:
        return item in self.numbers

    def start_ms(self) -> int | None:
        return self.start

    def age_years(self) -> int | None:
        return self.age

    def sex(self) -> str | None:
        return self.given_sex

    def consent(self, key: str) -> str:
        return self.consents[key]

    def heard(self, key: str, who: str) -> list[str]:
        return self.views.get(f"{key}/{who}", [])


def _reading(said: Any) -> Reading:
    if isinstance(said, str):
        return Reading(said)
    [(kind, value)] = said.items()
    return Reading(kind, value)


@pytest.mark.parametrize("vector", vectors("condition"), ids=lambda vector: vector["rule"])
def test_vector(vector: dict[str, Any]) -> None:
    reader = Reader(
        vector["reads"],
        vector.get("numbers", []),
        vector.get("now_ms", 0),
        vector.get("start_ms"),
        vector.get("age"),
        vector.get("sex"),
        vector.get("consents", {}),
        vector.get("heard", {}),
    )

    assert parse(vector["line"]) == vector["tree"]
    assert evaluate(vector["tree"], reader) is vector["truth"]


_KEYS = st.from_regex(r"[a-z][a-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda key: key not in ("and", "or", "not", "has", "is", "any", "absent", "hours", "from", "since", "to", "consent")
)
_LEAVES = st.one_of(
    st.builds(
        lambda item, op, value: {"op": op, "item": item, "value": value},
        _KEYS,
        st.sampled_from(["=", "!=", "<", ">"]),
        _KEYS,
    ),
    st.builds(lambda item, value: {"op": "has", "item": item, "value": value}, _KEYS, _KEYS),
    st.builds(lambda item: {"op": "any", "item": item}, _KEYS),
    st.builds(lambda item: {"op": "absent", "item": item}, _KEYS),
    st.builds(lambda item: {"op": "hours", "from": item, "to": "now", "cmp": "<", "hours": "6"}, _KEYS),
    st.builds(lambda item: {"op": "hours", "from": item, "to": "start", "cmp": ">=", "hours": "-0.5"}, _KEYS),
    st.builds(lambda years: {"op": "age_years", "cmp": "<=", "value": years}, st.integers(0, 150)),
    st.just({"op": "sex", "value": "female"}),
    st.builds(lambda key: {"op": "consent", "key": key, "is": "confirmed"}, _KEYS),
)
_TREES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda op, of: {"op": op, "of": of}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)
        ),
        st.builds(lambda of: {"op": "not", "of": of}, inner),
    ),
    max_leaves=8,
)


@given(_TREES)
def test_every_tree_has_a_line_that_reads_as_it(tree: dict[str, Any]) -> None:
    assert parse(line(tree)) == tree


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a = ", "at the end: expected a key, a number"),
        ("a == 3", "at character 4: expected a key, a number, found '='"),
        ("(a = b", "at the end: expected )"),
        ("a = b c", "at character 7: expected and, or, the end, found 'c'"),
        ("hours from x to start < soon", "at character 25: expected a number, found 'soon'"),
        ("subject.age_years < 3.5", "at character 21: expected full years, found '3.5'"),
        ("subject.age_years < 1000", "at character 21: expected full years, found '1000'"),
        ("subject.sex < male", "at character 13: expected = or !=, found '<'"),
        ("A = b", "at character 1: expected (, a key, found 'A'"),
        ("", "at the end: expected (, a key, consent, hours, not"),
        (
            "a = b or " * 300 + "a = b",
            "at character 2001: expected at most 2000 characters, found '= b or '",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, where: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(text)

    assert (refusal.value.code, refusal.value.where) == ("condition-wrong", where)
    assert str(mistake_in(text)) == where


@pytest.mark.parametrize(
    ("text", "at"), [("a = ", 4), ("a == 3", 3), ("a =\n= 3", 4), ("subject.sex < male", 12), ("a = b", None)]
)
def test_a_mistake_can_be_pointed_at(text: str, at: int | None) -> None:
    mistake = mistake_in(text)
    assert (mistake and mistake.at) == at


@pytest.fixture
def names() -> Names:
    return Names.of(release("everything").document)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thinner = yes and inr > 3.0", "“Blood thinner” is yes and “INR” is above 3.0"),
        (
            "kind has x or not (side = both and way = local)",
            "“Kind” includes “X” or it is not so that (“Side” is “Both” and “Way” is “Local”)",
        ),
        ("kind has any and count is absent", "“Kind” includes anything but “none” and “Count” could not be obtained"),
        ("hours from food to start < 6", "from “Food” to the start there are fewer than 6 hours"),
        ("hours since food >= 12.5", "at least 12.5 hours have passed since “Food”"),
        (
            "subject.age_years < 3 and subject.sex = female",
            "the patient is under 3 years old and the patient is female",
        ),
        ("consent main is confirmed", "the consent “Main” is confirmed"),
        ("severe != dont-know", "“Severe” is not unknown"),
        ("nothing = here and consent gone is valid", "“nothing” is here and the consent “gone” is valid"),
    ],
)
def test_a_condition_in_words(text: str, words: str, names: Names) -> None:
    assert explain(parse(text), names, "en") == words


def test_a_condition_in_norwegian(names: Names) -> None:
    assert explain(parse("thinner = no and hours since food < 6"), names, "nb") == (
        "«Blood thinner» er nei og det har gått mindre enn 6 timer siden «Food»"
    )
