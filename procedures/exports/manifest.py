"""The signed manifest: what a file holds, by SHA-256, so that a program without the server can check it."""

from typing import Any

from procedures import keys
from procedures.core import canonical
from procedures.core.seal import to_text


def manifest(listed: list[dict[str, Any]], facts: dict[str, Any]) -> bytes:
    """The manifest's bytes: each file's name, length and SHA-256, and the facts about the export."""
    return canonical.encode({"v": 1, "files": sorted(listed, key=lambda file: file["name"]), **facts})


def signed(manifest_bytes: bytes) -> bytes:
    """The content of manifest.sig: a statement about the manifest's digest and our keys, and its signature.

    The digest stands inside the signed statement, so that a reader can tell a changed manifest from a changed
    signature.
    """
    number = keys.current_number()
    public = [
        {"key": each, "signing": to_text(keys.point(key))} for each, key in sorted(keys.signing_public_keys().items())
    ]
    statement = canonical.encode(
        {"v": 1, "manifest": canonical.digest_of(manifest_bytes), "key": number, "keys": public}
    )
    signature = to_text(keys.sign_for("manifest", statement))
    return canonical.encode({"statement": statement.decode(), "signature": signature})
