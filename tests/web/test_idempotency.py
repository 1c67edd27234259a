"""A form that is sent again, by whatever accident, takes effect once and is answered as it was the first time."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from governance.app import create_app
from governance.domain.vocabulary import Role
from governance.models.base import Base
from governance.models.idempotency import SentForm
from governance.models.ledger import Leaf
from governance.paths import templates_directory
from governance.services import directory
from governance.services.opening import ledger_of
from governance.settings import Settings
from governance.storage.content import ContentStore
from governance.storage.engines import Engines, OutcomeUnknown
from governance.web.idempotency import AGAIN, AGAIN_FOR_NOBODY, BESIDE, FIELD
from tests.prepared import Prepared
from tests.services.conftest import House
from tests.web.acts import ACTS, APART, DESCRIBED, Act, Opened, encoded, open_form
from tests.web.controls import forms
from tests.web.loaded import Loaded, load, restored

ELSEWHERE = {"setup.first_admin": "/sign-in", "accounts.set_password": "/sign-in", "accounts.profile": "/sign-in"}
"""Their answer is a session: whoever has no such session any more signs in, with the password that was set."""

CHANGE_NOTHING = frozenset({"accounts.sign_in", "accounts.demo_sign_in", "signing.decide", "staffing.start"})
"""Nothing is recorded: a session, a page."""

RECORDING = [act for act in ACTS if act.endpoint not in CHANGE_NOTHING]
STAYING = [act for act in RECORDING if act.endpoint not in {*ELSEWHERE, "accounts.sign_out"}]
"""Those whose sender is signed in before and after."""

SAID_AGAIN = {"setup.first_admin": AGAIN_FOR_NOBODY, "accounts.set_password": AGAIN_FOR_NOBODY}
SAID_AGAIN |= dict.fromkeys(("accounts.profile", "accounts.sign_out"), "Sign in")
"""What the page says where the answer was lost. The last two ended the session: nobody knows whose form it was."""

TIMES = 8


class Houses:
    """The loaded house on each engine, reached once and copied for each test with its files."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self._prepared, self._folder = prepared, folder
        self._links: dict[str, str] = {}

    def _load(self, engines: Engines) -> House:
        house = House(ledger_of(engines))
        place = self._folder / engines.backend.__name__
        place.mkdir()
        self._links[engines.backend.__name__] = load(house, ContentStore(place / "content"), place)
        return house

    @staticmethod
    def _empty(engines: Engines) -> House:
        return House(ledger_of(engines))

    @staticmethod
    def _restored(engines: Engines) -> House:
        restored(house := House(ledger_of(engines)))
        return house

    @contextmanager
    def site(self, engine: str, folder: Path, state: str = "loaded") -> Iterator[Loaded]:
        states = {"loaded": self._load, "empty": self._empty, "restored": self._restored}
        with self._prepared.engines(engine, folder, states[state]) as (engines, now):
            link = ""
            if state == "loaded":
                shutil.copytree(self._folder / engines.backend.__name__ / "content", folder / "content")
                link = self._links[engines.backend.__name__]
            app = create_app(Settings(folder, "k" * 40), engines)
            yield Loaded(app, House(ledger_of(engines), now), link, sqlite3.connect(":memory:"))


