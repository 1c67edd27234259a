"""Notices by mail, handed in at a real server: who gets what, what a mail says and never says, and what becomes of it where something fails."""

import logging
import os
import signal
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from governance.domain.deliveries import DeliveryState
from governance.domain.findings import NewFinding
from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import Decision, FindingSeverity, Function, RequestState, Visibility
from governance.jobs import mail, outbox
from governance.jobs.mail import Post
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.ledger import Leaf
from governance.models.outbox import Cursor, Delivery
from governance.reads.notices import Addressed, Notice
from governance.services import accounts, directory, findings, initiatives
from governance.storage.mail_address import MailServer
from tests.jobs.conftest import environment_of, eventually
from tests.jobs.test_outbox import deliveries, raise_findings, states, time_goes_by
from tests.mail_sink import ACCEPTED, SENT, Sink, Taken, sinking
from tests.services.conftest import House, house, in_review
from tests.web import hostile

__all__ = ["house", "in_review"]

SITE = "https://governance.example.org"
TOM = "tom@nordhaven.example"
SUBJECTS = {"Your turn", "Withdrawn", "Changes requested", "Passed", "A finding for you"}


on_both = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
"""Where it matters which database keeps the record; who is told what is tested on both elsewhere."""


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


def post_to(sink: Sink, **how: object) -> Post:
    return Post(MailServer("127.0.0.1", sink.port, "none", **how), Address("Governance", addr_spec="governance@example.org"), SITE)  # type: ignore[arg-type]


@pytest.fixture
def post(sink: Sink) -> Post:
    return post_to(sink)


def follow(house: House, post: Post) -> None:
    while outbox.follow(house.ledger, mail.follower(post), datetime.now(UTC)):
        pass


def send(house: House, post: Post) -> None:
    while mail.deliver(house.ledger, post, lambda: False):
        pass


@pytest.fixture
def three(followed: House, post: Post) -> House:
    """Three mails for Tom, not sent yet."""
    raise_findings(followed, 3)
    follow(followed, post)
    return followed


def sent(house: House, post: Post) -> None:
    follow(house, post)
    send(house, post)


# What it says.


def test_reviewers_are_told_that_it_is_their_turn_and_the_lead_what_came_of_it(house: House, post: Post, sink: Sink) -> None:
    follow(house, post)
    house.register()
    house.open()
    house.complete()
    house.submit()
    sent(house, post)
    assert sorted(sink.to) == [f"{who}@nordhaven.example" for who in ("aoife", "joao", "mina", "rafael", "second")]
    assert {str(taken.message["Subject"]) for taken in sink.taken} == {"Your turn: G1 of Claims triage"}
    assert all(f"{SITE}/requests/AI-0001.G1-1\n" in taken.text for taken in sink.taken)
    sink.taken.clear()

    house.sign(Function.DATA_SCIENCE, Decision.REQUEST_CHANGES, reason="The labels leak.")
    sent(house, post)

    [asked] = sink.taken
    assert (asked.recipients, str(asked.message["Subject"])) == (("lena@nordhaven.example",), "Changes requested: G1 of Claims triage")
    assert "The labels leak." not in asked.text
    assert set(states(house)) == {"delivered"}


def test_a_mail_is_plain_says_where_it_is_from_and_that_nobody_should_answer_by_machine(three: House, post: Post, sink: Sink) -> None:
    send(three, post)

    message = sink.taken[0].message
    assert (str(message["From"]), str(message["To"])) == ("Governance <governance@example.org>", TOM)
    assert message["Auto-Submitted"] == "auto-generated" and message.get_content_type() == "text/plain"
    assert str(message["Message-ID"]) == deliveries(three)[0].message_id and abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(
        minutes=1
    )
    assert sink.taken[0].sender.startswith("FROM:<governance@example.org>")
    assert "The drill failed" not in sink.taken[0].text, "people's words stay in the record"
    assert "AI-0001.F-1" in sink.taken[0].text and f"{SITE}/initiatives/AI-0001/findings\n" in sink.taken[0].text
    assert f"{SITE}/profile" in sink.taken[0].text


ENCODED = "=?utf-8?q?=0D=0ABcc:_mallory=40example.org?="
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
NAMES = {
    **hostile.TEXTS,
    "another header": "Claims\r\nBcc: mallory@example.org",
    "another body": "Claims\nSubject: other\n\nNew body",
    "an encoded header": ENCODED,
    "an encoded header in two": f"{ENCODED[:20]}= {ENCODED} =?={ENCODED}",
    "other letters": "Schäden früh erkennen, 損害 " * 5,
    "a list of people": '"Tom" <mallory@example.org>, Tom',
}


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_no_title_and_no_name_becomes_a_header_or_a_recipient(post: Post, kind: NoticeKind, name: str) -> None:
    """As an old or a foreign ledger may have them: the services refuse most of these."""
    notice = Notice(kind, "tom", "AI-0001", "G1", "AI-0001.G1-1", RequestState.PASSED, "AI-0001.F-1", date(2026, 9, 7))
    raw = mail.written(Addressed(notice, name=name, email=TOM, initiative=name), post, "<1.ab@governance.example.org>").as_bytes()

    headers = raw.split(b"\n\n", 1)[0].decode("ascii").split("\n")
    message = message_from_bytes(raw, policy=default)
    assert [line.split(":")[0] for line in headers if not line.startswith((" ", "\t"))] == list(message.keys())
    assert set(message.keys()) <= HEADERS and len(message.keys()) == len(set(message.keys()))
    assert [address.addr_spec for address in message["To"].addresses] == [TOM]
    assert message["Subject"].split(":")[0] in SUBJECTS and not set(message["Subject"]) & set("\r\n\0")
    assert message.get_content().startswith("Hello ") and max(map(len, raw.split(b"\n"))) <= 998


