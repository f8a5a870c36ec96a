"""What a publisher must not get wrong in a form of consent: who signs, on which basis, and how."""

from collections.abc import Iterator

from .document import ConsentKind, Problem


def consent_problems(path: str, consent: ConsentKind) -> Iterator[Problem]:
    """What does not hold within one form."""
    yield from _rule_problems(path, consent)
    yield from _basis_problems(path, consent)
    yield from _method_problems(path, consent)
    for index, hearing in enumerate(consent.hears):
        if not hearing.source:
            yield Problem(f"{path}.hears[{index}].source", "say where this comes from")


def _rule_problems(path: str, consent: ConsentKind) -> Iterator[Problem]:
    if not consent.rules or consent.rules[-1].when is not None:
        yield Problem(f"{path}.rules", "the last rule applies always")
    known = {relation.key for relation in consent.relations}
    for index, rule in enumerate(consent.rules):
        for number, signers in enumerate(rule.signers):
            place = f"{path}.rules[{index}].signers[{number}]"
            if not set(signers.relations) <= known:
                yield Problem(place, "names a relation that is not listed")
            if signers.count > len(set(signers.relations)):
                yield Problem(place, "asks for more people than there are relations")
        if not rule.signers:
            yield Problem(f"{path}.rules[{index}].signers", "nobody grants it")


def _basis_problems(path: str, consent: ConsentKind) -> Iterator[Problem]:
    if not consent.bases:
        yield Problem(f"{path}.bases", "say on which legal basis it is given")
    known = {relation.key for relation in consent.relations}
    resting = {key for basis in consent.bases for key in basis.relations or known}
    for index, basis in enumerate(consent.bases):
        if not set(basis.relations) <= known:
            yield Problem(f"{path}.bases[{index}].relations", "names a relation that is not listed")
        if not basis.source:
            yield Problem(f"{path}.bases[{index}].source", "say where this comes from")
    signing = {key for rule in consent.rules for signers in rule.signers for key in signers.relations}
    for key in sorted((signing & known) - resting):
        if consent.bases:
            yield Problem(f"{path}.bases", f"“{key}” has no basis to sign on")


def _method_problems(path: str, consent: ConsentKind) -> Iterator[Problem]:
    if not any(method.suffices for method in consent.methods):
        yield Problem(f"{path}.methods", "say how it may be given")
    for index, method in enumerate(consent.methods):
        if method.drawn and method.elsewhere:
            yield Problem(f"{path}.methods[{index}]", "what was signed elsewhere is not drawn here")
