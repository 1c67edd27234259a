"""The address of a database, as settings give it."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

Address = URL
"""Knows its password, and hides it when it is printed."""

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


def address(given: str) -> Address:
    """The address of a PostgreSQL database, with the driver this program uses.

    Raises `ValueError`, without repeating what may hold a password.
    """
    try:
        url = make_url(given)
    except ArgumentError:
        raise ValueError("not the address of a database") from None
    if url.drivername not in SCHEMES or not url.database:
        raise ValueError("not the address of a PostgreSQL database")
    return url.set(drivername="postgresql+psycopg")
