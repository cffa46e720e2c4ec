"""Seals what members wrote before it reaches the disk, and keys the digests. Knows nothing of the database.

One secret serves both: a Fernet key from the environment, or from a file that only its owner may read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.errors import BadSetting, StoreUnavailable

_KEY_BYTES = 32
_OTHERS_BITS = 0o077


class Vault:
    """Seals and opens text, and computes digests that nobody can guess without the key."""

    def __init__(self, key: bytes) -> None:
        """Take the 32 raw bytes of the key; the digest key is derived, so neither use reveals the other."""
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._digest_key = HKDF(SHA256(), length=_KEY_BYTES, salt=None, info=b"footnote digest 1").derive(key)

    def seal(self, text: str) -> bytes:
        """Return ``text`` encrypted and authenticated."""
        return self._fernet.encrypt(text.encode("utf-8"))

    def unseal(self, token: bytes | None) -> str | None:
        """Return the sealed text; None for an erased one and for one that this key cannot open."""
        if token is None:
            return None
        try:
            return self._fernet.decrypt(token).decode("utf-8")
        except InvalidToken:
            return None

    def digest(self, *parts: object) -> str:
        """Return a keyed SHA-256 of the parts in hex; ``("a", "bc")`` and ``("ab", "c")`` differ."""
        message = b"".join(len(part).to_bytes(8, "big") + part for part in (str(p).encode("utf-8") for p in parts))
        return hmac.new(self._digest_key, message, hashlib.sha256).hexdigest()


def new_key() -> str:
    """Return a fresh random key in the form that ``key`` and the key file take."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii")


def parse_key(text: str, origin: str) -> bytes:
    """Return the key's 32 bytes; ``origin`` names where it came from in the error, the key itself never shows.

    Raises BadSetting.
    """
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadSetting(
            f"{origin} does not hold a valid key; it must be 32 random bytes in URL-safe base64 (44 characters)."
        )
    return key


def read_key_file(path: Path) -> bytes | None:
    """Return the key in the file, None when there is no such file.

    Raises BadSetting for a file that others may read or that holds no key, StoreUnavailable when reading fails.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(1000)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(f"The key file {path} cannot be read: {error.strerror}.") from error
    if os.name == "posix" and mode & _OTHERS_BITS:
        raise BadSetting(f"The key file {path} can be read by other users; run: chmod 600 {path}")
    return parse_key(content.decode("ascii", "replace"), f"The key file {path}")


def make_key_file(path: Path) -> bytes:
    """Write a fresh key, readable by its owner only, whole or not at all; return the key now in the file.

    Raises StoreUnavailable.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_durably(draft, new_key() + "\n")
        try:
            os.link(draft, path)  # fails when another process was first, and then that one's key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise StoreUnavailable(f"The key file {path} cannot be written: {error.strerror}.") from error
    key = read_key_file(path)
    if key is None:
        raise StoreUnavailable(f"The key file {path} disappeared while it was being made; start again.")
    return key


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut (where the system has such a call)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
