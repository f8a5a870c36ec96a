"""Make what compose.yaml calls secrets: passwords, the addresses that hold them, the first root key.

    python3 deploy/make_secrets.py

Needs only Python. What is there already is kept: run again, it makes what is missing. The folder can be entered by its
owner alone; the files in it can be read by all, since each container sees only those that are mounted into it, and
does so as a user of its own.
"""

import base64
import secrets
import sys
from pathlib import Path

OWNER, APP, DATABASE = "bedside_owner", "bedside_app", "bedside"


def make(folder: Path) -> list[str]:
    """Write each file that is missing; return their names. The database's files belong together, so all or none."""
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = _of_the_database() | {"root-keys": f"1:{_random_text()}\n"}
    there = {name for name in wanted if (folder / name).exists()}
    together = _of_the_database().keys()
    if there & together and not together <= there:
        raise SystemExit(f"Of {', '.join(sorted(together))} some are missing in {folder}: their passwords must agree.")
    for name in wanted.keys() - there:
        (folder / name).write_text(wanted[name])
        (folder / name).chmod(0o444)
    return sorted(wanted.keys() - there)


def _of_the_database() -> dict[str, str]:
    passwords = {role: _random_text() for role in (OWNER, APP)}
    roles = [f"CREATE ROLE {role} LOGIN PASSWORD '{password}';\n" for role, password in passwords.items()]
    return {
        "database-superuser": _random_text() + "\n",
        "database-owner": _address(OWNER, passwords[OWNER]),
        "database": _address(APP, passwords[APP]),
        "roles.sql": "".join(roles) + f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n",
    }


def _address(role: str, password: str) -> str:
    return f"postgres://{role}:{password}@database:5432/{DATABASE}\n"


def _random_text() -> str:
    """32 random bytes in base64url, without padding: no character of it means anything to a URL or to SQL."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


if __name__ == "__main__":
    made = make(Path(__file__).parent / "secrets")
    sys.stdout.write(f"Made: {', '.join(made) or 'nothing, all is there'}.\n")
