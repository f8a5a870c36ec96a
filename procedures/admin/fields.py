"""An input for each kind of column that a draft has."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import get_language_info

from procedures.core import canonical, condition, html
from procedures.core import document as shapes
from procedures.core.conditiontext import MAX_LENGTH, mistake_in
from procedures.core.errors import Refusal
from procedures.models.fields import Words, is_key

from .strictjson import UniqueKeys
from .told import Told, mistake_words

_LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)


class WordsInput(forms.Widget):
    """One input for each language; `languages` are the protocol's. What is there in others is shown too."""

    template_name = "procedures/admin/words.html"

    def __init__(self, *, rows: int = 1, rich: bool = False) -> None:
        super().__init__()
        self.rows = rows
        self.rich = rich
        self.languages: tuple[str, ...] = _LANGUAGES

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        words = value if isinstance(value, dict) else {}
        id_ = context["widget"]["attrs"].get("id", name)
        codes = dict.fromkeys([*self.languages, *words])
        context["widget"]["rows"] = self.rows
        context["widget"]["rich"] = self.rich
        context["widget"]["texts"] = [
            {"code": code, "name": _named(name, code), "id": f"{id_}-{code}", "value": words.get(code, "")}
            | {"language": _language(code)}
            for code in codes
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Words:
        prefix = _named(name, "")
        given = {key.removeprefix(prefix): str(data[key]) for key in data if key.startswith(prefix)}
        return {code: text for code, text in given.items() if text.strip()}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(_named(name, "")) for key in data)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.languages[0]}" if id_ else ""


def _named(name: str, code: str) -> str:
    return f"{name}-in-{code}"


def _language(code: str) -> str:
    """A language's own name; the code of one that Django does not know."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


class WordsFormField(forms.Field):
    """A text by language; what is empty is left out."""

    def clean(self, value: Words) -> Words:
        words = {code: "\n".join(text.strip().splitlines()) for code, text in value.items()}
        for text in words.values():
            ProhibitNullCharactersValidator()(text)
        super().validate(words)
        return words


class HtmlFormField(WordsFormField):
    """Of the few tags that a release allows."""

    def clean(self, value: Words) -> Words:
        words = super().clean(value)
        wrong = [f"{_language(code)}: {problem}" for code, text in words.items() for problem in html.problems(text)]
        if wrong:
            raise ValidationError(wrong)
        return words


class LineInput(forms.Textarea):
    """A condition, and below it what is `told` about it."""

    template_name = "procedures/admin/line.html"
    told: Told | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"told": self.told}


class LineFormField(forms.CharField):
    """A condition in one line; `words` may stand in its place."""

    def __init__(self, *, words: tuple[str, ...], **options: Any) -> None:
        attributes = {"rows": 2, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        super().__init__(max_length=MAX_LENGTH, widget=LineInput(attributes), **options)
        self.words = words

    def to_python(self, value: Any) -> str:
        """Without the line breaks that a narrow field invites to: places are counted in one line."""
        return one_line(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        mistake = mistake_in(value) if value and value not in self.words else None
        if mistake:
            raise ValidationError(mistake_words(mistake))


def one_line(text: str) -> str:
    return " ".join(text.split())


class KeysFormField(forms.CharField):
    """Keys, separated by commas; `nothing` is what an empty field means."""

    def __init__(self, *, nothing: list[str] | None, **options: Any) -> None:
        super().__init__(widget=forms.TextInput({"class": "plain-input"}), **options)
        self.nothing = nothing

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        keys = [key.strip() for key in super().clean(value).split(",") if key.strip()]
        for key in keys:
            is_key(key)
        return keys or self.nothing

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ShapeFormField(forms.CharField):
    """JSON of the shape that the document gives it; conditions in it are lines."""

    def __init__(self, *, shape: Any, nothing: Any, **options: Any) -> None:
        attributes = {"rows": 2, "class": "shape", "spellcheck": "false"}
        super().__init__(widget=forms.Textarea(attributes), **options)
        self.shape = shape
        self.nothing = nothing

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return "" if value in (None, [], {}) else json.dumps(value, ensure_ascii=False, indent=2)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return self.nothing
        try:
            return self._read(text)
        except Refusal as refusal:
            raise ValidationError(refusal.where) from refusal
        except ValueError as wrong:  # of JSON with line and column, of the shape with a path
            raise ValidationError(str(wrong)) from wrong

    def _read(self, text: str) -> Any:
        value = UniqueKeys().decode(text)
        canonical.encode(value)  # refuses what no release can hold
        # An example's name stands in a column of its own.
        whole = {"name": "", **value} if self.shape is shapes.Example and isinstance(value, dict) else value
        msgspec.convert(_with_trees(whole), self.shape, strict=True)
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _with_trees(value: Any) -> Any:
    """The value as it will be frozen. Raises Refusal for a condition that cannot be read."""
    if isinstance(value, list):
        return [_with_trees(inner) for inner in value]
    if isinstance(value, dict) and isinstance(value.get("when"), str):
        return value | {"when": condition.parse(value["when"])}
    return value
