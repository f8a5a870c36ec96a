"""What an editor is told about a condition: where it cannot be read, what it does not fit, what it says in words.

And about who must consent: why it cannot be read, whom it names that the form does not know.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from procedures.core.condition import explain, parse
from procedures.core.conditioncheck import Names, form_problems, meaning_problems
from procedures.core.conditiontext import Mistake, mistake_in
from procedures.core.signertext import Unread, read_signers

# What the parser may have wanted, for the catalogue; keywords of the language stay as they are.
_WANTED: Final = (
    gettext_noop("a key"),
    gettext_noop("a number"),
    gettext_noop("one of = != < <= > >="),
    gettext_noop("= or !="),
    gettext_noop("full years"),
    gettext_noop("the end"),
)
# A long line is cut to what is around its mistake.
_BEFORE: Final = 50
_AFTER: Final = 25


@dataclass(frozen=True, slots=True)
class Told:
    """`caret`: the line and, below its mistake, a caret. `said`: the condition in words by language."""

    caret: str = ""
    problems: Sequence[str] = ()
    said: dict[str, str] = field(default_factory=dict)


def tell(line: str, names: Names, languages: Sequence[str]) -> Told:
    """About a condition as it stands in its field. Problems do not keep it from being saved, only from publishing."""
    mistake = mistake_in(line)
    if mistake:
        return Told(caret=caret_line(line, mistake.at))
    tree: dict[str, Any] = parse(line)
    deep = list(form_problems(tree))
    if deep:
        return Told(problems=deep)
    said = {language: explain(tree, names, language) for language in languages}
    return Told(problems=list(meaning_problems(tree, names)), said=said)


def caret_line(line: str, at: int) -> str:
    """Two lines of fixed-width text: the condition, and a caret under the character where it cannot be read on."""
    start = max(0, at - _BEFORE)
    before, after = ("…" if start else "") + line[start:at], line[at : at + _AFTER]
    return f"{before}{after}{'…' if at + _AFTER < len(line) else ''}\n{' ' * len(before)}^"


def mistake_words(mistake: Mistake) -> str:
    """The mistake as a sentence in the reader's language."""
    wanted = ", ".join(_(each) if each in _WANTED else each for each in mistake.wanted)
    if not mistake.found:
        return _("Something is missing at the end: %(wanted)s.") % {"wanted": wanted}
    return _("At character %(at)d stands “%(found)s”; it should be: %(wanted)s.") % {
        "at": mistake.at + 1,
        "found": mistake.found,
        "wanted": wanted,
    }


def tell_signers(text: str, relations: Collection[str]) -> Told:
    """About who must consent, where the form knows these relations. Others can be saved, but not published."""
    read = read_signers(text)
    if isinstance(read, Unread):
        return Told(problems=[signers_words(read)])
    named = dict.fromkeys(key for group in read for key in group.relations)
    doubt = _("“%(key)s” is none of the relations of this form, which are: %(known)s.")
    known = ", ".join(relations) or "–"
    return Told(problems=[doubt % {"key": key, "known": known} for key in named if key not in relations])


def signers_words(mistake: Unread) -> str:
    """Why it cannot be read who must consent, as a sentence in the reader's language."""
    words = {
        "nobody": _("Somebody is missing: there is a semicolon or a number with nobody behind it."),
        "no-key": _("“%(found)s” cannot be the key of a relation. Write as in: self; 2 of parent-1, parent-2"),
        "how-many": _("“%(found)s”: say how many of them must consent, with “1 of” or “2 of” before the first."),
        "none": _("“%(found)s” asks for nobody. At least 1 must consent."),
        "too-many": _("“%(found)s” asks for more people than it names."),
    }
    return words[mistake.kind] % {"found": mistake.found}
