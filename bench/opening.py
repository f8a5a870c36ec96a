"""What opening alone costs, of all that a push does: `python -m bench.opening DEVICE FILE…`, in a server's environment.

Each file is a request. Prints the CPU seconds that it takes to read all of them, and to open and verify every entry:
what cannot be left out as long as a server is not to believe what it is sent. Nothing is asked of a database.
"""

import os
import sys
import time
import uuid
from pathlib import Path
from statistics import median
from typing import Final

import django
import msgspec

TIMES: Final = 5


def main(device: str, files: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bmproject.settings")
    django.setup()
    from procedures import keys
    from procedures.core.batch import Batch, ServerKeys, open_batch

    server_keys = ServerKeys(keys.signing_public_keys(), keys.hpke_key)
    requests = [Path(file).read_bytes() for file in files]

    def opened() -> float:
        began_s = time.process_time()
        for request in requests:
            batch = msgspec.json.decode(request, type=Batch)
            _, refused = open_batch(batch, uuid.UUID(device), server_keys, set())
            if refused:
                raise RuntimeError(f"The server refuses {refused}")
        return time.process_time() - began_s

    print(median(opened() for _ in range(TIMES)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
