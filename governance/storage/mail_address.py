"""The address of a mail server and that of a sender, as settings give them."""

from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Literal
from urllib.parse import unquote, urlsplit

Security = Literal["none", "tls", "starttls"]

SCHEMES: dict[str, tuple[Security, int]] = {"smtp": ("none", 25), "smtps": ("tls", 465), "smtp+starttls": ("starttls", 587)}
"""How the connection is secured, and the port where none is given."""

Sender = Address
"""A printed name and an address; prints itself the way a mail shows it."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. Knows its password, and hides it when it is printed."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(given: str) -> MailServer:
    """Raises `ValueError`, without repeating what may hold a password."""
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not the address of a mail server") from None
    if parts.scheme not in SCHEMES or not host or port == 0 or not given.isprintable() or " " in given:
        raise ValueError("not the address of a mail server")
    if parts.path not in ("", "/") or parts.query or parts.fragment or bool(parts.username) != bool(parts.password):
        raise ValueError("not the address of a mail server")
    security, usual = SCHEMES[parts.scheme]
    return MailServer(host, port or usual, security, _plain(parts.username), _plain(parts.password))


def sender(given: str) -> Address:
    """A name with an address in angle brackets, or an address alone. Raises `ValueError`."""
    try:
        [(name, spec)] = getaddresses([given])
        found = Address(display_name=name, addr_spec=spec)
    except (MessageError, IndexError):
        raise ValueError("not an address") from None
    if not found.username or not found.domain or not spec.isascii() or not given.isprintable():
        raise ValueError("not an address")
    return found


def _plain(part: str | None) -> str | None:
    return unquote(part) if part else None
