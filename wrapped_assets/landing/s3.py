"""Buckets: opening one from a URL, options and credentials, and what a bucket's refusal means.

All that knows S3 or Google Cloud Storage by name is here, as is the bridge from Dagster's `S3Resource`.
boto3 and dagster_aws cost seconds to import, so only those who configured them pay.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import GCSStore, S3Store

from wrapped_assets.landing.objects import Found

if TYPE_CHECKING:
    from dagster_aws.s3 import S3Resource
    from obstore.auth.boto3 import Boto3CredentialProvider
    from obstore.store import (
        ClientConfig,
        GCSCredentialProvider,
        RetryConfig,
        S3Credential,
        S3CredentialProvider,
    )

    Credentials = S3CredentialProvider | GCSCredentialProvider

# An allow-list: obstore 0.12 panics, past every `except Exception`, on a client setting among the store's.
OPTIONS: dict[str, set[str]] = {
    "s3": {
        "endpoint",
        "region",
        "access_key_id",
        "secret_access_key",
        "session_token",
        "skip_signature",
        "virtual_hosted_style_request",
        "request_payer",
        "server_side_encryption",
        "sse_kms_key_id",
        "sse_bucket_key_enabled",
        "verify",
    },
    "gs": {"service_account", "service_account_key", "application_credentials", "skip_signature"},
}

# A server that refuses connections is given up after about three seconds, a silent one after half a minute.
RETRIES: "RetryConfig" = {
    "max_retries": 5,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=3), "base": 2},
}

# A pattern in obstore's text, what it means, what to do next; the first that matches counts.
_CAUSES = [
    (r"<Code>NoSuchBucket", "The bucket does not exist.", "create the bucket, or correct {setting}."),
    (
        r"169\.254\.169\.254|token request|credential provider",
        "No usable credentials were found.",
        "configure credentials for this store, or check that they have not expired.",
    ),
    (
        r"status code: 40[13]|<Code>(ExpiredToken|InvalidToken)",
        "The server refused the credentials{whose}, or they may not do this.",
        "check the access key and its permissions (list, read and write) on this bucket and prefix.",
    ),
    (
        r"status code: (429|503)|SlowDown",
        "The server asked for fewer requests, or was too busy, at each of several tries.",
        "run again later; if it stays so, look who else asks this bucket, and what its server allows.",
    ),
    (
        r"status code: 3\d\d|AuthorizationHeaderMalformed|PermanentRedirect",
        "The bucket lives elsewhere.",
        "set the bucket's own region and endpoint.",
    ),
    (
        r"error sending request|kind: (Connect|Timeout)|TimedOut|BadScheme",
        "No answer came from the server, after several tries.",
        "check the endpoint, the network and any proxy; it is safe to run again.",
    ),
    (r"No space left|quota exceeded", "The disk is full.", "make room, then run this again."),
    (
        r"canonicalize|No such file|Not a directory",
        "The folder is not there.",
        "mount or create it, or correct {setting}.",
    ),
    (r"Permission denied", "This user may not go there.", "give it access to that folder."),
    (r"", "The store did not do as asked.", "run again; if it stays so, look into the store's own log."),
]


class S3Access(NamedTuple):
    """What `LandingStore.open` needs beside the URL."""

    options: dict[str, str]
    credentials: "BotoCredentials | None"


class BotoCredentials:
    """Credentials from a boto3 session, made on first use and kept fresh; pickles as its arguments."""

    def __init__(self, **session_settings: str | None) -> None:
        self.session_settings = session_settings
        self.key_id: str | None = None
        """The access key that was given out last. An error tells it without asking for credentials again, which may fail."""

    def __call__(self) -> "S3Credential":
        """The credentials of this moment, for obstore."""
        found = self._provider()
        self.key_id = found["access_key_id"]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(BotoCredentials, **self.session_settings), ()

    @cached_property
    def _provider(self) -> "Boto3CredentialProvider":
        import boto3  # type: ignore[import-untyped, unused-ignore]
        from obstore.auth.boto3 import Boto3CredentialProvider

        # botocore renews a session's keys ten minutes before they end; obstore's own 30 would outlive them.
        return Boto3CredentialProvider(
            boto3.session.Session(**self.session_settings), ttl=timedelta(minutes=10)
        )


def from_s3_resource(resource: "S3Resource") -> S3Access:
    """The endpoint, region and credentials that Dagster's `S3Resource` would use, for `LandingStore.open`.

    The client knows best: it has resolved the environment, the profile and the fields. `max_attempts` is not
    taken over; the landing store has retries of its own.
    """
    meta = resource.get_client().meta
    options = {} if meta.region_name == "aws-global" else {"region": meta.region_name}
    if not re.search(r"\.amazonaws\.com(\.cn)?$", urlsplit(meta.endpoint_url).hostname or ""):
        options["endpoint"] = meta.endpoint_url
    if resource.verify is False:
        options["verify"] = "false"
    if resource.use_unsigned_session:
        return S3Access(options | {"skip_signature": "true"}, None)
    names = ("profile_name", "region_name", "aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    return S3Access(options, BotoCredentials(**{name: getattr(resource, name) for name in names}))


def access_of(url: str, endpoint_url: str | None) -> S3Access:
    """What `from_s3_resource` gives for a resource with this endpoint alone, without importing Dagster; nothing where no S3 is named."""
    if not url.startswith("s3://"):
        return S3Access({}, None)
    import boto3  # type: ignore[import-untyped, unused-ignore]

    meta = boto3.client("s3", endpoint_url=endpoint_url).meta
    options = {} if meta.region_name == "aws-global" else {"region": meta.region_name}
    if endpoint_url:
        options["endpoint"] = endpoint_url
    return S3Access(options, BotoCredentials())


def open_bucket(
    url: str, options: Mapping[str, str], credentials: "Credentials | None"
) -> S3Store | GCSStore:
    """The bucket and prefix of an `s3://` or `gs://` URL; a ValueError says what cannot be used."""
    scheme, _, place = url.partition("://")
    bucket, _, prefix = place.partition("/")
    unknown = sorted(options.keys() - OPTIONS[scheme])
    if unknown:
        raise ValueError(f"unknown options {unknown}; known are {sorted(OPTIONS[scheme])}")
    endpoint = urlsplit(options.get("endpoint", "http://unset"))
    # obstore panics, past every `except Exception`, when it asks an endpoint that is no address.
    if (
        endpoint.scheme not in ("http", "https")
        or not endpoint.hostname
        or re.search(r"[^!-~]", endpoint.geturl())
    ):
        raise ValueError("an endpoint that is no http:// or https:// address")
    config: Any = dict(options)
    settings: dict[str, Any] = {
        "prefix": prefix.strip("/") or None,
        "retry_config": RETRIES,
        "client_options": _client_options(config),
    }
    if credentials or "access_key_id" in config:
        settings["credential_provider"] = credentials or _fixed_credentials(config)
    if scheme == "gs":
        return GCSStore(bucket, config=config, **settings)
    config["copy_if_not_exists"] = "multipart"
    return S3Store(bucket, config=config, **settings)


def list_any_name(
    url: str,
    options: Mapping[str, str],
    credentials: "Credentials | None",
    prefix: str,
    after: str,
    deep: bool,
) -> Iterator[Found]:
    """Lists a bucket by boto3, whatever the names are: obstore refuses some. The keys are those below the URL's prefix."""
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, root = url.removeprefix("s3://").partition("/")
    root = f"{root.strip('/')}/".removeprefix("/")
    asked = {"Bucket": bucket, "Prefix": root + prefix, "Delimiter": "" if deep else "/"}
    if after:
        asked["StartAfter"] = root + after
    if options.get("request_payer") == "true":
        asked["RequestPayer"] = "requester"
    try:
        for page in _boto_client(options, credentials).get_paginator("list_objects_v2").paginate(**asked):
            for below in page.get("CommonPrefixes", ()):
                yield Found(below["Prefix"].removeprefix(root).removesuffix("/"), is_folder=True)
            for item in page.get("Contents", ()):
                key = item["Key"].removeprefix(root).removesuffix("/")
                yield Found(key, False, item["ETag"], item["Size"])
    except ClientError as error:
        said = error.response
        status, code = said["ResponseMetadata"]["HTTPStatusCode"], said["Error"]["Code"]
        raise BaseError(f"status code: {status} <Code>{code}</Code>") from None
    except BotoCoreError as error:
        raise BaseError(f"error sending request: {type(error).__name__}") from None


