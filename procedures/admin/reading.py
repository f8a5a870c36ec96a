"""Parts of a document, and what changed in them, as the admin's pages show them."""

import difflib
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from procedures.comparing import Change
from procedures.core import html
from procedures.models.question import Level
from procedures.outline import Line, Part

_TAG: Final = re.compile(r"<[^>]*>")
_WORD: Final = re.compile(r"\s+|\d+(?:[.,]\d+)*|\w+|[^\w\s]")
# A point of a list is shown by a sign, where tags are left out.
_BREAKS: Final = (("<li>", "\n• "), ("<br>", "\n"), ("</p>", "\n"), ("</h3>", "\n"))


def seen_part(part: Part, address: str = "") -> dict[str, Any]:
    return {
        "part": part,
        "name": part.names[-1] if part.names else "",
        "kind": capfirst(part.kind),
        "level": Level(part.level).label if part.level else "",
        "address": address,
        "lines": [
            {"label": line.label, "said": [(language, _shown(line, words)) for language, words in line.words.items()]}
            for line in part.lines
        ],
    }


def seen_change(change: Change, address: str = "") -> dict[str, Any]:
    return seen_part(change.part, address) | {
        "change": change.kind,
        "compared": [row for old, new in change.lines for row in _compared(old, new)],
    }


def _compared(old: Line | None, new: Line | None) -> Iterator[dict[str, Any]]:
    """A field, language by language; only those languages in which it says something else."""
    either = new or old
    if either is None:
        return
    was, is_now = (_texts(line) for line in (old, new))
    for language in dict.fromkeys([*was, *is_now]):
        before, after = was.get(language, ""), is_now.get(language, "")
        if before != after:
            old_words, new_words = marked(before, after) if old and new else (before, after)
            yield {"label": either.label, "language": language, "old": old_words, "new": new_words}


def _texts(line: Line | None) -> Mapping[str, str]:
    if line is None:
        return {}
    return {language: _plain(words) if line.kind == "html" else words for language, words in line.words.items()}


def marked(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Both texts, with the words that are only in one of them marked."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    left: list[str] = []
    right: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        left.append(_mark("del", gone) if kind != "equal" and gone else conditional_escape(gone))
        right.append(_mark("ins", come) if kind != "equal" and come else conditional_escape(come))
    return SafeString("".join(left)), SafeString("".join(right))


def _mark(tag: str, text: str) -> str:
    return format_html("<{0}>{1}</{0}>", tag, text)


def _plain(text: str) -> str:
    """A text of the few tags without them, with their line breaks."""
    for tag, sign in _BREAKS:
        text = text.replace(tag, sign)
    return unescape(_TAG.sub("", text)).strip()


def _shown(line: Line, words: str) -> str | SafeString:
    """Markup as markup, but only what may be published: nothing else reaches a page unescaped."""
    if line.kind == "html" and not html.problems(words):
        return format_html('<div class="html">{}</div>', mark_safe(words))  # noqa: S308 - checked on the line above
    if line.kind == "condition" and line.words.get("") == words:
        return format_html('<code class="mono">{}</code>', words)
    return words
