"""What can be set, from the environment. A value that is not understood stops the start-up; nothing is guessed."""

import difflib
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from governance import logs
from governance.storage import private
from governance.storage.address import Address, address
from governance.storage.mail_address import MailServer, Sender, mail_server, sender

PREFIX = "GOVERNANCE_"
SHORTEST_SECRET = 32
DIFFERENT_SIGNS = 8
LONGEST_QUOTED = 60
HOST = re.compile("[0-9A-Za-z:._%-]{1,253}")
WORDS_OF_DEFAULTS = re.compile(
    "change|this|please|replace|your|me|default|super|secret|key|dev|elopment|test|flask|django|insecure|password|example|[^a-z0-9]"
)
"""What the secrets that documentation suggests are made of; a secret of nothing else is no secret."""

ORIGIN = re.compile(r"(?=.{3,200}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._~-]+)*")
"""An address without a scheme."""

PUBLIC = re.compile(r"(?P<address>https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?)/?")


BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")


class SettingsError(Exception):
    """One sentence: which setting, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs."""

    instance: Path
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = True
    secure_cookies: bool = False
    session_lasts: timedelta = timedelta(hours=12)
    public_address: str | None = None
    database: Address | None = None
    """None for the SQLite file of the instance."""
    log_format: str = logs.TEXT
    metrics_token: str | None = None
    """None where nobody may have the numbers."""
    processes: int = 1
    bucket: str | None = None
    """None for the folder in the instance."""
    checkpoint_key: Path | None = None
    origin: str | None = None
    worker: bool = True
    mail_server: MailServer | None = None
    """None where no mail is sent; else `mail_from` is there too."""
    mail_from: Sender | None = None

    @property
    def key_file(self) -> Path:
        """Where the key that signs heads is. Only the worker and the command line look into it."""
        return self.checkpoint_key or self.instance / "checkpoint-key"

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def links_from(self) -> str:
        """What links that leave the site begin with. Never what a request asked for: that is the client's word."""
        return self.public_address or self.address

    @property
    def public_host(self) -> str | None:
        return urlsplit(self.public_address).hostname if self.public_address else None


NAMES = {
    "INSTANCE": "the folder with the database and the files; default ./instance",
    "HOST": "the address to listen on; default 127.0.0.1",
    "PORT": "the port to listen on; default 8000",
    "DEMO": "1 loads the demo portfolio into an empty instance, 0 starts empty; default 1",
    "SECRET_KEY": f"signs cookies, at least {SHORTEST_SECRET} signs; made and kept in the instance folder where it is not given",
    "SECURE_COOKIES": "1 where the site is served by https; default 0",
    "SESSION_HOURS": "how long a sign-in lasts, 1 to 168; default 12",
    "DATABASE_URL": "a PostgreSQL database: postgresql://USER:PASSWORD@HOST/NAME; default a file in the instance folder",
    "CONTENT_URL": "a bucket of an S3-protocol store: s3://BUCKET/PREFIX, keys in the AWS_… variables; default a folder in the instance",
    "PROCESSES": "how many processes answer requests, 1 to 64; default 1",
    "LOG_FORMAT": "text for people or json for machines, one line an event on standard error; default text",
    "METRICS_TOKEN": f"lets Prometheus read /metrics, at least {SHORTEST_SECRET} signs; without it there is no such page",
    "PUBLIC_ADDRESS": "where people reach the site, such as https://governance.example.org; default where the server listens",
    "CHECKPOINT_KEY": "the file of the key that signs heads of the ledger; made and kept in the instance folder where it is not given",
    "ORIGIN": "the name of this ledger in signed heads, such as governance.example.org/ledger; made with the key where it is not given",
    "WORKER": "0 lets `governance serve` start no worker, where `governance worker` runs elsewhere; default 1",
    "MAIL_URL": "the server that takes mail: smtps://USER:PASSWORD@HOST:PORT, smtp+starttls://… or smtp://…; default no mail is sent",
    "MAIL_FROM": "who mail is from, such as Governance <governance@example.org>; needed with MAIL_URL",
}
"""Every setting: as GOVERNANCE_<NAME>; some also without the prefix, as `make` and hosting services pass them."""

SHORT = ("INSTANCE", "PORT", "DEMO", "DATABASE_URL")


