"""Fast painting under load: so many clients for so long, each painting again and again. Errors, latency, memory.

python benchmarks/studio.py [--clients 64] [--seconds 60] [--size 512] [--url URL --token T] [-o FOLDER]

Starts a studio of its own in a temporary folder, unless --url names one (whose memory is then not seen). Each client
waits as long as a 429 says. Prints a table, and fails where anything but 201 and 429 was answered.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image
from record import new, write
from reporting import table

WARM_SECONDS = 10
"""Left out of the memory's growth: caches fill first."""


@dataclass
class Tally:
    """What all clients saw."""

    codes: Counter[str] = field(default_factory=Counter)
    painted: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, code: str, seconds: float) -> None:
        """One answer."""
        with self.lock:
            self.codes[code] += 1
            if code == "201":
                self.painted.append(seconds)


class Client:
    """Speaks to a studio."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.headers = url.rstrip("/"), {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, Any, float]:
        """(status, answer, seconds to wait before the next)."""
        request = urllib.request.Request(self.url + path, body, {**self.headers, "Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.load(answer), 0.0
        except urllib.error.HTTPError as error:
            error.read()
            return error.code, None, float(error.headers.get("Retry-After", 1))

    def upload(self, seed: int) -> str:
        """Id of a photo-sized picture."""
        random = np.random.default_rng(seed)
        small = Image.fromarray(random.integers(0, 255, (12, 16, 3), dtype=np.uint8))
        buffer = io.BytesIO()
        small.resize((1024, 768), Image.Resampling.BICUBIC).save(buffer, "JPEG")
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + buffer.getvalue() + f"\r\n--{mark}--\r\n".encode()
        _, told, _ = self.ask("/api/pictures", body, f"multipart/form-data; boundary={mark}")
        return str(told["id"])


def keep_painting(client: Client, order: dict[str, Any], until: float, tally: Tally) -> None:
    """What one client does."""
    body = json.dumps(order).encode()
    while time.monotonic() < until:
        started = time.monotonic()
        try:
            status, _, pause = client.ask("/api/paintings", body)
            code = str(status)
        except OSError as error:
            code, pause = type(error).__name__, 0.5
        tally.add(code, time.monotonic() - started)
        time.sleep(min(pause, max(0.0, until - time.monotonic())))


def watch(process: psutil.Process | None, until: float) -> list[float]:
    """The web process's memory in MiB, second by second."""
    seen = []
    while time.monotonic() < until:
        if process is not None:
            seen.append(process.memory_info().rss / 2**20)
        time.sleep(1)
    return seen


def begin(folder: str) -> tuple[subprocess.Popen[bytes], str]:
    """A studio of our own, and its address."""
    command = [sys.executable, "-m", "impasto", "studio", "--no-browser", "--port", "0", "--workers", "0", "--data", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    address = process.stdout.readline().decode().split()[-1]
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}api/health", timeout=5).read()
            return process, address
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the studio does not answer")


def measure(client: Client, process: psutil.Process | None, args: argparse.Namespace) -> bool:
    """Prints what was seen, and keeps it where that is wished; whether all was well."""
    clients, seconds, size, folder = args.clients, args.seconds, args.size, args.output
    photos = [client.upload(seed) for seed in range(4)]
    orders = [{"content": photos[k % 4], "styles": [{"style": "sample-night"}], "size": size} for k in range(clients)]
    client.ask("/api/paintings", json.dumps(orders[0]).encode())
    tally, until = Tally(), time.monotonic() + seconds
    threads = [threading.Thread(target=keep_painting, args=(client, order, until, tally)) for order in orders]
    for thread in threads:
        thread.start()
    memory = watch(process, until)
    for thread in threads:
        thread.join()
    painted = sorted(tally.painted) or [float("nan")]
    others = {code: count for code, count in tally.codes.items() if code not in ("201", "429")}
    seen: dict[str, Any] = {
        "paintings": len(tally.painted),
        "paintings a second": len(tally.painted) / seconds,
        "told to come back (429)": tally.codes["429"],
        "other answers": json.dumps(others) if others else "none",
        "latency, median (s)": statistics.median(painted),
        "latency, 95 of 100 (s)": painted[int(0.95 * (len(painted) - 1))],
    }
    if len(memory) > 2 * WARM_SECONDS:
        seen |= {"memory after 10 s (MiB)": memory[WARM_SECONDS], "memory at the end (MiB)": memory[-1]}
    result = new("studio", "full" if seconds >= 60 else "trial", [seen], {"clients": clients, "seconds": seconds, "size": size})
    print(f"{clients} clients, {seconds:.0f} s, {size} pixels\n\n{table(['', 'seen'], seen.items())}\n\n{result.line()}")
    if folder is not None:
        write(result, folder)
    return not others


def main() -> int:
    """Runs it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--url", help="of a studio that runs already")
    parser.add_argument("--token", default="")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="keep the result as JSON there")
    args = parser.parse_args()
    if args.url:
        return 0 if measure(Client(args.url, args.token), None, args) else 1
    with tempfile.TemporaryDirectory() as folder:
        process, address = begin(str(Path(folder) / "studio"))
        try:
            well = measure(Client(address, ""), psutil.Process(process.pid), args)
        finally:
            process.terminate()
            process.wait()
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
