"""How long a page takes when many crews have it open: `python -m tests.benchmarks.sessions`.

Opens so many sessions on one running server as its browser pages would (web sockets and
Streamlit's own messages), enters each as a street unit, and taps. Prints median and worst time
from tap to the last message of the answer, the server's memory, and its processor seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Page:
    """One open page, and the buttons that it shows."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket, self.buttons, self.fragment = socket, {}, {}
        self.states: dict[str, object] = {}

    async def answer(self) -> float:
        """Wait until the page has been drawn; the seconds that it took."""
        began = time.perf_counter()
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.socket.recv(), 120))
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                if element.WhichOneof("type") == "button":
                    self.buttons[element.button.label] = element.button.id
                    self.fragment[element.button.label] = message.delta.fragment_id
            if kind == "script_finished" and message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            ):
                return time.perf_counter() - began

    async def draw(self) -> float:
        """Load the page."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self.socket.send(message.SerializeToString())
        return await self.answer()

    async def tap(self, label: str) -> float:
        """Tap the button called so."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.buttons[label], True
        if self.fragment.get(label):
            message.rerun_script.fragment_id = self.fragment[label]
        await self.socket.send(message.SerializeToString())
        return await self.answer()


async def one(url: str, taps: int, rng: random.Random, times: list[float]) -> None:
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket:
        page = Page(socket)
        await page.draw()
        await page.tap("Entra come unità di strada")
        if "Siamo sul posto" not in page.buttons and "Ripartiamo" not in page.buttons:
            # Signing in has led to another page, which is drawn by a message of its own.
            await page.answer()
        for _ in range(taps):
            await asyncio.sleep(rng.uniform(1, 5))
            times.append(await page.tap("Contattata"))


def memory(pid: int) -> float:
    """Resident memory of a process, MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def spent(pid: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rows(times: list[float], pid: int, before: tuple[float, float]) -> Iterator[str]:
    yield f"taps          {len(times)}"
    yield f"median        {statistics.median(times):.2f} s"
    yield f"worst         {max(times):.2f} s"
    yield f"memory        {before[0]:.0f} → {memory(pid):.0f} MB"
    yield f"processor     {(spent(pid) - before[1]) / len(times):.3f} s a tap"
    yield f"load          {os.getloadavg()[0]:.1f}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--pid", type=int, required=True, help="the server's process")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--taps", type=int, default=6)
    given = parser.parse_args()
    url = f"ws://localhost:{given.port}/_stcore/stream"
    before, times = (memory(given.pid), spent(given.pid)), []
    crews = [one(url, given.taps, random.Random(seed), times) for seed in range(given.sessions)]
    failed = [e for e in await asyncio.gather(*crews, return_exceptions=True) if e]
    print("\n".join(rows(times, given.pid, before)))
    if failed:
        print(f"failed        {len(failed)}: {failed[0]!r}")


if __name__ == "__main__":
    asyncio.run(main())
