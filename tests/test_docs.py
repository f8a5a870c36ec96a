"""What the pages for readers point at is there."""

import re
from pathlib import Path

import pytest

from tests.journeys.services import ROOT

PAGES = [ROOT / "README.md", ROOT / "frontend" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"")
FILE = re.compile(r"`([\w.-]+/[\w./-]*|\w+\.py)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_to_a_file(page: Path) -> None:
    links = [one or other for one, other in LINK.findall(page.read_text("utf-8"))]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_files_that_are_there() -> None:
    named = FILE.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []
