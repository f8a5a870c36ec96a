"""docs/wire-format.md names all that the code writes and answers. That it says it rightly is test_client's to show."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from api.urls import of_tablets
from procedures import quarantine
from procedures.core import document
from procedures.core.conditioncheck import _KEYS as OPERATORS
from procedures.core.entry import BODIES, PATTERNS, Strict

PAGE = (Path(__file__).parents[1] / "docs" / "wire-format.md").read_text("utf-8")


def section(heading: str) -> str:
    """The text below a heading of the second level."""
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def shapes_of_a_release() -> Iterator[tuple[str, str]]:
    for name, shape in vars(document).items():
        if isinstance(shape, type) and issubclass(shape, Strict) and shape is not Strict:
            yield from ((name, field.encode_name) for field in fields(shape))


@pytest.mark.parametrize(("shape", "field"), sorted(shapes_of_a_release()))
def test_every_field_of_a_release(shape: str, field: str) -> None:
    assert re.search(rf'[`"]{field}["`]', section("Release document")), f"{shape}.{field}"


@pytest.mark.parametrize("op", sorted(OPERATORS))
def test_every_operator(op: str) -> None:
    rows = PAGE.split("### Condition tree\n")[1].split("\n## ")[0].splitlines()
    (row,) = [row for row in rows if f"`{op}`" in row.split(" | ")[0]]
    assert all(f"`{key}`" in row for key in OPERATORS[op])


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_type_of_entry(kind: str) -> None:
    assert kind in section("Entry")
    body: Any = BODIES[kind]
    missing = [field.name for field in fields(body) if not re.search(rf"\b{field.name}\b", section("Entry"))]
    assert not missing


def test_every_reason_for_quarantine() -> None:
    named = [value for name, value in vars(quarantine).items() if name.isupper() and isinstance(value, str)]
    assert all(f"`{code}`" in section("Tablet API") for code in named)


def test_every_address() -> None:
    addresses = [str(pattern.pattern).replace("<str:digest>", "<digest>") for pattern in of_tablets]
    assert all(re.search(rf"`(GET|POST) {address}`", PAGE) for address in addresses)


def test_every_pattern() -> None:
    assert all(f"| {name} | `{pattern}`" in PAGE for name, pattern in PATTERNS.items())
