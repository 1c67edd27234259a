"""A bucket of an S3-protocol store as a place for files.

Region, endpoint and credentials come from the usual `AWS_…` variables. A bucket with object lock and a default retention keeps what was
stored from its own administrators too: every request says which bytes it brings, as such buckets demand.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from governance.storage.faults import ContentUnreachable

PATIENCE = timedelta(seconds=20)
"""Of one request, and of all tries together."""

Given = ParamSpec("Given")
Found = TypeVar("Found")


def _reached(act: Callable[Given, Found]) -> Callable[Given, Found]:
    """What the store refuses or cannot do is said in one sentence, without the addresses and keys in its own words."""

    @wraps(act)
    def reached(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        try:
            return act(*args, **kwargs)
        except BaseError as failed:
            raise ContentUnreachable from failed
        except FileNotFoundError as missing:
            if "NoSuchBucket" in str(missing):
                raise ContentUnreachable from missing
            raise

    return reached


class Bucket:
    """Files by name, under the prefix of the address."""

    def __init__(self, address: str) -> None:
        """`s3://BUCKET` or `s3://BUCKET/PREFIX`. Nothing is asked of the store yet."""
        parts = urlsplit(address)
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            checksum_algorithm="SHA256",
            client_options={"timeout": PATIENCE, "allow_http": os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )

    @_reached
    def take(self, draft: Path, name: str) -> bool:
        """In one request, so that the store can refuse it whole where the name is taken."""
        try:
            obstore.put(self._store, _key(name), draft, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
        return True

    @_reached
    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, _Stream(self._store, _key(name)))

    @_reached
    def has(self, name: str) -> bool:
        try:
            obstore.head(self._store, _key(name))
        except FileNotFoundError:
            return False
        return True


class _Stream(RawIOBase):
    """The bytes of an object, in pieces as they are asked for."""

    def __init__(self, store: S3Store, key: str) -> None:
        self._file = obstore.open_reader(store, key)

    @_reached
    def read(self, size: int | None = -1) -> bytes:
        return bytes(self._file.read(None if size is None or size < 0 else size))

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"
