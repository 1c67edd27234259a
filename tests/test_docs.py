"""What the documents for administrators promise is what the program has."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from governance.cli.main import COMMANDS
from governance.settings import NAMES, PREFIX, Settings, read

TOP = Path(__file__).parent.parent
DOCS = sorted((TOP / "docs").glob("*.md"))
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (TOP / "deploy" / "Containerfile").read_text(encoding="utf-8")


def test_the_page_of_settings_is_written_from_the_code() -> None:
    made = runpy.run_path(str(TOP / "scripts" / "settings_page.py"))["page"]()

    assert (TOP / "docs" / "settings.md").read_text(encoding="utf-8") == made, "make docs"


def test_the_page_of_policies_is_written_from_the_models() -> None:
    made = runpy.run_path(str(TOP / "scripts" / "policy_page.py"))["page"]()

    assert (TOP / "docs" / "policy-reference.md").read_text(encoding="utf-8") == made, "make docs"


@pytest.mark.parametrize("page", [*DOCS, TOP / "README.md", *sorted((TOP / "deploy").iterdir())], ids=lambda page: page.name)
def test_every_setting_and_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", text)) <= NAMES.keys()
    assert set(re.findall(r"`governance ([a-z]+)", text)) <= COMMANDS.keys()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    named = [name for name in re.findall(r"`(deploy/[\w./-]+)`", page.read_text(encoding="utf-8")) if not name.endswith(".env")]

    assert all((page.parent / name).exists() for name in linked)
    assert all((TOP / name).exists() for name in named)


@pytest.mark.parametrize("service", ["web", "worker"])
def test_the_settings_of_the_compose_file_start_the_program(service: str, tmp_path: Path) -> None:
    given = {
        name: re.sub(r"\$\{\w+:\?\}", "q8-Zk3_vR7tW1xY5bN9mLc2pS6dF4gH0", value)
        for name, value in COMPOSE["services"][service]["environment"].items()
    }
    given["GOVERNANCE_PUBLIC_ADDRESS"] = "https://governance.example.org"

    found = read({**given, "GOVERNANCE_INSTANCE": str(tmp_path)})

    assert isinstance(found, Settings) and found.database is not None and found.bucket is not None


def test_the_containers_have_no_more_rights_than_they_need() -> None:
    for name in ("web", "worker"):
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert re.findall(r"^USER (\S+)", CONTAINERFILE, re.MULTILINE) == ["10001"]
    assert not re.search(r":latest\b", CONTAINERFILE + (TOP / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def test_the_image_has_the_packages_that_running_needs() -> None:
    wanted = re.search(r'run_packages="([^"]+)"', (TOP / "scripts" / "bootstrap").read_text(encoding="utf-8"))

    assert wanted and set(wanted[1].split()) <= set(CONTAINERFILE.split())
