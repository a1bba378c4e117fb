"""Completes and checks the book that mdBook has built: pages.py BOOK.

Links that lead out of `docs`, such as to an example, become links to the repository. Then each page of
`docs` is a chapter, each heading can be found by the search box, and no program has a button that would run
it in the playground of Rust, which does not have objgraph.
"""

import json
import os
import re
import sys
import tomllib
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
REPOSITORY = tomllib.loads((DOCS / "book.toml").read_text())["output"]["html"]["git-repository-url"]


def lead_out(book):
    """Lets links out of the book lead to the repository."""
    for html in book.rglob("*.html"):
        folder = html.parent.relative_to(book)

        def absolute(link):
            target = os.path.normpath(DOCS.name / folder / link[2])
            if target.startswith(f"{DOCS.name}/"):
                return link[0]
            if not (DOCS.parent / target).exists():
                sys.exit(f"{html}: a link leads to {target}, which does not exist")
            return f'{link[1]}"{REPOSITORY}/blob/main/{target}"'

        # mdBook calls the page of a README `index`, and leaves links to it as they are.
        text = re.sub(r'( href="[^":]*)README\.html', r"\1index.html", html.read_text())
        html.write_text(re.sub(r'( href=)"(\.\./[^"#:]*)"', absolute, text))


def headings(page):
    """The headings of a page of Markdown, outside of its blocks."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)


def main():
    book = Path(sys.argv[1])
    lead_out(book)
    [index] = book.glob("searchindex*.js")
    # The index is a string of JSON in a program of one statement.
    found = re.search(r"JSON\.parse\('(.*)'\)", index.read_text(), flags=re.DOTALL)
    found = json.loads(found[1].replace("\\\\", "\\").replace("\\'", "'"))
    titles = [row["title"] for row in found["index"]["documentStore"]["docs"].values()]
    chapters = 0
    for page in sorted(DOCS.rglob("*.md")):
        name = page.relative_to(DOCS)
        if name.name == "SUMMARY.md":
            continue
        chapters += 1
        html = name.with_name("index.md") if name.name == "README.md" else name
        html = book / html.with_suffix(".html")
        if not html.exists():
            sys.exit(f"docs/SUMMARY.md has no line for {name}")
        if "play-button" in html.read_text() or 'class="playground"' in html.read_text():
            sys.exit(f"{html} has a button that runs a program")
        for heading in headings(page):
            plain = re.sub(r"[`*]", "", heading)
            if plain not in titles:
                sys.exit(f"the search does not know the heading `{heading}` of {name}")
    print(f"{chapters} chapters with {len(titles)} entries in the search")


main()
