"""Prints as JSON what stands in a file of XML: the texts of an SVG, or the data of a GraphML."""

import json
import sys
import xml.etree.ElementTree as ElementTree


def local(tag):
    return tag.rsplit("}", 1)[-1]


root = ElementTree.parse(sys.argv[1]).getroot()
if local(root.tag) == "svg":
    read = {
        "elements": sorted({local(element.tag) for element in root.iter()}),
        "texts": [
            "".join(element.itertext()).replace("\xa0", " ")
            for element in root.iter()
            if local(element.tag) == "text"
        ],
    }
else:
    names = {key.get("id"): key.get("attr.name") for key in root if local(key.tag) == "key"}

    def data_of(kind):
        return [
            {names[data.get("key")]: data.text for data in element}
            for element in root.iter()
            if local(element.tag) == kind
        ]

    read = {"nodes": data_of("node"), "edges": data_of("edge")}
json.dump(read, sys.stdout)
