"""The folder through which web and worker speak where no Redis is: kombu's file transport, and what it lacks."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

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


def _write_once(file: Path, text: str) -> None:
    """Whole or not at all, and never over what is there."""
    if file.exists():
        return
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as whole:
        whole.write(text)
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, file)
