"""National algorithms against their standards' own examples; sealed data that was touched does not open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.crypto.keyfile import FileKeyring, open_keyring, read_private, write_private
from clerk_app.crypto.passwords import Argon2Passwords
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import StoreFault
from clerk_app.ports.crypto import Tampered
from support.hall import SeededEntropy

CRYPTO = NationalCrypto(SeededEntropy())
KEY = bytes(range(16))


def test_sm3_example_of_gbt_32905() -> None:
    assert CRYPTO.digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_sealed_data_opens_with_the_same_context_only(plain: bytes, context: bytes) -> None:
    sealed = CRYPTO.seal(KEY, plain, context)
    assert CRYPTO.open(KEY, sealed, context) == plain
    with pytest.raises(Tampered):
        CRYPTO.open(KEY, sealed, context + b"x")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_byte_of_sealed_data_can_change(place: int, change: int) -> None:
    sealed = bytearray(CRYPTO.seal(KEY, b"the paper's bytes", b"paper"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Tampered):
        CRYPTO.open(KEY, bytes(sealed), b"paper")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert CRYPTO.seal(KEY, b"x", b"") != CRYPTO.seal(KEY, b"x", b"")


def test_keys_differ_by_purpose_and_stay_the_same() -> None:
    keys = FileKeyring(bytes(32), CRYPTO)
    assert keys.key("store") == FileKeyring(bytes(32), CRYPTO).key("store")
    assert keys.key("store") != keys.key("chain")
    assert len(keys.key("papers", 16)) == 16


def test_the_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    path, store = tmp_path / "keys" / "hall.key", tmp_path / "hall.db"
    first = open_keyring(path, store, CRYPTO, SeededEntropy(1))
    again = open_keyring(path, store, CRYPTO, SeededEntropy(2))
    assert first.key("store") == again.key("store")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in access lists of the user's folder")
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hall.key"
    write_private(path, bytes(32))
    path.chmod(0o640)
    with pytest.raises(StoreFault, match="权限太宽"):
        read_private(path)


def test_a_lost_key_file_is_not_replaced_silently(tmp_path: Path) -> None:
    store = tmp_path / "hall.db"
    store.write_bytes(b"encrypted")
    with pytest.raises(StoreFault, match=r"密钥文件 hall\.key 不在"):
        open_keyring(tmp_path / "hall.key", store, CRYPTO, SeededEntropy())
    assert not (tmp_path / "hall.key").exists()


def test_a_cut_key_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "hall.key"
    write_private(path, b"short")
    with pytest.raises(StoreFault, match="已损坏"):
        open_keyring(path, tmp_path / "hall.db", CRYPTO, SeededEntropy())


def test_passwords_are_argon2id_and_salted() -> None:
    passwords = Argon2Passwords()
    encoded = passwords.hash("qing-fang-xin-8")
    assert encoded.startswith("$argon2id$")
    assert passwords.fits(encoded, "qing-fang-xin-8")
    assert not passwords.fits(encoded, "qing-fang-xin-9")
    assert not passwords.fits("nonsense", "qing-fang-xin-8")
