"""Canonical JSON, the shapes of the entry and of its private part, the outline of a release: the shared vectors."""

import copy
import json
from typing import Any

import pytest

from procedures.core import canonical
from procedures.core import release as releases
from procedures.core.entry import Entry, body_problem, parse, parse_private, shaped
from procedures.core.errors import Refusal
from tests.procedures.core.shorthand import CASE, SALT, WARD, digest, frozen, vectors


@pytest.mark.parametrize("vector", vectors("canonical"), ids=lambda vector: vector["rule"])
def test_canonical(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()

    assert outcome(lambda: canonical.encode(canonical.decode(data))) == vector.get("code", data)


@pytest.mark.parametrize("vector", vectors("entry"), ids=lambda vector: vector["rule"])
def test_entry(vector: dict[str, Any]) -> None:
    data = vector["text"].encode() if "text" in vector else canonical.encode(changed(vector))

    assert outcome(lambda: body_problem(parse(data)) is None) == vector.get("code", vector.get("known"))


@pytest.mark.parametrize("vector", vectors("private"), ids=lambda vector: vector["rule"])
def test_private_part(vector: dict[str, Any]) -> None:
    data = None if vector["text"] is None else vector["text"].encode()
    names = {None: None, "its": canonical.digest_of(data or b""), "another": digest("b")}
    entry = shaped(SOUND | {"private": names[vector["named"]]}, Entry)
    part = canonical.decode(data) if data and "ok" in vector else None

    assert outcome(lambda: parse_private(entry, data)) == vector.get("code", part)


@pytest.mark.parametrize("vector", vectors("release"), ids=lambda vector: vector["rule"])
def test_release(vector: dict[str, Any]) -> None:
    changed = canonical.encode(json.loads(frozen("inr")) | vector.get("set", {}))
    data = vector["text"].encode() if "text" in vector else changed

    assert outcome(lambda: releases.parse(data).document.protocol) == vector.get("code", "inr")


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
