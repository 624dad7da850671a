"""What a store that refuses or throttles brings about: one clear error, few requests, and never a storm of them.

Real servers, behind a proxy that counts what they are asked.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from tests.counting_proxy import Proxy, Reply, proxy
from tests.landing_files import content, files_of, request
from tests.object_stores import ObjectStore, strict
from tests.pipeline import Pipeline, Run
from wrapped_assets.editions import Published
from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.editions.store import Store
from wrapped_assets.landing import s3
from wrapped_assets.landing.store import LandingStoreError
from wrapped_assets.sensors.landing_files import landing_files

pytestmark = pytest.mark.proof

NOBODY, WRONG_SECRET = "AKIANOBODYNOBODY", "of+nobody/at-all"
FILES = files_of(request(region="eu"), request("org-2", region="eu-west"), request(at="2025-03-02"))
THROTTLED = {
    503: b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
    429: b"<Error><Code>TooManyRequests</Code></Error>",
}


@pytest.fixture
def counted(object_store: ObjectStore) -> Iterator[Proxy]:
    """A proxy in front of each server in turn."""
    with proxy(object_store.endpoint) as seen:
        yield seen


@pytest.fixture
def landed(object_store: ObjectStore) -> str:
    """A bucket in which files have landed."""
    bucket = object_store.new_bucket()
    object_store.write(bucket, {file.key: content(file) for file in FILES})
    return bucket


@pytest.fixture
def tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[ObjectStore, str], object]:
    """One tick of the auto-import, with the settings of an environment, over an empty warehouse."""
    for name in [name for name in os.environ if name.startswith(("WRAPPED_", "AWS_"))]:
        monkeypatch.delenv(name)

    def evaluate(user: ObjectStore, bucket: str) -> object:
        place = {"WRAPPED_HOME": str(tmp_path), "WRAPPED_LANDING_URL": f"s3://{bucket}/some prefix"}
        for name, value in (user.environment | place).items():
            monkeypatch.setenv(name, value)
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance)
            return landing_files(context)

    return evaluate


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many tries as ever, with short waits that grow at once: 20 ms, then 60 ms each."""
    backoff = {
        "init_backoff": timedelta(milliseconds=20),
        "max_backoff": timedelta(milliseconds=60),
        "base": 1e9,
    }
    monkeypatch.setitem(s3.RETRIES, "backoff", backoff)


def import_from(user: ObjectStore, bucket: str, home: Path) -> int:
    """Import all pipe_stats; how many files were new."""
    with Pipeline(home).warehouse.writing() as writer:
        return Run(writer, user.landing(bucket)).take_in("pipe_stats").files


def wrong_users(server: ObjectStore) -> list[tuple[ObjectStore, str]]:
    """Who is not let in, and what the server calls it.

    moto takes every signature of a listing below a prefix for a wrong one, so it is only asked about keys that it does not know.
    """
    users = [(server.as_user(NOBODY, WRONG_SECRET), "InvalidAccessKeyId")]
    if server.name != "moto":
        users.append((server.as_user(server.key, WRONG_SECRET), "SignatureDoesNotMatch"))
    return users


# ---- Wrong credentials


def test_an_import_with_wrong_credentials_asks_once_and_says_whose_they_are(
    object_store: ObjectStore, counted: Proxy, landed: str, tmp_path: Path
) -> None:
    """What failed, in which bucket, with which key, what the server said, what to do; and never the secret."""
    for user, code in wrong_users(object_store.behind(counted.endpoint)):
        counted.forget()
        with strict(object_store), pytest.raises(LandingStoreError) as refused:
            import_from(user, landed, tmp_path)

        assert str(refused.value) == (
            f"Could not list the days of pipe_stats in s3://{landed}/some prefix.\n"
            f"  The server refused the credentials of the access key {user.key}, or they may not do this."
            f" (The server said: 403 {code}.)\n"
            "  Next: check the access key and its permissions (list, read and write) on this bucket and prefix."
        )
        assert user.secret not in repr(refused.value)
        assert [each.status for each in counted.asked] == [403]


def test_a_tick_with_wrong_credentials_asks_twice_and_fails_in_plain_words(
    object_store: ObjectStore, counted: Proxy, landed: str, tick: Callable[[ObjectStore, str], object]
) -> None:
    """The sensor of a store that lets nobody in is no load on it; the failed tick shows the error."""
    user, code = wrong_users(object_store.behind(counted.endpoint))[-1]
    with strict(object_store), pytest.raises(LandingStoreError) as refused:
        tick(user, landed)

    assert f"credentials of the access key {user.key}" in str(refused.value)
    assert f"The server said: 403 {code}." in str(refused.value)
    assert user.secret not in repr(refused.value)
    assert [each.status for each in counted.asked] == [403, 403]


