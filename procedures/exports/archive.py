"""A zip written member by member to a file that only we may read, in memory that does not grow with it."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

_CHUNK_BYTES: Final = 1 << 20


class Archive:
    """An open zip. `listed` holds name, length and SHA-256 of each member so far, as the manifest gives them."""

    def __init__(self, file: IO[bytes], *, made_ms: int) -> None:
        self.listed: list[dict[str, Any]] = []
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._moment = datetime.fromtimestamp(made_ms / 1000, UTC).timetuple()[:6]

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """Write one member, part by part; one at a time, so `parts` may not add another."""
        info = zipfile.ZipInfo(name, self._moment)
        info.compress_type = zipfile.ZIP_DEFLATED
        length, digest = 0, hashlib.sha256()
        # The length is not known beforehand, so room for one beyond 4 GB must be left.
        with self._zip.open(info, "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)
                digest.update(part)
                length += len(part)
        self.listed.append({"name": name, "bytes": length, "sha256": digest.hexdigest()})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()


@contextmanager
def whole_or_not_at_all(path: Path) -> Iterator[IO[bytes]]:
    """A new file (mode 0600) that stands under its name only when the block has ended well and it is on the disk.

    A killed process leaves `<name>.part`; whoever tries again writes over it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "w+b", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def measure(file: IO[bytes], alive: Callable[[], None]) -> tuple[int, str]:
    """Length and SHA-256 of a whole file, read from its start; `alive` is called after each part."""
    file.seek(0)
    length, digest = 0, hashlib.sha256()
    while part := file.read(_CHUNK_BYTES):
        digest.update(part)
        length += len(part)
        alive()
    return length, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Without this a power cut could take the name away from a file that the database calls finished."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