def test_a_name_arrives_as_it_is_written(post: Post) -> None:
    notice = Notice(NoticeKind.FINDING, "tom", "AI-0001", finding="AI-0001.F-1", due=date(2026, 9, 7))
    raw = mail.written(Addressed(notice, "Zoë, Ångström", TOM, "Schäden erkennen 損害"), post, "<1.ab@governance.example.org>").as_bytes()

    message = message_from_bytes(raw, policy=default)
    assert message["Subject"] == "A finding for you: Schäden erkennen 損害"
    assert message["To"] == TOM and "Hello Zoë, Ångström,\n" in message.get_content()
    assert "AI-0001, Schäden erkennen 損害" in message.get_content() and "by Mon 7 Sep 2026" in message.get_content()


def test_each_mail_has_a_message_id_of_its_own_that_follows_from_instance_entry_and_person(three: House, post: Post) -> None:
    named = [row.message_id for row in deliveries(three)]
    with three.read() as session:
        leaf = session.get_one(Leaf, deliveries(three)[0].leaf)

    assert len(set(named)) == 3 and all(one.endswith("@governance.example.org>") for one in named)
    assert mail.message_id(SITE, leaf, "tom") == named[0]
    assert named[0] not in {mail.message_id(SITE, leaf, "mara"), mail.message_id("https://other.example.org", leaf, "tom")}
    assert mail.message_id("https://[2001:db8::1]:8443", leaf, "tom").endswith("@[IPv6:2001:db8::1]>")


# Who gets it.


def test_whose_rights_ended_meanwhile_gets_nothing(three: House, post: Post, sink: Sink) -> None:
    three.act("omar", lambda log: directory.disable_person(log, "tom", "left"))

    send(three, post)

    assert (sink.taken, states(three)) == ([], ["dropped"] * 3)


def test_who_may_not_see_the_initiative_any_more_gets_nothing_not_even_its_name(house: House, post: Post, sink: Sink) -> None:
    follow(house, post)
    house.register()
    raised = NewFinding(FindingSeverity.LOW, "The drill failed.", "mallory")
    house.act("rafael", lambda log: findings.raise_finding(log, "AI-0001", raised))
    follow(house, post)
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    house.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))

    send(house, post)

    assert (sink.taken, states(house)) == ([], ["dropped"])


def test_who_switched_mails_off_meanwhile_gets_none(three: House, post: Post, sink: Sink) -> None:
    three.act("tom", lambda log: accounts.choose_mail(log, wanted=False))

    send(three, post)

    assert (sink.taken, states(three)) == ([], ["dropped"] * 3)


def test_without_a_server_only_the_cursor_moves_and_nothing_is_told_later(followed: House, post: Post, sink: Sink) -> None:
    none = replace(post, server=None)
    raise_findings(followed, 2)
    sent(followed, none)
    with followed.read() as session:
        moved = session.get_one(Cursor, mail.FOLLOWER).next_index

    sent(followed, post)
    raise_findings(followed, 1)
    sent(followed, post)

    assert moved > 0 and len(sink.taken) == 1


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


# Processes.


@contextmanager
def working(house: House, folder: Path, sink: Sink) -> Iterator["subprocess.Popen[bytes]"]:
    """`governance worker` as a process of its own, and killed in the end if it has not ended by then."""
    mailing = {
        "GOVERNANCE_MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "GOVERNANCE_MAIL_FROM": "Governance <governance@example.org>",
        "GOVERNANCE_PUBLIC_ADDRESS": SITE,
    }
    words = [sys.executable, "-c", "from governance.cli.main import main; main()", "worker"]
    with subprocess.Popen(words, env={**environment_of(house, folder), **mailing}) as process:
        try:
            yield process
        finally:
            process.kill()


@on_both
def test_a_worker_killed_after_a_mail_was_taken_leads_to_one_repeat_with_the_same_message_id(
    three: House, sink: Sink, tmp_path: Path
) -> None:
    with working(three, tmp_path, sink) as process:
        blocked = three.ledger.writing(SYSTEM, three.now)

        def nobody_can_mark_it(taken: Taken) -> None:
            if len(sink.taken) == 2:
                blocked.__enter__()

        sink.before_answer = nobody_can_mark_it
        eventually(lambda: len(sink.taken) == 2)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        sink.before_answer = lambda _: None
        blocked.__exit__(None, None, None)
    assert states(three) == ["delivered", "waiting", "waiting"]
    assert deliveries(three)[1].leased_until is not None

    time_goes_by(three)
    with working(three, tmp_path, sink):
        eventually(lambda: states(three) == ["delivered"] * 3)

    first, second, third = (row.message_id for row in deliveries(three))
    assert sink.ids == [first, second, second, third]


MANY = 200


@on_both
def test_two_workers_at_once_send_each_of_many_notices_exactly_once(followed: House, post: Post, sink: Sink, tmp_path: Path) -> None:
    raise_findings(followed, MANY)

    with working(followed, tmp_path, sink) as one, working(followed, tmp_path, sink) as other:
        eventually(lambda: states(followed) == ["delivered"] * MANY)
        for process in (one, other):
            process.terminate()
            assert process.wait(60) == 0

    assert Counter(sink.ids) == Counter(row.message_id for row in deliveries(followed)) and len(set(sink.ids)) == MANY
    assert sum(line.upper().startswith("EHLO") for line in sink.heard) >= 2, "both had a part in it"
    with followed.read() as session:
        assert set(session.scalars(select(Delivery.tries))) == {1}
