"""The id_token of the openid scope: who signed in, signed with a key of this server's own."""

from __future__ import annotations

import base64
import json
import secrets
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

SUBJECT = "sandbox-bookkeeper"
_LIFE = 3600


class Signer:
    """Signs id_tokens (RS256). The key is made when the first one is asked for, and lasts as long as the process."""

    def __init__(self) -> None:
        self.key_id = secrets.token_hex(8)

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def id_token(self, *, issuer: str, client_id: str, realm_id: str, now: float) -> str:
        """Return a signed token about the bookkeeper of this company, good for an hour from `now` (seconds)."""
        claims = {
            "sub": SUBJECT,
            "aud": [client_id],
            "realmid": realm_id,
            "auth_time": int(now),
            "iss": issuer,
            "iat": int(now),
            "exp": int(now) + _LIFE,
        }
        parts = ({"alg": "RS256", "kid": self.key_id, "typ": "JWT"}, claims)
        text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
        return f"{text}.{_encoded(self._key.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"

    def public_keys(self) -> dict[str, Any]:
        """Return the key set by which callers check the signature."""
        numbers = self._key.public_key().public_numbers()
        values = {name: _encoded(value.to_bytes(length, "big")) for name, value, length in _parts(numbers)}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, **values}]}


def _parts(numbers: rsa.RSAPublicNumbers) -> tuple[tuple[str, int, int], ...]:
    return ("n", numbers.n, 256), ("e", numbers.e, 3)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
