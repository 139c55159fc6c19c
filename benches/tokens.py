"""Paths of one-click unsubscriptions, one a reader, for benches/unsubscribe.lua: `tokens.py SECRET COUNT > paths.txt`.

Tokens made by another implementation than envoi's own (Debian: python3-cryptography); src/token.rs says how they are made.
"""

import base64
import hashlib
import hmac
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def key(secret: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, b"envoi tokens, version 1", info).derive(secret)


def main() -> None:
    secret, count = sys.argv[1].encode(), int(sys.argv[2])
    nonces, seal = key(secret, b"nonces"), AESGCM(key(secret, b"seal"))
    for number in range(count):
        address = f"reader{number}@example.org".encode()
        nonce = hmac.new(nonces, b"reader|" + address, hashlib.sha256).digest()[:12]
        token = base64.urlsafe_b64encode(b"\x01" + nonce + seal.encrypt(nonce, address, b"reader")).rstrip(b"=")
        print(f"/u/{token.decode()}")


main()