def test_a_reader_of_editions_with_wrong_credentials_asks_once(
    object_store: ObjectStore, counted: Proxy, landed: str
) -> None:
    """The published store says it as the landing store does."""
    user, code = wrong_users(object_store.behind(counted.endpoint))[-1]
    with strict(object_store), pytest.raises(StoreFailed) as refused:
        Published(Store(f"s3://{landed}/published", user.options)).current(2025)

    assert f"s3://{landed}/published" in str(refused.value)
    assert f"credentials of the access key {user.key}" in str(refused.value)
    assert f"The server said: 403 {code}." in str(refused.value)
    assert user.secret not in repr(refused.value)
    assert [each.status for each in counted.asked] == [403]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("GOOG1EXAMPLE", "GOOG1EXAMPLE"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJal..."),
        ("minioadmin", "mini..."),
    ],
)
def test_a_secret_in_the_place_of_a_key_is_not_told(given: str, told: str) -> None:
    """Whoever mixed them up learns which one was sent, and the log does not."""
    assert s3.whose_key({"access_key_id": given}, None) == f" of the access key {told}"
    session = s3.BotoCredentials(aws_access_key_id=given, aws_secret_access_key="x")
    assert s3.whose_key({}, session) == ""
    session()
    assert s3.whose_key({}, session) == f" of the access key {told}"
    assert s3.whose_key({}, None) == ""


# ---- Throttling


@pytest.mark.parametrize("status", THROTTLED)
def test_a_throttled_import_waits_before_each_try_and_is_whole(
    object_store: ObjectStore, counted: Proxy, landed: str, tmp_path: Path, soon: None, status: int
) -> None:
    """Every address, of listings and files, is refused twice and then answered: three tries each, not one more.

    The waits are those of `RETRIES`: the first, and then one that has grown to the longest. By default a wait is drawn at random
    between the first one and twice the one before, so it need not grow each time.
    """
    counted.answers = lambda path, before: Reply(status, THROTTLED[status]) if before < 2 else None

    assert import_from(object_store.behind(counted.endpoint), landed, tmp_path) == len(FILES)

    for path in counted.times:
        tries = [each for each in counted.asked if each.path == path]
        assert [each.status for each in tries] == [status, status, 200]
        waits = [later.at - earlier.at for earlier, later in pairwise(tries)]
        assert waits[0] >= 0.02
        assert waits[1] >= 0.06
    # The days, the listings of two of them, and the files.
    assert len(counted.times) == 3 + len(FILES)


def test_throttling_without_end_is_given_up_after_six_tries(
    object_store: ObjectStore, counted: Proxy, landed: str, tmp_path: Path, soon: None
) -> None:
    """One clear error. Half a minute bounds what the project may wait in all, whatever the server says."""
    counted.answers = lambda path, before: Reply(503, THROTTLED[503])

    with pytest.raises(LandingStoreError) as refused:
        import_from(object_store.behind(counted.endpoint), landed, tmp_path)

    assert str(refused.value) == (
        f"Could not list the days of pipe_stats in s3://{landed}/some prefix.\n"
        "  The server asked for fewer requests, or was too busy, at each of several tries."
        " (The server said: 503 SlowDown.)\n"
        "  Next: run again later; if it stays so, look who else asks this bucket, and what its server allows."
    )
    assert [each.status for each in counted.asked] == [503] * 6
    assert s3.RETRIES["retry_timeout"] == timedelta(seconds=30)


def test_a_tick_that_is_throttled_without_end_makes_a_dozen_requests(
    object_store: ObjectStore,
    counted: Proxy,
    landed: str,
    tick: Callable[[ObjectStore, str], object],
    soon: None,
) -> None:
    """A sensor adds little to the load of a store that has too much of it."""
    counted.answers = lambda path, before: Reply(429, THROTTLED[429])

    with pytest.raises(LandingStoreError, match="asked for fewer requests.*429 TooManyRequests"):
        tick(object_store.behind(counted.endpoint), landed)

    assert [each.status for each in counted.asked] == [429] * 12


def test_a_throttled_import_that_gave_up_is_taken_up_where_it_stopped(
    object_store: ObjectStore, counted: Proxy, landed: str, tmp_path: Path, soon: None
) -> None:
    """Listed and then throttled at the files: nothing is half imported, and the next try brings all of them once."""
    counted.answers = lambda path, before: None if "list-type=2" in path else Reply(503, THROTTLED[503])
    user = object_store.behind(counted.endpoint)
    with pytest.raises(LandingStoreError, match="Could not fetch files.*\n.*503 SlowDown"):
        import_from(user, landed, tmp_path)
    assert len(counted.objects) <= 6 * len(FILES)

    counted.answers = lambda path, before: None
    assert import_from(user, landed, tmp_path) == len(FILES)
    assert import_from(user, landed, tmp_path) == 0
