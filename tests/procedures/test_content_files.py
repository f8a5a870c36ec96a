"""Content files: what YAML may say, and the line of everything that is wrong, in the file and in what it says."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from procedures import contentfile
from procedures.contentfile import MAX_BYTES, Misread
from procedures.core.document import Problem
from procedures.core.errors import PROBLEMS, Refusal
from procedures.models import Hold, Protocol
from tests.conftest import CONTENT

SMALL = CONTENT.read_text()


@pytest.fixture(params=["the quick parser", "the parser in Python"])
def _either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML is also built without C, and the two are two programs."""
    if request.param == "the parser in Python":
        monkeypatch.setattr(contentfile, "_Loader", yaml.SafeLoader)


PLAIN = """
no: no
yes: yes
date: 2026-01-01
moment: 2026-01-01T07:30:00Z
limit: 3.0
power: 1e3
octal: 012
hexadecimal: 0x1f
clock: 12:30
tilde: ~
shouted: TRUE
infinite: .inf
merge: <<
signed: +5
long: 1_000
count: 12
below: -5
right: true
nothing: null
quoted: "12"
block: |
  true
"""


@pytest.mark.usefixtures("_either_parser")
def test_what_is_written_plain_stays_what_it_looks_like() -> None:
    draft = contentfile.read(PLAIN.encode()).draft
    typed = {"count": 12, "below": -5, "right": True, "nothing": None, "quoted": "12", "block": "true\n"}
    assert {key: draft.pop(key) for key in typed} == typed
    lines = dict(line.split(": ", 1) for line in PLAIN.strip().splitlines() if ": " in line)
    assert draft == {key: lines[key] for key in draft}
    assert len(draft) == 15


BROKEN: list[tuple[bytes, int, str]] = [
    (b"a: b: c", 1, "not allowed here|not allowed in this context"),
    (b"a: 1\nb: [1, 2\n", 3, "expected ',' or ']'"),
    (b"a:\n  - b\n - c", 3, "expected"),
    (b'a: 1\nb: "no end', 2, "end of stream"),
    (b"v: 1\nw: 2\nv: 3", 3, "“v” is there twice, first with its value in line 1"),
    (b'{"a": {"key": "inr", "min": 1,\n "min": 2}}', 2, "“min” is there twice"),
    (b"a:\n\tb: 1", 2, "a tab in the indentation"),
    (b"a:\n  - b\n\t- c", 3, "a tab in the indentation"),
    (b"a: &x 1\nb: *x", 1, "the anchor &x"),
    (b"a: 1\nb: *x", 2, "the alias \\*x"),
    (b"a: [1, 2]\n&b c: 1", 2, "the anchor &b"),
    (b"a: !!python/object/apply:os.system [ls]", 1, "the tag tag:yaml.org,2002:python"),
    (b"a:\n  !!binary aGFsbG8=", 2, "the tag"),
    (b"a: ! 12", 1, "the tag !"),
    (b"a: 1\n---\nb: 2", 2, "a second document"),
    (b"a: 1\n...\nb: 2", 3, "document"),
    (b"", 1, "the file is empty"),
    (b"# only a remark\n", 1, "the file is empty"),
    (b"a: 1\nb:\nc: 2", 2, "an empty value"),
    (b"a:\n  -\n  - 1", 2, "an empty value"),
    (b"? [a, b]\n: 1", 1, "a key that is no text"),
    (b"a: 1\nb: 9007199254740992", 2, "a number beyond"),
    (b"a: " + b"9" * 10_000, 1, "a number beyond"),
    (b'a: 1\nb: "\\0"', 2, "NUL"),
    (b'a: 1\nb: "\\ud800"', 2, "surrogate|invalid Unicode"),
    (b"a: 1\nb: x\x07", 2, "the character U\\+0007"),
    (b"a: 1\nb: \xff", 2, "not UTF-8"),
    (b"a:\n  b: " + b"[" * 40, 2, "nested"),
    (b"[" * 100_000, 1, "nest"),
    (b"\n".join(b" " * depth + b"a:" for depth in range(1000)), 33, "nested too deeply"),
]


@pytest.mark.usefixtures("_either_parser")
@pytest.mark.parametrize(("data", "line", "words"), BROKEN, ids=[str(data[:20]) for data, _, _ in BROKEN])
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(Misread, match=words) as refusal:
        contentfile.read(data)
    assert (refusal.value.code, refusal.value.line) == ("json-broken", line)
    assert refusal.value.where.startswith(f"line {line}, column ")
    assert refusal.value.code in PROBLEMS


