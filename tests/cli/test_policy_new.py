"""`governance policy new`: a first folder, checked, never over another one."""

from pathlib import Path

from tests.cli.running import run

SHEET = "Gate;Question;Owner\nG1;Is it wanted?;Business\nG2;Is it safe?;IT\n"


def test_without_a_sheet_it_writes_the_shipped_start_and_the_check_passes(tmp_path: Path) -> None:
    folder = tmp_path / "our-rules"

    answer = run(tmp_path, "policy", "new", str(folder))

    assert answer.returncode == 0 and "our rules 0.1.0, 12 checks at 3 gates. Seats tick 12 boxes before deciding." in answer.stdout
    assert run(tmp_path, "policy", "check", "--strict", str(folder)).returncode == 0


def test_a_sheet_in_another_encoding_and_with_another_delimiter_is_read(tmp_path: Path) -> None:
    sheet = tmp_path / "q.csv"
    sheet.write_bytes(SHEET.replace("wanted", "gewünscht").encode("cp1252"))

    answer = run(
        *(tmp_path, "policy", "new", str(tmp_path / "p"), "--from", str(sheet)),
        *("--encoding", "cp1252", "--delimiter", "semicolon", "--title", "Our rules"),
    )

    assert answer.returncode == 0 and "Our rules 0.1.0, 2 checks at 3 gates.\n" in answer.stdout
    assert "gewünscht" in (tmp_path / "p" / "gates" / "G1.yaml").read_text(encoding="utf-8")
    assert run(tmp_path, "policy", "check", str(tmp_path / "p")).returncode == 0


def test_faults_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    sheet = tmp_path / "q.csv"
    sheet.write_text(SHEET.replace("IT", "Legal").replace("G1", "G7"), encoding="utf-8")

    answer = run(tmp_path, "policy", "new", str(tmp_path / "p"), "--from", str(sheet), "--delimiter", "semicolon")

    assert answer.returncode == 1 and "q.csv has 2 faults, so nothing was written." in answer.stderr
    assert "line 2, column “Gate”" in answer.stderr and "line 3, column “Owner”" in answer.stderr
    assert not (tmp_path / "p").exists()


def test_the_wrong_encoding_is_said_and_not_guessed(tmp_path: Path) -> None:
    sheet = tmp_path / "q.csv"
    sheet.write_bytes(SHEET.replace("wanted", "gewünscht").encode("cp1252"))

    answer = run(tmp_path, "policy", "new", str(tmp_path / "p"), "--from", str(sheet), "--delimiter", "semicolon")

    assert answer.returncode == 1 and "The file is not utf-8" in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_a_sheet_says_what_seats_look_at_and_the_help_tells_so(tmp_path: Path) -> None:
    sheet = tmp_path / "q.csv"
    sheet.write_text("gate,question,owner,looks at\nG1,Is it wanted?,business,I asked.\nG1,,IT,I have called them.\n", encoding="utf-8")

    answer = run(tmp_path, "policy", "new", str(tmp_path / "p"), "--from", str(sheet))

    assert answer.returncode == 0 and "1 checks at 3 gates. Seats tick 2 boxes before deciding." in answer.stdout
    assert run(tmp_path, "policy", "check", str(tmp_path / "p")).returncode == 0
    assert "“looks at”" in run(tmp_path, "policy", "new", "--help").stdout


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")

    answer = run(tmp_path, "policy", "new", str(folder))

    assert answer.returncode == 1 and "not empty" in answer.stderr
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
