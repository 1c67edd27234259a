"""A real S3-protocol server for tests: moto, on a port of its own."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BUCKET = "evidence"
ACCESS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


@dataclass(frozen=True)
class ObjectStore:
    """The server, as its administrator sees it."""

    address: str
    client: Any

    def retention(self, key: str) -> str:
        """The mode in which an object is locked."""
        return str(self.client.head_object(Bucket=BUCKET, Key=key)["ObjectLockMode"])

    def overwrite(self, key: str, content: bytes) -> None:
        """What somebody with the keys of the bucket can do."""
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def keys(self) -> list[str]:
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Start one, with a bucket whose objects are locked by default; the variables that lead there are set as long as it runs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, _lenient(DomainDispatcherApplication(create_backend_app)), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    urlopen(Request(f"{address}/moto-api/reset", method="POST")).close()  # it keeps its buckets for as long as the process lives
    before = dict(os.environ)
    os.environ.update(ACCESS, AWS_ENDPOINT_URL=address)
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    client.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    try:
        yield ObjectStore(address, client)
    finally:
        server.shutdown()
        server.server_close()
        os.environ.clear()
        os.environ.update(before)


def _lenient(application: Any) -> Any:
    """For a locked bucket moto wants the name of the checksum's algorithm; the protocol is content with the checksum itself."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if "HTTP_X_AMZ_CHECKSUM_SHA256" in environ:
            environ.setdefault("HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", "SHA256")
        return application(environ, start_response)

    return answer
