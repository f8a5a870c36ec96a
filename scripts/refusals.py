"""Write docs/refusals.md: every refusal with its words, its status, what becomes of what was sent, and who sends it.

All of it stands elsewhere, where it is used: codes and what then in procedures/core/errors.py, statuses in
api/problems.py, addresses in the API's views, the tablet's words in its catalogue, tests below tests/ and frontend/src.
What has no test is not written but refused.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import django
import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "refusals.md"
# What the tests below send that is bad, by what it is.
SENT: Final = ROOT / "tests" / "refused.yaml"
CATALOGUE: Final = ROOT / "frontend" / "src" / "i18n" / "problems.en.ts"
_MOST_ADDRESSES: Final = 3

HEAD: Final = """# Refusals

Everything that Bedside refuses, in which words, and what becomes of what was sent. Nothing that somebody wrote on a
tablet is ever dropped: it is sent later, or set aside where a person sees it. `make refusals` writes this page anew
from `procedures/core/errors.py`, `api/problems.py`, the views and the tests; a test fails where they differ.

A refused request is answered with a problem document ([wire-format.md](wire-format.md#failures)) under the status here.
A refused *entry* is named, with its code, in a reply with 200 to the push that brought it; the other entries of that
push are stored.
"""
_COLUMNS: Final = ("code", "status", "words", "where", "then", "sent by")


def page() -> str:
    """The whole page."""
    _set_up()
    from procedures.core.errors import OFFICE_PROBLEMS, READ_API_PROBLEMS, TABLET_PROBLEMS

    on_tablet = tablet_words()
    own = {code: words for code, words in on_tablet.items() if code not in TABLET_PROBLEMS}
    parts = [
        HEAD,
        "## What tablets are told\n\nThe words are the tablet's; in Norwegian: `frontend/src/i18n/problems.nb.ts`.\n",
        _table(_COLUMNS, (_row(code, on_tablet[code], problem.then) for code, problem in TABLET_PROBLEMS.items())),
        "## What a tablet says by itself\n",
        _table(("code", "words"), ((f"`{code}`", words) for code, words in own.items())),
        "## What other systems are told\n\nBesides what tablets and the office are told under the same addresses.\n",
        _table(_COLUMNS, (_row(code, problem.words, problem.then) for code, problem in READ_API_PROBLEMS.items())),
        "## What the office is told\n\nBy the pages of the administration and by the command line.\n",
        _table(_COLUMNS, (_row(code, problem.words, problem.then) for code, problem in OFFICE_PROBLEMS.items())),
        "## Everything bad that is sent\n\nThrough the door, and what comes of it (`tests/refused.yaml`).\n",
        _table(("what is sent", "what comes of it", "tests"), _sent()),
    ]
    return "\n".join(parts)


def test_of(code: str) -> str:
    """The first test that names this code, of those nearest to the door; "" where there is none."""
    found = [name for name, codes in _codes_by_test().items() if code in codes]
    return min(
        found, key=lambda name: (not name.startswith("tests/api/"), "/read/" in name, "/core/" in name), default=""
    )


def is_there(test: str) -> bool:
    """Whether there is such a test: "path::Class::name" in Python, "path::title" in TypeScript."""
    path, _, name = test.partition("::")
    if path.endswith(".py"):
        return test in _codes_by_test()
    return (ROOT / path).is_file() and f'"{name}"' in (ROOT / path).read_text("utf-8")


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bmproject.settings")
    django.setup()


def tablet_words() -> dict[str, str]:
    """What a tablet says for each code, in English."""
    return dict(re.findall(r'^  "?([a-z-]+)"?: "(.*)",$', CATALOGUE.read_text("utf-8"), re.MULTILINE))


def _row(code: str, words: str, then: Iterable[str]) -> tuple[str, ...]:
    from api.problems import STATUS

    addresses = _addresses().get(code, [])
    status = str(STATUS.get(code, 400)) if addresses or code in STATUS else ""
    return f"`{code}`", status, words, _where(code, addresses), " ".join(then), _linked(test_of(code))


def _where(code: str, addresses: list[str]) -> str:
    """Where it arises: in an entry, at addresses, or, where nobody names it, in whatever raises it."""
    from api.problems import STATUS
    from procedures.core.errors import PROBLEMS, SET_ASIDE

    named = ", ".join(f"`{address}`" for address in addresses)
    if len(addresses) > _MOST_ADDRESSES:
        named = f"{len(addresses)} addresses ([openapi.yaml](openapi.yaml))"
    entry = "an entry" if SET_ASIDE in PROBLEMS[code].then else ""
    found = " and ".join(each for each in (entry, named) if each)
    raised = ", ".join(f"`{path}`" for path in _raising(code))
    return found or ("any address" if code in STATUS else raised or "the tablet itself")


@cache
def _addresses() -> dict[str, list[str]]:
    """By code, the requests that may be refused with it, as the views say."""
    from api.read.urls import urlpatterns as of_systems
    from api.read.views import ALWAYS, ReadView
    from api.urls import of_tablets

    found: dict[str, list[str]] = {}
    for pattern in [*of_tablets, *of_systems]:
        view = getattr(pattern.callback, "view_class", None)
        for method in ("GET", "POST"):
            if view is None or not hasattr(view, "refusals_of") or not hasattr(view, method.lower()):
                continue
            always = ALWAYS if issubclass(view, ReadView) else ()
            address = f"{method} " + re.sub(r"<\w+:", "<", str(pattern.pattern))
            for code in dict.fromkeys([*view().refusals_of(method), *always]):
                found.setdefault(code, []).append(address)
    return found


def _raising(code: str) -> list[str]:
    """The modules of the domain that raise a code."""
    paths = sorted((ROOT / "procedures").rglob("*.py"))
    sources = ((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)
    return [name for name, source in sources if re.search(rf'(Refusal\(|failure=)"{code}"', source)]


@cache
def _codes_by_test() -> dict[str, set[str]]:
    """Every Python test, by "path::Class::name", with the texts that it and its parameters name."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for outer, function in _functions(tree):
            name = "::".join([path.relative_to(ROOT).as_posix(), *outer, function.name])
            texts = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
            found[name] = {text for text in texts if isinstance(text, str)}
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[list[str], ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield [], node
        if isinstance(node, ast.ClassDef):
            functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            yield from (([node.name], each) for each in functions if each.name.startswith("test"))


def _sent() -> Iterator[tuple[str, str, str]]:
    for what, told in yaml.safe_load(SENT.read_text("utf-8")).items():
        yield what, told["so"], "<br>".join(_linked(test) for test in told["tests"])


def _linked(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{Path(path).name}](../{path}) {name.replace('::', ' › ')}" if test else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
