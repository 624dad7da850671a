"""The e-mail that is written for each customer, and that nobody is told who reads it."""

import csv
import io
import re

import pytest

from tests import year_documents
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.pages.announcement import mail, table
from wrapped_assets.serving.pages.theme import default_theme

ADDRESS = "https://wrapped.example.com/wrapped/acme-6f1d0c9a2b7e4f58a1c3"


def test_the_mail_says_what_matters_and_where_to_see_the_rest() -> None:
    """In both forms: the name, the requests, the peak day, the link, how far it reaches."""
    written = mail(USAGE.tell(year_documents.rich(), "Acme Logistics"), ADDRESS, default_theme())

    assert written.title == "Acme Logistics: your 2025, wrapped"
    for form in (written.text, written.html):
        for part in ("Acme Logistics", "12,495,011", "27 November", ADDRESS, "31 December 2025, 23:59 UTC"):
            assert part in form


def test_a_date_and_its_number_are_told_apart() -> None:
    """Not "27 November 164,301 requests"."""
    written = mail(USAGE.tell(year_documents.rich(), "Acme Logistics"), ADDRESS, default_theme())

    assert "Peak day: 27 November, 164,301 requests\n" in written.text
    assert "Requests: 12,495,011 API requests\n" in written.text


def test_opening_the_mail_asks_nobody_for_anything() -> None:
    """No image, no script, no style sheet or font from anywhere: the only address is the page's."""
    html = mail(USAGE.tell(year_documents.rich(), "Acme"), ADDRESS, default_theme()).html

    assert re.findall(r"<(?:img|script|link|iframe|video|object)", html) == []
    assert re.findall(r"https?://[^\"'\s<]+", html) == [ADDRESS]
    assert "url(" not in html and "token" not in html


@pytest.mark.parametrize("name", ["<b>Acme</b>", "Acme\r\nBcc: everybody@example.com", None])
def test_a_name_stays_a_name(name: str | None) -> None:
    """It becomes neither markup nor a header of the mail."""
    written = mail(USAGE.tell(year_documents.rich(), name), ADDRESS, default_theme())

    assert "<b>" not in written.html
    assert "\n" not in written.title and "\r" not in written.title


def test_the_table_names_each_customer_once_and_computes_nothing() -> None:
    """A name that a spreadsheet would run is quoted; one that holds commas and quotes stays one cell."""
    rows = [
        ("id-1", "=HYPERLINK(1)", ADDRESS, "=HYPERLINK(1): your 2025, wrapped"),
        ("id-2", 'Ana, "Bo" & Co', ADDRESS, "x"),
    ]

    read = [*csv.DictReader(io.StringIO(table(rows)))]

    assert [row["wrapped_id"] for row in read] == ["id-1", "id-2"]
    assert read[0]["company"] == "'=HYPERLINK(1)"
    assert read[1]["company"] == 'Ana, "Bo" & Co'
    assert read[1]["html_file"] == "id-2.html"
