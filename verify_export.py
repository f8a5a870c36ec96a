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
import re
import sys
import uuid
import zipfile
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
Rows = dict[str, dict[str, Any] | None]


@dataclass
class Report:
    """What was checked, and every place that does not verify."""

    checked: dict[str, int] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.checked[what] = self.checked.get(what, 0) + 1

    def name(self, file: str, problem: str) -> None:
        self.changed.append(f"{file}: {problem}")


def counted(count: int, what: str) -> str:
    many = "entries" if what == "entry" else f"{what}s"
    return f"{count} {what if count == 1 else many}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a Bedside export without the server that made it.")
    parser.add_argument("export")
    parser.add_argument("--key", required=True, metavar="FINGERPRINT", help="SHA-256 of the server's signing key")
    options = parser.parse_args()
    report = Report()
    try:
        with zipfile.ZipFile(options.export) as archive:
            check(Files(archive, report), options.key.lower(), report)
    except (OSError, zipfile.BadZipFile) as unreadable:
        print(f"Cannot be read: {unreadable}")
        return 2
    for line in report.changed:
        print(f"CHANGED  {line}")
    if report.changed:
        print(f"DOES NOT VERIFY: {counted(len(report.changed), 'place')}.")
        return 1
    print("VERIFIES: " + ", ".join(counted(count, what) for what, count in report.checked.items()) + ".")
    return 0


class Files:
    """The members of the zip, with their SHA-256. One that its own checksum disproves is named, and reads as empty."""

    def __init__(self, archive: zipfile.ZipFile, report: Report) -> None:
        self._archive = archive
        self.digests: dict[str, str] = {}
        for info in archive.infolist():
            if info.filename in self.digests:
                report.name(info.filename, "stands in the zip twice")
            self.digests[info.filename] = self._digest(info, report)

    def _digest(self, info: zipfile.ZipInfo, report: Report) -> str:
        """Read a member through, part by part; "" for a damaged one."""
        digest = hashlib.sha256()
        try:
            with self._archive.open(info) as member:
                while part := member.read(1 << 20):
                    digest.update(part)
        except Exception as broken:  # noqa: BLE001 - zlib, struct and zipfile each raise their own
            report.name(info.filename, f"the zip member is damaged ({broken})")
            return ""
        return digest.hexdigest()

    def read(self, name: str) -> bytes:
        return self._archive.read(name) if self.digests.get(name) else b""

    def lines(self, name: str) -> Iterator[bytes]:
        if self.digests.get(name):
            with self._archive.open(name) as member:
                yield from member


def check(files: Files, fingerprint: str, report: Report) -> None:
    server_keys = check_signature(files, fingerprint, report)
    manifest = check_manifest(files, report)
    writers = read_certificates(files, server_keys, report)
    rows = check_log(files, manifest, report)
    releases = check_releases(files, report)
    blobs = check_entries(files, manifest, rows, writers, releases, report)
    check_blobs(files, manifest, blobs, report)


def check_signature(files: Files, fingerprint: str, report: Report) -> dict[int, Any]:
    """manifest.sig: made by the key with this fingerprint, and about this manifest. Gives the server's keys."""
    try:
        outer = json.loads(files.read("manifest.sig"))
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
    if hashlib.sha256(files.read("manifest.json")).hexdigest() != manifest_digest:
        report.name("manifest.json", "is not the one that was signed")
    return keys


def check_manifest(files: Files, report: Report) -> dict[str, Any]:
    """Every file is there with the digest that the manifest gives it, and no other file is."""
    try:
        manifest = json.loads(files.read("manifest.json"))
        listed = {row["name"]: row["sha256"] for row in manifest["files"]}
    except BROKEN as broken:
        report.name("manifest.json", f"cannot be read ({broken})")
        return {}
    for name, digest in listed.items():
        if name not in files.digests:
            report.name(name, "is missing")
        elif files.digests[name] != digest:
            report.name(name, "is not what the manifest says")
        else:
            report.count("file")
    for name in sorted(files.digests.keys() - listed.keys() - {"manifest.json", "manifest.sig"}):
        report.name(name, "is not in the manifest")
    return manifest if isinstance(manifest, dict) else {}


