"""A small spreadsheet and its mapping, and the public inventory that lies beside the clone."""

import hashlib
from pathlib import Path

from governance.paths import PACKAGE
from governance.reads.previews import Source

SHARED = next(
    (place / "shared" / "data" for place in PACKAGE.parents if (place / "shared" / "data").is_dir()), PACKAGE.parents[1] / "shared" / "data"
)
INVENTORY = SHARED / "federal-ai-inventory-2024.csv"
SHIPPED = PACKAGE.parent / "policies" / "imports" / "federal-inventory-2024.yaml"

MAPPING = """\
id: our-list
title: Our list of 2025
file: {encoding: utf-8, delimiter: ";"}
key: [No]
initiative:
  name: {columns: [Title]}
  summary: {columns: [Purpose, Output], otherwise: The list does not say what it does.}
  unit: {columns: [Department], create: true}
  lead: {column: Owner}
stage:
  column: Phase
  values: {Trial: pilot, Live: full_production, Pilot group: limited_production, "Off*": retired}
brought_in:
  said_by: Ada Lind
  said_as: head of the AI office
  reason: The office kept this list until 2025.
  since: {columns: {full_production: [Since], limited_production: [Since], retired: [Since]}, formats: ["%d.%m.%Y"], otherwise: 2025-01-01}
  regularise_within_days: 365
answers:
  - {item: G1-07, column: Privacy checked, values: {"yes": met, "no": not_met, In progress: in_progress, n/a: open}}
tiering:
  questions:
    Q6: {column: Personal data, values: {sensitive: special}, otherwise: open}
  facts:
    eu_market: {value: true}
"""
HEADER = "No;Title;Purpose;Output;Department;Owner;Phase;Since;Privacy checked;Personal data"
ROWS = (
    "1;Claims triage;Scores new motor claims.;A score;Motor claims;lena;Trial;;yes;none",
    "2;Fraud alerts;Flags claims to look at.;A flag;Motor claims;Mara;Live;03.05.2023;In progress;sensitive",
    "3;Letter writer;;;Back office;tom@nordhaven.example;Off since spring;;;",
)


BAD = "4;Later;Does something.;;Motor claims;nobody.known;Trial;;;"


def sheet(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *(rows or ROWS), ""]).encode()


HALF = sheet(*ROWS, BAD)
"""Three rows that do, and one that does not."""


PEOPLE = b"""\
short name,name,title,unit,unit name,e-mail,roles,functions,qualifications,time zone,until
,,,fraud,Fraud,,,,,,
ada.lind,Ada Lind,Head of fraud,fraud,,ada.lind@nordhaven.example,"project lead, reviewer","business in fraud, compliance",model validation,Europe/Oslo,
tom,Tom,invented,claims,,tom@nordhaven.example,reviewer,it ops,,,
noor,Noor,Analyst,nowhere,,noor@nordhaven.example,projekt lead,,,,
"""
"""A unit, somebody new, somebody who is here and gets more, and a row with two faults."""


def source(content: bytes | None = None, mapping: str = MAPPING, lead: str = "") -> Source:
    found, text = sheet() if content is None else content, mapping.encode()
    return Source(found, hashlib.sha256(found).hexdigest(), "our-list.yaml", text, hashlib.sha256(text).hexdigest(), lead)


def inventory(lead: str = "lena") -> Source:
    content, text = INVENTORY.read_bytes(), SHIPPED.read_bytes()
    return Source(content, hashlib.sha256(content).hexdigest(), SHIPPED.name, text, hashlib.sha256(text).hexdigest(), lead)


def files(folder: Path, content: bytes | None = None, mapping: str = MAPPING) -> tuple[str, str]:
    """The same as files, for the command line."""
    (folder / "list.csv").write_bytes(sheet() if content is None else content)
    (folder / "our-list.yaml").write_text(mapping, encoding="utf-8")
    return str(folder / "list.csv"), str(folder / "our-list.yaml")
