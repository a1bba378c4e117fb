"""Runs the queries of docs/fleet.md with DuckDB, and compares their results with the page.

Usage: fleet.py FOLDER [--write], where FOLDER contains the folder `fleet` of the tables.
"""

import os
import pathlib
import re
import sys

import duckdb

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "fleet.md"


def table(result):
    """The rows as text, in columns."""
    rows = [result.columns] + [[str(value) for value in row] for row in result.fetchall()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )
    return "\n".join(lines) + "\n"


def main():
    text = PAGE.read_text()
    os.chdir(sys.argv[1])
    queries = 0

    def run(match):
        nonlocal queries
        queries += 1
        return f"```sql\n{match[1]}```\n\n```text\n{table(duckdb.sql(match[1]))}```\n"

    found = re.sub(r"```sql\n(.*?)```\n\n```text\n.*?```\n", run, text, flags=re.DOTALL)
    if "--write" in sys.argv:
        PAGE.write_text(found)
    elif found != text:
        sys.exit(f"the results differ from docs/fleet.md; these are right:\n{found}")
    print(f"{queries} queries have the results of docs/fleet.md")
    if queries < 4:
        sys.exit("docs/fleet.md has lost a query")


main()
