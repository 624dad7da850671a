"""What a customer's public id promises."""

import hashlib
import hmac
import re

from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.resources.identity import wrapped_id

SECRET = bytes(range(32))


def test_a_known_secret_and_customer_give_a_known_id() -> None:
    """Should this ever change, every link given out would break."""
    assert wrapped_id(SECRET, "customer-1") == "883065d6-d27f-851e-ab8c-aef33a2a3b86"


def test_the_id_is_the_hmac_but_for_the_six_bits_that_name_its_kind() -> None:
    """Anyone who holds the secret can compute an id by hand: half a digest, two digits adjusted."""
    digest = hmac.new(SECRET, b"customer-1", hashlib.sha256).hexdigest()

    digits = wrapped_id(SECRET, "customer-1").replace("-", "")

    assert digits[:12] + digits[13:16] + digits[17:] == digest[:12] + digest[13:16] + digest[17:32]
    assert int(digits[16], 16) == 0b1000 | int(digest[16], 16) & 0b0011


@given(st.binary(min_size=32), st.text())
def test_every_id_is_a_lower_case_version_8_uuid(secret: bytes, customer_id: str) -> None:
    """Whatever the customer id holds (nothing, spaces, any script), its public form has one plain shape."""
    shape = r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

    assert re.fullmatch(shape, wrapped_id(secret, customer_id))


def test_another_customer_or_another_secret_gives_another_id() -> None:
    """Nobody without the secret can tell which id is whose, not even knowing the customer's own id."""
    ids = {wrapped_id(secret, name) for secret in (SECRET, bytes(32)) for name in ("ana", "Ana", "")}

    assert len(ids) == 6