def test_columns_are_counted_from_one() -> None:
    with pytest.raises(Misread, match=r"line 2, column 4: the alias"):
        contentfile.read(b"a: 1\nb: *x")
    with pytest.raises(Misread, match=r"line 2, column 5: not UTF-8"):
        contentfile.read("a: 1\nb: å".encode() + b"\xff")


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"- a\n- b", "shape-wrong", "line 1, column 1: not an object"),
        (b"text", "shape-wrong", "not an object"),
        (b"a: [" + b"x" * MAX_BYTES, "too-large", "2000004 bytes; at most 2000000"),
        (b"\xff" * (MAX_BYTES + 1), "too-large", "2000001 bytes"),
    ],
)
def test_what_is_no_content_file(data: bytes, code: str, where: str) -> None:
    with pytest.raises(Refusal, match=where) as refusal:
        contentfile.read(data)
    assert refusal.value.code == code


def test_json_is_read_as_well() -> None:
    value = {"a": [1, True, None, "no", {"b": 'c\n"ø"'}], "d": {}, "e": []}
    assert contentfile.read(json.dumps(value, indent=1, ensure_ascii=False).encode()).draft == value


@pytest.mark.parametrize(
    ("path", "words", "line_has"),
    [
        ("phases[1].items[2].holds[0].when", "x", "when: bleed.inr > 3.0"),
        ("phases[1].items[2].holds[0].source", "x", "source: 'Oncolex"),
        ("phases[1].items[2]", "Invalid enum value 'x' - at `$.holds[0].level`", "level: stop"),
        ("phases[1].items[2]", "Object missing required field `text`", "key: bleed.inr"),
        ("phases[1].items[2].show_when.of", "x", "show_when: bleed.warfarin = yes"),
        ("phases[1].items[2].colour", "x", "key: bleed.inr"),
        ("consents[0].rules[1].when", "x", "when: null"),
        ("consents[0].text.nb.html", "x", "<p>En lege tar"),
        ("examples[0].holds", "x", "holds: {"),
        ("", "Expected `str`, got `int` - at `$.protocol`", "protocol: bone-marrow"),
        ("", "Expected `str` - at `key` in `$.title`", "title: {en: 'Bone"),
        ("tables.containers[0].when", "x", "v: 1"),
        ("", "not frozen", "v: 1"),
    ],
)
def test_the_path_of_a_problem_leads_to_its_line(path: str, words: str, line_has: str) -> None:
    line = contentfile.read(SMALL.encode()).line_of(Problem(path, words))
    assert line_has in SMALL.splitlines()[line - 1]


def swap(old: str, new: str) -> Callable[[str], str]:
    assert SMALL.count(old) >= 1
    return lambda text: text.replace(old, new, 1)


# Changes of the small protocol; the text of the line that is to be named; what is to be said about it.
UNKEPT: list[tuple[Callable[[str], str], str, str]] = [
    (
        swap("show_when: bleed.warfarin = yes", "show_when: bleed.warfarin ="),
        "show_when: bleed.warfarin =",
        "at the end",
    ),
    (swap("level: stop", "level: halt"), "level: halt", "Invalid enum value"),
    (swap("type: choices", "type: colour"), "type: colour", "Invalid enum value"),
    (swap("decimals: 1", "decimals: 1.5"), "decimals: 1.5", "got `str`"),
    (swap("min: '0.5'", "min: 1"), "min: 1", "got `int`"),
    (swap("day_of: true", "day_of: yes"), "day_of: yes", "Expected `bool`"),
    (swap("review_by: '2027-11-01'", "review_by: 2027-02-30"), "review_by: 2027-02-30", "there is no such day"),
    (swap("unit: '1'", "unity: '1'"), "key: bleed.inr", "unknown field `unity`"),
    (swap("languages: [en, nb]", "languages: 5"), "languages: 5", "Expected `array`"),
]

# What a draft may say, and a release may not.
DOUBTED: list[tuple[Callable[[str], str], str, str]] = [
    (swap("when: bleed.inr > 3.0", "when: bleed.inr > 3.05"), "when: bleed.inr > 3.05", "no number with at most 1"),
    (swap("bleed.platelets < 50", "bleed.plates < 50"), "when: bleed.plates < 50", "there is no item"),
    (swap("<p>En lege tar", "<p><u>En</u> lege tar"), "<u>En</u> lege tar", "<u> is not allowed"),
]


