"""A condition in words, for those who read a protocol rather than write it. English and Norwegian Bokmål."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .conditioncheck import Names

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "quoted": "“{text}”",
        "and": " and ",
        "or": " or ",
        "not": "it is not so that {inner}",
        "=": "“{item}” is {value}",
        "!=": "“{item}” is not {value}",
        "<": "“{item}” is below {value}",
        "<=": "“{item}” is at most {value}",
        ">": "“{item}” is above {value}",
        ">=": "“{item}” is at least {value}",
        "has": "“{item}” includes {value}",
        "any": "“{item}” includes anything but “none”",
        "absent": "“{item}” could not be obtained",
        "hours": "from {start} to {end} there are {count} hours",
        "since": "{count} hours have passed since {start}",
        "age_years": "the patient is {count} years old",
        "sex": "the patient is {value}",
        "consent": "the consent “{consent}” is {value}",
        "heard": "“{who}”, heard about the consent “{consent}”, {value}",
        "hours =": "exactly {n}",
        "hours !=": "not exactly {n}",
        "hours <": "fewer than {n}",
        "hours <=": "at most {n}",
        "hours >": "more than {n}",
        "hours >=": "at least {n}",
        "age =": "{n}",
        "age !=": "not {n}",
        "age <": "under {n}",
        "age <=": "at most {n}",
        "age >": "over {n}",
        "age >=": "at least {n}",
        "start": "the start",
        "now": "now",
        "yes": "yes",
        "no": "no",
        "dont-know": "unknown",
        "not-so": "not so",
        "none": "none",
        "female": "female",
        "male": "male",
        "other": "of another sex",
        "agrees": "agrees",
        "disagrees": "disagrees",
        "too-young": "is too young to say",
        "not-asked": "was not asked",
    },
    "nb": {
        "quoted": "«{text}»",
        "and": " og ",
        "or": " eller ",
        "not": "det er ikke slik at {inner}",
        "=": "«{item}» er {value}",
        "!=": "«{item}» er ikke {value}",
        "<": "«{item}» er under {value}",
        "<=": "«{item}» er høyst {value}",
        ">": "«{item}» er over {value}",
        ">=": "«{item}» er minst {value}",
        "has": "«{item}» omfatter {value}",
        "any": "«{item}» omfatter noe annet enn «ingen»",
        "absent": "«{item}» lot seg ikke skaffe",
        "hours": "fra {start} til {end} er det {count} timer",
        "since": "det har gått {count} timer siden {start}",
        "age_years": "pasienten er {count} år",
        "sex": "pasienten er {value}",
        "consent": "samtykket «{consent}» er {value}",
        "heard": "«{who}», hørt om samtykket «{consent}», {value}",
        "hours =": "nøyaktig {n}",
        "hours !=": "ikke nøyaktig {n}",
        "hours <": "mindre enn {n}",
        "hours <=": "høyst {n}",
        "hours >": "mer enn {n}",
        "hours >=": "minst {n}",
        "age =": "{n}",
        "age !=": "ikke {n}",
        "age <": "under {n}",
        "age <=": "høyst {n}",
        "age >": "over {n}",
        "age >=": "minst {n}",
        "start": "start",
        "now": "nå",
        "yes": "ja",
        "no": "nei",
        "dont-know": "ukjent",
        "not-so": "ikke slik",
        "none": "ingen",
        "female": "kvinne",
        "male": "mann",
        "other": "av annet kjønn",
        "agrees": "er enig",
        "disagrees": "er uenig",
        "too-young": "er for liten til å si noe",
        "not-asked": "ble ikke spurt",
        "draft": "ikke begynt",
        "informed": "informert",
        "partly-signed": "delvis signert",
        "valid": "gyldig",
        "confirmed": "bekreftet",
        "used": "brukt",
        "refused": "avslått",
        "withdrawn": "trukket tilbake",
        "needs-reconfirmation": "må bekreftes på nytt",
        "entered-in-error": "ført ved en feil",
    },
}


def explain(tree: Mapping[str, Any], names: "Names", language: str) -> str:
    """A well-formed tree in words, with the protocol's own texts. Languages without words of ours read English."""
    return _Explainer(names, language).say(tree)


class _Explainer:
    def __init__(self, names: "Names", language: str) -> None:
        self.language = language
        self.words = _WORDS.get(language, _WORDS["en"])
        self.items = names.items
        self.consents = names.consents

    def say(self, tree: Mapping[str, Any]) -> str:
        op = tree["op"]
        if op in ("and", "or"):
            return self.words[op].join(self._grouped(inner) for inner in tree["of"])
        if op == "not":
            return self._fill(op, inner=self._grouped(tree["of"]))
        if op == "hours":
            return self._hours(tree)
        if op == "age_years":
            return self._fill(op, count=self._fill(f"age {tree['cmp']}", n=str(tree["value"])))
        if op == "sex":
            return self._fill(op, value=self.words.get(tree["value"], tree["value"]))
        if op in ("consent", "heard"):
            return self._consent(tree)
        value = self._value(tree["item"], tree.get("value", ""))
        return self._fill(op, item=self._item(tree["item"]), value=value)

    def _grouped(self, tree: Mapping[str, Any]) -> str:
        return f"({self.say(tree)})" if tree["op"] in ("and", "or") else self.say(tree)

    def _hours(self, tree: Mapping[str, Any]) -> str:
        form = "since" if tree["to"] == "now" else "hours"
        count = self._fill(f"hours {tree['cmp']}", n=tree["hours"])
        start, end = self._endpoint(tree["from"]), self._endpoint(tree["to"])
        return self._fill(form, start=start, end=end, count=count)

    def _consent(self, tree: Mapping[str, Any]) -> str:
        consent = self.consents.get(tree["key"])
        title = self._own(consent.title, tree["key"]) if consent else tree["key"]
        hearing = next((each for each in consent.hears if each.key == tree.get("who")), None) if consent else None
        who = self._own(hearing.title, hearing.key) if hearing else tree.get("who", "")
        return self._fill(tree["op"], consent=title, who=who, value=self.words.get(tree["is"], tree["is"]))

    def _endpoint(self, name: str) -> str:
        return self.words[name] if name in ("start", "now") else self._fill("quoted", text=self._item(name))

    def _item(self, key: str) -> str:
        item = self.items.get(key)
        return self._own(item.text, key) if item else key

    def _value(self, key: str, value: str) -> str:
        item = self.items.get(key)
        chosen = next((choice for choice in item.choices if choice.key == value), None) if item else None
        if chosen is None:
            return self.words.get(value, value)
        return self._fill("quoted", text=self._own(chosen.text, value))

    def _own(self, words: Mapping[str, str], key: str) -> str:
        """The protocol's words in the language asked for, or in its first; the key where a draft has none yet."""
        return words.get(self.language) or next(iter(words.values()), key)

    def _fill(self, form: str, **values: str) -> str:
        return self.words[form].format(**values)
