"""A catalogue as a file of a policy: the section `frameworks`, in a form that the policy's own reader takes."""

import json

from governance.policy.catalogues.catalogue import UNWRITTEN, Catalogue

HEAD = """# yaml-language-server: $schema=../policy.schema.json
# Imported. Put it into the folder of a policy: catalogues may stand in several files of it.
"""
WITH_TEXT = "# The titles are those of the source: whoever imported it said that its licence allows keeping them.\n"
WITHOUT_TEXT = """# The ids are facts; the titles of the source may be somebody's copyright, so none was kept.
# Write short ones in words of your own, or import again with --with-text where the licence of the source allows keeping its own.
"""


def written(catalogues: list[Catalogue], *, with_text: bool) -> str:
    """Every value is quoted, so that no word is taken for something else."""
    lines = [HEAD, WITH_TEXT if with_text else WITHOUT_TEXT, "frameworks:\n"]
    for catalogue in catalogues:
        lines += _lines(catalogue, with_text=with_text)
    return "".join(lines)


def _lines(catalogue: Catalogue, *, with_text: bool) -> list[str]:
    about = {
        "name": catalogue.name,
        "version": catalogue.version,
        "status": "current, to verify",
        "source": list(catalogue.source),
        "licence_note": catalogue.licence,
        "date_status": "From when it applies was not in the source: add effective_from.",
    }
    lines = [f"- id: {_quoted(catalogue.id)}\n"]
    lines += [f"  {key}: {_quoted(value)}\n" for key, value in about.items() if value is not None]
    lines.append("  items:\n")
    return lines + [f"    {_quoted(one.id)}: {_quoted((one.title if with_text else None) or UNWRITTEN)}\n" for one in catalogue.clauses]


def _quoted(value: str | list[str]) -> str:
    """JSON's quotes are YAML's; what is left of controls was taken out before."""
    return json.dumps(value, ensure_ascii=False)
