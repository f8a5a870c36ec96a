"""Canonical JSON and the entry's shape: the shared vectors."""

import copy
from typing import Any

import pytest

from procedures.core import canonical
from procedures.core.entry import body_problem, parse
from procedures.core.errors import Refusal
from tests.procedures.core.shorthand import CASE, SALT, WARD, vectors


@pytest.mark.parametrize("vector", vectors("canonical"), ids=lambda vector: vector["rule"])
def test_canonical(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()

    assert outcome(lambda: canonical.encode(canonical.decode(data))) == vector.get("code", data)


@pytest.mark.parametrize("vector", vectors("entry"), ids=lambda vector: vector["rule"])
def test_entry(vector: dict[str, Any]) -> None:
    data = canonical.encode(changed(vector))

    assert outcome(lambda: body_problem(parse(data)) is None) == vector.get("code", vector.get("known"))


def outcome(read: Any) -> Any:
    try:
        return read()
    except Refusal as refusal:
        return refusal.code


SOUND: dict[str, Any] = {
    "v": 1,
    "enrolment": "00000000-0000-4000-8000-000000000001",
    "seq": 1,
    "prev": "0" * 64,
    "ward": WARD,
    "case": CASE,
    "type": "answer.given",
    "salt": SALT,
    "clock": {"at_ms": 0, "zone_min": 60, "offset_ms": 0, "boot": CASE, "mono_ms": 0},
    "body": {"item": "inr", "part": "", "value": "2.4", "replaces": [], "occurred_ms": None, "late": False},
    "private": "0" * 64,
}


def changed(vector: dict[str, Any]) -> Any:
    if "whole" in vector:
        return vector["whole"]
    entry = copy.deepcopy(SOUND)
    for path, value in vector.get("set", {}).items():
        holder, name = place(entry, path)
        holder[name] = value
    for path, (text, count) in vector.get("repeat", {}).items():
        holder, name = place(entry, path)
        holder[name] = text * count
    if "drop" in vector:
        holder, name = place(entry, vector["drop"])
        del holder[name]
    if "pad_to" in vector:
        entry["body"]["value"] = ""
        entry["body"]["value"] = "x" * (vector["pad_to"] - len(canonical.encode(entry)))
    return entry


def place(entry: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    outer, _, inner = path.rpartition(".")
    return (entry[outer] if outer else entry), inner
