"""CPU time and memory of processes, read from /proc."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


def cpu_s_of_group(group: int) -> float:
    """User and system seconds of all processes of a process group, their ended children included."""
    return _cpu_s(lambda _pid, fields: int(fields[2]) == group)


def cpu_s_of_family(parent: int) -> float:
    """The same of a process and its children, such as PostgreSQL with the backends that it forks."""
    return _cpu_s(lambda pid, fields: parent in (pid, int(fields[1])))


def _cpu_s(wanted: Callable[[int, list[str]], bool]) -> float:
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # After the name in parentheses: state, parent, group, …; the 12th to 15th are the times.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if wanted(int(folder.name), fields):
            ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS_PER_S


def peak_mb_of_group(group: int) -> float:
    """The most memory that each process of a group has ever held, added up."""
    kb = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                kb += int(re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())[1])  # type: ignore[index]
        except OSError:
            continue
    return kb / 1024