@pytest.mark.django_db
class TestTheCommand:
    def load(self, text: str, path: Path, *options: str) -> tuple[str, str]:
        path.write_text(text)
        out, err = StringIO(), StringIO()
        call_command("load_protocol", str(path), *options, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def test_fills_a_draft_and_repeats_itself(self, tmp_path: Path) -> None:
        for _ in range(2):
            out, err = self.load(SMALL, tmp_path / "a.yaml")
            assert "The draft of bone-marrow-iliac-crest-child is what" in out
            assert err == ""
        assert Protocol.objects.get().releases.count() == 0

    def test_spares_what_people_changed(self, tmp_path: Path) -> None:
        self.load(SMALL, tmp_path / "a.yaml")
        Hold.objects.filter(key="inr-high").update(when="bleed.inr > 2.5")
        with pytest.raises(CommandError, match="--replace"):
            self.load(SMALL, tmp_path / "a.yaml")
        self.load(SMALL, tmp_path / "a.yaml", "--replace")
        assert Hold.objects.get(key="inr-high").when == "bleed.inr > 3.0"

    @pytest.mark.parametrize(("change", "line", "words"), UNKEPT, ids=[line for _, line, _ in UNKEPT])
    def test_refuses_what_cannot_be_kept(
        self, tmp_path: Path, change: Callable[[str], str], line: str, words: str
    ) -> None:
        text, path = change(SMALL), tmp_path / "a.yaml"
        with pytest.raises(CommandError) as error:
            self.load(text, path)
        place, said = _split(str(error.value).splitlines()[0], path)
        assert line in text.splitlines()[place - 1]
        assert words in said
        assert not Protocol.objects.exists()

    @pytest.mark.parametrize(("change", "line", "words"), DOUBTED, ids=[line for _, line, _ in DOUBTED])
    def test_keeps_and_doubts_what_cannot_be_published(
        self, tmp_path: Path, change: Callable[[str], str], line: str, words: str
    ) -> None:
        text, path = change(SMALL), tmp_path / "a.yaml"
        out, err = self.load(text, path)
        assert "The draft of" in out
        place, said = _split(err.splitlines()[1], path)
        assert line in text.splitlines()[place - 1]
        assert words in said

    def test_names_the_line_of_an_example_that_comes_out_otherwise(self, tmp_path: Path) -> None:
        path = tmp_path / "a.yaml"
        text = SMALL.replace("when: bleed.inr > 3.0", "when: bleed.inr > 2.9")
        place, said = _split(self.load(text, path)[1].splitlines()[1], path)
        assert "holds: {" in text.splitlines()[place - 1]
        assert "“bleed.inr:inr-high” comes out as true, not as false" in said

    def test_all_problems_at_once_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        text, path = SMALL, tmp_path / "a.yaml"
        for change, _, _ in (UNKEPT[0], UNKEPT[1], UNKEPT[3]):
            text = change(text)
        with pytest.raises(CommandError) as error:
            self.load(text, path)
        places = [_split(line, path)[0] for line in str(error.value).splitlines()]
        assert len(places) == 3
        assert places == sorted(places)

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.yaml"
        with pytest.raises(CommandError) as error:
            self.load(SMALL.replace("phases:", "phases: &all", 1), path)
        line = SMALL.splitlines().index("phases:") + 1
        assert str(error.value) == f"{path}:{line}: the anchor &all: write out what repeats (column 9)"

    def test_a_file_that_is_too_large_or_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="at most 2000000"):
            self.load("#" * (MAX_BYTES + 1), tmp_path / "a.yaml")
        with pytest.raises(CommandError, match="No such file"):
            call_command("load_protocol", str(tmp_path / "nothing.yaml"))


def _split(told: str, path: Path) -> tuple[int, str]:
    """The line number and the words of `file:line: words`."""
    file, line, words = told.split(":", 2)
    assert file == str(path)
    return int(line), words


def test_seed_demo_takes_another_content_file(db: None, settings: Any) -> None:
    settings.BEDSIDE_DEMO = True
    call_command("seed_demo", "--json", "--content", str(CONTENT), stdout=StringIO())
    protocol = Protocol.objects.get()
    assert protocol.releases.count() == 1
    assert protocol.phases.count() == SMALL.count("\n- key: ") - SMALL[SMALL.index("\nconsents:") :].count("\n- key: ")
