"""Archives whose wrapping is spoiled: the ZIP, the manifest, names, sizes and lines."""

import io
import zipfile

from governance.storage.engines import VERSION
from tests.archive.conftest import LOGO
from tests.archive.spoiling import ACCOUNT, JOB, Archive, fault


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
