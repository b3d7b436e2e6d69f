# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thread for everything: sockets that are ready, timers that are due, calls from other threads.

Why not one thread per connection: device models need no locks, whatever they share (a copy between two units, a
reservation, a test that another initiator aborts); a task may stay open for hours and costs one entry in a heap; and
in CPython threads would take turns at the interpreter anyway. The price is that no callback may block.

Why not asyncio, whose loop has the same calls (add_reader, add_writer, call_later, call_soon_threadsafe): nothing else
of it is needed here, and every task would import all of it, used or not. This loop takes its clock as an argument, so
that tests can let an hour pass at once; asyncio has no such argument.
"""

from __future__ import annotations

import collections
import heapq
import itertools
import logging
import selectors
import socket
import time
from typing import Any, Callable

from ..contract import Handle, Timers

_LOG = logging.getLogger(__name__)

#: The longest wait, in case the clock jumps.
_LONGEST_WAIT_SECONDS = 60.0

Callback = Callable[[], Any]


class _Timer(Handle):
    """An entry in the heap; cancelled ones stay there till they are due."""

    __slots__ = ("function",)

    def __init__(self, function: Callback) -> None:
        self.function: Callback | None = function

    def cancel(self) -> None:
        self.function = None


class Reactor(Timers):
    """The loop. Everything but `call_soon` and `stop` is for the thread that calls `run` only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._timers: list[tuple[float, int, _Timer]] = []
        self._order = itertools.count()
        self._soon: collections.deque[Callback] = collections.deque()
        self._watched: set[object] = set()
        self._stopping = False
        self._waker: socket.socket | None = None

    def open(self) -> None:
        """Opens the selector and the wake-up sockets; until then timers and calls wait."""
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakened = socket.socketpair()
        self._waker.setblocking(False)
        self._wakened.setblocking(False)
        self.watch(self._wakened, self._drain)

    def now(self) -> float:
        return self._clock()

    def call_later(self, seconds: float, function: Callback) -> Handle:
        timer = _Timer(function)
        heapq.heappush(self._timers, (self._clock() + max(0.0, seconds), next(self._order), timer))
        return timer

    def call_soon(self, function: Callback) -> None:
        """Calls ``function`` in the loop's thread. May be called from any thread."""
        self._soon.append(function)
        waker = self._waker
        if waker is None:
            return
        try:
            waker.send(b"\0")
        except BlockingIOError:
            pass  # enough wake-ups are pending already
        except OSError:
            _LOG.debug("call_soon after the end of the loop")

    def call_after(self, function: Callback) -> None:
        """Calls ``function`` at the end of this turn of the loop. Only for the loop's own thread."""
        self._soon.append(function)

    def watch(self, sock: socket.socket, callback: Callable[[int], Any], writing: bool = False,
              reading: bool = True) -> None:
        """Calls ``callback`` with the events as long as the socket is ready; a second call replaces the first."""
        events = (selectors.EVENT_READ if reading else 0) | (selectors.EVENT_WRITE if writing else 0)
        if events and sock in self._watched:
            self._selector.modify(sock, events, callback)
        elif events:
            self._selector.register(sock, events, callback)
            self._watched.add(sock)
        elif sock in self._watched:
            self._watched.remove(sock)
            self._selector.unregister(sock)

    def forget(self, sock: socket.socket) -> None:
        """Stops watching a socket that is about to be closed."""
        self.watch(sock, _nothing, reading=False)

    def run(self) -> None:
        """Runs until `stop`."""
        while not self._stopping:
            self.step()

    def stop(self) -> None:
        """Ends `run` after its current turn. May be called from any thread."""
        self._stopping = True
        self.call_soon(_nothing)

    def step(self, wait: bool = True) -> None:
        """One turn: waits until something is ready, then calls the callbacks of all that is."""
        for key, events in self._selector.select(self._wait_seconds() if wait else 0):
            if key.fileobj in self._watched:  # not forgotten by a callback of this very turn
                _guarded(key.data, events)
        # Only what is due or waiting now: what a callback schedules comes after the sockets have had their turn.
        now = self._clock()
        last = next(self._order)
        while self._timers and self._timers[0][0] <= now and self._timers[0][1] < last:
            timer = heapq.heappop(self._timers)[2]
            if timer.function is not None:
                function, timer.function = timer.function, None
                _guarded(function)
        for _each in range(len(self._soon)):
            _guarded(self._soon.popleft())

    def close(self) -> None:
        """Closes the selector and the wake-up sockets."""
        if self._waker is not None:
            self._selector.close()
            self._waker.close()
            self._wakened.close()

    def _wait_seconds(self) -> float:
        if self._soon:
            return 0.0
        while self._timers and self._timers[0][2].function is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return _LONGEST_WAIT_SECONDS
        return min(_LONGEST_WAIT_SECONDS, max(0.0, self._timers[0][0] - self._clock()))

    def _drain(self, _events: int) -> None:
        try:
            while self._wakened.recv(4096):
                pass
        except BlockingIOError:
            pass


def _nothing(*_arguments: Any) -> None:
    """Does nothing."""


def _guarded(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls a function and logs its exceptions: a bug in one connection or model must not end the loop."""
    try:
        function(*arguments)
    except Exception:
        _LOG.exception("a callback of the emulated target failed")
