"""Reads an export as somebody would who never heard of this program: the standard library, and what README.html says. Imports nothing else."""

import base64
import csv
import hashlib
import json
import sys
from pathlib import Path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(hashes[:split]) + root(hashes[split:])).digest()


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, strict=True))


def check_manifest(folder: Path) -> None:
    """Every file is in it, and no other."""
    named = dict(reversed(line.split("  ", 1)) for line in (folder / "manifest.sha256").read_text().splitlines())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.sha256"}
    assert named.keys() == there, named.keys() ^ there
    for name, digest in named.items():
        assert sha256((folder / name).read_bytes()) == digest, name


def check_ledger(folder: Path) -> list[dict]:
    """Every entry hashes to what it says, streams have no gaps, and together they have the root."""
    entries, streams = lines(folder / "ledger" / "events.jsonl"), {}
    for place, entry in enumerate(entries):
        header = json.loads(entry["header"])
        assert entry["index"] == header["index"] == place
        assert sha256(b"\x00" + entry["header"].encode()) == entry["hash"], place
        assert sha256(entry["body"].encode()) == header["body_sha256"], place
        assert header["seq"] == streams.get(header["stream"], 0), place
        streams[header["stream"]] = header["seq"] + 1
    head = json.loads((folder / "ledger" / "head.json").read_text())
    found = root([bytes.fromhex(entry["hash"]) for entry in entries]).hex()
    assert (len(entries), found) == (head["size"], head["root"])
    return entries


def check_heads(folder: Path, entries: list[dict]) -> int:
    """Every signed head states the root over as many entries as it says. Its signature takes more than the standard library."""
    hashes, notes = [bytes.fromhex(entry["hash"]) for entry in entries], sorted((folder / "ledger" / "checkpoints").glob("*.txt"))
    for note in notes:
        _, size, said = note.read_text(encoding="utf-8").splitlines()[:3]
        assert note.stem == size and base64.b64decode(said) == root(hashes[: int(size)]), note
    return len(notes)


def check_words(folder: Path) -> dict[str, str]:
    found = {}
    for row in lines(folder / "ledger" / "words.jsonl"):
        assert sha256(bytes.fromhex(row["salt"]) + row["text"].encode()) == row["digest"]
        found[row["digest"]] = row["text"]
    return found


def check_content(folder: Path) -> int:
    rows = table(folder / "content.csv")
    for row in rows:
        content = (folder / "content" / row["digest"]).read_bytes()
        assert sha256(content) == row["digest"] and len(content) == int(row["size"]) and row["where used"], row
    assert {row["digest"] for row in rows} == {path.name for path in folder.glob("content/*")}
    return len(rows)


def read(folder: Path) -> dict[str, object]:
    """Everything in numbers, for whoever knows what there should be."""
    check_manifest(folder)
    entries, words = check_ledger(folder), check_words(folder)
    lists = {path.stem: table(path) for path in sorted((folder / "lists").glob("*.csv"))}
    return {
        "entries": len(entries),
        "heads": check_heads(folder, entries),
        "root": json.loads((folder / "ledger" / "head.json").read_text())["root"],
        "kinds": sorted({json.loads(entry["header"])["kind"] for entry in entries}),
        "words": len(words),
        "files": check_content(folder),
        "lists": {name: len(rows) for name, rows in lists.items()},
        "signed": sorted({(row["request_id"], row["seat"], row["decision"], row["name"]) for row in lists["sign-offs"]}),
        "administrators": [row["id"] for row in lists["people"] if "admin" in row["roles"].split("; ")],
        "reports": sorted(path.name for path in folder.glob("reports/*.pdf")),
    }


if __name__ == "__main__":
    json.dump(read(Path(sys.argv[1])), sys.stdout)
