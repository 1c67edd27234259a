"""Loading the demo: people first, then every act of every case in the order of time, each through its service."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from governance.demo.acts import acts
from governance.demo.cases import Case, cases, moment
from governance.demo.stage import Act, Beyond, Scene
from governance.domain.policy import Policy
from governance.domain.vocabulary import Function, PasswordWay, Role
from governance.ledger.log import SYSTEM, Actor, Auth, Ledger, Log
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.reads import waivers
from governance.services import accounts, directory, policies, waiver_clock
from governance.services.answers import StoredFile
from governance.storage.content import ContentStore

PASSWORD_FILE = "demo-password"  # noqa: S105 - a file name
SHIPPED = "stage-gates"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the replay of a case ended, and why."""

    key: str
    at: datetime
    act: str
    why: str


def load(ledger: Ledger, content: ContentStore, instance: Path, today: date, say: Callable[[str], None] = print) -> list[Stop]:
    """Fill an empty instance with the demo portfolio, as of `today`. Returns where each replay stopped."""
    told = cases(today)
    password = demo_password(instance)
    policy = _found(ledger, told, password)
    stops: dict[str, Stop] = {}
    done = 0
    for key, act in _in_time(told, policy, content):
        _time_passes(ledger, act.at)
        if key not in stops:
            stop = _perform(ledger, key, act)
            done += stop is None
            stops |= {key: stop} if stop else {}
    _time_passes(ledger, datetime.combine(today, time(), UTC))
    say(f"Demo portfolio: {done} acts replayed for {len(told['initiatives'])} initiatives.")
    for stop in stops.values():
        say(f"  {stop.key} stops at “{stop.act}” ({stop.at:%Y-%m-%d}): {stop.why}.")
    return list(stops.values())


def demo_password(instance: Path) -> str:
    """The random password of the demo people of this instance; written once, readable by its owner only."""
    file = instance / PASSWORD_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}\n", encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


WORDS = [
    "amber",
    "anchor",
    "barley",
    "beacon",
    "birch",
    "bramble",
    "canyon",
    "cedar",
    "cinder",
    "clover",
    "cobalt",
    "copper",
    "coral",
    "delta",
    "ember",
    "falcon",
    "fern",
    "fjord",
    "garnet",
    "glacier",
    "granite",
    "harbour",
    "hazel",
    "heron",
    "indigo",
    "island",
    "ivory",
    "jasper",
    "juniper",
    "kestrel",
    "lagoon",
    "lantern",
    "larch",
    "lichen",
    "linden",
    "maple",
    "marble",
    "meadow",
    "mistral",
    "moss",
    "nectar",
    "nutmeg",
    "oak",
    "ochre",
    "onyx",
    "opal",
    "orchid",
    "osprey",
    "otter",
    "pebble",
    "pepper",
    "pewter",
    "pine",
    "plover",
    "quarry",
    "quartz",
    "raven",
    "reed",
    "ridge",
    "river",
    "robin",
    "rowan",
    "saffron",
    "sage",
    "salmon",
    "sapphire",
    "sequoia",
    "slate",
    "sorrel",
    "sparrow",
    "spruce",
    "summit",
    "tamarack",
    "teal",
    "thistle",
    "thyme",
    "topaz",
    "tundra",
    "umber",
    "valley",
    "velvet",
    "violet",
    "walnut",
    "willow",
]


def _found(ledger: Ledger, told: Case, password: str) -> Policy:
    """The organisation, its people and the shipped policy, the day before the first act."""
    start = min(moment(case["registered_at"]) for case in told["initiatives"]) - timedelta(days=1)
    hashed = accounts.hash_password(password)
    admin = next(person for person in told["people"] if Role.ADMIN in person["roles"])
    group = told["group"]
    with ledger.writing(SYSTEM, start) as log:
        first = group["units"][0]
        settings = directory.OrganisationSettings(group["name"], group["time_zone"], demo=True)
        directory.found(log, settings, (first["id"], first["name"]), admin["id"], _profile(admin), admin["email"])
        texts = load_policy(policies_directory() / SHIPPED).texts
        policies.publish_shipped(log, texts)
    with ledger.writing(Actor(admin["id"]), start + timedelta(minutes=1)) as log:
        for unit in group["units"][1:]:
            directory.open_unit(log, unit["id"], unit["name"])
        for person in told["people"]:
            if person is not admin:
                _person(log, person)
    with ledger.writing(SYSTEM, start + timedelta(minutes=2)) as log:
        for person in told["people"]:
            accounts.give_password(log, person["id"], hashed, PasswordWay.DEMO)
    return load_policy(policies_directory() / SHIPPED).policy


def _person(log: Log, person: Case) -> None:
    directory.register_person(log, person["id"], _profile(person), person["email"])
    for role in person["roles"]:
        directory.grant_role(log, person["id"], Role(role))
    for function in person["functions"]:
        for unit in person.get("for_units", [None]):
            directory.grant_function(log, person["id"], Function(function), unit)


def _profile(person: Case) -> directory.Profile:
    return directory.Profile(person["name"], person["title"], person["unit"], tuple(person.get("qualifications", ())))


def _in_time(told: Case, policy: Policy, content: ContentStore) -> Iterator[tuple[str, Act]]:
    def store(page: bytes, name: str) -> StoredFile:
        digest, size = content.put(page)
        return StoredFile(digest, name, "application/pdf", size)

    scenes = [Scene(case, policy, store) for case in told["initiatives"]]
    yield from sorted(((scene.key, act) for scene in scenes for act in acts(scene)), key=lambda placed: placed[1].at)


def _time_passes(ledger: Ledger, until: datetime) -> None:
    """What the worker would have recorded until then, at the moments it was due."""
    while (at := _next_due(ledger)) is not None and at <= until:
        with ledger.writing(SYSTEM, at) as log:
            for waiver_id in waivers.due(log.session, at, 1):
                waiver_clock.look(log, waiver_id)


def _next_due(ledger: Ledger) -> datetime | None:
    with Session(ledger.engines.reader) as session:
        return waivers.next_due(session)


def _perform(ledger: Ledger, key: str, act: Act) -> Stop | None:
    proof = Auth("password", act.at, "demo") if act.proof else None
    try:
        with ledger.writing(Actor(act.by), act.at, proof) as log:
            act.do(log)
    except Beyond as beyond:
        return Stop(key, act.at, act.what, str(beyond))
    return None
