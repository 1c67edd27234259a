"""Archives whose contents are spoiled: entries, texts, files and rows."""

import base64
import hashlib
import json
import zlib

from governance.ledger.canonical import canonical
from tests.archive.conftest import LOGO, LOGO_DIGEST
from tests.archive.spoiling import ACCOUNT, FILE, HEADS, IMPORTS, JOB, Archive, fault, with_row


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


@fault("Row 1 of job")
def a_job_that_is_called_like_a_file_elsewhere(archive: Archive) -> bytes:
    return with_row(archive, JOB, id="../governance.db")


@fault("Row 1 of import_job")
def an_import_that_is_called_like_a_file_elsewhere(archive: Archive) -> bytes:
    return with_row(archive, IMPORTS, id="../governance.sqlite3")


@fault("Row 1 of import_job")
def an_account_that_is_none(archive: Archive) -> bytes:
    return with_row(archive, IMPORTS, told=pressed(b"[]"))


@fault("Row 1 of import_job")
def an_account_that_was_not_pressed(archive: Archive) -> bytes:
    return with_row(archive, IMPORTS, told=base64.b64encode(b"{}").decode())


@fault("Row 1 of import_job")
def an_account_that_breaks_off(archive: Archive) -> bytes:
    whole = base64.b64decode(archive.lines(IMPORTS)[0]["told"])
    return with_row(archive, IMPORTS, told=base64.b64encode(whole[:-3]).decode())


@fault("Row 1 of import_job")
def another_spreadsheet_than_was_handed_over(archive: Archive) -> bytes:
    return with_row(archive, IMPORTS, sheet=pressed(b"Title\nanother\n"))


def pressed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


LATE = {
    a_job_that_is_called_like_a_file_elsewhere,
    an_import_that_is_called_like_a_file_elsewhere,
    an_account_that_is_none,
    an_account_that_was_not_pressed,
    an_account_that_breaks_off,
    another_spreadsheet_than_was_handed_over,
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
