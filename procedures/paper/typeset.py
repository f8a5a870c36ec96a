"""A sheet as PDF/A-2b (ISO 19005-2), set by typst within this process.

The sheet reaches the template as data, so that no word of it is read as markup. Typst can read the template's folder
and nothing else; the type is that of a package, never the machine's.
"""

import io
import logging
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import pymupdf_fonts
import typst
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from .blocks import Sheet

logger = logging.getLogger(__name__)

_FOLDER: Final = Path(__file__).with_name("typst")
# FiraGO, regular, bold, italic and both: Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Thai, Georgian.
_FACES: Final = ("figo", "figbo", "figit", "figbi")
# Signs without a form of their own that scripts need; others might turn what stands beside them around.
_JOINERS: Final = "\u200b\u200c\u200d\u200e\u200f"
_FORMLESS: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# Longer than a line may be, and neither a digest nor an id.
_LONG: Final = re.compile(r"[!-~\u00c0-\u024f]{31,}")
_NAMED_BY: Final = re.compile(r"[0-9a-f]{64}[.,]?|[0-9a-f-]{36}[.,]?")
_STEP: Final = 30


class NotSet(Exception):
    """Typst has set a sheet otherwise than it should be, as without its type."""


def pdf_of(sheet: Sheet, pictures: Mapping[str, bytes], *, made: datetime) -> bytes:
    """The sheet on A4, with its photographs (JPEG, by digest). One that is no picture is only named.

    A sign for which there is no type stands as [U+…], and the sheet then says so. Raises NotSet.
    """
    told = msgspec.to_builtins(sheet)
    data = _printable(told)
    lacking = _("Signs that this paper’s type does not have stand in brackets, by their number in Unicode.")
    data["remark"] = lacking if data != _printable(told, naming=False) else ""
    inputs = {"sheet": msgspec.json.encode(data).decode()}
    if pictures:
        try:
            return _set("sheet.typ", fonts(), inputs | {"pictures": _as_numbers(pictures)}, made)
        except NotSet:
            logger.warning("a sheet is set without its photographs, since typst refuses one of them")
    return _set("sheet.typ", fonts(), inputs | {"pictures": "{}"}, made)


def _as_numbers(pictures: Mapping[str, bytes]) -> str:
    """As typst can make bytes of it."""
    return msgspec.json.encode({digest: list(data) for digest, data in pictures.items()}).decode()


def _set(template: str, fonts: typst.Fonts, inputs: dict[str, str], made: datetime) -> bytes:
    try:
        pdf, warnings = typst.compile_with_warnings(
            _FOLDER / template,
            root=_FOLDER,
            font_paths=fonts,
            sys_inputs=inputs,
            pdf_standards="a-2b",
            timestamp=int(made.timestamp()),
        )
    except typst.TypstError:
        raise NotSet("typst refused it") from None  # its own words may hold a patient's
    if warnings:
        raise NotSet("; ".join(warning.message for warning in warnings))
    return pdf


@cache
def fonts() -> typst.Fonts:
    """The type, for as long as this process lives. Each face is used once, which is when typst reads it."""
    with tempfile.TemporaryDirectory() as folder:
        for face in _FACES:
            (Path(folder) / f"{face}.ttf").write_bytes(pymupdf_fonts.myfont(face))
        found = typst.Fonts(include_system_fonts=False, font_paths=[folder])
        _set("warming.typ", found, {}, datetime.now().astimezone())
    return found


@cache
def _drawn() -> frozenset[int]:
    """The signs that every face has."""
    faces = [TTFont(io.BytesIO(pymupdf_fonts.myfont(face)), lazy=True).getBestCmap() for face in _FACES]
    return frozenset.intersection(*(frozenset(face) for face in faces))


def _printable(told: Any, *, naming: bool = True) -> Any:
    """The same data with each text as it can be printed; `naming`: what cannot, by its number."""
    if isinstance(told, str):
        line = re.sub(r"\s", _blank, told)
        return _LONG.sub(_broken, "".join(map(_sign, line)) if naming else line)
    if isinstance(told, list):
        return [_printable(each, naming=naming) for each in told]
    if isinstance(told, dict):
        return {name: _printable(each, naming=naming) for name, each in told.items()}
    return told


def _blank(found: re.Match[str]) -> str:
    """Blanks of all widths are one; one that keeps words together does so."""
    return "\u00a0" if found[0] in "\u00a0\u202f\u2007" else " "


def _sign(sign: str) -> str:
    if sign in _JOINERS:
        return sign
    there = ord(sign) in _drawn() and unicodedata.category(sign) not in _FORMLESS
    return sign if there else f"[U+{ord(sign):04X}]"


def _broken(found: re.Match[str]) -> str:
    """A long word with places at which a line may end."""
    word = found[0]
    if _NAMED_BY.fullmatch(word):
        return word
    return "\u200b".join(word[start : start + _STEP] for start in range(0, len(word), _STEP))