def read(environment: Mapping[str, str] | None = None, instance: Path | None = None) -> Settings:
    """The settings. `instance` is the choice of the command line. Raises `SettingsError`."""
    given = dict(os.environ if environment is None else environment)
    _check_names(given)
    folder = (instance or Path(_value(given, "INSTANCE", "instance"))).expanduser().resolve()
    return Settings(
        instance=folder,
        secret_key=_secret(_value(given, "SECRET_KEY", ""), folder),
        host=_host(_value(given, "HOST", "127.0.0.1")),
        port=_number("PORT", _value(given, "PORT", "8000"), 1, 65535),
        demo=_switch("DEMO", _value(given, "DEMO", "1")),
        secure_cookies=_switch("SECURE_COOKIES", _value(given, "SECURE_COOKIES", "0")),
        session_lasts=timedelta(hours=_number("SESSION_HOURS", _value(given, "SESSION_HOURS", "12"), 1, 168)),
        public_address=_public(_value(given, "PUBLIC_ADDRESS", "")),
        checkpoint_key=_file("CHECKPOINT_KEY", _value(given, "CHECKPOINT_KEY", "")),
        origin=_origin(_value(given, "ORIGIN", "")),
        log_format=_choice("LOG_FORMAT", _value(given, "LOG_FORMAT", logs.TEXT), logs.FORMATS),
        metrics_token=_token(_value(given, "METRICS_TOKEN", "")),
        processes=_number("PROCESSES", _value(given, "PROCESSES", "1"), 1, 64),
        bucket=_bucket(_value(given, "CONTENT_URL", "")),
        database=_database(_value(given, "DATABASE_URL", "")),
        worker=_switch("WORKER", _value(given, "WORKER", "1")),
        mail_server=_mail_server(_value(given, "MAIL_URL", "")),
        mail_from=_mail_from(_value(given, "MAIL_FROM", ""), needed=bool(_value(given, "MAIL_URL", ""))),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_names(given: Mapping[str, str]) -> None:
    for name in given:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in NAMES:
            close = difflib.get_close_matches(name.removeprefix(PREFIX), NAMES, 1)
            hint = f" Did you mean {PREFIX}{close[0]}?" if close else f" Known are {', '.join(PREFIX + known for known in NAMES)}."
            raise SettingsError(f"There is no setting {name}.{hint}")


def _value(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(PREFIX + name) or (given.get(name) if name in SHORT else None)
    return (value or default).strip()


def _number(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise SettingsError(f"{name} is a whole number from {least} to {most}, not {_quoted(value)}.")
    return int(value)


def _host(value: str) -> str:
    if not HOST.fullmatch(value):
        raise SettingsError(f"HOST is an address such as 127.0.0.1 or the name of a machine, not {_quoted(value)}.")
    return value


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise SettingsError(f"{name} is 0 or 1, not {_quoted(value)}.")
    return value == "1"


def _public(given: str) -> str | None:
    """Scheme, name and port, in small letters and nothing after them; None where it is not given."""
    if not given:
        return None
    found = PUBLIC.fullmatch(given.casefold())
    if found is None or int(found["port"] or 1) not in range(1, 65536):
        raise SettingsError(f"PUBLIC_ADDRESS is a scheme and a name, such as https://governance.example.org, not {_quoted(given)}.")
    return found["address"]


def _file(name: str, given: str) -> Path | None:
    """Where a file is or is to be made; None where it is not given. Its folder has to be there."""
    if not given:
        return None
    file = Path(given).absolute()
    if not given.isprintable() or not file.parent.is_dir() or file.is_dir():
        raise SettingsError(f"{name} is a file in a folder that is there, not {_quoted(given)}.")
    return file


def _origin(given: str) -> str | None:
    if given and not ORIGIN.fullmatch(given):
        raise SettingsError(f"ORIGIN is an address without a scheme, such as governance.example.org/ledger, not {_quoted(given)}.")
    return given or None


def _database(given: str) -> Address | None:
    """It may hold a password, so that no message repeats it."""
    try:
        return address(given) if given else None
    except ValueError:
        raise SettingsError("DATABASE_URL is the address of a PostgreSQL database: postgresql://USER:PASSWORD@HOST/NAME.") from None


def _mail_server(given: str) -> MailServer | None:
    """It may hold a password, so that no message repeats it."""
    try:
        return mail_server(given) if given else None
    except ValueError:
        raise SettingsError(
            "MAIL_URL is the address of a mail server: smtps://USER:PASSWORD@HOST:PORT, smtp+starttls://… or, within one machine, smtp://…."
        ) from None


def _mail_from(given: str, *, needed: bool) -> Sender | None:
    if not given and needed:
        raise SettingsError("MAIL_URL is set, and MAIL_FROM is not: say who mail is from, such as Governance <governance@example.org>.")
    try:
        return sender(given) if given else None
    except ValueError:
        raise SettingsError(f"MAIL_FROM is an address such as Governance <governance@example.org>, not {_quoted(given)}.") from None


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SettingsError(f"{name} is {' or '.join(choices)}, not {_quoted(value)}.")
    return value


def _token(given: str) -> str | None:
    """Never repeated in a message, weak or not."""
    return _checked(given, "GOVERNANCE_METRICS_TOKEN") if given else None


def _bucket(given: str) -> str | None:
    if given and not BUCKET.fullmatch(given):
        raise SettingsError(f"CONTENT_URL is s3://BUCKET or s3://BUCKET/PREFIX, not {_quoted(given)}; keys go into the AWS_… variables.")
    return given or None


def _quoted(value: str) -> str:
    """As it was set, or its start in signs that every terminal has."""
    return f"“{value}”" if len(value) <= LONGEST_QUOTED and value.isprintable() else f"{value[:LONGEST_QUOTED]!a}…"


def _secret(given: str, folder: Path) -> str:
    """The given secret, or the one of the instance, made on the first start and readable by its owner only."""
    if given:
        return _checked(given, "GOVERNANCE_SECRET_KEY")
    file = folder / "secret-key"
    if not file.exists():
        _make_secret(file)
    if complaint := private.complaint(file):
        raise SettingsError(complaint)
    return _checked(file.read_text(encoding="utf-8", errors="surrogateescape").strip(), str(file))


def _make_secret(file: Path) -> None:
    """Put a new secret in its place, whole or not at all; where two processes start at once, the first one's stays."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as draft:
        draft.write(secrets.token_urlsafe(48))
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(draft.name)


def _checked(secret: str, where: str) -> str:
    if not secret.isprintable():
        raise SettingsError(f"The secret in {where} is no text: use at least {SHORTEST_SECRET} random letters and digits.")
    random = WORDS_OF_DEFAULTS.sub("", secret.casefold()) or not secret.isascii()
    if len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < DIFFERENT_SIGNS or not random:
        raise SettingsError(f"The secret in {where} is too weak: use at least {SHORTEST_SECRET} random signs.")
    return secret
