"""The queries of the table, for Python's objgraph: `heap.py all N` and `heap.py hub N`.

Prints names and seconds. The graph has the shape of that in benches/src/shape.rs: the first
edges are a permutation, the second lead anywhere.
"""

import gc
import io
import random
import signal
import sys
import tempfile
import time

import objgraph

# The search for the chain is abandoned after this many seconds, which are then the result.
LIMIT = 300


class Node:
    def __init__(self, id):
        self.id = id
        self.edges = []


def grow(n):
    gc.disable()
    rng = random.Random(n)
    first = list(range(n))
    rng.shuffle(first)
    nodes = [Node(i) for i in range(n)]
    for node, target in zip(nodes, first):
        node.edges += [nodes[target], nodes[rng.randrange(n)]]
    gc.enable()
    return nodes


def now():
    """Seconds that this thread did not wait for a processor, as benches/src/clock.rs counts."""
    try:
        with open("/proc/thread-self/schedstat") as stat:
            waited = int(stat.read().split()[1]) / 1e9
    except OSError:
        waited = 0
    return time.perf_counter() - waited


def measure(name, work):
    started = now()
    work()
    print(name, now() - started, flush=True)


def query_all(n):
    globals()["nodes"] = grow(n)
    gc.collect()
    start = nodes[n // 2]
    measure("at", lambda: objgraph.at(id(start)))
    objgraph.growth()
    nodes.extend(grow(100))
    measure("growth", lambda: objgraph.growth())
    objgraph.get_new_ids(limit=0)
    nodes.extend(grow(100))
    measure("new_ids", lambda: objgraph.get_new_ids(limit=0))
    measure("leaking", objgraph.get_leaking_objects)
    measure("chain", lambda: objgraph.find_backref_chain(start, objgraph.is_proper_module))
    with tempfile.NamedTemporaryFile(suffix=".dot") as dot:
        stdout, sys.stdout = sys.stdout, io.StringIO()
        started = now()
        objgraph.show_backrefs(start, filename=dot.name)
        seconds = now() - started
        sys.stdout = stdout
    print("show_backrefs", seconds)
    del start
    nodes.clear()
    measure("gc", gc.collect)


def query_hub(n):
    """Measures the chain to the one node that the root holds, through the rest of the graph."""
    nodes = grow(n)
    globals()["root"] = nodes[0]
    start = nodes[n // 2]
    del nodes
    gc.collect()
    started = now()

    def give_up(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    try:
        objgraph.find_backref_chain(start, objgraph.is_proper_module)
    except TimeoutError:
        pass
    print("chain", now() - started)


{"all": query_all, "hub": query_hub}[sys.argv[1]](int(sys.argv[2]))
