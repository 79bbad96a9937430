"""What is sealed opens only in its own place, and never again once the key is destroyed."""

from uuid import uuid4

import pytest

from backend.kernel.errors import NotFound
from backend.people.models import Resident
from backend.store.db import transaction
from backend.store.vault import Vault, vault
from tests.factories import make_resident


def test_a_sealed_field_opens_in_its_own_row_only(context) -> None:
    with transaction() as current:
        one, other = make_resident(current), make_resident(current)
        vault().seal(one, "phone", "19900001234")
        assert b"19900001234" not in (one.phone_sealed or b"")
        assert vault().open(one, "phone") == "19900001234"
        one.address_sealed = one.phone_sealed
        with pytest.raises(ValueError, match="does not belong"):
            vault().open(one, "address")
        vault().seal(other, "phone", "1")
        other.phone_sealed = one.phone_sealed
        with pytest.raises(ValueError, match="does not belong"):
            vault().open(other, "phone")


def test_one_changed_bit_fails_closed(context) -> None:
    with transaction() as current:
        resident = make_resident(current)
        vault().seal(resident, "phone", "19900001234")
        blob = bytearray(resident.phone_sealed or b"")
        for position in range(1, len(blob)):
            changed = bytearray(blob)
            changed[position] ^= 1
            resident.phone_sealed = bytes(changed)
            with pytest.raises(ValueError, match="does not belong"):
                vault().open(resident, "phone")


def test_erasure_makes_it_unreadable_with_the_next_transaction(context) -> None:
    with transaction() as current:
        resident = make_resident(current)
        vault().seal(resident, "phone", "19900001234")
        key = (resident.county_id, resident.id)
    with transaction() as current:
        vault().destroy(current, *key)
    with transaction() as current:
        kept = current.get(Resident, key)
        assert kept is not None
        assert kept.phone_sealed is not None
        assert vault().open(kept, "phone") is None
        with pytest.raises(NotFound):
            vault().seal(kept, "phone", "19900001235")


@pytest.mark.parametrize("cipher", ["AES-256-GCM", "SM4-GCM"])
def test_both_ciphers_seal_and_open_each_others(context, cipher: str) -> None:
    mine = Vault("demo-only-key", cipher)
    theirs = Vault("demo-only-key", "SM4-GCM" if cipher == "AES-256-GCM" else "AES-256-GCM")
    with transaction():
        subject = uuid4()
        blob = mine.seal_bytes("xinmi", subject, "place", b"value")
        assert theirs.open_bytes("xinmi", subject, "place", blob) == b"value"


def test_a_blind_index_tells_equality_and_nothing_else(context) -> None:
    assert vault().blind_index("phone", "1") == vault().blind_index("phone", "1")
    assert vault().blind_index("phone", "1") != vault().blind_index("id_number", "1")
