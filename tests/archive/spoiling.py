"""Taking an archive apart and spoiling it: `FAULTS` are the ways to, each with what the refusal has to say."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.ledger import tree
from tests.archive.conftest import LOGO_DIGEST

ACCOUNT, HEADS, JOB, IMPORTS = (f"tables/{name}.jsonl" for name in ("account", "checkpoint", "job", "import_job"))
FILE = f"content/{LOGO_DIGEST}"


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


def with_row(archive: Archive, name: str, **values: object) -> bytes:
    rows = archive.lines(name)
    rows[0] |= values
    archive.put(name, rows)
    archive.fit()
    return archive.zipped()
