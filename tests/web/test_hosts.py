"""The Host header is the client's word: which names the site goes by, and what its links begin with."""

import dataclasses
import re

import pytest

from governance.app import create_app
from tests.web.browser import Browser, Site, site, text_of

__all__ = ["site"]

PUBLIC = "https://governance.example.org"


def reached(site: Site, **change: object) -> Site:
    settings = dataclasses.replace(site.app.extensions["governance"].settings, **change)  # type: ignore[arg-type]
    return Site(create_app(settings, site.house.ledger.engines), site.house)


@pytest.mark.parametrize(
    ("host", "public", "asked", "known"),
    [
        ("127.0.0.1", None, "localhost:8000", True),
        ("127.0.0.1", None, "127.0.0.1:8000", True),
        ("127.0.0.1", None, "[::1]:8000", True),
        ("127.0.0.1", None, "evil.example", False),
        ("127.0.0.1", None, "localhost.evil.example:8000", False),
        ("127.0.0.1", PUBLIC, "governance.example.org", True),
        ("127.0.0.1", PUBLIC, "GOVERNANCE.example.org:443", True),
        ("127.0.0.1", PUBLIC, "evil.example", False),
        ("0.0.0.0", None, "anything.internal", True),
        ("0.0.0.0", None, "10.1.2.3:8000", True),
        ("0.0.0.0", PUBLIC, "10.1.2.3:8000", True),
        ("0.0.0.0", PUBLIC, "governance.example.org", True),
        ("0.0.0.0", PUBLIC, "anything.internal", False),
        ("governance.internal", PUBLIC, "governance.internal:8000", True),
    ],
)
def test_which_names_the_site_goes_by(site: Site, host: str, public: str | None, asked: str, known: bool) -> None:
    client = reached(site, host=host, public_address=public).app.test_client()

    answer = client.get("/sign-in", headers={"Host": asked})

    assert answer.status_code == (200 if known else 400)
    assert known or "does not go by the name you asked for" in text_of(answer)
    assert client.get("/healthz", headers={"Host": asked}).status_code == 200, "whoever looks after it asks by any name"


@pytest.mark.parametrize(
    ("host", "public", "begins"),
    [("127.0.0.1", None, "http://127.0.0.1:8000"), ("0.0.0.0", None, "http://0.0.0.0:8000"), ("0.0.0.0", PUBLIC, PUBLIC)],
)
def test_a_set_up_link_never_leads_to_the_host_that_was_asked_for(site: Site, host: str, public: str | None, begins: str) -> None:
    here = reached(site, host=host, public_address=public)
    omar: Browser = here.browser("omar")
    omar.get("/people/mina")

    for asked in ("10.66.66.66:8000", "localhost"):
        sent = {"Host": asked, "X-Forwarded-Host": "evil.example"}
        kept = omar.client.get_cookie("governance")
        assert kept
        client = here.app.test_client(use_cookies=False)
        cookie = {"Cookie": f"governance={kept.value}"}
        made = client.post("/people/mina/setup-link", data={"csrf_token": omar.token}, headers={**sent, **cookie})
        follows = {"Cookie": made.headers["Set-Cookie"].split(";")[0]}
        page = client.get("/people/mina", headers=follows).text

        [link] = re.findall(r"(\S+)/set-password/[\w-]+", text_of_link(page))
        assert link == begins


def text_of_link(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)
