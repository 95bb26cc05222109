"""Whether a passphrase is the one of a stack file's `encryptionsalt`, as Pulumi itself finds out.

The salt is `v1:<salt>:v1:<nonce>:<ciphertext>`; the ciphertext is the word "pulumi" under AES-256-GCM with a
key by PBKDF2 (SHA-256, a million rounds):
https://github.com/pulumi/pulumi/blob/master/pkg/secrets/passphrase/manager.go,
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/config/crypt.go
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

_ROUNDS: Final = 1_000_000
_KEY_BYTES: Final = 32
_WORD: Final = b"pulumi"


def opens(passphrase: str, encryption_salt: str) -> bool | None:
    """Whether the passphrase is the right one. None: the salt has another form."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    parts = encryption_salt.split(":")
    if len(parts) != 5 or parts[0] != "v1" or parts[2] != "v1":
        return None
    try:
        salt, nonce, ciphertext = (base64.b64decode(parts[index], validate=True) for index in (1, 3, 4))
        key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, _KEY_BYTES)
        return AESGCM(key).decrypt(nonce, ciphertext, None) == _WORD
    except InvalidTag:
        return False
    except (binascii.Error, ValueError):
        return None
