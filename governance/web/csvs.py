"""Lists as CSV. A cell that a spreadsheet would take for a formula is made text."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from governance.domain.text import cell


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download of UTF-8 CSV (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    response = Response(out.getvalue(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
