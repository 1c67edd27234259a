"""`governance serve`: the web server and, unless workers run elsewhere, one worker, started and stopped together."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from gunicorn.app.base import BaseApplication
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance import logs
from governance.app import create_app
from governance.cli.main import Context
from governance.demo.loader import PASSWORD_FILE, demo_password, load
from governance.jobs.keeper import end
from governance.models.directory import Organisation, Person
from governance.settings import Settings, SettingsError
from governance.storage import setup_code

THREADS = 8
UNFINISHED = "demo-unfinished"
KEEPER_PATIENCE = 30
"""Seconds: longer than the keeper's patience with its worker."""


class Server(BaseApplication):
    """Gunicorn with one process and threads, configured here and nowhere else."""

    def __init__(self, context: Context) -> None:
        self._context = context
        super().__init__()

    def load_config(self) -> None:
        settings = self._context.settings
        options = {
            "bind": settings.address.removeprefix("http://"),
            "workers": settings.processes,
            "forwarded_allow_ips": "",  # nothing here depends on what a proxy says
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        return create_app(self._context.settings, self._context.engines)


@click.command()
@click.pass_obj
def serve(context: Context) -> None:
    """Serve the application; on an empty instance, load the demo portfolio first (unless DEMO=0)."""
    settings = context.settings
    logs.set_up(settings.log_format)
    _check_port(settings)
    if _is_empty(context) and settings.demo:
        _load_demo(context)
    _check_demo(context)
    _greet(context)
    context.engines.close()
    with _keeping_a_worker(settings):
        Server(context).run()


def _load_demo(context: Context) -> None:
    """The mark stands while the demo is being loaded, so that half of one is never taken for the whole."""
    settings = context.settings
    _check_loopback(settings)
    click.echo("The instance is empty: loading the demo portfolio. This takes some seconds.")
    mark = settings.instance / UNFINISHED
    mark.touch()
    load(context.ledger, context.content, settings.instance, datetime.now(UTC).date(), click.echo)
    mark.unlink()


def _is_empty(context: Context) -> bool:
    with Session(context.engines.reader) as session:
        return not session.scalar(select(func.count()).select_from(Person))


def _is_demo(context: Context) -> bool:
    with Session(context.engines.reader) as session:
        row = session.get(Organisation, "organisation")
        return bool(row and row.demo)


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(f"Nothing can be served at {settings.address} ({error.strerror}). Choose another PORT or HOST.") from None


def _check_demo(context: Context) -> None:
    """The demo people have one password that the sign-in page shows, so nobody else may reach it."""
    if (context.settings.instance / UNFINISHED).exists():
        raise SettingsError(f"Loading the demo portfolio was interrupted. Empty the folder {context.settings.instance} and start again.")
    if _is_demo(context):
        _check_loopback(context.settings)


def _check_loopback(settings: Settings) -> None:
    if not settings.is_loopback:
        raise SettingsError("A demo instance is served on 127.0.0.1 only. Start an empty one with DEMO=0 and another INSTANCE.")


def _greet(context: Context) -> None:
    settings = context.settings
    click.echo(f"Governance is at {settings.address}  (stop with Ctrl+C)")
    if _is_demo(context):
        click.echo("Enter as any demo person with one click, or sign in as ines.okafor@nordhaven.example, a project lead.")
        if (settings.instance / PASSWORD_FILE).exists():  # a restored demo has the passwords of the one that it was
            click.echo(f"The password of all of them here: {demo_password(settings.instance)}")
    elif _is_empty(context):
        click.echo("The first page sets up your organisation and its first administrator.")
        click.echo(f"Where it is opened from another machine, it asks for this set-up code: {setup_code.make(settings.instance)}")
    if not settings.worker:
        click.echo("No worker is started here (WORKER=0): reports, signed heads and mails wait for “governance worker”.")
    if not settings.is_loopback and settings.public_address is None:
        click.echo("Set GOVERNANCE_PUBLIC_ADDRESS to where people reach it, so that set-up links lead there.")


@contextmanager
def _keeping_a_worker(settings: Settings) -> Iterator[None]:
    """The keeper starts the worker and follows it with another when it dies. None where workers are started elsewhere (WORKER=0)."""
    if not settings.worker:
        yield
        return
    environment = {**os.environ, "GOVERNANCE_INSTANCE": str(settings.instance)}
    keeper = subprocess.Popen([sys.executable, "-m", "governance.jobs.keeper"], env=environment)
    try:
        yield
    finally:
        end(keeper, KEEPER_PATIENCE)
