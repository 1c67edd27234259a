"""Archives that are no backup, or no longer: each refused in one sentence, and nothing is written."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.archive.reading import NotABackup
from governance.ledger import tree
from governance.ledger.canonical import canonical
from governance.models.base import Base
from governance.models.ledger import Leaf, Stamp
from governance.services import checkpoints
from governance.services.opening import ledger_of, open_engines
from governance.storage.engines import VERSION
from tests import databases
from tests.archive.conftest import LOGO, LOGO_DIGEST, NOW, Instance, lived_in
from tests.prepared import Prepared

ACCOUNT, HEADS, JOB, FILE = *(f"tables/{name}.jsonl" for name in ("account", "checkpoint", "job")), f"content/{LOGO_DIGEST}"


@dataclass
class Archive:
    """An archive taken apart: the bytes of each part in order, and the manifest as it is read."""

    parts: dict[str, bytes]
    manifest: dict[str, Any]

    @classmethod
    def of(cls, file: Path) -> "Archive":
        with zipfile.ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
            return cls(parts, json.loads(archive.read("manifest.json")))

    def lines(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.parts[name].splitlines()]

    def put(self, name: str, lines: list[Any]) -> None:
        self.parts[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    def fit(self) -> None:
        """Let the manifest say what the parts are now, as somebody does who covers their tracks."""
        self.manifest["parts"] = [
            {
                "name": name,
                "count": 1 if name.startswith("content/") else text.count(b"\n"),
                "bytes": len(text),
                "sha256": hashlib.sha256(text).hexdigest(),
            }
            for name, text in self.parts.items()
        ]

    def fit_ledger(self) -> None:
        """The hash of each header, the number and the root too."""
        leaves = self.lines("leaves.jsonl")
        for leaf in leaves:
            leaf["hash"] = tree.leaf_hash(leaf["header"].encode("utf-8", "surrogatepass")).hex()
        self.put("leaves.jsonl", leaves)
        self.manifest |= {"size": len(leaves), "root": tree.root_of(bytes.fromhex(leaf["hash"]) for leaf in leaves).hex()}
        self.fit()

    def zipped(self, *, extra: dict[str, bytes] | None = None, manifest: bytes | None = None, pressed: int = zipfile.ZIP_DEFLATED) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, text in self.parts.items():
                archive.writestr(name, text, zipfile.ZIP_STORED if name.startswith("content/") else pressed)
            for name, text in (extra or {}).items():
                archive.writestr(name, text)
            archive.writestr("manifest.json", json.dumps(self.manifest).encode() if manifest is None else manifest)
        return out.getvalue()


Fault = Callable[[Archive], bytes]
FAULTS: dict[str, tuple[str, Fault]] = {}


def fault(said: str) -> Callable[[Fault], Fault]:
    """A way to spoil an archive, and what the refusal has to say."""

    def register(spoil: Fault) -> Fault:
        FAULTS[spoil.__name__.replace("_", " ")] = (said, spoil)
        return spoil

    return register


@fault("not a ZIP archive")
def words(archive: Archive) -> bytes:
    return b"words, and no archive\n" * 100


@fault("not a ZIP archive")
def nothing(archive: Archive) -> bytes:
    return b""


@fault("not a ZIP archive")
def half_of_it(archive: Archive) -> bytes:
    found = archive.zipped()
    return found[: len(found) // 2]


@fault("cannot be unpacked|entry [0-9]+ cannot be read|hash of entry")
def some_bytes_changed(archive: Archive) -> bytes:
    found = archive.zipped()
    return found[:2000] + bytes(64) + found[2064:]


@fault("more than its entries")
def bytes_in_front(archive: Archive) -> bytes:
    return b"#!/bin/sh\n" + archive.zipped()


@fault("more than its entries")
def a_comment(archive: Archive) -> bytes:
    out = io.BytesIO(archive.zipped())
    with zipfile.ZipFile(out, "a") as opened:
        opened.comment = b"look here"
    return out.getvalue()


@fault("no manifest.json")
def no_manifest(archive: Archive) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr("leaves.jsonl", archive.parts["leaves.jsonl"])
    return out.getvalue()


@fault("no manifest.json")
def an_archive_without_entries(archive: Archive) -> bytes:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    return out.getvalue()


@fault("manifest.json cannot be read")
def a_manifest_that_is_no_json(archive: Archive) -> bytes:
    return archive.zipped(manifest=b"{")


@fault("manifest.json cannot be read")
def a_manifest_without_end(archive: Archive) -> bytes:
    return archive.zipped(manifest=b"[" * 100_000)


@fault("manifest.json cannot be read")
def a_manifest_with_more_in_it(archive: Archive) -> bytes:
    archive.manifest["by"] = "somebody"
    return archive.zipped()


@fault("manifest.json cannot be read")
def a_manifest_with_a_number_for_a_text(archive: Archive) -> bytes:
    archive.manifest["root"] = 7
    return archive.zipped()


@fault("not one that this program writes")
def a_moment_that_is_none(archive: Archive) -> bytes:
    archive.manifest["made_at"] = "yesterday"
    return archive.zipped()


@fault("has format 2, and this program reads 1")
def a_newer_format(archive: Archive) -> bytes:
    archive.manifest = {"format": 2, "whatever": "comes"}
    return archive.zipped()


@fault("newer than this program")
def newer_tables(archive: Archive) -> bytes:
    archive.manifest["tables"] = VERSION + 1
    return archive.zipped()


@fault("older than this program")
def older_tables(archive: Archive) -> bytes:
    archive.manifest["tables"] = VERSION - 1
    return archive.zipped()


@fault("no part leaves.jsonl")
def no_entries(archive: Archive) -> bytes:
    del archive.parts["leaves.jsonl"]
    archive.fit()
    return archive.zipped()


@fault("no part tables/account.jsonl")
def a_table_that_is_named_and_missing(archive: Archive) -> bytes:
    del archive.parts[ACCOUNT]
    return archive.zipped()


@fault("strange order")
def another_order(archive: Archive) -> bytes:
    archive.parts = {"words.jsonl": archive.parts["words.jsonl"], **archive.parts}
    archive.fit()
    return archive.zipped()


@fault("does not name")
def one_more_entry(archive: Archive) -> bytes:
    return archive.zipped(extra={"notes.txt": b"words"})


@fault("does not name")
def a_way_out(archive: Archive) -> bytes:
    return archive.zipped(extra={"../../etc/cron.d/backup": b"words"})


@fault("lists files that no backup has")
def a_way_out_that_is_named(archive: Archive) -> bytes:
    archive.parts["content/../../../etc/cron.d/backup"] = LOGO
    archive.fit()
    return archive.zipped()


@fault("lists files that no backup has")
def a_file_under_another_digest(archive: Archive) -> bytes:
    archive.parts[f"content/{'ff' * 32}"] = LOGO
    archive.fit()
    return archive.zipped()


@fault("two entries of one name")
def two_of_one_name(archive: Archive) -> bytes:
    found = archive.zipped(extra={"words.jsonX": archive.parts["words.jsonl"]})
    return found.replace(b"words.jsonX", b"words.jsonl")


@fault("packed in a way")
def another_packing(archive: Archive) -> bytes:
    return archive.zipped(pressed=zipfile.ZIP_BZIP2)


@fault("packed in a way")
def a_password(archive: Archive) -> bytes:
    found = bytearray(archive.zipped())
    at = found.index(b"PK\x01\x02")
    found[at + 8] |= 1
    return bytes(found)


@fault("packed in a way|cannot be unpacked")
def a_name_with_an_end_in_the_middle(archive: Archive) -> bytes:
    return archive.zipped().replace(b"words.jsonl", b"words\x00jsonl")


@fault("does not have the size")
def more_than_anybody_has_room_for(archive: Archive) -> bytes:
    archive.parts[JOB] = b"\n" * 3_000_000
    archive.fit()
    return archive.zipped()


@fault("does not have the size")
def another_size_than_declared(archive: Archive) -> bytes:
    archive.manifest["parts"][1]["bytes"] += 1
    return archive.zipped()


@fault("is not the one that its manifest names")
def a_row_changed(archive: Archive) -> bytes:
    archive.parts[ACCOUNT] = archive.parts[ACCOUNT].replace(b"lena@nordhaven", b"eva1@nordhaven")
    return archive.zipped()


@fault("is not the one that its manifest names")
def another_number_of_lines(archive: Archive) -> bytes:
    archive.manifest["parts"][2]["count"] += 1
    return archive.zipped()


@fault("has no end")
def a_line_without_end(archive: Archive) -> bytes:
    archive.parts["words.jsonl"] = archive.parts["words.jsonl"].rstrip(b"\n")
    archive.fit()
    return archive.zipped()


@fault("hash of entry 5")
def a_header_changed(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    leaves[5]["header"] = leaves[5]["header"].replace("omar", "lena")
    archive.put("leaves.jsonl", leaves)
    archive.fit()
    return archive.zipped()


@fault("number and the root")
def a_header_changed_with_its_hash(archive: Archive) -> bytes:
    root = archive.manifest["root"]
    leaves = archive.lines("leaves.jsonl")
    leaves[5]["header"] = leaves[5]["header"].replace("omar", "lena")
    archive.put("leaves.jsonl", leaves)
    archive.fit_ledger()
    archive.manifest["root"] = root
    return archive.zipped()


@fault("number and the root")
def the_last_entry_cut_off(archive: Archive) -> bytes:
    archive.put("leaves.jsonl", archive.lines("leaves.jsonl")[:-1])
    archive.fit()
    return archive.zipped()


@fault("entry [0-9]+, body")
def a_body_changed(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    registered = next(leaf for leaf in leaves if '"person.registered"' in leaf["header"])
    registered["body"] = registered["body"].replace("invented", "promoted")
    archive.put("leaves.jsonl", leaves)
    archive.fit()
    return archive.zipped()


@fault("entry 7, index")
def an_entry_left_out(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    archive.put("leaves.jsonl", leaves[:7] + leaves[8:])
    archive.fit_ledger()
    return archive.zipped()


@fault("entry 5, header")
def a_header_written_in_another_way(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    leaves[5]["header"] = json.dumps(json.loads(leaves[5]["header"]))
    archive.put("leaves.jsonl", leaves)
    archive.fit_ledger()
    return archive.zipped()


@fault("written by a newer one")
def a_kind_that_nobody_knows(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    leaves[-1]["header"] = canonical({**json.loads(leaves[-1]["header"]), "kind": "moon.landed"}).decode()
    archive.put("leaves.jsonl", leaves)
    archive.fit_ledger()
    return archive.zipped()


@fault("is not one that was recorded here")
def an_entry_of_another_kind(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    leaves[-1]["header"] = canonical({**json.loads(leaves[-1]["header"]), "kind": "gate.opened"}).decode()
    archive.put("leaves.jsonl", leaves)
    archive.fit_ledger()
    return archive.zipped()


@fault("longer than entries are|is not one that was recorded|entry 3, ")
def an_entry_without_end(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    leaves[3]["header"] = json.dumps({**json.loads(leaves[3]["header"]), "more": "x" * 100_000})
    archive.put("leaves.jsonl", leaves)
    archive.fit_ledger()
    return archive.zipped()


@fault("not such as this program writes")
def the_same_people_registered_twice(archive: Archive) -> bytes:
    leaves = archive.lines("leaves.jsonl")
    twice = next(leaf for leaf in leaves if '"person.registered"' in leaf["header"])
    header = {**json.loads(twice["header"]), "index": len(leaves), "seq": 50}
    archive.put("leaves.jsonl", [*leaves, {**twice, "header": canonical(header).decode()}])
    archive.fit_ledger()
    return archive.zipped()


@fault("does not fit its digest")
def a_text_changed(archive: Archive) -> bytes:
    found = archive.lines("words.jsonl")
    found[0]["text"] += "!"
    archive.put("words.jsonl", found)
    archive.fit()
    return archive.zipped()


@fault("cannot be read|does not fit its digest")
def half_a_sign(archive: Archive) -> bytes:
    found = archive.lines("words.jsonl")
    found[0]["text"] = "\ud800"
    archive.put("words.jsonl", found)
    archive.fit()
    return archive.zipped()


@fault("is no salt")
def a_salt_that_is_none(archive: Archive) -> bytes:
    found = archive.lines("words.jsonl")
    found[0]["salt"] = "zz"
    archive.put("words.jsonl", found)
    archive.fit()
    return archive.zipped()


@fault("is missing, and entry")
def a_text_left_out(archive: Archive) -> bytes:
    archive.put("words.jsonl", archive.lines("words.jsonl")[1:])
    archive.fit()
    return archive.zipped()


@fault("no entry names this text")
def a_text_that_nobody_wrote(archive: Archive) -> bytes:
    text = "I approve."
    more = {"digest": hashlib.sha256(text.encode()).hexdigest(), "salt": "", "text": text}
    archive.put("words.jsonl", [*archive.lines("words.jsonl"), more])
    archive.fit()
    return archive.zipped()


@fault("does not have the bytes of its name|is not the one|cannot be unpacked")
def a_file_changed(archive: Archive) -> bytes:
    parts = archive.manifest["parts"]
    archive.parts[FILE] = LOGO[:-1] + b"!"
    archive.fit()
    archive.manifest["parts"] = parts
    return archive.zipped()


@fault("is gone")
def a_file_left_out(archive: Archive) -> bytes:
    del archive.parts[FILE]
    archive.fit()
    return archive.zipped()


@fault("No entry in this backup names the file")
def a_file_that_no_entry_names(archive: Archive) -> bytes:
    more = b"a stowaway"
    archive.parts[f"content/{hashlib.sha256(more).hexdigest()}"] = more
    archive.parts = {**{n: t for n, t in archive.parts.items() if not n.startswith("content/")}, **dict(sorted((n, t) for n, t in archive.parts.items() if n.startswith("content/")))}  # fmt: skip
    archive.fit()
    return archive.zipped()


@fault("made of a damaged record")
def damage_that_is_admitted(archive: Archive) -> bytes:
    archive.manifest["damage"] = [f"file {LOGO_DIGEST[:12]}, content: it is gone."]
    return archive.zipped()


def with_row(archive: Archive, name: str, **values: object) -> bytes:
    rows = archive.lines(name)
    rows[0] |= values
    archive.put(name, rows)
    archive.fit()
    return archive.zipped()


@fault("Row 1 of account")
def a_column_that_no_table_has(archive: Archive) -> bytes:
    return with_row(archive, ACCOUNT, role="admin")


@fault("Row 1 of account")
def a_value_of_another_type(archive: Archive) -> bytes:
    return with_row(archive, ACCOUNT, failures="0")


@fault("Row 1 of account")
def nothing_where_something_has_to_be(archive: Archive) -> bytes:
    return with_row(archive, ACCOUNT, email=None)


@fault("Row 1 of job")
def a_day_for_a_moment(archive: Archive) -> bytes:
    return with_row(archive, JOB, asked_at="soon")


@fault("does not verify")
def a_signed_head_changed(archive: Archive) -> bytes:
    note = archive.lines(HEADS)[0]["note"]
    return with_row(archive, HEADS, note=note.replace("\n\n— ", "\nmore\n\n— "))


@fault("does not verify")
def a_signed_head_over_more_than_there_is(archive: Archive) -> bytes:
    return with_row(archive, HEADS, size=10_000)


@fault("Row 1 of checkpoint")
def a_root_that_is_none(archive: Archive) -> bytes:
    return with_row(archive, HEADS, root="no base64")


@fault("not such as this program writes")
def a_number_that_no_database_has(archive: Archive) -> bytes:
    return with_row(archive, JOB, tries=10**30)


@fault("not such as this program writes")
def a_row_twice(archive: Archive) -> bytes:
    rows = archive.lines(ACCOUNT)
    archive.put(ACCOUNT, [*rows, rows[0]])
    archive.fit()
    return archive.zipped()


LATE = {
    a_body_changed,
    an_entry_left_out,
    a_header_written_in_another_way,
    an_entry_without_end,
    the_same_people_registered_twice,
    a_text_left_out,
    a_text_that_nobody_wrote,
    a_file_left_out,
    a_column_that_no_table_has,
    a_value_of_another_type,
    nothing_where_something_has_to_be,
    a_day_for_a_moment,
    a_signed_head_changed,
    a_signed_head_over_more_than_there_is,
    a_root_that_is_none,
    a_number_that_no_database_has,
    a_row_twice,
}
"""Found when rows are put together. Files lie in the store by then, under their digests; nothing names them."""


@dataclass
class Target:
    """An empty instance, and a good archive to spoil."""

    instance: Instance
    good: Path

    def at(self, folder: Path) -> Instance:
        """With no file beside it yet."""
        return Instance(folder, self.instance.ledger)

    def holds(self) -> dict[str, int]:
        """How many rows each table has, where it has any."""
        with Session(self.instance.engines.reader) as session:
            found = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}
            assert session.scalar(select(Stamp.restored)) is None
        return {name: count for name, count in found.items() if count}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Target]:
    """One for all faults: it stays empty."""
    engine, folder = str(request.param), tmp_path_factory.mktemp("target")
    (folder / "source").mkdir()
    with prepared.engines("sqlite", folder / "source", lived_in) as (engines, _):
        source = Instance(folder / "source", ledger_of(engines))
        source.content.put(LOGO)
        checkpoints.sign(source.ledger, source.key, NOW)
        source.backup(folder / "good.zip")
    server: databases.Server | None = request.getfixturevalue("postgresql") if engine == "postgresql" else None
    engines = open_engines(folder / "target", server.make() if server else None, synchronous="OFF")
    yield Target(Instance(folder / "target", ledger_of(engines)), folder / "good.zip")
    engines.close()


@pytest.mark.parametrize("name", FAULTS)
def test_a_spoiled_archive_is_refused_in_a_sentence_and_nothing_is_written(target: Target, tmp_path: Path, name: str) -> None:
    said, spoil = FAULTS[name]
    file = tmp_path / "spoiled.zip"
    file.write_bytes(spoil(Archive.of(target.good)))

    with pytest.raises(NotABackup, match=said) as refused:
        target.at(tmp_path).restore(file)

    assert spoil in LATE or not (tmp_path / "content").exists()
    assert re.fullmatch(r"[A-Z'][^\n]{20,450}\.", refused.value.message), refused.value.message
    assert target.holds() == {"stamp": 1}


def test_what_was_taken_apart_and_put_together_again_is_restored(target: Target, tmp_path: Path) -> None:
    """So the refusals above are about their faults."""
    archive = Archive.of(target.good)
    archive.fit_ledger()
    (tmp_path / "again.zip").write_bytes(archive.zipped())

    target.at(tmp_path).restore(tmp_path / "again.zip")

    with Session(target.instance.engines.reader) as session:
        assert session.scalar(select(func.count()).select_from(Leaf)) == archive.manifest["size"]
