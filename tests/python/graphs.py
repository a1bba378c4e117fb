"""Builds object graphs, has the real objgraph draw and count them, and prints what it wrote.

The program beside this one builds the same graphs in Rust. Each case prints a line `# case NAME`,
the text that objgraph wrote, and for pictures a line `# node ID NAME` for each object.
"""

import gc
import io
import sys
import types
import weakref

import objgraph


class Base(dict):
    """An object that refers to others by names, as a struct does by its fields."""

    __slots__ = ("__weakref__",)


class Node(Base):
    __slots__ = ()


class Leaf(Base):
    __slots__ = ()


class Wide(Base):
    __slots__ = ()


class Closer(Base):
    __slots__ = ()

    def __del__(self):
        pass


class Text:
    """An object that refers to nothing and has a text."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Holder(Base):
    __slots__ = ()


class App(types.ModuleType):
    """A root."""

    __slots__ = ("node",)


def is_ours(one):
    return isinstance(one, (Base, Text, App))


def make(cls, **fields):
    return cls(fields)


def draw(case, how, start, names, show=None, **options):
    """Draws what `how` shows of `start`, and prints it with the names of the objects."""
    out = io.StringIO()
    user = options.pop("filter", None)
    options["filter"] = lambda one: is_ours(one) and (user is None or user(one))
    how(start, output=out, **options)
    print("# case", case)
    print(out.getvalue(), end="")
    for name, one in names.items():
        print("# node o%d %s" % (id(one), name))


def tree():
    """A tree: a -> b, c; b -> d -> e; c -> d."""
    e = make(Leaf)
    d = make(Node, left=e)
    c = make(Node, right=d)
    b = make(Node, left=d)
    a = make(Node, left=b, right=c)
    return dict(a=a, b=b, c=c, d=d, e=e)


def wide(count):
    leaves = [make(Leaf) for _ in range(count)]
    fields = {chr(ord("a") + at): leaf for at, leaf in enumerate(leaves)}
    top = make(Wide, **fields)
    names = {"leaf%d" % at: leaf for at, leaf in enumerate(leaves)}
    names["top"] = top
    return names


def holders(count):
    data = make(Leaf)
    held = [make(Holder, data=data) for _ in range(count)]
    names = {"holder%d" % at: one for at, one in enumerate(held)}
    names["data"] = data
    return names


def pictures():
    refs, backrefs = objgraph.show_refs, objgraph.show_backrefs

    names = tree()
    draw("refs", refs, names["a"], names)
    draw("depth", refs, names["a"], names, max_depth=2)
    draw("depth0", refs, names["a"], names, max_depth=0)
    draw("deep", refs, names["a"], names, max_depth=10)
    draw("white_text", refs, names["a"], names, max_depth=4)
    draw("backrefs", backrefs, names["e"], names)
    draw("backrefs_depth", backrefs, names["e"], names, max_depth=1)
    draw("several", refs, [names["b"], names["c"]], names)
    draw("several_backrefs", backrefs, [names["b"], names["e"]], names, max_depth=2)
    draw("filter", refs, names["a"], names, filter=lambda one: one is not names["b"])
    draw("ignore", refs, names["a"], names, extra_ignore=[id(names["d"])])
    draw("highlight", refs, names["a"], names, highlight=lambda one: isinstance(one, Leaf) or one is names["b"])
    draw("extra_info", refs, names["a"], names, extra_info=lambda one: "has\n%d" % len(one))
    draw("longnames", refs, names["a"], names, shortnames=False)
    draw("attrs", refs, names["a"], names,
         extra_node_attrs=lambda one: dict(URL='a"b\\c', tooltip=str(len(one)), left_out=None))

    chains = [objgraph.find_ref_chain(names["a"], lambda one: isinstance(one, Leaf),
                                      extra_ignore=[id(names["b"])])]
    chain = chains[0]
    draw("chain", lambda _, **kw: chain_of([chain], kw), None, names)
    draw("chain_refs", lambda _, **kw: chain_of([chain], kw, backrefs=False), None, names)
    other = [names["a"], names["b"], names["d"]]
    draw("chains", lambda _, **kw: chain_of([chain, other], kw), None, names, highlight=lambda one: one is names["d"])
    del chain, chains, other

    names = wide(14)
    draw("too_many", refs, names["top"], names)
    draw("too_many_3", refs, names["top"], names, too_many=3, max_depth=1)
    draw("too_many_0", refs, names["top"], names, too_many=0)
    draw("just_enough", refs, names["top"], names, too_many=14)

    names = holders(14)
    draw("too_many_backrefs", backrefs, names["data"], names)

    names = tree()
    names["e"]["back"] = names["b"]
    draw("cycle", refs, names["a"], names, max_depth=5)
    draw("cycle_backrefs", backrefs, names["e"], names, max_depth=5)
    names = tree()
    names["e"]["back"] = weakref.ref(names["b"])
    draw("weak", refs, names["a"], names)
    own = make(Node)
    own["me"] = own
    draw("own", refs, own, dict(own=own))

    nasty = Text('a\\b"c\nd\0e')
    top = make(Node, left=nasty)
    draw("escapes", refs, top, dict(top=top, nasty=nasty),
         extra_info=lambda one: 'x\\y"z\n\0')
    odd = Text("&lt; & &amp; \x1b\t\u00fc \u4e2d")
    top = make(Node, left=odd)
    draw("odd_texts", refs, top, dict(top=top, odd=odd))
    long = Text("x" * 39 + "yz and more")
    short = Text("x" * 40)
    top = make(Node, left=long, right=short)
    draw("long", refs, top, dict(top=top, long=long, short=short))

    closer = make(Closer, data=make(Leaf))
    top = make(Node, left=closer)
    draw("finaliser", refs, top, dict(top=top, closer=closer, leaf=closer["data"]))
    draw("finaliser_start", refs, closer, dict(closer=closer, leaf=closer["data"]), max_depth=1)

    app = App("app")
    sys.modules["app"] = app
    app.node = make(Node, left=make(Leaf))
    names = dict(app=app, node=app.node, leaf=app.node["left"])
    draw("root", backrefs, app.node["left"], names)
    draw("root_highlight", backrefs, app.node["left"], names, highlight=lambda one: one is app)
    found = objgraph.find_backref_chain(app.node["left"], objgraph.is_proper_module)
    draw("root_chain", lambda _, **kw: chain_of([found], kw), None, names)
    del sys.modules["app"], found

    del names, top, closer, app
    counted = {name: one for name, one in tree().items()}
    draw("refcounts", refs, counted["a"], counted, refcounts=True)
    # What it says of an object that one field and nothing else refers to.
    one = make(Node, left=make(Leaf), right=make(Wide))
    draw("refcount_of_one", refs, one, dict(), refcounts=True)


def chain_of(chains, options, backrefs=True):
    options.pop("filter", None)
    objgraph.show_chain(*chains, backrefs=backrefs, **options)


def tables():
    """The tables, over our own classes."""
    def ours(one):
        return isinstance(one, Base)

    def table(case, **options):
        out = io.StringIO()
        objgraph.show_most_common_types(file=out, filter=ours, **options)
        print("# case", case)
        print(out.getvalue(), end="")

    gc.collect()
    kept = [make(Node) for _ in range(120)] + [make(Leaf) for _ in range(7)] + [make(Wide)]
    table("common")
    table("common_limit", limit=2)

    peaks = {}

    def growth(case, **options):
        out = io.StringIO()
        objgraph.show_growth(peak_stats=peaks, file=out, filter=ours, **options)
        print("# case", case)
        print(out.getvalue(), end="")

    growth("growth_first")
    growth("growth_nothing")
    kept.extend([make(Leaf) for _ in range(3)])
    kept.extend([make(Wide) for _ in range(30)])
    growth("growth_some")
    del kept[:50]
    growth("growth_less")
    kept.extend([make(Node) for _ in range(60)])
    growth("growth_over_the_peak")

    # Of everything in a Python process only our classes are of interest.
    everything = gc.get_objects
    gc.get_objects = lambda: [one for one in everything() if type(one) in (Node, Leaf, Wide)]
    state = {}

    def new_ids(case, **options):
        out = io.StringIO()
        found = objgraph.get_new_ids(file=out, _state=state, **options)
        print("# case", case)
        print(out.getvalue(), end="")
        for name in sorted(found):
            if found[name]:
                print("# new", name, len(found[name]))

    new_ids("ids_first")
    new_ids("ids_second")
    kept.extend([make(Leaf) for _ in range(5)])
    del kept[:20]
    new_ids("ids_third")
    new_ids("ids_skipped", skip_update=True)
    kept.extend([make(Wide) for _ in range(2)])
    new_ids("ids_limit", limit=1)
    kept.extend([make(Wide) for _ in range(4)])
    new_ids("ids_none", limit=0)
    kept.extend([make(Wide) for _ in range(4)] + [make(Leaf) for _ in range(9)])
    new_ids("ids_by_new", sortby="new", limit=None)
    kept.append(make(Node))
    new_ids("ids_by_old", sortby="old")
    kept.append(make(Node))
    new_ids("ids_by_current", sortby="current")
    gc.get_objects = everything


def leaking():
    """Which objects of a collection nothing refers to, by the names of the objects."""
    def case(name, names, objects):
        print("# case", name)
        own = gc.get_objects
        # The names here, and the collection, refer to every object.
        hidden = {id(names), id(objects)}
        gc.get_objects = lambda: [
            one for one in own() if id(one) not in hidden and type(one) is not types.FrameType
        ]
        found = objgraph.get_leaking_objects(objects)
        gc.get_objects = own
        for one in found:
            print(next(name for name in names if names[name] is one))

    def of(names, chosen):
        return [names[name] for name in chosen]

    names = tree()
    case("leaking_all", names, of(names, "abcde"))
    case("leaking_order", names, of(names, "edcba"))
    case("leaking_part", names, of(names, "bcd"))
    case("leaking_twice", names, of(names, "aba"))
    case("leaking_empty", names, [])
    names = tree()
    names["e"]["back"] = names["a"]
    case("leaking_cycle", names, of(names, "abcde"))
    names = tree()
    names["e"]["back"] = weakref.ref(names["a"])
    case("leaking_weak", names, of(names, "ea"))


sys.stdout.reconfigure(encoding="utf-8")
pictures()
tables()
leaking()
