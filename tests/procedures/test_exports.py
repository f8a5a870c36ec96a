"""An export proves itself to a program without the server, and names whatever was changed in it."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from procedures import keys
from procedures.exports.run import plan, write_zip
from procedures.models import AccessRow, Person, Record, Release, Ward
from tests.api.test_push import case_of
from tests.conftest import PASSWORD
from tests.tablet import Json, Tablet, Writer, Written, answer, open_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_once", "auditor")]
VERIFIER = Path(__file__).parents[2] / "verify_export.py"


@pytest.fixture
def case(tablet: Tablet, writer: Writer, ward: Ward, release: Release) -> list[Written]:
    entries = open_case(writer, str(ward.id), release.digest)
    tablet.send(*entries)
    for item, value in [
        ("bleed.warfarin", "yes"),
        ("bleed.inr", "2.4"),
        ("bleed.platelets", {"absent": "not-obtained"}),
    ]:
        written = writer.write("answer.given", answer(item, value), ward=str(ward.id), case=case_of(entries))
        tablet.send(written)
        entries.append(written)
    return entries


@pytest.fixture
def export(case: list[Written], tmp_path: Path) -> Path:
    path = tmp_path / "case.zip"
    call_command("export_case", case_of(case), by="auditor", out=path, identified=True, purpose="test", verbosity=0)
    return path


def verify(path: Path, fingerprint: str | None = None) -> tuple[int, str]:
    """Run the verifier as an auditor would: another process, no settings, no database."""
    key = fingerprint or keys.fingerprint(keys.current_number())
    run = subprocess.run(
        [sys.executable, str(VERIFIER), "--key", key, str(path)], capture_output=True, text=True, check=False
    )
    assert not run.stderr
    return run.returncode, run.stdout


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_it_verifies(export: Path) -> None:
    code, said = verify(export)
    assert code == 0
    assert "6 entries" in said


def test_each_flipped_byte_is_named(export: Path) -> None:
    """One bit in every member in turn, at three places, with the zip made good around it."""
    files = members(export)
    assert len(files) == 7
    for name, data in files.items():
        for place in (0, len(data) // 2, len(data) - 2):
            bent = bytearray(data)
            bent[place] ^= 1
            rewrite(export, {**files, name: bytes(bent)})
            code, said = verify(export)
            assert code == 1, (name, place)
            assert f"CHANGED  {name}" in said, (name, place, said)


def test_a_byte_flipped_in_the_zip_itself_is_named(export: Path) -> None:
    raw = export.read_bytes()
    with zipfile.ZipFile(export) as archive:
        places = {
            info.filename: info.header_offset + 30 + len(info.filename) + info.compress_size // 2
            for info in archive.infolist()
        }
    for name, place in places.items():
        bent = bytearray(raw)
        bent[place] ^= 1
        export.write_bytes(bent)
        code, said = verify(export)
        assert code == 1, name
        assert f"CHANGED  {name}" in said


def test_a_member_left_out_or_added_is_named(export: Path) -> None:
    files = members(export)
    for name in files:
        rewrite(export, {other: data for other, data in files.items() if other != name})
        code, said = verify(export)
        assert code == 1
        assert f"CHANGED  {name}" in said
    rewrite(export, {**files, "extra.txt": b"x"})
    assert "CHANGED  extra.txt: is not in the manifest" in verify(export)[1]


def test_another_servers_key_is_not_believed(export: Path) -> None:
    code, said = verify(export, keys.fingerprint(1))
    assert code == 1
    assert "another key" in said


def test_what_is_no_zip_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_text("<html>")
    assert verify(path)[0] == 2


def test_an_entry_left_out_is_named_even_when_the_manifest_agrees(
    case: list[Written], export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the server could sign a manifest over less: the log's rows still name what is gone."""
    from procedures.exports import evidence

    whole = evidence.entry_lines
    monkeypatch.setattr(
        evidence, "entry_lines", lambda rows, *, identified: whole(list(rows)[:-1], identified=identified)
    )
    call_command("export_case", case_of(case), by="auditor", out=export, verbosity=0)
    code, said = verify(export)
    assert code == 1
    assert f"entry {case[-1].digest} at position 6 was left out" in said


def rows(export: Path) -> list[Json]:
    return list(csv.DictReader(io.StringIO(members(export)["cases.csv"].decode())))


def test_the_table_holds_what_was_answered(case: list[Written], export: Path) -> None:
    (row,) = rows(export)
    assert row["case"] == case_of(case)
    assert (row["bleed.warfarin"], row["bleed.inr"], row["bleed.platelets"]) == ("yes", "2.4", "absent: not-obtained")
    assert (row["identifier"], row["name"], row["birth_date"]) == ("010119 12345", "Emma Solberg", "2019-01-01")


