"""The URLs of object stores: a folder, or a bucket and a prefix in it."""

from urllib.parse import urlsplit


def refusal(url: str) -> tuple[str, str, str] | None:
    """Why a URL names no place: what may be shown of it, what was seen, what to do next. None when it names one."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        names_a_place = parts.netloc in ("", "localhost") and parts.path.strip("/") != ""
    else:
        # A secret key often holds a "/", which ends the place of a user and a password.
        is_bucket = parts.netloc != "" and not {"@", ":"} & set(parts.netloc)
        names_a_place = parts.scheme in ("s3", "gs") and is_bucket
    if names_a_place and not parts.query and not parts.fragment:
        return None
    # The URL may hold a password, so it is not repeated.
    forms = "file:///folder, s3://bucket/prefix or gs://bucket/prefix, without user, password, '?' or '#'"
    return f"{parts.scheme}://...", "Its URL cannot be used.", f"write {forms}."
