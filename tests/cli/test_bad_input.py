"""Bad input at the command line: every command, with what it cannot use. One sentence on standard error, no traceback, nothing written."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from governance.cli.main import governance, main
from governance.paths import policies_directory
from governance.services.opening import DATABASE, open_engines

SHIPPED = str(policies_directory() / "stage-gates")
MAPPING = str(policies_directory() / "imports" / "federal-inventory-2024.yaml")
COMMANDS = {
    "serve": [],
    "worker": [],
    "log verify": [],
    "log replay": [],
    "initiative import": [MAPPING, "--mapping", MAPPING, "--by", "nobody"],
    "people import": [MAPPING, "--by", "nobody"],
    "log checkpoint": [],
    "log rotate-key": ["--by", "nobody", "--reason", "it leaked"],
    "policy check": [SHIPPED],
    "policy test": [SHIPPED],
    "policy schema": [],
    "policy diff": [SHIPPED, SHIPPED],
    "policy new": ["first"],
    "policy impact": [SHIPPED],
    "framework list": [],
    "framework coverage": ["NIST-AI-RMF"],
    "framework import": [MAPPING, "--out", "catalogue.yaml"],
    "policy propose": [SHIPPED, "--reason", "The audit asked for it.", "--by", "nobody"],
    "policy proposals": [],
    "policy publish": ["P-1", "--by", "nobody"],
    "policy export": ["exported"],
    "doctor": [],
    "upgrade": [],
    "backup": ["kept.zip"],
    "restore": ["kept.zip"],
    "export all": ["everything"],
}
"""Every command, with arguments that would do."""

APART = ("policy check", "policy schema", "policy test", "policy diff", "policy new", "framework import")
OPENING = [name for name in COMMANDS if name not in APART]
"""Those that open an instance, whatever they are asked."""

TOO_FEW = {
    "people import": [[], [MAPPING], ["--by", "nobody"]],
    "initiative import": [[], [MAPPING], [MAPPING, "--by", "nobody"], [MAPPING, "--mapping", MAPPING]],
    "policy check": [[]],
    "policy test": [[]],
    "policy diff": [[], [SHIPPED]],
    "policy new": [[]],
    "policy impact": [[]],
    "framework coverage": [[]],
    "framework import": [[], [MAPPING], ["--out", "catalogue.yaml"]],
    "policy propose": [[], [SHIPPED], [SHIPPED, "--by", "nobody"], [SHIPPED, "--reason", "The audit asked for it."]],
    "policy publish": [[], ["P-1"], ["--by", "nobody"]],
    "policy export": [[]],
    "log rotate-key": [[], ["--by", "nobody"], ["--reason", "it leaked"]],
    "backup": [[]],
    "restore": [[]],
    "export all": [[]],
}
"""What a command that needs something is not content with."""

HUGE = "x" * 100_000
Run = Callable[..., tuple[int, str]]


def leaves(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Start a command as a person does, and answer its exit code and what it said on standard error."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GOVERNANCE_") or name in {"INSTANCE", "PORT", "DEMO"}]:
        monkeypatch.delenv(name)

    def start(*words: str, **environment: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["governance", *words])
        for name, value in {"INSTANCE": str(tmp_path / "instance"), "DEMO": "0", **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capfd.readouterr().err

    return start


def check_sentence(answer: tuple[int, str]) -> None:
    """One sentence about what stands in the way, on one line that can be read."""
    code, said = answer
    assert code == 1
    assert re.fullmatch(r"[A-Z/][^\n]{10,500}\.\n", said), said


def check_usage(answer: tuple[int, str]) -> None:
    """How to use the command, and one line that says what was wrong."""
    code, said = answer
    assert code == 2
    assert said.startswith("Usage: governance") and len(re.findall("^Error: .+", said, re.MULTILINE)) == 1 and "Traceback" not in said


def test_every_command_is_in_the_table() -> None:
    found = dict(leaves(governance))

    assert set(found) == set(COMMANDS)
    assert {name for name, command in found.items() if any(parameter.required for parameter in command.params)} == set(TOO_FEW)


@pytest.mark.parametrize("name", COMMANDS)
def test_words_that_a_command_does_not_know_are_answered_with_its_usage(run: Run, tmp_path: Path, name: str) -> None:
    given = [*name.split(), *COMMANDS[name]]

    check_usage(run(*given, "--unheard-of"))
    check_usage(run(*given, "--unheard-of=1"))
    check_usage(run(*given, tmp_path.as_posix() + "/nowhere"))
    for rest in TOO_FEW.get(name, []):
        check_usage(run(*name.split(), *rest))
    assert not list(tmp_path.iterdir())


def not_a_folder(folder: Path) -> Path:
    (folder / "file").write_text("words")
    return folder / "file"


def below_a_file(folder: Path) -> Path:
    return not_a_folder(folder) / "below"


def nowhere_to_write(_: Path) -> Path:
    return Path("/proc/instance")


def a_name_without_end(folder: Path) -> Path:
    return folder / ("x" * 5_000)


def no_database(folder: Path) -> Path:
    (folder / DATABASE).write_bytes(b"words, and no database\n" * 5_000)
    (folder / DATABASE).chmod(0o600)
    return folder


def a_folder_for_a_database(folder: Path) -> Path:
    (folder / DATABASE).mkdir(mode=0o700)
    return folder


def somebody_elses_database(folder: Path) -> Path:
    return change(folder, "CREATE TABLE leaf (x)")


def somebody_elses_stamp(folder: Path) -> Path:
    return change(folder, "CREATE TABLE stamp (id, version)", "INSERT INTO stamp VALUES (1, 'new')")


def half_a_stamp(folder: Path) -> Path:
    return change(folder, "CREATE TABLE stamp (x)")


def a_newer_database(folder: Path) -> Path:
    open_engines(folder).close()
    return change(folder, "UPDATE stamp SET version = 99")


def a_database_without_guards(folder: Path) -> Path:
    open_engines(folder).close()
    return change(folder, "DROP TRIGGER next_leaf")


def half_a_database(folder: Path) -> Path:
    open_engines(folder).close()
    file = folder / DATABASE
    file.write_bytes(file.read_bytes()[:40_000])
    return folder


def a_folder_for_a_secret(folder: Path) -> Path:
    (folder / "secret-key").mkdir(mode=0o700)
    return folder


def a_secret_that_is_no_text(folder: Path) -> Path:
    (folder / "secret-key").write_bytes(bytes(range(128, 200)))
    (folder / "secret-key").chmod(0o600)
    return folder


def change(folder: Path, *statements: str) -> Path:
    with sqlite3.connect(folder / DATABASE) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    (folder / DATABASE).chmod(0o600)
    return folder


INSTANCES = [
    not_a_folder, below_a_file, nowhere_to_write, a_name_without_end, no_database, a_folder_for_a_database, somebody_elses_database,
    somebody_elses_stamp, half_a_stamp, a_newer_database, a_database_without_guards, half_a_database, a_folder_for_a_secret,
    a_secret_that_is_no_text,
]  # fmt: skip


@pytest.mark.parametrize("name", OPENING)
@pytest.mark.parametrize("instance", INSTANCES, ids=lambda made: made.__name__)
def test_an_instance_that_cannot_be_opened_is_refused_and_stays_as_it_is(
    run: Run, tmp_path: Path, instance: Callable[[Path], Path], name: str
) -> None:
    (tmp_path / "there").mkdir()
    folder = instance(tmp_path / "there")
    before = picture(tmp_path)

    check_sentence(run(*name.split(), *COMMANDS[name], INSTANCE=str(folder)))
    assert picture(tmp_path) == before


@pytest.mark.parametrize("name", ["log verify", "log replay", "log checkpoint", "log rotate-key", "policy publish"])
def test_a_damaged_database_is_named_and_not_made_worse(run: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "instance"
    open_engines(folder).close()
    with sqlite3.connect(folder / DATABASE) as connection:
        [(page, size)] = connection.execute("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'leaf'")
    connection.close()
    with (folder / DATABASE).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"no page of a table" * 100)
    before = picture(tmp_path)

    check_sentence(run(*name.split(), *COMMANDS[name]))
    assert picture(tmp_path) == before


def picture(folder: Path) -> dict[str, bytes]:
    """What lies in a folder. A new secret, the header and the side files of SQLite say nothing of anybody."""
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != "secret-key" and path.suffix not in (".sqlite3-shm", ".sqlite3-wal")
    ]
    return {str(path.relative_to(folder)): path.read_bytes()[100 if path.name == DATABASE else 0 :] for path in files}


@pytest.mark.parametrize("name", OPENING)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("GOVERNANCE_UNHEARD_OF", "1"),
        ("GOVERNANCE_", "1"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "١٢"),
        ("PORT", "9" * 5_000),
        ("DEMO", "yes"),
        ("GOVERNANCE_SECURE_COOKIES", "true"),
        ("GOVERNANCE_SESSION_HOURS", "1e9"),
        ("GOVERNANCE_ORIGIN", "https://governance.example.org"),
        ("GOVERNANCE_ORIGIN", "\udcff"),
        ("GOVERNANCE_CHECKPOINT_KEY", "/does/not/exist/key"),
        ("GOVERNANCE_CHECKPOINT_KEY", "/tmp"),
        ("GOVERNANCE_WORKER", "yes"),
        ("GOVERNANCE_MAIL_URL", "mail.example.org"),
        ("GOVERNANCE_MAIL_URL", "smtp://mail.example.org"),
        ("GOVERNANCE_MAIL_URL", "\udcff"),
        ("GOVERNANCE_MAIL_FROM", "nobody"),
        ("GOVERNANCE_MAIL_FROM", "\udcff"),
        ("GOVERNANCE_SECRET_KEY", "short"),
        ("GOVERNANCE_SECRET_KEY", "please-change-this-secret-key-please"),
        ("GOVERNANCE_SECRET_KEY", "\udcff"),
    ],
    ids=lambda said: ascii(said)[:40],
)
def test_settings_that_are_not_understood_are_refused(run: Run, tmp_path: Path, name: str, setting: str, value: str) -> None:
    check_sentence(run(*name.split(), *COMMANDS[name], **{setting: value}))
    assert not picture(tmp_path)


@pytest.mark.parametrize(
    "host", ["999.1.1.1", "a b", "\x01", HUGE[:5_000], "\udcff", "[::1", "127.0.0.1/8"], ids=lambda said: ascii(said)[:40]
)
def test_a_host_that_is_none_is_refused(run: Run, host: str) -> None:
    check_sentence(run("serve", GOVERNANCE_HOST=host))


@pytest.mark.parametrize("name", ["policy propose", "policy publish"])
def test_who_may_not_publish_is_told_so_and_nothing_is_in_force(run: Run, tmp_path: Path, name: str) -> None:
    check_sentence(run(*name.split(), *COMMANDS[name]))

    with sqlite3.connect(tmp_path / "instance" / DATABASE) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("leaf", "words", "published_policy")]
    connection.close()
    assert counts == [0, 0, 0]


@pytest.mark.parametrize("who", ["", "system", "x" * 5_000, "\udcff", "a\nb", "'; DROP TABLE leaf; --"], ids=lambda said: ascii(said)[:40])
def test_who_publishes_is_a_person(run: Run, tmp_path: Path, who: str) -> None:
    check_usage(run("policy", "publish", "P-1", "--by", who))
    check_usage(run("policy", "propose", SHIPPED, "--reason", "The audit asked for it.", "--by", who))
    assert not list(tmp_path.iterdir())


def empty(_: Path) -> None:
    """A folder without a policy."""


def binary(folder: Path) -> None:
    (folder / "gates.yaml").write_bytes(bytes(range(256)) * 20)


def huge(folder: Path) -> None:
    (folder / "gates.yaml").write_text(f"gate: {HUGE * 20}\n")


def deep(folder: Path) -> None:
    (folder / "gates.yaml").write_text("[" * 50_000)


def with_nul(folder: Path) -> None:
    (folder / "gates.yaml").write_text("gate: \0\n")


def dead_link(folder: Path) -> None:
    (folder / "gates.yaml").symlink_to("nowhere")


def round_link(folder: Path) -> None:
    (folder / "again").symlink_to(folder)
    (folder / "gates.yaml").symlink_to("gates.yaml")


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "gates.yaml")


def no_yaml(folder: Path) -> None:
    (folder / "gates.yaml").write_text("gate: [1\n")


def an_odd_name(folder: Path) -> None:
    (folder / "\udcff.yaml").write_text("gate: [1\n")


POLICIES = [empty, binary, huge, deep, with_nul, dead_link, round_link, a_pipe, no_yaml, an_odd_name]


@pytest.mark.parametrize("made", POLICIES, ids=lambda made: made.__name__)
def test_every_fault_of_a_policy_has_its_file_line_and_column(run: Run, tmp_path: Path, made: Callable[[Path], None]) -> None:
    folder = tmp_path / "policy"
    folder.mkdir()
    made(folder)

    code, said = run("policy", "check", str(folder))
    assert code == 1
    assert said and all(re.fullmatch(rf"{folder}[^\n]*:\d+:\d+: [^\n]{{5,300}}", line) for line in said.splitlines()), said
    code, said = run("policy", "publish", str(folder), "--by", "nobody")
    assert code == 1 and said and "Traceback" not in said


def test_faults_of_several_files_and_folders_are_listed_together(run: Run, tmp_path: Path) -> None:
    for name, text in {"a/one.yaml": "gate: 1\ngate: 2\n", "a/two.yaml": "unheard_of: 1\n", "b/three.yaml": "- 1\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    code, said = run("policy", "check", str(tmp_path / "a"), SHIPPED, str(tmp_path / "b"))

    assert code == 1
    assert {line.removeprefix(f"{tmp_path}/").split(":")[0] for line in said.splitlines()} == {"a/one.yaml", "a/two.yaml", "b/three.yaml"}


@pytest.mark.parametrize("folder", ["", "/does/not/exist", "x" * 5_000, "\udcff"], ids=lambda said: ascii(said)[:40])
def test_a_folder_that_is_none_is_answered_with_the_usage(run: Run, folder: str) -> None:
    check_usage(run("policy", "check", folder))
    check_usage(run("policy", "propose", folder, "--reason", "The audit asked for it.", "--by", "nobody"))
