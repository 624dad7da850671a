"""What the registry says when it refuses: what failed, what was seen, what to do next. Never a password of its URL."""

from wrapped_assets.command import wrapped
from wrapped_assets.resources.errors import Refused


class RegistryError(Refused):
    """Base of everything that the registry refuses."""


class RegistryUnavailable(RegistryError):
    """A database that does not answer; it may do so in a while. Until then no token can be trusted."""

    def __init__(self, place: str, seen: str) -> None:
        super().__init__(
            f"The registry {place} could not be used.\n  What was seen: {seen}\n"
            "  Next: check WRAPPED_REGISTRY_URL, that the database is up and that this user may create tables in it."
        )


class RegistryMissing(RegistryError):
    """No file there, and what was asked for is no reason to make one."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"There is no registry at {place}.\n  It is made with the first link or token.\n"
            "  Next: check WRAPPED_HOME and WRAPPED_REGISTRY_URL."
        )


class RegistryNewer(RegistryError):
    """Tables of a newer version of this program."""

    def __init__(self, place: str, found: int, known: int) -> None:
        super().__init__(
            f"The registry {place} was not opened.\n"
            f"  Its schema has version {found}; this installation knows version {known}.\n"
            "  Next: update wrapped-assets, or name another database in WRAPPED_REGISTRY_URL."
        )


class DriverMissing(RegistryError):
    """PostgreSQL without the library that speaks to it."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The registry {place} was not opened.\n  The Python package psycopg is not installed.\n"
            "  Next: pip install 'wrapped-assets[postgres]'."
        )


class NoSuchToken(RegistryError):
    """Nothing to revoke."""

    def __init__(self, named: str) -> None:
        super().__init__(
            f"Nothing was revoked: no token and no link is called '{named}'.\n"
            "  The registry knows tokens by id and by name, and links by the last part of their address.\n"
            f"  Next: `{wrapped('token list --all')}` shows the tokens, `{wrapped('token list --year Y --all')}` the links of an edition."
        )
