"""Notices by mail, handed in at a real server: who gets what, and what a mail says and never says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from governance.domain.findings import NewFinding
from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import Decision, FindingSeverity, Function, ProposalState, RequestState, Visibility
from governance.jobs import mail
from governance.jobs.mail import Post
from governance.ledger import read
from governance.models.outbox import Cursor
from governance.reads.notice import Notice
from governance.reads.notices import Addressed
from governance.services import accounts, directory, findings, initiatives
from tests.jobs.mailing import SITE, TOM, engine, follow, post, send, sent, sink, three
from tests.jobs.test_outbox import deliveries, raise_findings, states
from tests.mail_sink import Sink
from tests.services.conftest import House, house, in_review
from tests.web import hostile

__all__ = ["engine", "house", "in_review", "post", "sink", "three"]


SUBJECTS = {"Your turn", "Withdrawn", "Changes requested", "Passed", "A finding for you", "A policy to decide on", "Declined"} | {
    "A waiver waits for you",
    "A waiver is decided",
    "Evidence counts no more",
    "Evidence expires",
    "A waiver ends soon",
    "A waiver expired",
}


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
    notice = replace(notice, proposal="P-1", version=name, became=ProposalState.DECLINED)
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
        leaf = read.entry(session, deliveries(three)[0].leaf)

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
