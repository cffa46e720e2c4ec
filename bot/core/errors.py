"""Every failure a person may meet, one plain sentence each; the same tree for the command line and Discord.

An error's text says what happened and what to do. Ids travel as attributes, never post text.
"""

from __future__ import annotations


class AppError(Exception):
    """Base of all expected failures. ``str(error)`` is shown to people; ``exit_code`` ends a command."""

    exit_code = 1


class BadInput(AppError):
    """A file, line or argument that cannot be read; the sentence names the line where there is one."""

    exit_code = 2


class BadSetting(AppError):
    """A setting out of range or a secret that is missing."""

    exit_code = 2


class NoteInvalid(AppError):
    """A note file that cannot be loaded. ``path`` and ``line`` say where."""

    exit_code = 2

    def __init__(self, message: str, *, path: str = "", line: int = 0) -> None:
        """Keep where the fault is beside the sentence."""
        super().__init__(message)
        self.path = path
        self.line = line


class ScreenerBusy(AppError):
    """The judge's queue is full or its deadline passed; the post stays pending and is tried again."""


class ScreenerUnavailable(AppError):
    """No judge: weights missing, damaged or of the wrong size. The bot stays silent and says why when asked."""


class ArtifactInvalid(ScreenerUnavailable):
    """A model folder that does not match its manifest, or weights whose hash is wrong."""


class StoreUnavailable(AppError):
    """The database cannot be read or written now (locked, full disk, wrong version)."""


class LoginRefused(AppError):
    """Discord refused the token or an intent; starting again without a change would not help."""

    exit_code = 3
