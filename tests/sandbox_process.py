"""Runs the sandbox with the test services as a process of its own, to be killed.

``python -m tests.sandbox_process FOLDER`` prints the page's address as its first line.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.sandbox.run import run_sandbox
from tests.sandbox_services import open_test_services


def tell(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def main(folder: Path) -> None:
    """Serve until killed."""
    async with open_test_services(folder) as services:
        await run_sandbox(services, data_dir=folder, port=0, announce=tell)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
