"""Runs one command; prints its wall seconds and the bytes of its largest resident memory: `python -I -S watch.py COMMAND ...`.

A process of its own and a small one, because a child's peak begins with the memory of whoever started it.
"""

import os
import resource
import sys
import time

started = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status = os.waitpid(pid, 0)
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(seconds, peak)
sys.exit(os.waitstatus_to_exitcode(status) != 0)
