"""From where a request comes and by which name it asks for this site. What is asked for is the client's word: no link is made from it."""

import re

from flask import request

from governance.settings import Settings, is_loopback

PASSED_ON = re.compile("forwarded|x-forwarded.*|x-real-ip|via", re.IGNORECASE)
"""The headers by which a proxy says that it stands in between."""


def asked_for() -> str:
    """The name or the number of the Host header, without the port."""
    return re.sub(r":[0-9]*$", "", request.host).strip("[]").casefold()


def is_here(settings: Settings) -> bool:
    """Whether the browser is on this machine for sure: the site is served to it alone, and nobody stands in between.

    A proxy on the same machine comes from loopback too, so whatever shows one counts: its headers, and the HTTP/1.0 that no
    browser speaks any more.
    """
    passed_on = any(PASSED_ON.fullmatch(name) for name, _ in request.headers) or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return settings.is_loopback and is_loopback(request.remote_addr or "") and is_loopback(asked_for()) and not passed_on
