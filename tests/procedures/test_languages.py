"""What Django serves is there in Norwegian too."""

from pathlib import Path

import pytest
from babel.messages import pofile
from django.test import Client

CATALOGUE = Path(__file__).parents[2] / "procedures" / "locale" / "nb" / "LC_MESSAGES" / "django.po"


def test_no_word_is_left_out() -> None:
    with CATALOGUE.open("rb") as file:
        left = [message.id for message in pofile.read_po(file) if message.id and not message.string]
    assert not left


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The checks and consents"), ("nb", "Kontrollene og samtykkene")]
)
def test_a_reader_gets_their_language(client: Client, language: str, words: str) -> None:
    page = client.get("/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}">' in page
    assert words in page
