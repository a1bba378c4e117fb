"""Reads a GraphML file with NetworkX and writes what it holds as JSON."""

import json
import sys

import networkx

graph = networkx.read_graphml(sys.argv[1])
json.dump(
    {
        "directed": graph.is_directed(),
        "nodes": [[name, data] for name, data in graph.nodes(data=True)],
        "edges": [[source, target, data] for source, target, data in graph.edges(data=True)],
    },
    sys.stdout,
)