def _boto_client(options: Mapping[str, str], credentials: "Credentials | None") -> Any:
    import boto3  # type: ignore[import-untyped, unused-ignore]
    from botocore import UNSIGNED
    from botocore.config import Config

    names = {
        "access_key_id": "aws_access_key_id",
        "secret_access_key": "aws_secret_access_key",
        "session_token": "aws_session_token",
    }
    settings: dict[str, str | None] = {name: options[ours] for ours, name in names.items() if ours in options}
    if isinstance(credentials, BotoCredentials):
        settings = credentials.session_settings
    is_virtual = options.get("virtual_hosted_style_request", "false") == "true"
    config: dict[str, Any] = {"s3": {"addressing_style": "virtual" if is_virtual else "path"}}
    if options.get("skip_signature") == "true":
        config["signature_version"] = UNSIGNED
    session = boto3.session.Session(**{**settings, "region_name": options.get("region")})
    return session.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        verify=options.get("verify", "true").lower() != "false",
        config=Config(**config),
    )


def whose_key(options: Mapping[str, str], credentials: "Credentials | None") -> str:
    """Whose credentials a store is asked with, for an error: " of the access key AKIA..."; empty when it is not known.

    Ids that Amazon and Google give are told whole. Of others the first four characters are: a secret may have been put in their place.
    """
    id = credentials.key_id if isinstance(credentials, BotoCredentials) else None
    id = re.sub(r"[^!-~]", "?", id or options.get("access_key_id", ""))
    if not re.fullmatch(r"(AKIA|ASIA|GOOG)[A-Z0-9]+", id):
        id = id[:4] and f"{id[:4]}..."
    return id and f" of the access key {id}"


