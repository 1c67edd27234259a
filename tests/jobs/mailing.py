"""Mail of the tests: a real server that takes it, and three mails that wait."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address

import pytest

from governance.jobs import mail, outbox
from governance.jobs.mail import Post
from governance.storage.mail_address import MailServer
from tests.jobs.test_outbox import raise_findings
from tests.mail_sink import Sink, sinking
from tests.services.conftest import House, house, in_review

__all__ = ["house", "in_review"]


SITE = "https://governance.example.org"

TOM = "tom@nordhaven.example"

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
