"""What Django serves is there in Norwegian too."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import extract, pofile
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "procedures" / "locale" / "nb" / "LC_MESSAGES" / "django.po"
KEYWORDS = dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"])


def catalogue() -> dict[str, str]:
    """Norwegian by English; of a plural its first form."""
    with CATALOGUE.open("rb") as file:
        return {_first(message.id): _first(message.string or "") for message in pofile.read_po(file) if message.id}


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def said() -> Iterator[str]:
    """Every text in programs and templates that Django would translate."""
    for path in [path for app in ("api", "frontend", "procedures") for path in (ROOT / app).rglob("*")]:
        if "node_modules" in path.parts or path.suffix not in (".py", ".html"):
            continue
        text = path.read_text()
        source = io.BytesIO((_program(text) if path.suffix == ".html" else text).encode())
        for _line, words, *_rest in extract.extract("python", source, KEYWORDS):
            yield _first(words)


def _program(template: str) -> str:
    """A template's texts as a program's, whose lines may not be indented as it likes."""
    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def test_no_word_is_left_out() -> None:
    there = catalogue()
    assert not [english for english, norwegian in there.items() if not norwegian]
    with translation.override("nb"):
        assert not sorted({words for words in said() if words not in there and translation.gettext(words) == words})


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The checks and consents"), ("nb", "Kontrollene og samtykkene")]
)
def test_a_reader_gets_their_language(client: Client, language: str, words: str) -> None:
    page = client.get("/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}">' in page
    assert words in page
