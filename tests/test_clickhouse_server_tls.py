"""ClickHouse behind TLS: a certificate that is not trusted is told nothing, and one's own authority can be named."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import regional
from tests.clickhouse_server import Server
from tests.landing_files import files_of, request
from tests.line import Certificate, line
from tests.regional import EXPORTED_AT, holds_no_secret
from tests.served import Served
from wrapped_assets.regions.database import RegionalDatabase
from wrapped_assets.resources.errors import RegionRefused, WarehouseUnreachable, WarehouseUntrusted

pytestmark = pytest.mark.clickhouse_server


@dataclass(frozen=True)
class Secure:
    """A server behind TLS, and the certificate that it shows."""

    server: Server
    certificate: Certificate
    port: int
    # How many bytes of answers had come back through TLS, each time that more did.
    answered: list[int]

    def warehouse(self, ca: Path | None, host: str = "127.0.0.1") -> str:
        """The setting for a warehouse here."""
        url = self.server.url(port=self.port).replace("clickhouse://", "clickhouses://")
        return url.replace("127.0.0.1", host) + (f"?ca={ca}" if ca else "")

    def region(self, ca: Path | None) -> RegionalDatabase:
        """A regional database here."""
        url = self.server.region(port=self.port, scheme="clickhouses")
        return regional.clickhouse(url + (f"?ca={ca}" if ca else ""))


@pytest.fixture
def secure(server: Server, tmp_path: Path) -> Iterator[Secure]:
    """A server behind TLS with a certificate of its own making."""
    certificate = Certificate.made(tmp_path)
    answered: list[int] = []
    with line(server.port, certificate, answered.append) as port:
        yield Secure(server, certificate, port, answered)


def said_no_secret(error: BaseException) -> bool:
    """Whether the password is nowhere in it."""
    return holds_no_secret("".join(traceback.format_exception(error)) + repr(error))


def told_nothing(secure: Secure, pipeline: Served, words: str) -> None:
    """Reading and writing are refused in these words, and the server had nothing to answer."""
    for opening in (pipeline.warehouse.reading, pipeline.warehouse.writing):
        with pytest.raises(WarehouseUntrusted, match=words) as error, opening():
            pass
        assert "WRAPPED_WAREHOUSE_URL" in str(error.value) and "?ca=" in str(error.value)
        assert said_no_secret(error.value)
    assert secure.answered == []


def test_a_warehouse_behind_tls_is_built_with_the_authority_that_the_url_names(
    secure: Secure, tmp_path: Path
) -> None:
    """The same tables as by plain HTTP."""
    plain = Served(tmp_path, url=secure.server.url("wrapped_plain"))
    plain.build(*files_of(request()))
    behind = Served(tmp_path, url=secure.warehouse(secure.certificate.file))
    behind.build()
    with plain.open() as run:
        theirs = run.tables()
    with behind.open() as run:
        assert run.tables() == theirs
    assert theirs["raw.pipe_stats"]
    assert len(secure.answered) > 100


def test_a_certificate_of_an_unknown_authority_is_refused(secure: Secure, tmp_path: Path) -> None:
    """With the setting to mend; the password has not been sent."""
    told_nothing(secure, Served(tmp_path, url=secure.warehouse(None)), "self-signed certificate")


def test_a_certificate_of_another_authority_is_refused(secure: Secure, tmp_path: Path) -> None:
    """That an authority is named does not make any other trusted."""
    other = Certificate.made(tmp_path, name="other")
    told_nothing(secure, Served(tmp_path, url=secure.warehouse(other.file)), "certificate verify failed")


def test_a_certificate_of_another_host_is_refused(secure: Secure, tmp_path: Path) -> None:
    """The authority is trusted, and the server is not the one that was asked for."""
    url = secure.warehouse(secure.certificate.file, host="localhost")
    told_nothing(secure, Served(tmp_path, url=url), "localhost")


def test_the_authorities_of_the_machine_are_trusted(
    secure: Secure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that its administrator put there, or that SSL_CERT_FILE names."""
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.certificate.file))
    Served(tmp_path, url=secure.warehouse(None)).build(*files_of(request()))
    assert len(secure.answered) > 100


def test_a_file_that_is_no_certificate_is_told(secure: Secure, tmp_path: Path) -> None:
    """The key in its place, say."""
    pipeline = Served(tmp_path, url=secure.warehouse(secure.certificate.key))
    with pytest.raises(WarehouseUnreachable, match="(?i)certificate") as error, pipeline.warehouse.reading():
        pass
    assert said_no_secret(error.value)


def test_a_region_behind_tls_is_exported(secure: Secure, tmp_path: Path) -> None:
    """With the authority that its DSN names."""
    regional.make(secure.server, "workspaces")
    secure.server.ask("insert into logs.workspaces values ('ws', 'org', 'Name')")
    path = tmp_path / "workspaces.parquet"
    assert secure.region(secure.certificate.file).snapshot("workspaces", EXPORTED_AT, path) == 1
    assert regional.rows([path])[0][:3] == ("ws", "org", "Name")
    assert secure.answered


def test_a_region_with_an_unknown_certificate_is_refused(secure: Secure, tmp_path: Path) -> None:
    """With the setting and the region to mend."""
    with pytest.raises(RegionRefused, match="self-signed certificate") as error:
        secure.region(None).snapshot("workspaces", EXPORTED_AT, tmp_path / "w.parquet")
    told = str(error.value)
    assert "region eu" in told and "WRAPPED_REGIONS" in told and "?ca=" in told
    assert said_no_secret(error.value) and secure.answered == []
