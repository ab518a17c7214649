"""How long a page takes when many crews have it open: `python -m tests.benchmarks.sessions`.

Opens so many sessions on one running server as its browser pages would (web sockets and
Streamlit's own messages, the pages' own looking again among them), enters each as a street
unit, in turn, and counts contacts. Two loads: crews that tap at a human pace (`--think`
seconds between two taps), and all at the very same instant (`--at-once`). Prints median and
worst time from tap to the last message of the answer, what an answer weighs, the server's
memory, and its processor seconds.

    python tests/browser/serve.py 8501 CLOCK &     # a home with a night published; its moment
    python -m tests.benchmarks.sessions --pid $! --think 5 20
    python -m tests.benchmarks.sessions --pid $! --at-once
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

TAPS = ("Contattata", "Contattata", "Come il precedente")
UNIT = "La vostra unità"
DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Answers:
    """Seconds and bytes of what was asked."""

    opened: list[float] = field(default_factory=list)
    tapped: list[float] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)


class Page:
    """One open page: the buttons that it shows, and what it asks for again by itself."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket, self.weight = socket, 0
        self.buttons: dict[str, tuple[str, str]] = {}
        self.units: tuple[str, list[str]] = ("", [])
        self.again: dict[str, asyncio.Task[None]] = {}
        # A browser page sends one thing after the other, and waits.
        self.turn = asyncio.Lock()

    async def answer(self) -> None:
        """Wait until the page has been drawn."""
        self.weight = 0
        while True:
            raw = await asyncio.wait_for(self.socket.recv(), 180)
            self.weight += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            match message.WhichOneof("type"):
                case "delta" if message.delta.WhichOneof("type") == "new_element":
                    self._seen(message.delta)
                case "auto_rerun":
                    self._look_again(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                case "script_finished" if message.script_finished in DONE:
                    return

    def _seen(self, delta) -> None:
        element = delta.new_element
        if element.WhichOneof("type") == "button":
            self.buttons[element.button.label] = (element.button.id, delta.fragment_id)
        if element.WhichOneof("type") == "selectbox" and element.selectbox.label == UNIT:
            self.units = (element.selectbox.id, list(element.selectbox.options))

    def _look_again(self, fragment: str, seconds: float) -> None:
        async def look() -> None:
            while True:
                await asyncio.sleep(seconds)
                message = BackMsg()
                message.rerun_script.fragment_id = fragment
                message.rerun_script.is_auto_rerun = True
                await self._ask(message)

        if fragment not in self.again:
            self.again[fragment] = asyncio.create_task(look())

    def close(self) -> None:
        for task in self.again.values():
            task.cancel()

    async def _ask(self, message: BackMsg) -> None:
        async with self.turn:
            await self.socket.send(message.SerializeToString())
            await self.answer()

    async def draw(self) -> None:
        """Load the page."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self._ask(message)

    async def tap(self, label: str, unit: int | None = None) -> None:
        """Tap the button called so, having chosen a unit of the list where one is given."""
        message = BackMsg()
        button, fragment = self.buttons[label]
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button, True
        if unit is not None:
            identifier, options = self.units
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = identifier, options[unit % len(options)]
        if fragment:
            message.rerun_script.fragment_id = fragment
        await self._ask(message)


async def enter(page: Page, number: int) -> None:
    """Open the program as a phone of the unit whose turn it is."""
    await page.draw()
    await page.tap("Entra come unità di strada", unit=number)
    if "Contattata" not in page.buttons:
        # Signing in has led to another page, which is drawn by a message of its own.
        async with page.turn:
            await page.answer()


async def one(given: argparse.Namespace, number: int, all_in, found: Answers) -> None:
    rng = random.Random(number)
    url = f"ws://localhost:{given.port}/_stcore/stream"
    await asyncio.sleep(given.opening * number / given.sessions)
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket:
        page = Page(socket)
        began = time.perf_counter()
        await enter(page, number)
        found.opened.append(time.perf_counter() - began)
        await all_in.wait()
        for _ in range(given.taps):
            if given.at_once:
                await asyncio.sleep(3)
                await all_in.wait()
            else:
                await asyncio.sleep(rng.uniform(*given.think))
            label = rng.choice([label for label in TAPS if label in page.buttons])
            began = time.perf_counter()
            await page.tap(label)
            found.tapped.append(time.perf_counter() - began)
            found.weights.append(page.weight)
        await all_in.wait()
        page.close()


def memory(pid: int, which: str = "VmRSS") -> float:
    """Resident memory of a process, MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def spent(pid: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rows(found: Answers, pid: int, before: float, entered: float, began: float) -> Iterator[str]:
    taps, opened = sorted(found.tapped), found.opened
    used = spent(pid) - entered
    yield f"opening       median {statistics.median(opened):.2f} s, worst {max(opened):.2f} s"
    yield f"taps          {len(taps)} in {time.perf_counter() - began:.0f} s"
    yield f"median        {statistics.median(taps):.2f} s"
    yield f"one in twenty {taps[int(0.95 * len(taps))]:.2f} s"
    yield f"worst         {taps[-1]:.2f} s"
    yield f"an answer     {statistics.median(found.weights) / 1000:.1f} kB"
    yield f"memory        {before:.0f} → {memory(pid):.0f} MB, most {memory(pid, 'VmHWM'):.0f}"
    yield f"processor     {used:.1f} s, {used / len(taps):.3f} s a tap"
    yield f"load          {os.getloadavg()[0]:.1f}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--pid", type=int, required=True, help="the server's process")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--taps", type=int, default=8)
    parser.add_argument("--opening", type=float, default=30, help="seconds in which all open")
    parser.add_argument("--think", type=float, nargs=2, default=(5, 20), help="between two taps")
    parser.add_argument("--at-once", action="store_true", help="all tap at the same instant")
    given = parser.parse_args()
    before, found = memory(given.pid), Answers()
    all_in = asyncio.Barrier(given.sessions + 1)
    crews = [asyncio.create_task(one(given, n, all_in, found)) for n in range(given.sessions)]
    gathered = asyncio.gather(*crews)
    waiting = asyncio.create_task(all_in.wait())
    await asyncio.wait({gathered, waiting}, return_when=asyncio.FIRST_COMPLETED)
    entered, began = spent(given.pid), time.perf_counter()
    for _ in range(given.taps * given.at_once + 1):
        await asyncio.wait(
            {gathered, asyncio.create_task(all_in.wait())}, return_when=asyncio.FIRST_COMPLETED
        )
    await gathered
    print("\n".join(rows(found, given.pid, before, entered, began)))


if __name__ == "__main__":
    asyncio.run(main())
