"""Holds the Python and TypeScript cores against each other over random histories.

    python -m tests.procedures.core.compare --seeds 0:100000 --workers 2

Ends with 1 at the first seed whose canonical output differs, after naming it and the smallest history found.
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import orjson

from procedures.core.book import Written
from tests.procedures.core.histories import CERTIFICATES, History, history
from tests.procedures.core.shorthand import chance, frozen
from tests.procedures.core.twin import Twin, judge

Outcome = tuple[int | None, Counter[str]]


def run(seeds: range) -> Outcome:
    """The first seed that differs, or None; and how often each status and flag was met."""
    met: Counter[str] = Counter()
    with Twin() as twin:
        release = twin.learn(frozen("everything"))
        for seed in seeds:
            case = history(seed, release)
            ours = judge(release, case.entries, CERTIFICATES, case.moments)
            if ours != twin.judge(release, shuffled(case, seed), CERTIFICATES, case.moments):
                return seed, met
            met.update(seen_in(ours))
    return None, met


def shuffled(case: History, seed: int) -> list[Written]:
    """The same entries in another order, some of them twice."""
    dice = chance(seed)
    entries = case.entries + dice.sample(case.entries, len(case.entries) // 3)
    dice.shuffle(entries)
    return entries


def seen_in(answer: bytes) -> set[str]:
    state, views = orjson.loads(answer)
    found = {f"register {'settled' if each['settled'] else 'open'}" for each in state["registers"].values()}
    for view in views:
        found |= {f"case {view['status']}"} | {f"flag {code}" for code in view["flags"]}
        found |= {f"consent {each['status']}" for each in view["consents"]}
        for phase in view["phases"]:
            found |= {f"{phase['key']} {phase['status']}"}
            found |= {f"blocker {code}" for slot in phase["signatures"] for code in slot["blockers"]}
            found |= {f"item {item['state']}" for item in phase["items"]}
            found |= {f"cleared {hold['cleared']}" for item in phase["items"] for hold in item["holds"]}
    return found


def smallest(seed: int) -> list[Written]:
    """Drop entries one by one while the difference remains."""
    with Twin() as twin:
        release = twin.learn(frozen("everything"))
        case = history(seed, release)

        def differs(entries: list[Written]) -> bool:
            ours = judge(release, entries, CERTIFICATES, case.moments)
            return ours != twin.judge(release, entries, CERTIFICATES, case.moments)

        entries = case.entries
        for each in list(entries):
            fewer = [other for other in entries if other is not each]
            if differs(fewer):
                entries = fewer
        return entries


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", default="0:1000", help="first:last, the last not included")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    first, last = map(int, options.seeds.split(":"))
    parts = [range(first + worker, last, options.workers) for worker in range(options.workers)]
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes: list[Any] = list(pool.map(run, parts))
    met = sum((outcome[1] for outcome in outcomes), Counter[str]())
    for name, count in sorted(met.items()):
        say(f"{count:8} {name}")
    different = [seed for seed, _ in outcomes if seed is not None]
    for seed in different:
        say(f"seed {seed} differs; smallest history:")
        for each in smallest(seed):
            say(f"  {each.digest[:8]} {each.entry.type} {each.entry.body}")
    say(f"{last - first} histories, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
