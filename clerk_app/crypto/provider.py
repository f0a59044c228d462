"""SM3, HMAC-SM3 and SM4-GCM by the ``cryptography`` package (OpenSSL)."""

from __future__ import annotations

import hmac as _hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from clerk_app.ports.clock import Entropy
from clerk_app.ports.crypto import Tampered

_NONCE = 12
_TAG = 16
_VERSION = b"\x01"


class NationalCrypto:
    """GB/T 32905 (SM3), GB/T 32907 (SM4) in GCM. Sealed form: version 1 | nonce 12 | tag 16 | cipher text."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy

    def digest(self, data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        code = hmac.HMAC(key, hashes.SM3())
        code.update(data)
        return code.finalize()

    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes:
        nonce = self._entropy.bytes(_NONCE)
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(_VERSION + context)
        text = encryptor.update(plain) + encryptor.finalize()
        return _VERSION + nonce + encryptor.tag + text

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        if len(sealed) < 1 + _NONCE + _TAG or sealed[:1] != _VERSION:
            raise Tampered("加密的文件读不出来：格式不对。请联系技术员，不要删除文件")
        nonce, tag, text = sealed[1:13], sealed[13:29], sealed[29:]
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(_VERSION + context)
        try:
            return decryptor.update(text) + decryptor.finalize()
        except InvalidTag as error:
            raise Tampered("加密的文件读不出来：密钥不对，或文件被改过。请联系技术员，不要删除文件") from error

    def same(self, left: bytes, right: bytes) -> bool:
        return _hmac.compare_digest(left, right)