def test_by_default_no_one_is_named(case: list[Written], tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    call_command("export_case", case_of(case), by="auditor", out=path, verbosity=0)

    assert verify(path)[0] == 0
    everything = b"".join(members(path).values())
    assert b"Emma" not in everything
    assert b"010119" not in everything
    assert "name" not in rows(path)[0]
    assert rows(path)[0]["birth_year"] == "2019"


def test_identity_needs_a_purpose(case: list[Written], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="purpose"):
        call_command("export_case", case_of(case), by="auditor", out=tmp_path / "x.zip", identified=True)


@pytest.mark.parametrize("by", ["nobody", "nurse"])
def test_only_an_auditor_takes_a_case_out(case: list[Written], tmp_path: Path, by: str) -> None:
    with pytest.raises(CommandError, match="does not allow"):
        call_command("export_case", case_of(case), by=by, out=tmp_path / "x.zip")
    assert not AccessRow.objects.exists()
    assert not (tmp_path / "x.zip").exists()


def test_who_takes_a_case_out_is_noted(case: list[Written], auditor: Person, tmp_path: Path) -> None:
    call_command("export_case", case_of(case), by="auditor", out=tmp_path / "x.zip", verbosity=0)
    row = AccessRow.objects.get()
    assert (row.person, row.kind, str(row.case), row.cases) == (auditor, AccessRow.Kind.EXPORTED, case_of(case), 1)


def test_an_unknown_case(release: Release, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such case"):
        call_command("export_case", "00000000-0000-4000-8000-000000000000", by="auditor", out=tmp_path / "x.zip")


def test_formulas_are_disarmed(tablet: Tablet, writer: Writer, ward: Ward, release: Release, tmp_path: Path) -> None:
    entries = open_case(writer, str(ward.id), release.digest)
    identity = {"identifier": "=1+1", "name": "@SUM(A1)", "birth_date": None}
    subject = {"sex": "male", "birth_year": None, "replaces": [entries[1].digest]}
    evil = writer.write("subject.given", subject, ward=str(ward.id), case=case_of(entries), private=identity)
    tablet.send(*entries, evil)
    path = tmp_path / "case.zip"
    call_command("export_case", case_of(entries), by="auditor", out=path, identified=True, purpose="test", verbosity=0)
    assert (rows(path)[0]["identifier"], rows(path)[0]["name"]) == ("'=1+1", "'@SUM(A1)")


def test_entries_come_out_byte_for_byte(case: list[Written], export: Path) -> None:
    lines = [json.loads(line) for line in members(export)["entries.jsonl"].splitlines()]
    assert [line["entry"].encode() for line in lines] == [entry.data for entry in case]
    assert [line["private"] and line["private"].encode() for line in lines] == [entry.private for entry in case]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_key_that_was_used_in_two_places_verifies(
    case: list[Written], tablet: Tablet, writer: Writer, ward: Ward, release: Release, tmp_path: Path, elsewhere: bool
) -> None:
    """A fork is quarantined by the server, and its entries are as genuine as before; some may be of another case."""
    other = case_of(open_case(writer, str(ward.id), release.digest)) if elsewhere else case_of(case)

    def written(value: str, case: str) -> Written:
        return writer.write("answer.given", answer("bleed.inr", value), ward=str(ward.id), case=case)

    writer.seq, writer.head = case[-1].seq, case[-1].digest
    first = [written("1.1", case_of(case)), written("1.2", case_of(case))]
    writer.seq, writer.head = case[-1].seq, case[-1].digest
    second = [written("2.1", other), written("2.2", case_of(case))]
    tablet.send(*first, *second)
    path = tmp_path / "case.zip"
    call_command("export_case", case_of(case), by="auditor", out=path, verbosity=0)
    code, said = verify(path)
    assert code == 0, said


@pytest.mark.parametrize("turn", [0, 1])
def test_a_broken_link_is_named_wherever_the_one_before_stands(
    tablet: Tablet, writer: Writer, ward: Ward, release: Release, tmp_path: Path, turn: int
) -> None:
    """Cases come by their ids: an entry may stand before the one that it ought to follow."""
    cases = sorted((open_case(writer, str(ward.id), release.digest) for _ in range(2)), key=case_of)
    body = answer("bleed.inr", "1.1")
    good = writer.write("answer.given", body, ward=str(ward.id), case=case_of(cases[turn]))
    bad = writer.write("answer.given", body, ward=str(ward.id), case=case_of(cases[1 - turn]), prev="0" * 64)
    tablet.send(*cases[0], *cases[1], good, bad)
    path = tmp_path / "cases.zip"
    write_zip(path, plan(Record.objects.all()), identified=False, purpose="")
    code, said = verify(path)
    assert code == 1
    assert said.count("CHANGED") == 1
    assert f"entry {bad.digest} does not follow from the one before" in said


def test_certificates_of_several_root_keys_verify_from_the_newest_ones_fingerprint(
    settings: Settings,
    new_tablet: Callable[..., Tablet],
    nurse: Person,
    second_nurse: Person,
    ward: Ward,
    release: Release,
    tmp_path: Path,
) -> None:
    both = settings.BEDSIDE_ROOT_KEYS
    settings.BEDSIDE_ROOT_KEYS = both.split(",")[0]
    tablet = new_tablet(ward)
    earlier = tablet.enrol("nurse", PASSWORD)
    settings.BEDSIDE_ROOT_KEYS = both
    later = tablet.enrol("second_nurse", PASSWORD)
    entries = open_case(earlier, str(ward.id), release.digest)
    other = later.write("answer.given", answer("bleed.warfarin", "no"), ward=str(ward.id), case=case_of(entries))
    tablet.send(*entries, other)
    path = tmp_path / "case.zip"
    call_command("export_case", case_of(entries), by="auditor", out=path, verbosity=0)

    code, said = verify(path)
    assert (code, "2 certificates" in said) == (0, True), said
    code, said = verify(path, keys.fingerprint(1))
    assert code == 1
    assert "was made by another key than the one given" in said
