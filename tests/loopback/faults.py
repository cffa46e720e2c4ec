"""What a test may have go wrong with a request, and what the double noted about each one."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import Any

SENDING = ("POST", "/channels/*/messages")


class Refusal(Exception):
    """An answer of Discord's other than success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


@dataclass
class Fault:
    """One injected fault on matching requests; ``after`` lets the side effect happen before the answer is spoilt.

    ``times`` is how many requests it hits, -1 for ever. Without ``status`` and ``drop`` the answer is merely late.
    """

    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: bool = False
    after: bool = False

    @classmethod
    def rate_limited(cls, *, retry_after: float = 0.2, is_global: bool = False, via: bool = True) -> Fault:
        """A 429 on sending; discord.py takes one without ``Via`` for a ban by the network in front of Discord."""
        headers = {"X-RateLimit-Scope": "global" if is_global else "user", "Retry-After": str(retry_after)}
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
        return cls(*SENDING, status=429, body=body, headers=headers if via else {**headers, "Via": ""})

    @classmethod
    def refused(cls, status: int, code: int, message: str, *, times: int = 1) -> Fault:
        """An API error on sending."""
        return cls(*SENDING, times=times, status=status, body={"code": code, "message": message})

    @classmethod
    def server_error(cls, status: int = 500, *, times: int = 1, after: bool = False) -> Fault:
        """A 5xx on sending, before or after the message was made."""
        return cls(*SENDING, times=times, status=status, body={"message": "error", "code": 0}, after=after)

    @classmethod
    def dropped(cls, *, after: bool = False) -> Fault:
        """The connection is cut in place of an answer to a sending."""
        return cls(*SENDING, drop=True, after=after)

    @property
    def spoils(self) -> bool:
        """Tell whether the answer is replaced, not only late."""
        return self.drop or self.status is not None


class Faults:
    """The faults that still wait for their request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Inject faults; the first that matches a request hits it."""
        self._waiting += faults

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, used up once."""
        for fault in self._waiting:
            if fault.method in ("*", method) and fnmatch.fnmatchcase(path, fault.path):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """End all faults."""
        self._waiting.clear()


@dataclass(frozen=True)
class Seen:
    """One request as it came in, and how it was answered (status 0: the connection was cut)."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int
    at: float

    def is_at(self, method: str, path: str) -> bool:
        """Tell whether the request was for this route, ``*`` matching anything."""
        return self.method == method and fnmatch.fnmatchcase(self.path, path)
