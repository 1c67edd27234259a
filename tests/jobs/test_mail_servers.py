"""What becomes of mail where a server, a connection or an address fails; signing in, and encryption."""

import logging
import ssl
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from governance.domain.deliveries import DeliveryState
from governance.jobs.mail import Post
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.storage.mail_address import MailServer
from tests.jobs.mailing import TOM, engine, follow, post, post_to, send, sent, sink, three
from tests.jobs.test_outbox import deliveries, states, time_goes_by
from tests.mail_sink import ACCEPTED, SENT, Sink, sinking
from tests.services.conftest import House, house, in_review

__all__ = ["engine", "house", "in_review", "post", "sink", "three"]


# Where something fails.


def test_a_server_that_is_down_for_a_while_gets_everything_later(three: House, post: Post, sink: Sink) -> None:
    nowhere = replace(post, server=replace(post.server, port=1))  # type: ignore[type-var]

    for _ in range(3):
        send(three, nowhere)
        time_goes_by(three)
    assert set(states(three)) == {"waiting"} and "does not answer" in str(deliveries(three)[0].last_error)

    send(three, post)

    assert Counter(sink.ids) == Counter(row.message_id for row in deliveries(three))
    assert states(three) == ["delivered"] * 3


def test_a_server_that_is_down_costs_one_try_and_not_one_for_each(three: House, post: Post) -> None:
    for _ in range(3):
        send(three, replace(post, server=replace(post.server, port=1)))  # type: ignore[type-var]

    assert sorted(row.tries for row in deliveries(three)) == [0, 0, 1]


@pytest.mark.parametrize("place", ["EHLO", "MAIL", "RCPT", "DATA", SENT, ACCEPTED])
def test_a_connection_that_breaks_loses_nothing_and_a_repeat_has_the_same_message_id(
    three: House, post: Post, sink: Sink, place: str
) -> None:
    sink.hang_up_at = {place}
    send(three, post)
    assert set(states(three)) == {"waiting"}

    sink.hang_up_at = set()
    time_goes_by(three)
    send(three, post)

    once = Counter(row.message_id for row in deliveries(three))
    assert states(three) == ["delivered"] * 3
    assert Counter(sink.ids) == (once + once if place == ACCEPTED else once)


def test_a_refused_recipient_is_given_up_with_the_reason_and_the_others_get_theirs(
    house: House, post: Post, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    follow(house, post)
    house.register()
    house.open()
    house.complete()
    house.submit()
    sink.refuse["mina@nordhaven.example"] = "550 5.1.1 Nobody of this name"

    sent(house, post)

    assert sorted(sink.to) == [f"{who}@nordhaven.example" for who in ("aoife", "joao", "rafael", "second")]
    [refused] = [row for row in deliveries(house) if row.state is DeliveryState.GIVEN_UP]
    assert (refused.recipient, refused.last_error, refused.tries) == ("mina", "550 5.1.1 Nobody of this name", 1)
    assert "550 5.1.1 Nobody of this name" in caplog.text


@pytest.mark.parametrize(
    ("where", "answer", "becomes", "said"),
    [
        (TOM, "450 4.2.0 Greylisted, try later", "waiting", "450 4.2.0 Greylisted, try later"),
        (TOM, "421 4.3.2 Shutting down", "waiting", "421 4.3.2 Shutting down"),
        ("DATA", "554 5.7.1 Refused by policy", "given_up", "554 5.7.1 Refused by policy"),
        ("DATA", "451 4.3.0 Disk full", "waiting", "451 4.3.0 Disk full"),
        ("MAIL", "550 5.7.1 Not from you", "waiting", "The server does not take mail from us: 550 5.7.1 Not from you"),
        ("CONNECT", "554 No service", "waiting", "does not answer: 554 No service"),
    ],
)
def test_what_the_server_answers_decides_and_is_kept(
    three: House, post: Post, sink: Sink, where: str, answer: str, becomes: str, said: str
) -> None:
    sink.refuse[where] = answer

    send(three, post)

    assert (sink.taken, set(states(three))) == ([], {becomes})
    assert all(said in str(row.last_error) for row in deliveries(three))


@pytest.mark.parametrize(
    "address",
    ["a,b@nordhaven.example", "tom@nordhaven.example>", "töm@nordhaven.example", "tom@nördhaven.example", '"@nordhaven.example', "@"],
)
def test_an_address_that_mail_cannot_go_to_is_given_up_and_the_others_go_on(three: House, post: Post, sink: Sink, address: str) -> None:
    with three.ledger.writing(SYSTEM, three.now) as log:
        log.session.get_one(Account, "tom").email = address

    send(three, post)

    assert (sink.taken, states(three)) == ([], ["given_up"] * 3)
    assert deliveries(three)[0].last_error == "Mail cannot be sent to this address."


# Signing in, and encryption.


def test_a_password_is_given_and_never_said(three: House, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sink.login = ("governance", "quiet harbour")
    wrong = post_to(sink, user="governance", password="loud otters")

    send(three, wrong)
    said = str(deliveries(three)[0].last_error)
    assert "does not let us in: 535 5.7.8 who are you?" in said
    time_goes_by(three)
    send(three, post_to(sink, user="governance", password="quiet harbour"))

    assert len(sink.taken) == 3
    assert "loud otters" not in said + caplog.text + repr(wrong) and "quiet harbour" not in caplog.text


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody but this file vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_encrypted_to_a_server_whose_certificate_holds_and_to_no_other(
    three: House, certificate: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with sinking(Sink(tls=context, at_once=security == "tls", login=("governance", "quiet harbour"))) as sink:
        to = MailServer("127.0.0.1", sink.port, security, "governance", "quiet harbour")  # type: ignore[arg-type]
        send(three, replace(post_to(sink), server=to))
        assert sink.taken == [] and "certificate verify failed" in str(deliveries(three)[0].last_error)
        assert not any("AUTH" in line for line in sink.heard)

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        time_goes_by(three)
        send(three, replace(post_to(sink), server=to))

        assert states(three) == ["delivered"] * 3
        assert sum("AUTH" in line for line in sink.heard) == 1, "one connection for all of them"


def test_a_server_without_the_encryption_that_is_asked_for_gets_neither_password_nor_mail(three: House, sink: Sink) -> None:
    to = MailServer("127.0.0.1", sink.port, "starttls", "governance", "quiet harbour")

    send(three, replace(post_to(sink), server=to))

    assert sink.taken == [] and not any("AUTH" in line for line in sink.heard)
    assert "does not let us in" in str(deliveries(three)[0].last_error)