@pytest.fixture(scope="module")
def houses(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Houses:
    return Houses(prepared, tmp_path_factory.mktemp("houses"))


@pytest.fixture
def opened(houses: Houses, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The form of an act, as it stands open in a browser."""
    act: Act = request.param
    with houses.site(engine, tmp_path, APART.get(act.endpoint, "loaded")) as site:
        yield open_form(site, act)


def of(endpoint: str) -> Act:
    return next(act for act in ACTS if act.endpoint == endpoint)


def open_forms(*endpoints: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("opened", [of(endpoint) for endpoint in endpoints], ids=str, indirect=True)


every_form = pytest.mark.parametrize("opened", ACTS, ids=str, indirect=True)
every_record = pytest.mark.parametrize("opened", RECORDING, ids=str, indirect=True)


def endpoint_of(opened: Opened) -> str:
    return str(opened.site.app.url_map.bind("localhost").match(opened.path, method="POST")[0])


def rows(site: Loaded) -> dict[str, list[str]]:
    """Everything that is kept, but sessions."""
    with site.house.read() as session:
        names = [table.name for table in Base.metadata.sorted_tables if table.name != "web_session"]
        found = {name: session.connection().exec_driver_sql(f'SELECT * FROM "{name}"') for name in names}  # as the driver has them
        return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def said(opened: Opened, answer: TestResponse) -> list[str]:
    """The notes on the page that an answer leads to."""
    return re.findall(r'<div class="note" role="status">.*?<p>(.*?)</p>', opened.follow(answer).text, re.DOTALL)


def lose_the_answers(site: Loaded) -> None:
    """As a process leaves it that died after the commit, a minute ago."""
    with site.house.ledger.engines.writer.begin() as connection:
        at = site.house.now - timedelta(minutes=1)
        connection.execute(update(SentForm).values(answer=None, at=at))


@every_form
def test_a_form_that_is_sent_twice_takes_effect_once_and_is_answered_alike(opened: Opened) -> None:
    first = opened.send(encoded(opened.good))
    after_one = rows(opened.site)
    second = opened.send(encoded(opened.good))

    endpoint = endpoint_of(opened)
    assert first.status_code in (200, 303)
    assert rows(opened.site) == after_one
    assert bool(after_one["idempotency"]) == (endpoint not in CHANGE_NOTHING)
    assert (second.status_code, second.headers.get("Location")) == (
        first.status_code,
        ELSEWHERE.get(endpoint, first.headers.get("Location")),
    )
    if endpoint not in ELSEWHERE and first.status_code == 303:
        assert said(opened, first) == said(opened, second)
    elif after_one["idempotency"] and first.status_code == 200:
        assert first.text == second.text


@every_record
def test_a_client_that_was_gone_after_the_commit_is_led_to_how_it_stands(opened: Opened) -> None:
    opened.send(encoded(opened.good))
    lose_the_answers(opened.site)
    after_one = rows(opened.site)

    second = opened.send(encoded(opened.good))

    assert second.status_code == 303 and rows(opened.site) == after_one
    page = opened.follow(second)
    assert page.status_code == 200 and SAID_AGAIN.get(endpoint_of(opened), AGAIN) in page.text


@pytest.mark.parametrize("opened", STAYING, ids=str, indirect=True)
def test_a_form_that_was_changed_after_it_was_recorded_is_refused(opened: Opened) -> None:
    opened.send(encoded(opened.good))
    after_one = rows(opened.site)

    second = opened.send(encoded({**opened.good, "besides": ["something else"]}))

    assert second.status_code in (409, 422) and "changed after that" in second.text
    assert rows(opened.site) == after_one


@open_forms("moving_in.attach")
def test_another_file_is_another_form(opened: Opened) -> None:
    opened.send(encoded(opened.good))
    after_one = rows(opened.site)
    name, (file_name, content) = next(iter(opened.files.items()))
    opened.files = {name: (file_name, content + b"more")}

    assert opened.send(encoded(opened.good)).status_code == 409
    assert rows(opened.site) == after_one


@open_forms("moving_in.attach")
def test_a_large_file_is_kept_whole_and_once(opened: Opened) -> None:
    name, (file_name, content) = next(iter(opened.files.items()))
    large = content + b"x" * 3_000_000
    opened.files = {name: (file_name, large)}

    first, second = (opened.send(encoded(opened.good)) for _ in range(2))

    assert first.status_code == second.status_code == 303
    [kept] = [row for row in rows(opened.site)["evidence"] if f"{len(large)}" in row]
    assert "minutes.pdf" in kept


@open_forms("gates.comment", "intake.register", "people.add", "signing.sign", "gates.withdraw", "findings.close", "staffing.confirm")
def test_however_many_come_at_once_one_takes_effect_and_all_are_answered_alike(opened: Opened) -> None:
    before, start = transactions(opened.site), Barrier(TIMES)
    turns = [opened, in_another_process(opened)] * (TIMES // 2)

    def send(turn: Opened) -> TestResponse:
        start.wait()
        return turn.send(encoded(turn.good))

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(send, turns))
    turns[1].site.house.ledger.engines.close()

    assert len({(answer.status_code, answer.headers.get("Location")) for answer in answers}) == 1
    assert answers[0].status_code in (200, 303)
    assert len(transactions(opened.site) - before) == 1


def transactions(site: Loaded) -> set[str]:
    """What was committed to the ledger, by the mark that all entries of a transaction share."""
    with site.house.read() as session:
        return {json.loads(header)["act"] for header in session.scalars(select(Leaf.header))}


def in_another_process(opened: Opened) -> Opened:
    """The same form before a server with a lock and connections of its own."""
    engines = Engines.unchecked(opened.site.house.ledger.engines.url, synchronous="OFF")
    site = replace(opened.site, app=create_app(opened.site.app.extensions["governance"].settings, engines), house=House(ledger_of(engines)))
    return replace(opened, site=site)


@open_forms("signing.sign", "moving_in.bring_in", "accounts.set_password")
def test_one_that_is_overtaken_on_its_way_is_answered_as_the_first(opened: Opened) -> None:
    first: list[TestResponse] = []

    def overtake() -> None:
        opened.site.app.before_request_funcs[None].remove(overtake)
        with ThreadPoolExecutor(1) as elsewhere:
            first.append(elsewhere.submit(opened.send, encoded(opened.good)).result())

    opened.site.app.before_request_funcs[None].append(overtake)
    second = opened.send(encoded(opened.good))

    assert first[0].status_code == second.status_code == 303
    assert second.headers["Location"] == ELSEWHERE.get(endpoint_of(opened), first[0].headers["Location"])


@open_forms("intake.register")
def test_somebody_else_with_the_same_key_has_an_effect_and_an_answer_of_their_own(opened: Opened) -> None:
    first = opened.send(encoded(opened.good))
    other = opened.site.browser("aoife")
    other.get("/")

    second = other.post("/initiatives/new", **DESCRIBED, visibility="organisation", once=opened.good[FIELD][0])

    assert first.headers["Location"] == "/initiatives/AI-0006/facts"
    assert second.headers["Location"] == "/initiatives/AI-0007/facts"
    assert len(rows(opened.site)["idempotency"]) == 2


@open_forms("intake.register")
def test_a_form_that_was_refused_can_be_put_right_and_sent_again(opened: Opened) -> None:
    before = rows(opened.site)
    refused = opened.send(encoded({**opened.good, "name": [""]}))
    assert refused.status_code == 422 and rows(opened.site) == before

    assert opened.send(encoded(opened.good)).status_code == 303


@open_forms("gates.submit")
def test_what_a_rule_refuses_leaves_the_key_unused(opened: Opened) -> None:
    site = opened.site
    unfinished = open_form(site, Act("gates.open_request", "lena", "/initiatives/AI-0004"))
    answer = unfinished.send(encoded(unfinished.good))
    draft = open_form(site, Act("gates.submit", "lena", answer.headers["Location"], {"submit-reason": "All is there."}))
    kept = rows(site)

    assert draft.send(encoded(draft.good)).status_code == 422
    assert rows(site) == kept


@open_forms("signing.sign")
def test_a_wrong_password_is_counted_and_the_form_can_be_sent_again(opened: Opened) -> None:
    wrong = opened.send(encoded({**opened.good, "password": ["wrong horse 99 battery"]}))
    assert wrong.status_code == 422 and opened.site.failures("joao") == 1
    assert not rows(opened.site)["idempotency"]

    assert opened.send(encoded(opened.good)).status_code == 303
    assert opened.site.failures("joao") == 0


@open_forms("signing.sign")
def test_nobody_learns_from_a_form_that_was_sent_whether_a_password_is_right(opened: Opened) -> None:
    opened.send(encoded(opened.good))
    after_one = rows(opened.site)

    right = opened.send(encoded(opened.good))
    guessed = opened.send(encoded({**opened.good, "password": ["wrong horse 99 battery"]}))

    assert (right.status_code, right.headers["Location"]) == (guessed.status_code, guessed.headers["Location"])
    assert rows(opened.site) == after_one


@open_forms("people.withdraw_role")
def test_an_act_that_ended_the_right_to_it_is_answered_as_it_was(opened: Opened) -> None:
    opened.site.house.act("omar", lambda log: directory.grant_role(log, "mara", Role.ADMIN, None))
    own = open_form(opened.site, Act("people.withdraw_role", "omar", "/people/omar"))
    first = own.send(encoded(own.good))
    after_one = rows(own.site)
    assert own.site.browser("omar").get("/people").status_code == 403, "omar is no administrator any more"

    second = own.send(encoded(own.good))

    assert (second.status_code, second.headers["Location"]) == (first.status_code, first.headers["Location"])
    assert rows(own.site) == after_one
    assert own.send(encoded({**own.good, FIELD: ["0" * 32]})).status_code == 403


@open_forms("people.setup_link")
def test_what_is_kept_can_be_read_only_with_the_key_of_the_form(opened: Opened) -> None:
    first = opened.send(encoded(opened.good))
    [link] = re.findall(r"/set-password/([\w-]+)", opened.follow(first).text)

    with opened.site.house.read() as session:
        [row] = session.scalars(select(SentForm))
        kept = f"{row.key} {row.fingerprint}".encode() + (row.answer or b"")
    assert link.encode() not in kept and opened.good[FIELD][0].encode() not in kept
    assert link in opened.follow(opened.send(encoded(opened.good))).text


@open_forms("gates.comment")
def test_where_nobody_knows_whether_it_was_saved_the_same_form_is_simply_sent_again(opened: Opened) -> None:
    hooks = opened.site.app.extensions["governance"].ledger.before_commit

    def break_off(_: object) -> None:
        hooks.remove(break_off)
        raise OutcomeUnknown

    hooks.append(break_off)
    unknown = opened.send(encoded(opened.good))

    assert unknown.status_code == 500 and "Load this page again" in unknown.text
    assert [opened.send(encoded(opened.good)).status_code for _ in range(2)] == [303, 303]
    assert len(rows(opened.site)["idempotency"]) == 1


@open_forms("gates.comment")
def test_an_answer_that_was_altered_is_not_given(opened: Opened) -> None:
    opened.send(encoded(opened.good))
    lose_the_answers(opened.site)
    with opened.site.house.ledger.engines.writer.begin() as connection:
        connection.execute(update(SentForm).values(answer=bytes(200)))

    answer = opened.send(encoded(opened.good))

    assert answer.headers["Location"] == "/requests/AI-0001.G1-1" and AGAIN in opened.follow(answer).text


@open_forms("gates.comment")
@pytest.mark.parametrize("key", ["", "x", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", "\x00" * 32, "٠" * 32], ids=repr)
def test_a_key_that_no_page_made_is_refused(opened: Opened, key: str) -> None:
    before = rows(opened.site)

    assert opened.send(encoded({**opened.good, FIELD: [key]})).status_code == 400
    assert rows(opened.site) == before


def test_every_form_that_changes_something_carries_its_key() -> None:
    for page in templates_directory().rglob("*.html"):
        for form in re.findall(r'<form\b[^>]*method="post"[^>]*>(?:\{\{ csrf\(\) \}\})?', page.read_text(encoding="utf-8")):
            assert form.endswith("{{ csrf() }}"), f"{page.name}: {form}"


def test_every_form_has_a_key_of_its_own_and_its_passwords_do_not_count(houses: Houses, tmp_path: Path) -> None:
    seen: list[str] = []
    with houses.site("sqlite", tmp_path) as site:
        for act in ACTS:
            if act.endpoint not in APART:
                form = open_form(site, act).form
                seen += form.controls[FIELD].sent
                assert {control.name for control in form.controls.values() if control.kind == "secret"} <= BESIDE, act
        page = site.browser("omar").get("/people/joao").text
        seen += [key for form in forms(page) if form.method == "post" for key in form.controls[FIELD].sent]

    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in seen) and len(set(seen)) == len(seen)
