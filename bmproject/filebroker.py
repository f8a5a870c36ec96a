"""The folder through which web and worker speak where no Redis is: kombu's file transport, and what it lacks."""

import os
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

# The queue's table of bindings; the exchange has the name of Celery's default queue.
TABLE = "celery.exchange"


def prepare(folder: Path) -> dict[str, str]:
    """Make what is not there yet; give the transport's options.

    kombu makes a table and fills it in a second step. Who reads it in between takes it for broken and ends: the
    scheduler could end its own worker at their first start. So the table is there before either of them comes.
    """
    messages, control = folder / "messages", folder / "control"
    for made in (messages, control):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(control / TABLE, "[]")
    return {"data_folder_in": str(messages), "data_folder_out": str(messages), "control_folder": str(control)}


class Channel(filesystem.Channel):
    """kombu puts an empty file into the queue, then writes it; a worker that takes it in between ends, and the task
    with it (celery/kombu issue 1551). Here a message comes into the queue whole."""

    # kombu's two base classes name what is put differently; it is given by place.
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        """Named as kombu looks for it: in the order of its time, and by its queue from the first point on."""
        _write_once(Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg", dumps(payload))


class Transport(filesystem.Transport):
    """kombu's file transport, through our channel."""

    Channel = Channel


def _write_once(file: Path, text: str) -> None:
    """Whole or not at all, and never over what is there."""
    if file.exists():
        return
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as whole:
        whole.write(text)
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, file)
