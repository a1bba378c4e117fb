#!/usr/bin/env python3
"""Watches the service under load, first with its leak and then without: with Prometheus, with
`go tool pprof`, and with the watcher in the service itself.

    python3 examples/service/observe.py [--seconds 60]

Ten seconds of the service's life pass in one. Needs prometheus and go. Ends with an error if one of the
three does not find the leak, or finds one where there is none.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCALE = 10
ROUTES = "/debug/objgraph"

# What grew: in the last third, there were never as few as there were at most in the third before.
GROWN = """
sort_desc(
  sum by (type, site) (
    min_over_time(objgraph_objects[{third}s]) - max_over_time(objgraph_objects[{third}s] offset {third}s)
  ) > 0
)
""".strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="of load, for each of the two")
    parser.add_argument("--debug", action="store_true", help="without optimisation, built sooner")
    options = parser.parse_args()
    command = ["cargo", "build", "-p", "service-example"]
    if not options.debug:
        command.append("--release")
    subprocess.run(command, cwd=ROOT, check=True)
    target = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    programs = target / ("debug" if options.debug else "release")
    print(f"\n== with the leak, {options.seconds} s of load")
    observe(programs, ["--leak"], options.seconds, leaks=True)
    print(f"\n== without it, {options.seconds} s of load")
    observe(programs, [], options.seconds, leaks=False)
    print("\nall three found the leak, and nothing where there is none")


def observe(built, arguments, seconds, leaks):
    with tempfile.TemporaryDirectory() as folder, Programs() as programs:
        port = free_port()
        watched = Path(folder) / "watched"
        # The watcher looks once in half a minute of the service's life.
        every = str(30 / SCALE)
        with open(watched, "wb") as output:
            service = [built / "service", "--port", str(port), "--every", every, *arguments]
            programs.start(service, stderr=output)
        wait_for(port)
        prometheus = start_prometheus(programs, Path(folder), port)
        load = [built / "load", "--port", str(port), "--seconds", str(seconds)]
        subprocess.run([*load, "--scale", str(SCALE)], check=True)
        grown = ask_prometheus(prometheus, GROWN.format(third=seconds // 3))
        top = leaked_by_pprof(port)
        # The last look may be under way.
        text = watched.read_text()
    show("Prometheus", [f"{count:>6} more  {kind:24}{site}" for kind, site, count in grown])
    show("go tool pprof -top -sample_index=leaked_objects", top)
    show("the watcher", text.splitlines())
    found = {
        "Prometheus": {kind.rpartition("::")[2] for kind, _, _ in grown},
        "go tool pprof": set(re.findall(r"(\w+)$", "\n".join(top), re.MULTILINE)),
        "the watcher": set(re.findall(r"\b(?:Session|Room|Message|Page)\b", text)),
    }
    expected = {"Session", "Room"} if leaks else set()
    for tool, types in found.items():
        assert types == expected, f"{tool} found {types or 'nothing'}, not {expected or 'nothing'}"
    if leaks:
        lines = line_of("let session = Arc::new(Session {"), line_of("Arc::new(Self {")
        for line in lines:
            site = f"examples/service/src/chat.rs:{line}"
            assert any(s.startswith(f"{site}:") for _, s, _ in grown), site
            assert site in text, site


def line_of(code):
    lines = (HERE / "src" / "chat.rs").read_text().splitlines()
    within = False
    for number, line in enumerate(lines, 1):
        within = within or line.startswith("impl Room") or "let session" in code
        if within and code in line:
            return number
    raise SystemExit(f"no line has {code}")


def show(who, lines):
    print(f"-- {who}:")
    for line in lines or ["(nothing)"]:
        print(f"   {line}")
    sys.stdout.flush()


def start_prometheus(programs, folder, port):
    config = folder / "prometheus.yml"
    config.write_text((HERE / "prometheus.yml").read_text().replace("8080", str(port)))
    own = free_port()
    with open(folder / "prometheus.log", "wb") as log:
        command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
        command.append(f"--web.listen-address=127.0.0.1:{own}")
        programs.start(command, stdout=log, stderr=log)
    wait_for(own)
    return own


def ask_prometheus(port, query):
    print("-- asked of Prometheus:", *query.splitlines(), sep="\n   ")
    assert all(value == "1" for _, value in results(port, "up")), "the service was not scraped"
    assert results(port, "up"), "the service was not scraped"
    rows = []
    for labels, value in results(port, query):
        rows.append((labels["type"], labels["site"], int(float(value))))
    return rows


def results(port, query):
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(url) as answer:
        data = json.load(answer)["data"]["result"]
    return [(row["metric"], row["value"][1]) for row in data]


def leaked_by_pprof(port):
    """Returns the lines of the table in which something has leaked."""
    go = ["go", "tool", "pprof", "-top", "-sample_index=leaked_objects"]
    url = f"http://127.0.0.1:{port}{ROUTES}/pprof"
    output = subprocess.run([*go, url], check=True, capture_output=True, text=True).stdout
    lines = [line.rstrip() for line in output.splitlines()]
    rows = lines[next(n for n, line in enumerate(lines) if "flat%" in line) + 1 :]
    return [row for row in rows if not re.match(r"\s*0\s", row)]


class Programs:
    """Programs that end with the script."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        return self

    def start(self, command, **streams):
        self.running.append(subprocess.Popen(command, **streams))

    def __exit__(self, *_):
        for program in reversed(self.running):
            program.send_signal(signal.SIGTERM)
            program.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens to port {port}")


if __name__ == "__main__":
    for tool in ["prometheus", "go"]:
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed")
    main()
