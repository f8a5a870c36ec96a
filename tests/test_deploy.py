"""What deploy/ says of a hospital's containers: it fits the program, and gives each no more than it needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import make_secrets
from procedures.core.derivation import parse_root_keys
from tests.journeys.services import ROOT

HOSPITALS_OWN = {"tls-certificate", "tls-key"}


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    return read


def test_secrets_are_made_once_and_fit_together(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = make_secrets.make(folder)
    before = {name: (folder / name).read_text() for name in made}
    assert make_secrets.make(folder) == []
    assert before == {name: (folder / name).read_text() for name in made}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(parse_root_keys(before["root-keys"].strip())) == [1]
    for address in ("database", "database-owner"):
        role, password = re.fullmatch(r"postgres://(\w+):([\w-]+)@database:5432/bedside\n", before[address]).groups()  # type: ignore[union-attr]
        assert f"CREATE ROLE {role} LOGIN PASSWORD '{password}';\n" in before["roles.sql"]


def test_a_password_is_not_made_anew_for_half_of_those_who_know_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets.make(folder)
    (folder / "database").unlink()
    with pytest.raises(SystemExit, match="some are missing"):
        make_secrets.make(folder)
    assert not (folder / "database").exists()


def test_each_secret_is_made_or_the_hospitals_own(compose: dict[str, Any], tmp_path: Path) -> None:
    made = set(make_secrets.make(tmp_path / "secrets"))
    assert set(compose["secrets"]) == (made - {"roles.sql"}) | HOSPITALS_OWN
    assert {file["file"] for file in compose["secrets"].values()} == {f"secrets/{name}" for name in compose["secrets"]}
    assert "./secrets/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro" in compose["services"]["database"]["volumes"]


def test_each_setting_is_one_that_bedside_reads(compose: dict[str, Any]) -> None:
    rows = (ROOT / "docs" / "settings.md").read_text("utf-8").splitlines()
    known = {name for row in rows if row.startswith("|") for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    named = {name for service in ours(compose).values() for name in service["environment"]}
    assert {name.removesuffix("_FILE") for name in named} - {"BEDSIDE_ROOT_KEYS"} <= known
    assert not named & {"BEDSIDE_DEBUG", "BEDSIDE_DEMO"}


def test_the_owner_of_the_tables_is_known_to_what_migrates_alone(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "database-owner" in service.get("secrets", [])] == ["prepare"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"]
    for name, service in ours(compose).items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert ("proxied" in service["networks"]) == (name == "web")


def ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if service["image"] == "bedside"}