def lines(files: Files, name: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(files.lines(name), start=1):
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise TypeError("not an object")
        except BROKEN as broken:
            report.name(name, f"line {number} cannot be read ({broken})")
            continue
        yield number, value


def read_certificates(files: Files, server_keys: dict[int, Any], report: Report) -> dict[str, dict[str, Any]]:
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
            report.count("certificate")
        except BROKEN as broken:
            report.name("certificates.jsonl", f"line {number} cannot be read ({broken})")
    return writers


def check_log(files: Files, manifest: dict[str, Any], report: Report) -> Rows:
    """The rolling hash of each ward, row by row, from the manifest's start to its head.

    Gives the rows of the exported cases by digest, and None for those of others, of which there may be very many.
    """
    by_digest: Rows = {}
    cases = set(manifest.get("cases", []))
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
            by_digest[row["digest"]] = row if row["case"] in cases else None
            report.count("log row")
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


def check_releases(files: Files, report: Report) -> set[str]:
    found = set()
    for name, digest in files.digests.items():
        if not name.startswith("releases/"):
            continue
        found.add(digest)
        if name != f"releases/{digest}.json":
            report.name(name, "is not the release of that digest")
        report.count("release")
    return found


def check_blobs(files: Files, manifest: dict[str, Any], named: set[str], report: Report) -> None:
    """The photographs that entries name: there, and what their names say, or listed as missing; and no others.

    In a pseudonymised export there are none.
    """
    wanted = named if manifest.get("identified") else set()
    missing = set(manifest.get("blobs_missing") or [])
    found = {name: digest for name, digest in files.digests.items() if name.startswith("blobs/")}
    for name, digest in found.items():
        if name != f"blobs/{digest}.jpg":
            report.name(name, "is not the photograph of that digest")
        elif digest not in wanted:
            report.name(name, "is named by no entry")
        report.count("photograph")
    for digest in sorted(wanted - missing - set(found.values())):
        report.name(f"blobs/{digest}.jpg", "was left out")


class Chains:
    """The links of each writer's entries, in whatever order they come.

    A writer's key may have been used in two places: then there are two entries of one number, each with successors.
    """

    def __init__(self) -> None:
        self._at: dict[tuple[str, int], set[str]] = {}
        self._links: list[tuple[str, int, str, str]] = []

    def add(self, entry: dict[str, Any], digest: str, certificate: str) -> None:
        """The first entry of a writer follows from the certificate."""
        writer, seq = entry["enrolment"], entry["seq"]
        self._at.setdefault((writer, seq), set()).add(digest)
        self._at[writer, 0] = {certificate}
        self._links.append((writer, seq, entry["prev"], digest))

    def broken(self, log: Container[str]) -> Iterator[str]:
        """Entries that follow neither from the one before nor from any other in the log."""
        for writer, seq, prev, digest in self._links:
            before = self._at.get((writer, seq - 1))
            if before and prev not in before and prev not in log:
                yield digest


def check_entries(
    files: Files,
    manifest: dict[str, Any],
    rows: Rows,
    writers: dict[str, dict[str, Any]],
    releases: set[str],
    report: Report,
) -> set[str]:
    """Each entry: its digest, its place in the log, its writer's signature, its private part; and all their links.

    Gives the digests of the photographs that they name.
    """
    chains = Chains()
    digests = set()
    blobs: set[str] = set()
    for number, row in lines(files, "entries.jsonl", report):
        try:
            problem = entry_problem(row, rows, writers, releases, chains)
            digests.add(hashlib.sha256(row["entry"].encode()).hexdigest())
            blobs |= blobs_named(json.loads(row["entry"]))
        except BROKEN as broken:
            problem = f"cannot be read ({broken})"
        if problem:
            report.name("entries.jsonl", f"line {number}: {problem}")
        else:
            report.count("entry")
    for digest in chains.broken(rows):
        report.name("entries.jsonl", f"entry {digest} does not follow from the one before")
    for digest, wanted in rows.items():
        if wanted and digest not in digests:
            report.name("entries.jsonl", f"entry {digest} at position {wanted['position']} was left out")
    return blobs


def blobs_named(entry: dict[str, Any]) -> set[str]:
    """The photographs that an entry names, also one that does not count."""
    named = entry["body"].get("blobs") if entry["type"] == "consent.decided" else None
    texts = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    return {each for each in texts if re.fullmatch("[0-9a-f]{64}", each)}


def entry_problem(
    row: dict[str, Any],
    rows: Rows,
    writers: dict[str, dict[str, Any]],
    releases: set[str],
    chains: Chains,
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
    if row["private"] is not None and hashlib.sha256(row["private"].encode()).hexdigest() != entry["private"]:
        return f"the private part of entry {digest} was changed"
    chains.add(entry, digest, writer["digest"])
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
