"""The worker processes that a studio starts along with itself: begun, watched, begun again when one dies, ended together."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time

from sqlalchemy.exc import DBAPIError

from impasto.studio.config import Config
from impasto.studio.jobs import Jobs
from impasto.studio.names import new_name

LOG = logging.getLogger("impasto.studio")
STOP_SECONDS = 20.0
"""Time for a worker to finish its step and keep a checkpoint."""

PAUSE_SECONDS = 1.0, 30.0
"""Before a worker that died is begun again: at first, and at most when it keeps dying."""

CALM_SECONDS = 60.0

# PyTorch's threads spin while they wait, and the web process needs the same cores.
QUIET = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}


class Crew:
    """`with Crew(config, jobs):` has its workers at work inside."""

    def __init__(self, config: Config, jobs: Jobs) -> None:
        self._config, self._jobs = config, jobs
        self._ending = threading.Event()
        self._watchers = [threading.Thread(target=self._watch, daemon=True) for _ in range(config.workers)]
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> "Crew":
        for watcher in self._watchers:
            watcher.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ending.set()
        with self._lock:
            processes = list(self._processes)
        for process in processes:
            if process.stdin:
                process.stdin.close()  # which tells the worker to stop
        until = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for watcher in self._watchers:
            watcher.join(timeout=2)

    def _watch(self) -> None:
        pause = PAUSE_SECONDS[0]
        while not self._ending.is_set():
            started = time.monotonic()
            code = self._run()
            if self._ending.is_set():
                return
            pause = PAUSE_SECONDS[0] if time.monotonic() - started > CALM_SECONDS else min(2 * pause, PAUSE_SECONDS[1])
            LOG.warning("a worker ended with code %s; another begins in %.0f s, and its job goes on there", code, pause)
            self._ending.wait(pause)

    def _run(self) -> int:
        environment = {**QUIET, **os.environ, **self._config.environment()}
        # The pipe stays open for as long as this process lives, however it ends.
        name = new_name()
        command = [sys.executable, "-m", "impasto", "worker", "--attached", name]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        with self._lock:
            self._processes.add(process)
        try:
            return process.wait()
        finally:
            with self._lock:
                self._processes.discard(process)
            with contextlib.suppress(DBAPIError):  # or else the lease runs out by itself
                self._jobs.disown(name)
