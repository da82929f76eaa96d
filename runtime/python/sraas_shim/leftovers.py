"""Work that goes on, and prints, in the next caller's time."""

import sys
from _signal import ITIMER_REAL, getitimer
from _thread import _count as count_threads
from posix import P_ALL, WEXITED, WNOHANG, WNOWAIT, getpid, listdir, waitid
from time import sleep

LOOKS = 10
PAUSE_SECONDS = 0.002
UNKNOWN = 2**31


class Leftovers:
    """Tells whether a call has left more running work than it found: threads, children, an alarm, asyncio's tasks.

    What is open and idle does not count: connections, and the workers of a thread pool that has nothing to do.
    """

    def __init__(self, event_loop):
        self._event_loop = event_loop
        self._before = ()

    def begin(self):
        self._before = self._count()

    def is_tidy(self):
        """Looks again for a moment: what has just ended, a thread that was joined, may still be going."""
        for look in range(LOOKS):
            if look == 1:
                self._event_loop.turn()
            elif look > 1:
                sleep(PAUSE_SECONDS)
            if all(now <= before for now, before in zip(self._count(), self._before)):
                return True
        return False

    def _count(self):
        return (
            count_threads() - _count_idle_pool_workers(),
            _count_children(),
            1 if getitimer(ITIMER_REAL)[0] > 0 else 0,
            self._count_tasks(),
        )

    def _count_tasks(self):
        try:
            return self._event_loop.count_tasks()
        except Exception:
            # User code has taken asyncio apart.
            return UNKNOWN


def _count_children():
    try:
        # No children at all is what one system call can tell.
        waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)
    except ChildProcessError:
        return 0
    parent = str(getpid()).encode()
    return sum(_is_running_child(name, parent) for name in listdir("/proc") if name.isdigit())


def _is_running_child(process_id, parent):
    try:
        with open("/proc/%s/stat" % process_id, "rb") as file:
            # The program's name, in parentheses, may hold anything. State and parent follow it. Source: proc(5).
            state, parent_id = file.read().rpartition(b")")[2].split()[:2]
    except OSError:
        return False
    return parent_id == parent and state != b"Z"


def _count_idle_pool_workers():
    """Threads of concurrent.futures that wait for something to do. What cannot be found out counts as busy."""
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is None:
        return 0
    try:
        executors = {id(pool): pool for pool in map(_executor_of, list(pools._threads_queues)) if pool is not None}
        return sum(pool._idle_semaphore._value for pool in executors.values() if pool._work_queue.empty())
    except Exception:
        return 0


def _executor_of(worker):
    # A worker is started with a weak reference to its executor before all else.
    return worker._args[0]()
