"""A mail server for tests: a real socket that speaks SMTP (RFC 5321), keeps what it takes, and refuses or hangs up on demand."""

import base64
import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock, Thread
from typing import cast

SENT, ACCEPTED = "sent", "accepted"
"""Places where it can hang up besides verbs: after the text of a mail came, before and after the answer to it."""


@dataclass(frozen=True)
class Taken:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default))

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"]).strip()  # it may stand on a line of its own

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


@dataclass
class Sink:
    """What the server took, and how it behaves; both can change while it runs."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """By verb or by recipient: the answer, such as `450 try later`."""
    hang_up_at: set[str] = field(default_factory=set)
    before_answer: Callable[[Taken], None] = lambda _: None
    """Called when a mail was kept, before the client is told so."""
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    """TLS from the first byte, instead of by STARTTLS."""
    login: tuple[str, str] | None = None
    lock: Lock = field(default_factory=Lock)

    @property
    def ids(self) -> list[str]:
        return [taken.id for taken in self.taken]

    @property
    def to(self) -> list[str]:
        return [one for taken in self.taken for one in taken.recipients]


class Gone(Exception):
    """The connection ends here."""


class Talk(socketserver.BaseRequestHandler):
    """One connection."""

    sink: Sink

    def setup(self) -> None:
        self.channel: socket.socket = self.request
        self.channel.settimeout(30)
        self.secured = self.signed_in = False
        if self.sink.tls and self.sink.at_once:
            self._secure()
        self.lines = self.channel.makefile("rb")
        self.sender, self.recipients = "", list[str]()

    def handle(self) -> None:
        try:
            self._say(self.sink.refuse.get("CONNECT", "220 sink.example ready"))
            while line := self.lines.readline(4096):
                self._answer(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))
        except (Gone, OSError):
            pass
        finally:
            self.lines.close()
            self.channel.close()

    def _answer(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        with self.sink.lock:
            self.sink.heard.append(line)
        self._hang_up(verb)
        if verb in self.sink.refuse:
            self._say(self.sink.refuse[verb])
        elif verb in ("EHLO", "HELO"):
            self._greet()
        elif verb in ("RSET", "NOOP"):
            self.recipients = []
            self._say("250 ok")
        elif verb == "QUIT":
            self._say("221 bye")
            raise Gone
        elif verb == "STARTTLS" and self.sink.tls:
            self._say("220 go ahead")
            self._secure()
            self.lines = self.channel.makefile("rb")
        elif verb == "AUTH":
            self._sign_in(rest)
        elif self.sink.login and not self.signed_in:
            self._say("530 5.7.0 Authentication required")
        elif verb == "MAIL":
            self.sender, self.recipients = rest, []
            self._say("250 ok")
        elif verb == "RCPT":
            self._recipient(rest.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            self._data()
        else:
            self._say("502 5.5.2 not known here")

    def _greet(self) -> None:
        offered = ["sink.example", "8BITMIME"]
        if self.sink.tls and not self.secured:
            offered.append("STARTTLS")
        if self.sink.login:
            offered.append("AUTH PLAIN")
        for word in offered[:-1]:
            self._say(f"250-{word}")
        self._say(f"250 {offered[-1]}")

    def _sign_in(self, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
        self.signed_in = tuple(given) == self.sink.login
        self._say("235 2.7.0 welcome" if self.signed_in else "535 5.7.8 who are you?")

    def _recipient(self, address: str) -> None:
        if address in self.sink.refuse:
            self._say(self.sink.refuse[address])
            return
        self.recipients.append(address)
        self._say("250 ok")

    def _data(self) -> None:
        self._say("354 go on")
        text = b""
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise Gone
            text += line.removeprefix(b".")
        self._hang_up(SENT)
        found = Taken(self.sender, tuple(self.recipients), text)
        with self.sink.lock:
            self.sink.taken.append(found)
        self.sink.before_answer(found)
        self._hang_up(ACCEPTED)
        self._say("250 2.0.0 taken")

    def _secure(self) -> None:
        assert self.sink.tls
        self.channel = self.sink.tls.wrap_socket(self.channel, server_side=True)
        self.secured = True

    def _hang_up(self, here: str) -> None:
        if here in self.sink.hang_up_at:
            raise Gone

    def _say(self, answer: str) -> None:
        self.channel.sendall(answer.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that trusts nobody breaks the handshake off: that is what is tested."""


@contextmanager
def sinking(sink: Sink | None = None) -> Iterator[Sink]:
    """Run it on a free port, or on the one it had before."""
    sink = sink or Sink()
    with Server(("127.0.0.1", sink.port), type("TalkTo", (Talk,), {"sink": sink})) as server:
        sink.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
