#!/usr/bin/env python3
"""Check a Bedside export without the server that made it.

    python verify_export.py --key FINGERPRINT export.zip

FINGERPRINT is the SHA-256 of the server's signing key, as `manage.py fingerprint` prints it; have it from elsewhere
than from the file. Needs Python 3.11 and the package `cryptography`. Exit code 0 when all verifies, 1 when anything
was changed or left out (each is named), 2 when the file cannot be read at all.

What a good result means: the listed cases are complete and as their writers signed them. That the *list of cases* is
complete it shows only together with positions of the ward's log that were noted elsewhere.
Formats: docs/wire-format.md.
"""

import argparse
import base64
import hashlib
import json
import sys
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass
class Report:
    """What was checked, and every place that does not verify."""

    checked: dict[str, int] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.checked[what] = self.checked.get(what, 0) + 1

    def name(self, file: str, problem: str) -> None:
        self.changed.append(f"{file}: {problem}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a Bedside export without the server that made it.")
    parser.add_argument("export")
    parser.add_argument("--key", required=True, metavar="FINGERPRINT", help="SHA-256 of the server's signing key")
    options = parser.parse_args()
    report = Report()
    try:
        files = read_zip(options.export, report)
    except (OSError, zipfile.BadZipFile) as unreadable:
        print(f"Cannot be read: {unreadable}")
        return 2
    check(files, options.key.lower(), report)
    for line in report.changed:
        print(f"CHANGED  {line}")
    if report.changed:
        print(f"DOES NOT VERIFY: {len(report.changed)} places.")
        return 1
    print("VERIFIES: " + ", ".join(f"{count} {what}" for what, count in report.checked.items()) + ".")
    return 0


def read_zip(path: str, report: Report) -> dict[str, bytes]:
    """Every member by name; one that its own checksum disproves is named and read no further."""
    files = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename in files:
                report.name(info.filename, "stands in the zip twice")
            try:
                files[info.filename] = archive.read(info)
            except Exception as broken:  # noqa: BLE001 - zlib, struct and zipfile each raise their own
                files[info.filename] = b""
                report.name(info.filename, f"the zip member is damaged ({broken})")
    return files


def check(files: dict[str, bytes], fingerprint: str, report: Report) -> None:
    server_keys = check_signature(files, fingerprint, report)
    manifest = check_manifest(files, report)
    writers = read_certificates(files, server_keys, report)
    rows = check_log(files, manifest, report)
    releases = check_releases(files, report)
    check_entries(files, manifest, rows, writers, releases, report)


def check_signature(files: dict[str, bytes], fingerprint: str, report: Report) -> dict[int, Any]:
    """manifest.sig: made by the key with this fingerprint, and about this manifest. Gives the server's keys."""
    try:
        outer = json.loads(files["manifest.sig"])
        text = outer["statement"].encode()
        statement = json.loads(text)
        points = {row["key"]: from_text(row["signing"]) for row in statement["keys"]}
        point = points[statement["key"]]
        if hashlib.sha256(point).hexdigest() != fingerprint:
            report.name("manifest.sig", "was made by another key than the one given")
            return {}
        if not verifies(public_key(point), outer["signature"], b"bedside/1 manifest" + text):
            report.name("manifest.sig", "the signature does not stand")
            return {}
        manifest_digest = statement["manifest"]
        keys = {number: public_key(each) for number, each in points.items()}
    except BROKEN as broken:
        report.name("manifest.sig", f"cannot be read ({broken})")
        return {}
    if hashlib.sha256(files.get("manifest.json", b"")).hexdigest() != manifest_digest:
        report.name("manifest.json", "is not the one that was signed")
    return keys


def check_manifest(files: dict[str, bytes], report: Report) -> dict[str, Any]:
    """Every file is there with the digest that the manifest gives it, and no other file is."""
    try:
        manifest = json.loads(files["manifest.json"])
        listed = {row["name"]: row["sha256"] for row in manifest["files"]}
    except BROKEN as broken:
        report.name("manifest.json", f"cannot be read ({broken})")
        return {}
    for name, digest in listed.items():
        if name not in files:
            report.name(name, "is missing")
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            report.name(name, "is not what the manifest says")
        else:
            report.count("files")
    for name in sorted(files.keys() - listed.keys() - {"manifest.json", "manifest.sig"}):
        report.name(name, "is not in the manifest")
    return manifest if isinstance(manifest, dict) else {}