def diagnose(
    text: str, setting: str = "WRAPPED_LANDING_URL", whose: Callable[[], str] = str
) -> tuple[str, str]:
    """What obstore's error text means and what to do next, in words that repeat none of it.

    `setting` names the variable that says where the store is; `whose` is asked for the key when credentials were refused.

    Servers echo access keys, signed headers and tokens in refusals: only the status and error code pass.
    """
    seen, then = next((seen, then) for pattern, seen, then in _CAUSES if re.search(pattern, text))
    then = then.format(setting=setting)
    seen = seen.format(whose=whose()) if "{whose}" in seen else seen
    status = re.search(r"status code: (\d{3})", text)
    code = re.search(r"<Code>([A-Za-z]{1,60})</Code>", text)
    said = " ".join(found[1] for found in (status, code) if found)
    return f"{seen} (The server said: {said}.)" if said else seen, then


def _client_options(config: dict[str, Any]) -> "ClientConfig":
    """How to talk HTTP; takes `verify` out of the store's own options."""
    return {
        "allow_http": str(config.get("endpoint", "")).startswith("http://"),
        "allow_invalid_certificates": config.pop("verify", "true").lower() == "false",
        "connect_timeout": timedelta(seconds=5),
        # For silence. The whole transfer may take longer than obstore's 30 seconds: files can be large.
        "read_timeout": timedelta(seconds=60),
        "timeout": timedelta(minutes=15),
    }


def _fixed_credentials(config: dict[str, Any]) -> "S3CredentialProvider":
    """The keys given as options, alone: obstore would send a session token from the environment with them."""
    fixed: S3Credential = {
        "access_key_id": config.pop("access_key_id"),
        "secret_access_key": config.pop("secret_access_key", ""),
        "token": config.pop("session_token", None),
        "expires_at": None,
    }
    return lambda: fixed
