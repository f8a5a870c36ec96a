"""How often something is measured; BENCH_ROUNDS says fewer, to try a part out."""

import os


def rounds(usual: int) -> int:
    return min(usual, int(os.environ.get("BENCH_ROUNDS", usual)))