def lines(files: dict[str, bytes], name: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(files.get(name, b"").splitlines(), start=1):
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise TypeError("not an object")
        except BROKEN as broken:
            report.name(name, f"line {number} cannot be read ({broken})")
            continue
        yield number, value


def read_certificates(
    files: dict[str, bytes], server_keys: dict[int, Any], report: Report
) -> dict[str, dict[str, Any]]:
    """Certificates that the server signed, by enrolment, with their digest and public key."""
    writers: dict[str, dict[str, Any]] = {}
    for number, row in lines(files, "certificates.jsonl", report):
        try:
            text = row["certificate"].encode()
            certificate = json.loads(text)
            signer = server_keys.get(certificate["key"])
            if signer is None or not verifies(signer, row["signature"], b"bedside/1 certificate" + text):
                report.name("certificates.jsonl", f"line {number}: not signed by the server")
                continue
            certificate["digest"] = hashlib.sha256(text).hexdigest()
            certificate["point"] = public_key(from_text(certificate["public_key"]))
            writers[certificate["enrolment"]] = certificate
            report.count("certificates")
        except BROKEN as broken:
            report.name("certificates.jsonl", f"line {number} cannot be read ({broken})")
    return writers


def check_log(files: dict[str, bytes], manifest: dict[str, Any], report: Report) -> dict[str, dict[str, Any]]:
    """The rolling hash of each ward, row by row, from the manifest's start to its head. Gives rows by digest."""
    by_digest: dict[str, dict[str, Any]] = {}
    try:
        state = {
            ward["ward"]: {"next": ward["first"], "hash": ward["hash_before"], "head": ward}
            for ward in manifest["wards"]
        }
    except BROKEN:
        return by_digest
    for number, row in lines(files, "log.jsonl", report):
        try:
            ward = state[row["ward"]]
            expected = rolling(ward["hash"], row)
            if row["position"] != ward["next"]:
                report.name("log.jsonl", f"line {number}: position {ward['next']} was left out")
            elif row["hash"] != expected:
                report.name("log.jsonl", f"line {number}: the rolling hash does not follow")
            ward["next"], ward["hash"] = row["position"] + 1, row["hash"]
            by_digest[row["digest"]] = row
            report.count("log rows")
        except BROKEN as broken:
            report.name("log.jsonl", f"line {number} cannot be read ({broken})")
    for name, ward in state.items():
        if (ward["next"] - 1, ward["hash"]) != (ward["head"]["head"], ward["head"]["head_hash"]):
            report.name("log.jsonl", f"ward {name} does not end at its head")
    return by_digest


def rolling(last: str, row: dict[str, Any]) -> str:
    case = uuid.UUID(row["case"]).bytes if row["case"] else bytes(16)
    place = row["position"].to_bytes(8, "big") + row["received_ms"].to_bytes(8, "big")
    return hashlib.sha256(bytes.fromhex(last) + place + case + bytes.fromhex(row["digest"])).hexdigest()


def check_releases(files: dict[str, bytes], report: Report) -> set[str]:
    found = set()
    for name, data in files.items():
        if not name.startswith("releases/"):
            continue
        digest = hashlib.sha256(data).hexdigest()
        found.add(digest)
        if name != f"releases/{digest}.json":
            report.name(name, "is not the release of that digest")
        report.count("releases")
    return found


def check_entries(
    files: dict[str, bytes],
    manifest: dict[str, Any],
    rows: dict[str, dict[str, Any]],
    writers: dict[str, dict[str, Any]],
    releases: set[str],
    report: Report,
) -> None:
    """Each entry: its digest, its place in the log, its writer's signature, its private part, its link."""
    seen: dict[tuple[str, int], str] = {}
    digests = set()
    for number, row in lines(files, "entries.jsonl", report):
        try:
            problem = entry_problem(row, rows, writers, releases, seen)
            digests.add(hashlib.sha256(row["entry"].encode()).hexdigest())
        except BROKEN as broken:
            problem = f"cannot be read ({broken})"
        if problem:
            report.name("entries.jsonl", f"line {number}: {problem}")
        else:
            report.count("entries")
    cases = set(manifest.get("cases", []))
    for digest, row in rows.items():
        if row["case"] in cases and digest not in digests:
            report.name("entries.jsonl", f"entry {digest} at position {row['position']} was left out")


def entry_problem(
    row: dict[str, Any],
    rows: dict[str, dict[str, Any]],
    writers: dict[str, dict[str, Any]],
    releases: set[str],
    seen: dict[tuple[str, int], str],
) -> str:
    """What is wrong with one entry, or "" when nothing is."""
    data = row["entry"].encode()
    digest = hashlib.sha256(data).hexdigest()
    entry = json.loads(data)
    place = rows.get(digest)
    if digest != row["digest"] or place is None:
        return f"entry {row['digest']} was changed"
    if (place["ward"], place["position"], place["case"]) != (row["ward"], row["position"], entry["case"]):
        return f"entry {digest} stands in another place of the log"
    writer = writers.get(entry["enrolment"])
    if writer is None:
        return f"entry {digest}: its writer's certificate is missing"
    if not verifies(writer["point"], row["signature"], data):
        return f"entry {digest} is not signed by {writer['name']}"
    before = writer["digest"] if entry["seq"] == 1 else seen.get((entry["enrolment"], entry["seq"] - 1))
    if before is not None and entry["prev"] != before:
        return f"entry {digest} does not follow from the one before"
    seen[entry["enrolment"], entry["seq"]] = digest
    if row["private"] is not None and hashlib.sha256(row["private"].encode()).hexdigest() != entry["private"]:
        return f"the private part of entry {digest} was changed"
    if entry["type"] == "case.opened" and entry["body"]["release"] not in releases:
        return f"the release of entry {digest} was left out"
    return ""


def from_text(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def verifies(key: ec.EllipticCurvePublicKey, signature: str, data: bytes) -> bool:
    raw = from_text(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    # Stray bits at the end of base64 decode to the same bytes; a changed letter must still be seen.
    return len(raw) == 64 and base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == signature


if __name__ == "__main__":
    sys.exit(main())
