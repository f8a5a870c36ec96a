"""Content files: the draft document as people write it, in YAML, with the place of every value.

What is read is less than YAML, so that nothing turns into what its writer did not mean:

- Written plain, `null`, `true`, `false` and whole numbers such as `12` are what they look like. **All else is text**:
  `no`, `yes`, `on`, `~`, `2026-01-01`, `3.0`, `1e3`, `012`. Quotes make text of anything: a number's limits are texts
  in the document, so `min: "0"`. There are no numbers with decimals: a release holds none.
- Keys are texts too: `no:` is Norwegian.
- A value that is left empty, anchors and aliases, tags, a key twice, a second document are refused.

JSON is YAML of this kind as well, but for pairs of \\u escapes.

The parser is PyYAML's safe one (in C where that is there), asked for its events. Nodes are built here, since its own
composer has followed aliases, and the resolver has guessed at types, before anyone can object.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml

from . import presets
from .core.canonical import MAX_DEPTH, MAX_INTEGER
from .core.document import Problem
from .core.errors import Refusal

MAX_BYTES: Final = 2_000_000

Json = dict[str, Any]

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Final = {"null": None, "true": True, "false": False}
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# The last step of a path: ".key" or "[3]".
_LAST_STEP: Final = re.compile(r"(?:\.?[^.\[\]]+|\[[^\]]*\]|\.)$")
# Where msgspec says it found something, below the piece that it was given.
_BELOW: Final = re.compile(r" - at `(?:key` in `)?\$([^`]*)`$")


class Misread(Refusal):
    """A refusal of a file's text, with line and column as editors count them, from 1."""

    def __init__(self, code: str, words: str, *, line: int, column: int) -> None:
        super().__init__(code, f"line {line}, column {column}: {words}")
        self.line = line
        self.told = f"{words} (column {column})"


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says; `lines`: where each value begins, by paths such as "phases[1].items[2].holds[0].when"."""

    draft: Json
    lines: dict[str, int]

    def line_of(self, problem: Problem) -> int:
        """The line of what a problem is about, or of the nearest thing around it that the file has."""
        below = _BELOW.search(problem.words)
        path = problem.path + (below[1] if below else "")
        path = path if problem.path else path.removeprefix(".")
        while path not in self.lines:
            path = _LAST_STEP.sub("", path)
        return self.lines[path]


def read(data: bytes) -> Content:
    """Read a content file, its consents completed by the presets that they name. Raises as `parse` does, and
    Refusal("release-broken") for a preset that there is none of.
    """
    content = parse(data)
    presets.complete(content.draft)
    return content


def parse(data: bytes) -> Content:
    """Read a content file as it is written.

    Raises Refusal "too-large" beyond MAX_BYTES, before anything is parsed; Misread "json-broken" with line and column
    for all that cannot be read, "shape-wrong" when it is no object.
    """
    if len(data) > MAX_BYTES:
        raise Refusal("too-large", f"{len(data)} bytes; at most {MAX_BYTES}")
    text = _decoded(data)
    reader = _Reader(text)
    try:
        draft = reader.document()
    except yaml.MarkedYAMLError as broken:
        _refuse(broken.problem_mark or broken.context_mark, _told(broken, text))
    if not isinstance(draft, dict):
        raise Misread("shape-wrong", "not an object", line=reader.lines.get("", 1), column=1)
    return Content(draft, reader.lines)


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        _refuse_in(data[: broken.start].decode("utf-8", "replace"), "not UTF-8")
    if control := yaml.reader.Reader.NON_PRINTABLE.search(text):
        _refuse_in(text[: control.start()], f"the character U+{ord(control[0]):04X}")
    return text


def _refuse_in(before: str, words: str) -> NoReturn:
    """Refuse what follows a stretch of text."""
    lines = before.split("\n")
    raise Misread("json-broken", words, line=len(lines), column=len(lines[-1]) + 1)


def _refuse(mark: Any, words: str) -> NoReturn:
    raise Misread("json-broken", words, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1)


def _told(broken: yaml.MarkedYAMLError, text: str) -> str:
    """What the parser says; of a tab where only spaces may stand it says little."""
    mark = broken.problem_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab in the indentation: use spaces"
    return ", ".join(said for said in (broken.problem, broken.context) if said)


class _Reader:
    """Builds the one document of a text, and notes the line of each value."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self.lines: dict[str, int] = {}

    def document(self) -> Any:
        next(self._events)  # the stream's start
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            _refuse(None, "the file is empty")
        value = self._value(next(self._events), "", 1)
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            _refuse(after.start_mark, "a second document: a file holds one")
        return value

    def _value(self, event: Any, path: str, depth: int) -> Any:
        _refuse_features(event)
        self.lines[path] = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if depth > MAX_DEPTH:
            _refuse(event.start_mark, f"nested too deeply: at most {MAX_DEPTH}")
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(each, f"{path}[{index}]", depth + 1) for index, each in enumerate(self._inside())]
        return self._object(path, depth)

    def _object(self, path: str, depth: int) -> Json:
        made: Json = {}
        for event in self._inside():
            key = _key(event)
            inner = f"{path}.{key}" if path else key
            if key in made:
                _refuse(event.start_mark, f"“{key}” is there twice, first with its value in line {self.lines[inner]}")
            made[key] = self._value(next(self._events), inner, depth + 1)
        return made

    def _inside(self) -> Iterator[Any]:
        """The events that begin what is in a list or an object, as far as nobody else takes them."""
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event


def _refuse_features(event: Any) -> None:
    if isinstance(event, yaml.AliasEvent):
        _refuse(event.start_mark, f"the alias *{event.anchor}: write it out")
    if event.anchor is not None:
        _refuse(event.start_mark, f"the anchor &{event.anchor}: write out what repeats")
    if event.tag is not None:
        _refuse(event.start_mark, f"the tag {event.tag}: values have no tags here")


def _key(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        _refuse(event.start_mark, "a key that is no text")
    _refuse_features(event)
    return _clean(event)


def _scalar(event: Any) -> Any:
    value = _clean(event)
    if event.style:  # quoted, or a block
        return value
    if not value:
        _refuse(event.start_mark, 'an empty value: write it, or null, or ""')
    if value in _WORDS:
        return _WORDS[value]
    if not _WHOLE.fullmatch(value):
        return value
    if len(value) > len(str(MAX_INTEGER)) + 1 or abs(int(value)) > MAX_INTEGER:
        _refuse(event.start_mark, "a number beyond 2^53")
    return int(value)


def _clean(event: Any) -> str:
    """What no release and no database can hold, and escapes can still say."""
    value: str = event.value
    if "\x00" in value:
        _refuse(event.start_mark, "a text holds the character NUL")
    if _SURROGATE.search(value):
        _refuse(event.start_mark, "a text holds half a character (a lone surrogate)")
    return value
