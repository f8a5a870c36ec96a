"""Writes tests/vectors/frozen anew from the drafts beside it:  python -m tests.procedures.core.vectors"""

from tests.procedures.core.shorthand import VECTORS, frozen, names


def main() -> None:
    (VECTORS / "frozen").mkdir(exist_ok=True)
    for name in names():
        (VECTORS / "frozen" / f"{name}.json").write_bytes(frozen(name))


if __name__ == "__main__":
    main()
