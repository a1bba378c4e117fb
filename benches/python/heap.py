"""The questions of the table, asked of Python's objgraph: `heap.py all N` and `heap.py hub N`.

Prints names and seconds. The graph has the same form as that of benches/src/shape.rs: the first
edges are a permutation, the second go anywhere.
"""

import gc
import io
import random
import signal
import sys
import tempfile
import time

import objgraph

# After so many seconds the chain is given up, and they are what is told.
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


def tell(name, work):
    begun = time.perf_counter()
    work()
    print(name, time.perf_counter() - begun, flush=True)


def ask_all(n):
    globals()["nodes"] = grow(n)
    gc.collect()
    start = nodes[n // 2]
    tell("at", lambda: objgraph.at(id(start)))
    objgraph.growth()
    nodes.extend(grow(100))
    tell("growth", lambda: objgraph.growth())
    objgraph.get_new_ids(limit=0)
    nodes.extend(grow(100))
    tell("new_ids", lambda: objgraph.get_new_ids(limit=0))
    tell("leaking", objgraph.get_leaking_objects)
    tell("chain", lambda: objgraph.find_backref_chain(start, objgraph.is_proper_module))
    with tempfile.NamedTemporaryFile(suffix=".dot") as dot:
        stdout, sys.stdout = sys.stdout, io.StringIO()
        begun = time.perf_counter()
        objgraph.show_backrefs(start, filename=dot.name)
        seconds = time.perf_counter() - begun
        sys.stdout = stdout
    print("show_backrefs", seconds)
    del start
    nodes.clear()
    tell("gc", gc.collect)


def ask_hub(n):
    """The chain to the one node that the root holds, through the rest of the graph."""
    nodes = grow(n)
    globals()["root"] = nodes[0]
    start = nodes[n // 2]
    del nodes
    gc.collect()
    begun = time.perf_counter()

    def give_up(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    try:
        objgraph.find_backref_chain(start, objgraph.is_proper_module)
    except TimeoutError:
        pass
    print("chain", time.perf_counter() - begun)


{"all": ask_all, "hub": ask_hub}[sys.argv[1]](int(sys.argv[2]))
