"""Notices by mail: the follower that says whom an entry is for, and the courier that hands plain text in at a mail server."""

import hashlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.charset import QP, Charset
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.utils import format_datetime, formataddr
from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from governance.domain.text import day_in_words
from governance.jobs import outbox
from governance.jobs.outbox import Follower, NotMeant, NotTaken, WayClosed, in_one_line
from governance.ledger import read
from governance.ledger.log import Ledger
from governance.ledger.read import Entry
from governance.models.ledger import Leaf
from governance.models.outbox import Delivery
from governance.paths import templates_directory
from governance.reads import notices
from governance.reads.notices import Addressed
from governance.settings import Settings
from governance.storage.mail_address import MailServer, Sender
from governance.words import word

FOLLOWER = "mail"
TIMEOUT_SECONDS = 10
"""For each answer of the server."""
REFUSED_FOR_GOOD = 500
"""And above: RFC 5321, 4.2.1."""
CLOSING = 421
NOT_CONCERNED = "It does not concern them any more, they may not see the initiative, or they want no mail."


@dataclass(frozen=True, slots=True)
class Post:
    """How notices leave: through which server, from whom, and where their links lead. Without a server nobody is told anything."""

    server: MailServer | None
    sender: Sender | None
    site: str

    @classmethod
    def of(cls, found: Settings) -> "Post":
        return cls(found.mail_server, found.mail_from, found.links_from)


def follower(post: Post) -> Follower:
    """Without a server it looks at nothing, and only its cursor moves: what happens meanwhile is not told later."""
    return Follower(
        name=FOLLOWER,
        kinds=tuple(notices.RULES) if post.server else (),
        recipients=lambda session, leaf, now: notices.by_mail(session, leaf, now).keys(),
        message_id=lambda leaf, recipient: message_id(post.site, leaf, recipient),
    )


def message_id(site: str, leaf: Entry, recipient: str) -> str:
    """The same for the same instance, entry and person. The hash of an entry differs between ledgers, and so does this."""
    named = hashlib.sha256("\0".join([site, leaf.hash.hex(), recipient]).encode()).hexdigest()
    host = urlsplit(site).hostname or "localhost"
    return f"<{leaf.index}.{named[:24]}@{f'[IPv6:{host}]' if ':' in host else host}>"


def deliver(ledger: Ledger, post: Post, is_over: Callable[[], bool]) -> bool:
    """Send what is due over one connection. Whether there is more at once."""
    if post.server is None or post.sender is None:
        return False
    courier = Courier(post.server, post.site)

    def act(row: Delivery) -> None:
        with Session(ledger.engines.reader) as session:
            found = _still(session, row)
        courier.hand_in(written(found, post, row.message_id))

    try:
        return outbox.deliver(ledger, FOLLOWER, act, is_over)
    finally:
        courier.leave()


def _still(session: Session, row: Delivery) -> Addressed:
    """Asked again when it is sent: rights may have ended, and somebody else may have done it meanwhile."""
    followed = read.entries(session, Leaf.index == row.leaf)
    found = notices.by_mail(session, followed[0], datetime.now(UTC)).get(row.recipient) if followed else None
    if found is None:
        raise NotMeant(NOT_CONCERNED)
    return found


def written(found: Addressed, post: Post, named: str) -> Message:
    """The mail. The first line of its text is the subject. Raises `NotTaken` for an address that none can go to.

    No header holds a person's or an initiative's name except the subject, which is encoded whole where it looks encoded already: the
    newer half of the library decodes such words when it folds a line, line ends included.
    """
    title, text = _text(found, post.site).split("\n", 1)
    subject = title.strip()
    message = Message()
    message["From"] = formataddr((post.sender.display_name, post.sender.addr_spec)) if post.sender else ""
    message["To"] = _checked(found.email)
    message["Subject"] = Header(subject, "utf-8" if "=?" in subject else None)  # type: ignore[assignment]
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = named
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is announced to it
    message["MIME-Version"] = "1.0"
    message.set_payload(text.strip() + "\n", _charset())
    return message


def _checked(email: str) -> str:
    try:
        if email.isascii():
            return Address(addr_spec=email).addr_spec
    except (ValueError, IndexError, MessageError):
        pass
    raise NotTaken("Mail cannot be sent to this address.", for_good=True)


def _text(found: Addressed, site: str) -> str:
    notice = found.notice
    template = _environment().get_template(f"{notice.kind.value}.txt")
    return template.render(
        site=site,
        name=in_one_line(found.name),
        initiative=in_one_line(found.initiative),
        notice=notice,
        outcome=word(notice.outcome).past if notice.outcome else "",
        due=day_in_words(notice.due) if notice.due else "",
        version=in_one_line(notice.version or ""),
        became=word(notice.became).past if notice.became else "",
    )


@cache
def _charset() -> Charset:
    """UTF-8 that can be read in the raw, too."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset


@cache
def _environment() -> Environment:
    """Of plain texts: nothing is escaped in `.txt`."""
    folder = FileSystemLoader(templates_directory() / "mail")
    return Environment(loader=folder, undefined=StrictUndefined, autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True)


class Courier:
    """One connection to the mail server, opened with the first message and again where it broke."""

    def __init__(self, server: MailServer, site: str) -> None:
        self._server = server
        self._host = urlsplit(site).hostname or ""
        self._connection: smtplib.SMTP | None = None

    def hand_in(self, message: Message) -> None:
        """Returns once the server has taken it. Raises `NotTaken` where it refuses, `WayClosed` where it cannot be talked to."""
        connection = self._connection = self._connection or self._connected()
        try:
            connection.send_message(message)
        except smtplib.SMTPSenderRefused as refused:
            self.leave()
            raise WayClosed(f"The server does not take mail from us: {_answer(refused.smtp_code, refused.smtp_error)}") from None
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, answer)] = refused.recipients.values()
            raise self._refused(code, answer) from None
        except smtplib.SMTPResponseException as refused:
            raise self._refused(refused.smtp_code, refused.smtp_error) from None
        except OSError as broken:
            self.leave()
            raise NotTaken(f"The connection broke: {in_one_line(str(broken))}", for_good=False) from None

    def leave(self) -> None:
        """Say goodbye, if anybody is there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.quit()
            connection.close()

    def _refused(self, code: int, answer: bytes | str) -> NotTaken:
        if code == CLOSING:
            self.leave()
        return NotTaken(_answer(code, answer), for_good=code >= REFUSED_FOR_GOOD)

    def _connected(self) -> smtplib.SMTP:
        """Certificates are verified, and a server that offers no encryption where it is asked for gets nothing."""
        server = self._server
        try:
            connection = self._open()
        except OSError as failed:
            raise WayClosed(f"The mail server at {server.host}:{server.port} does not answer: {_failure(failed)}") from None
        try:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user is not None and server.password is not None:
                connection.login(server.user, server.password)
        except OSError as failed:
            connection.close()
            raise WayClosed(f"The mail server at {server.host}:{server.port} does not let us in: {_failure(failed)}") from None
        return connection

    def _open(self) -> smtplib.SMTP:
        server, name = self._server, self._host if "." in self._host and ":" not in self._host else socket.gethostname()
        if server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=TIMEOUT_SECONDS)


def _failure(failed: OSError) -> str:
    """What went wrong; an answer of the server as it gave it. Never what we said: it may have been the password."""
    if isinstance(failed, smtplib.SMTPResponseException):
        return _answer(failed.smtp_code, failed.smtp_error)
    return in_one_line(str(failed))


def _answer(code: int, said: bytes | str) -> str:
    return in_one_line(f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}")
