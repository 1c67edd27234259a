"""How one import is shown: its preview, how far it is, what became of it, or why nothing did."""

from datetime import date

from flask import Response, render_template, request

from governance.domain.importing import Account, ImportState, Outcome
from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.models.jobs import ImportJob
from governance.reads import imports, people
from governance.storage.slate import slate_of
from governance.web import csvs, current
from governance.web.filters import counted
from governance.web.forms import Form
from governance.words import word

PAGE = 100
HEADER = ("line", "outcome", "initiative", "key", "name", "stage", "what there is to say")


def page(row: ImportJob, form: Form) -> str:
    """The page of an import, by how far it is."""
    state = imports.state(row)
    if state is ImportState.BEING_READ:
        return _progress(row, "importing/being_read.html", "Reads the file", "compared with the record", "Writes down what was found")
    if state is ImportState.UNDER_WAY:
        reads = "Reads the file and compares it with the record"
        return _progress(row, "importing/under_way.html", reads, "imported", "Works out what waits for whom")
    if state is ImportState.REFUSED:
        return render_template("importing/refused.html", job=row, until=_day(row))
    account = imports.account(current.session(), row)
    if state is ImportState.DONE:
        return _account(row, account, "importing/done.html", title=_done_title(row))
    return _account(
        row,
        account,
        "importing/preview.html",
        title=_title(account),
        form=form,
        is_behind=imports.is_behind(current.session(), row, current.now()),
        lead=people.names(current.session(), [row.fallback_lead]).get(row.fallback_lead) if row.fallback_lead else None,
        until=_day(row),
        not_signed=NOT_SIGNED_HERE,
        problems=form.problems(),
    )


def export(row: ImportJob) -> Response:
    """The account of every row as CSV."""
    account = imports.account(current.session(), row)
    return csvs.answer(
        "import",
        HEADER,
        (
            [one.says.line, one.outcome.value, one.initiative, " | ".join(one.says.key), one.says.name, one.says.stage.value, one.told]
            for one in account.rows
        ),
    )


def _done_title(row: ImportJob) -> str:
    left = f". {counted(row.refused, 'row')} left out" if row.refused else ""
    return f"{counted(row.imported, 'initiative')} imported, {row.updated:,} updated{left}"


def _progress(row: ImportJob, template: str, first: str, done_is: str, last: str) -> str:
    done, total = slate_of(current.parts().settings.instance).told(row.id) or (0, 0)
    if row.leased_until is None:
        words, total = "Waits for the worker", 0
    elif not total:
        words = first
    elif done < total:
        words = f"{done:,} of {counted(total, 'row')} {done_is}"
    else:
        words = last
    return render_template(template, job=row, done=done, total=total, words=words)


def _account(row: ImportJob, account: Account, template: str, **more: object) -> str:
    """One page of the rows, of one outcome or of all."""
    chosen = request.args.get("outcome", "")
    rows = [one for one in account.rows if chosen not in set(Outcome) or one.outcome == chosen]
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, current.number("page") or 1), pages)
    return render_template(
        template,
        job=row,
        account=account,
        rows=rows[(number - 1) * PAGE : number * PAGE],
        total=len(rows),
        number=number,
        pages=pages,
        size=PAGE,
        chosen=chosen,
        outcomes=[(one.value, f"{word(one).label} ({account.counted(one):,})") for one in Outcome],
        **more,
    )


def _day(row: ImportJob) -> date:
    return current.day_of(imports.kept_until(row))


def _title(account: Account) -> str:
    changing = account.counted(Outcome.IMPORTED) + account.counted(Outcome.UPDATED)
    refused = account.counted(Outcome.REFUSED)
    left = f", {refused:,} {'is' if refused == 1 else 'are'} refused" if refused else ""
    if not changing:
        return f"Nothing to import from {counted(len(account.rows), 'row')}{left}"
    return f"{changing:,} of {counted(len(account.rows), 'row')} would be imported or updated{left}"
