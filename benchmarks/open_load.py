"""An open load: requests leave at their appointed time whether or not earlier ones were answered, so waiting counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

#: Connections are kept and reused; more than this many at once means that the server is overrun.
MOST_CONNECTIONS = 64


@dataclass(frozen=True)
class Load:
    """What was measured: the latency of each answer in seconds from its appointed time on, and how many failed."""

    latencies: tuple[float, ...]
    failed: int
    per_second: float

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests stays within."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def open_load(port: int, request: Callable[[int], bytes], per_second: int, seconds: float) -> Load:
    """Send ``request(0)``, ``request(1)``, … to this machine, so many each second."""
    return asyncio.run(_run(port, request, per_second, int(per_second * seconds)))


async def _run(port: int, request: Callable[[int], bytes], per_second: int, count: int) -> Load:
    idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
    for _ in range(MOST_CONNECTIONS):
        idle.put_nowait(None)
    latencies: list[float] = []
    failed = 0
    started = perf_counter() + 0.1

    async def ask(number: int) -> None:
        nonlocal failed
        appointed = started + number / per_second
        await asyncio.sleep(max(0.0, appointed - perf_counter()))
        held = await idle.get()
        try:
            reader, writer = held or await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(number))
            status = await _answer(reader)
            latencies.append(perf_counter() - appointed)
            failed += status != 200
            idle.put_nowait((reader, writer))
        except (OSError, asyncio.IncompleteReadError, ValueError):
            failed += 1
            idle.put_nowait(None)

    await asyncio.gather(*(ask(number) for number in range(count)))
    taken = perf_counter() - started
    while not idle.empty():
        if (held := idle.get_nowait()) is not None:
            held[1].close()
    return Load(tuple(latencies), failed, count / taken)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
    await reader.readexactly(length)
    return int(lines[0].split(" ")[1])
