"""Settings: a value that is not understood stops the start-up, in one sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from governance import settings
from governance.settings import SettingsError

SECRET = "k3Jq8-vYw1_Zp0RtXn5Lb7Hs2Dg9Fm4C"


def given(folder: Path, **values: str) -> dict[str, str]:
    return {"GOVERNANCE_INSTANCE": str(folder), **values}


def test_nothing_set_is_a_loopback_demo_that_keeps_its_own_secret(tmp_path: Path) -> None:
    read = settings.read(given(tmp_path / "instance"))

    assert (read.host, read.port, read.demo, read.session_lasts) == ("127.0.0.1", 8000, True, timedelta(hours=12))
    assert read.is_loopback and not read.secure_cookies
    file = tmp_path / "instance" / "secret-key"
    assert file.stat().st_mode & 0o777 == 0o600 and list(file.parent.iterdir()) == [file]
    assert settings.read(given(tmp_path / "instance")).secret_key == read.secret_key


def test_the_command_line_goes_before_the_full_name_and_that_before_the_short_one(tmp_path: Path) -> None:
    both = given(tmp_path / "full", INSTANCE=str(tmp_path / "short"), PORT="9001", GOVERNANCE_SECRET_KEY=SECRET)

    assert settings.read(both).instance == tmp_path / "full"
    assert settings.read(both, tmp_path / "line").instance == tmp_path / "line"
    assert settings.read(both).port == 9001


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "0", "PORT is a whole number from 1 to 65535, not “0”."),
        ("PORT", "65536", "not “65536”"),
        ("PORT", "eighty", "not “eighty”"),
        ("PORT", "-1", "not “-1”"),
        ("PORT", "٨٠", "whole number"),
        ("PORT", "9" * 5000, "whole number"),
        ("DEMO", "yes", "DEMO is 0 or 1, not “yes”."),
        ("GOVERNANCE_SECURE_COOKIES", "true", "SECURE_COOKIES is 0 or 1"),
        ("GOVERNANCE_SESSION_HOURS", "0", "from 1 to 168"),
        ("GOVERNANCE_SESSION_HOURS", "1.5", "from 1 to 168"),
        ("GOVERNANCE_PROT", "1", "There is no setting GOVERNANCE_PROT. Did you mean GOVERNANCE_PORT?"),
        ("GOVERNANCE_XYZ", "1", "Known are GOVERNANCE_INSTANCE, "),
        ("GOVERNANCE_PUBLIC_ADDRESS", "governance.example.org", "such as https://governance.example.org, not “governance.example.org”"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "ftp://governance.example.org", "PUBLIC_ADDRESS is a scheme and a name"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://governance.example.org/app", "PUBLIC_ADDRESS"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://ada@governance.example.org", "PUBLIC_ADDRESS"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://governance.example.org?x=1", "PUBLIC_ADDRESS"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://governance example.org", "PUBLIC_ADDRESS"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://governance.example.org:65536", "PUBLIC_ADDRESS"),
        ("GOVERNANCE_PUBLIC_ADDRESS", "https://", "PUBLIC_ADDRESS"),
        (
            "GOVERNANCE_ORIGIN",
            "https://governance.example.org",
            "such as governance.example.org/ledger, not “https://governance.example.org”",
        ),
        ("GOVERNANCE_ORIGIN", "governance example", "ORIGIN is an address without a scheme"),
        ("GOVERNANCE_ORIGIN", "governance+example", "ORIGIN"),
        ("GOVERNANCE_ORIGIN", "governance.example.org/", "ORIGIN"),
        ("GOVERNANCE_ORIGIN", "governance.example.org//ledger", "ORIGIN"),
        ("GOVERNANCE_ORIGIN", "góvernance.example", "ORIGIN"),
        ("GOVERNANCE_ORIGIN", "x" * 201, "ORIGIN"),
        (
            "GOVERNANCE_CHECKPOINT_KEY",
            "/does/not/exist/key",
            "CHECKPOINT_KEY is a file in a folder that is there, not “/does/not/exist/key”.",
        ),
        ("GOVERNANCE_CHECKPOINT_KEY", "/tmp", "CHECKPOINT_KEY is a file"),
        ("GOVERNANCE_CHECKPOINT_KEY", "/tmp/a\x01b", "CHECKPOINT_KEY is a file"),
        ("GOVERNANCE_DATABASE_URL", "mysql://ada:quiet@db.example.org/governance", "DATABASE_URL is the address of a PostgreSQL database"),
        ("GOVERNANCE_DATABASE_URL", "postgresql://ada:quiet@db.example.org", "postgresql://USER:PASSWORD@HOST/NAME"),
        ("DATABASE_URL", "not an address", "DATABASE_URL"),
        ("GOVERNANCE_CONTENT_URL", "https://bucket.example.org", "s3://BUCKET/PREFIX"),
        ("GOVERNANCE_CONTENT_URL", "s3://key:secret@bucket", "AWS_… variables"),
        ("GOVERNANCE_CONTENT_URL", "s3://bucket/../other", "CONTENT_URL"),
        ("GOVERNANCE_WORKER", "no", "WORKER is 0 or 1, not “no”."),
        ("GOVERNANCE_MAIL_URL", "mail.example.org", "MAIL_URL is the address of a mail server"),
        ("GOVERNANCE_MAIL_URL", "http://mail.example.org", "smtps://USER:PASSWORD@HOST:PORT"),
        ("GOVERNANCE_MAIL_URL", "smtp://mail.example.org:99999", "MAIL_URL"),
        ("GOVERNANCE_MAIL_URL", "smtp://mail.example.org/box", "MAIL_URL"),
        ("GOVERNANCE_MAIL_URL", "smtp://ada@mail.example.org", "MAIL_URL"),
        ("GOVERNANCE_MAIL_URL", "smtp://mail.example.org", "MAIL_FROM is not: say who mail is from"),
        ("GOVERNANCE_MAIL_FROM", "nobody", "MAIL_FROM is an address such as Governance <governance@example.org>, not “nobody”."),
        ("GOVERNANCE_MAIL_FROM", "a@example.org, b@example.org", "MAIL_FROM"),
        ("GOVERNANCE_MAIL_FROM", "a@example.org\r\nBcc: b@example.org", "MAIL_FROM"),
        ("GOVERNANCE_SECRET_KEY", "short", "too weak"),
        ("GOVERNANCE_SECRET_KEY", "x" * 64, "too weak"),
        ("GOVERNANCE_SECRET_KEY", "change-me-please-this-is-my-secret-key"[:16] * 3, "too weak"),
        ("GOVERNANCE_SECRET_KEY", "CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME", "too weak"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_not_understood_is_refused_in_one_sentence(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read(given(tmp_path, **{name: value}))

    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_secret_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    settings.read(given(tmp_path))
    (tmp_path / "secret-key").chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        settings.read(given(tmp_path))


@pytest.mark.parametrize(
    ("host", "loopback", "address"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:8000"),
        ("127.0.0.53", True, "http://127.0.0.53:8000"),
        ("localhost", True, "http://localhost:8000"),
        ("::1", True, "http://[::1]:8000"),
        ("0.0.0.0", False, "http://0.0.0.0:8000"),
        ("localhost.example", False, "http://localhost.example:8000"),
    ],
)
def test_what_only_this_machine_reaches(tmp_path: Path, host: str, loopback: bool, address: str) -> None:
    read = settings.read(given(tmp_path, GOVERNANCE_HOST=host))

    assert (read.is_loopback, read.address) == (loopback, address)


@pytest.mark.parametrize(
    ("public", "links", "name"),
    [
        ("", "http://127.0.0.1:8000", None),
        ("https://governance.example.org", "https://governance.example.org", "governance.example.org"),
        ("HTTPS://Governance.Example.org/", "https://governance.example.org", "governance.example.org"),
        ("http://governance.example.org:8443", "http://governance.example.org:8443", "governance.example.org"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "2001:db8::1"),
        ("http://10.1.2.3", "http://10.1.2.3", "10.1.2.3"),
    ],
)
def test_links_begin_with_the_public_address_or_where_the_server_listens(tmp_path: Path, public: str, links: str, name: str | None) -> None:
    read = settings.read(given(tmp_path, GOVERNANCE_PUBLIC_ADDRESS=public))

    assert (read.links_from, read.public_host) == (links, name)


def test_the_key_of_signed_heads_lies_in_the_instance_folder_or_where_the_settings_say(tmp_path: Path) -> None:
    plain = settings.read(given(tmp_path / "instance"))
    named = settings.read(
        given(tmp_path / "instance", GOVERNANCE_CHECKPOINT_KEY=str(tmp_path / "key"), GOVERNANCE_ORIGIN="a.example/log-1")
    )

    assert (plain.key_file, plain.origin) == (tmp_path / "instance" / "checkpoint-key", None)
    assert (named.key_file, named.origin) == (tmp_path / "key", "a.example/log-1")
    assert not plain.key_file.exists() and not named.key_file.exists(), "reading settings makes no key"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_address_of_a_database_is_read_and_its_password_not_shown(tmp_path: Path, scheme: str) -> None:
    read = settings.read(given(tmp_path, DATABASE_URL=f"{scheme}://ada:quiet@db.example.org/governance"))

    assert read.database is not None and read.database.password == "quiet"
    assert "quiet" not in repr(read)


def test_a_refused_address_of_a_database_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.read(given(tmp_path, DATABASE_URL="postgresql://ada:quiet@db.example.org"))

    assert "quiet" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "port", "security"),
    [
        ("smtp://mail.example.org", 25, "none"),
        ("smtps://mail.example.org", 465, "tls"),
        ("smtp+starttls://mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org:2525/", 2525, "none"),
    ],
)
def test_a_mail_server_is_read_with_the_usual_port_of_its_kind(tmp_path: Path, address: str, port: int, security: str) -> None:
    read = settings.read(given(tmp_path, GOVERNANCE_MAIL_URL=address, GOVERNANCE_MAIL_FROM="Governance <governance@example.org>"))

    assert read.mail_server is not None and read.mail_server.user is None
    assert (read.mail_server.host, read.mail_server.port, read.mail_server.security) == ("mail.example.org", port, security)
    assert str(read.mail_from) == "Governance <governance@example.org>"


def test_the_password_of_a_mail_server_is_read_as_it_was_meant_and_not_shown(tmp_path: Path) -> None:
    read = settings.read(
        given(tmp_path, GOVERNANCE_MAIL_URL="smtps://ada%40example.org:qui%3Aet%2F@mail.example.org", GOVERNANCE_MAIL_FROM="a@example.org")
    )

    assert read.mail_server is not None and (read.mail_server.user, read.mail_server.password) == ("ada@example.org", "qui:et/")
    assert "qui" not in repr(read)


@pytest.mark.parametrize(
    "address", ["smtp://ada:quiet@mail.example.org:x", "smtp://ada:quiet@mail.example.org/box", "http://ada:quiet@mail"]
)
def test_a_refused_address_of_a_mail_server_is_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read(given(tmp_path, GOVERNANCE_MAIL_URL=address, GOVERNANCE_MAIL_FROM="a@example.org"))

    assert "quiet" not in str(refused.value) and refused.value.__suppress_context__


def test_no_mail_is_sent_and_a_worker_is_started_where_nothing_is_said(tmp_path: Path) -> None:
    read = settings.read(given(tmp_path))

    assert (read.mail_server, read.mail_from, read.worker) == (None, None, True)
    assert settings.read(given(tmp_path, GOVERNANCE_WORKER="0")).worker is False
