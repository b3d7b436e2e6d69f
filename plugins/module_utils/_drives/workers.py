# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many drives at once: bounded workers, one deadline per drive, and none that can hold up the others.

A job, the work on one drive, is a generator: it works, yields a `Pause` when it has to wait (such as for a self test),
works again, and returns its outcome. So a thousand waiting drives occupy no thread, and one that does not answer
occupies only its own: when its deadline has passed, the drive is given up and another worker replaces the stuck one.
The threads are daemons, because a thread inside an ioctl can be neither killed nor joined.
"""

from __future__ import annotations

import heapq
import queue
import threading
import time
from typing import Any, Callable, Generator, Generic, NamedTuple, Sequence, TypeVar


class Pause(NamedTuple):
    """What a job yields: it goes on after ``seconds``, and may then work ``more_seconds`` past its deadline.

    ``more_seconds`` is for a command that takes long by design, such as a foreground self test.
    """

    seconds: float
    more_seconds: float = 0.0


Outcome = TypeVar("Outcome")
#: What is done with one drive.
Job = Generator[Pause, None, Outcome]

#: The longest interval between two checks of the deadlines, in seconds.
_WATCH_SECONDS = 0.25


class _QueuedJob(Generic[Outcome]):
    """A job on its way through the workers."""

    def __init__(self, position: int, job: Job[Outcome]) -> None:
        self.position = position
        self._job = job
        #: Seconds that the drive has worked, not counting pauses.
        self.spent = 0.0
        self.started = 0.0

    def advance(self) -> tuple[str, Any]:
        """Works until the next pause, the end, or an error."""
        try:
            return "pause", next(self._job)
        except StopIteration as stop:
            return "return", stop.value
        except Exception as error:  # whatever it is, it belongs to this drive; the caller decides what it means
            return "error", error


class _Workers(Generic[Outcome]):
    """The threads, and the jobs that they are working on."""

    def __init__(self, count: int, clock: Callable[[], float]) -> None:
        self.ready: queue.SimpleQueue[_QueuedJob[Outcome] | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[_QueuedJob[Outcome], str, Any]] = queue.SimpleQueue()
        self._clock = clock
        self._count = count
        self._lock = threading.Lock()
        self._in_hand: dict[int, _QueuedJob[Outcome]] = {}
        for _worker in range(count):
            self._hire()

    def give_up(self, deadline_seconds: float) -> list[_QueuedJob[Outcome]]:
        """Removes the jobs that have worked longer, and starts a new worker for each that is stuck with one."""
        now = self._clock()
        with self._lock:
            late = [job for job in self._in_hand.values() if job.spent + now - job.started > deadline_seconds]
            for job in late:
                del self._in_hand[job.position]
        for _job in late:
            self._hire()
        return late

    def dismiss(self) -> None:
        """Ends the workers, except those that are stuck."""
        for _worker in range(self._count):
            self.ready.put(None)

    def _hire(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            job = self.ready.get()
            if job is None:
                return
            with self._lock:
                job.started = self._clock()
                self._in_hand[job.position] = job
            event, value = job.advance()
            with self._lock:
                if self._in_hand.pop(job.position, None) is None:
                    return  # given up meanwhile: another worker has taken this one's place
                job.spent += self._clock() - job.started
            self.done.put((job, event, value))


def run(jobs: Sequence[Job[Outcome]], workers: int, deadline_seconds: float,
        on_timeout: Callable[[int], Outcome], on_error: Callable[[int, Exception], Outcome],
        clock: Callable[[], float] = time.monotonic) -> list[Outcome]:
    """The outcomes of all jobs, in their order.

    ``deadline_seconds`` is how long each may work, not counting its pauses. ``on_timeout`` and ``on_error`` return the
    outcome of a job, given its position, that took longer or raised an exception.
    """
    outcomes: dict[int, Outcome] = {}
    pausing: list[tuple[float, int, _QueuedJob[Outcome]]] = []
    crew: _Workers[Outcome] = _Workers(max(1, min(workers, len(jobs))), clock)
    for position, each in enumerate(jobs):
        crew.ready.put(_QueuedJob(position, each))
    while len(outcomes) < len(jobs):
        sleep = min(_WATCH_SECONDS, max(0.001, pausing[0][0] - clock())) if pausing else _WATCH_SECONDS
        try:
            job, event, value = crew.done.get(timeout=sleep)
        except queue.Empty:
            pass
        else:
            if event == "return":
                outcomes[job.position] = value
            elif event == "error":
                outcomes[job.position] = on_error(job.position, value)
            else:
                # The deadline applies to the work between two pauses: a wait of days polls many times.
                job.spent = -value.more_seconds
                heapq.heappush(pausing, (clock() + value.seconds, job.position, job))
        while pausing and pausing[0][0] <= clock():
            crew.ready.put(heapq.heappop(pausing)[2])
        for late in crew.give_up(deadline_seconds):
            outcomes[late.position] = on_timeout(late.position)
    crew.dismiss()
    return [outcomes[position] for position in range(len(jobs))]
