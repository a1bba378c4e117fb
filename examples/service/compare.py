#!/usr/bin/env python3
"""Compares the service with itself without objgraph: throughput and latency under load of wrk, while its
metrics are scraped every second.

    python3 examples/service/compare.py [--rounds 5] [--seconds 10]

Builds both in release, then runs them in turn. Needs wrk.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    programs = {"without": build("without", []), "with": build("with", None)}
    rounds = []
    for number in range(options.rounds):
        order = list(programs.items())
        results = dict(
            (name, measure(program, options.seconds, scrapes=name == "with"))
            for name, program in (order if number % 2 == 0 else reversed(order))
        )
        rounds.append(results)
        for name, result in results.items():
            print(f"round {number + 1}, {name:8}{result}", flush=True)
    for what, figure in [
        ("throughput", lambda result: result.throughput),
        ("p99 latency", lambda result: result.p99),
        ("processor time", lambda result: result.used),
    ]:
        ratios = [figure(r["with"]) / figure(r["without"]) for r in rounds]
        median = statistics.median(ratios)
        print(f"{what}, with / without: {median:.3f} ({min(ratios):.3f} to {max(ratios):.3f})")


def build(name, features):
    """Returns the path of the program."""
    target = ROOT / "target" / "service" / name
    options = [] if features is None else ["--no-default-features"]
    subprocess.run(
        ["cargo", "build", "--release", "-p", "service-example", "--bin", "service"]
        + options
        + ["--target-dir", target],
        cwd=ROOT,
        check=True,
    )
    return target / "release" / "service"


class Result:
    def __init__(self, throughput, p99, used, scrapes):
        self.throughput, self.p99, self.used, self.scrapes = throughput, p99, used, scrapes

    def __str__(self):
        scrapes = ""
        if self.scrapes:
            scrapes = f", a scrape took {statistics.median(self.scrapes) * 1e3:.1f} ms"
        return (
            f"{self.throughput:.0f} requests a second, p99 {self.p99:.2f} ms, "
            f"{self.used * 1e6:.1f} µs of processor each{scrapes}"
        )


def measure(program, seconds, scrapes):
    port = free_port()
    service = subprocess.Popen([program, "--port", str(port)])
    try:
        wait_for(port)
        load(port, 1)
        scraper = Scraper(port) if scrapes else None
        before = processor_time(service.pid)
        output = load(port, seconds)
        used = processor_time(service.pid) - before
        times = scraper.stop() if scraper else []
    finally:
        service.kill()
        service.wait()
    # A message may come just when its user logs in again.
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    requests = int(re.search(r"(\d+) requests in", output)[1])
    assert refused is None or int(refused[1]) < requests / 1000, output
    throughput = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    p99 = float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
    return Result(throughput, p99, used / requests, times)


def processor_time(process):
    """Returns the seconds that a process has used of all processors."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(port, seconds):
    command = ["wrk", "--threads", "1", "--connections", "16", "--duration", f"{seconds}s"]
    command += ["--latency", "--script", HERE / "load.lua", f"http://127.0.0.1:{port}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Scraper:
    """Reads the metrics every second, as Prometheus does."""

    def __init__(self, port):
        url = f"http://127.0.0.1:{port}/debug/objgraph/metrics"
        accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
        self.request = urllib.request.Request(url, headers=accept)
        self.times, self.done = [], threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.done.wait(1):
            started = time.perf_counter()
            with urllib.request.urlopen(self.request) as answer:
                assert answer.read().endswith(b"# EOF\n")
            self.times.append(time.perf_counter() - started)

    def stop(self):
        self.done.set()
        self.thread.join()
        return self.times


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise SystemExit("the service does not answer")


if __name__ == "__main__":
    main()
