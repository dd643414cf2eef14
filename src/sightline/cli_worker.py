"""`sightline worker`: the judging worker as a process."""

import asyncio
import re
import signal
from collections.abc import Sequence

from sightline.errors import SettingsError


def work(url: str, *, judges: Sequence[str] | None, concurrency: int, share: str, traces: bool, log_level: str) -> None:
    """Run until SIGINT or SIGTERM. Raises SettingsError for options that can't be used."""
    from sightline.judge.worker import Worker, WorkerOptions
    from sightline.serve.logging import configure_logging

    found = re.fullmatch(r"(\d{1,5})/(\d{1,5})", share)
    if found is None or not 1 <= int(found[1]) <= int(found[2]) <= 10_000:
        raise SettingsError(f"--share is {share!r}: write i/n, such as 1/4 for the first of four ranges.")
    if log_level not in ("debug", "info", "warning", "error"):
        raise SettingsError(f"--log-level is {log_level!r}: it is debug, info, warning or error.")
    configure_logging(log_level)
    options = WorkerOptions(url, concurrency=concurrency, judges=judges or None, share=(int(found[1]) - 1, int(found[2])), traces=traces)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await Worker(options).run(stop)

    asyncio.run(until_stopped())
