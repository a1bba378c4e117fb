//! The pictures of both.

use std::cell::Cell;
use std::collections::BTreeMap;

use objgraph::rc::Rc;
use objgraph::{
    is_root,
    picture::{Picture, Role},
    snapshot::Node as Object,
};

use super::differences::{MEANT, Pair, refcount, right_refcounts};
use super::dot::{Graph, read};
use super::graphs::{App, Closer, Holder, Leaf, Names, Node, Text, Tree, Wide, set};

/// Python's pictures, and the number of those that were compared.
struct Comparison<'p> {
    python: &'p BTreeMap<String, String>,
    refcounts_low: i64,
    count: Cell<usize>,
}

/// Draws each picture and compares; returns the number of pictures.
pub(crate) fn compare(python: &BTreeMap<String, String>) -> usize {
    // The object of this picture that only one field refers to.
    let of_one = python["refcount_of_one"]
        .lines()
        .find(|line| line.contains("Leaf ["));
    let comparison = Comparison {
        python,
        refcounts_low: 1 - refcount(of_one.expect("it has a leaf")),
        count: Cell::new(0),
    };
    trees(&comparison);
    chains(&comparison);
    too_many(&comparison);
    cycles(&comparison);
    texts(&comparison);
    finalisers(&comparison);
    roots(&comparison);
    comparison.count.get()
}

impl Comparison<'_> {
    /// Compares our picture with Python's of this name.
    fn same(&self, case: &str, picture: Picture<'_>, names: &Names) {
        self.count.set(self.count.get() + 1);
        let picture = picture.fold(false);
        let mut ours = self.ours(&picture, names);
        let mut python = self.python(case);
        for (_, rule) in MEANT {
            rule(&mut Pair {
                ours: &mut ours,
                python: &mut python,
            });
        }
        let (ours, python) = (ours.text(), python.text());
        assert!(
            ours == python,
            "{case}: ours\n{ours}\nPython's\n{python}\n{}",
            picture.to_dot().expect("it is drawn")
        );
    }

    fn ours(&self, picture: &Picture<'_>, names: &Names) -> Graph {
        let drawing = picture.drawing().expect("it is drawn");
        let object = |node: usize| alike(names.get(drawing.nodes[node].objects[0]));
        let beside = |node: usize| {
            let edges = drawing.edges.iter();
            let mut ends = edges.filter_map(|edge| match (edge.from, edge.to) {
                (from, to) if from == node => Some(to),
                (from, to) if to == node => Some(from),
                _ => None,
            });
            object(ends.next().expect("a hint belongs to an object"))
        };
        read(&drawing.to_dot(), |name| {
            if let Some(node) = name.strip_suffix("_has_a_drop") {
                return format!("finaliser:{}", object(number(node)));
            }
            let node = number(name);
            match drawing.nodes[node].role {
                Role::MoreReferences(_) | Role::MoreBackreferences(_) => {
                    format!("more:{}", beside(node))
                }
                Role::Outside(_) => format!("outside:{}", beside(node)),
                _ => object(node),
            }
        })
    }

    fn python(&self, case: &str) -> Graph {
        let text = &self.python[case];
        let (text, names) = text.split_once("}\n").expect("a picture ends");
        let names: BTreeMap<&str, &str> = names
            .lines()
            .filter_map(|line| line.strip_prefix("# node ")?.split_once(' '))
            .collect();
        let object = |name: &str| alike(names.get(name).expect("objects have names"));
        read(&right_refcounts(text, self.refcounts_low), |name| {
            if let Some(node) = name.strip_suffix("_has_a_del") {
                format!("finaliser:{}", object(node))
            } else if let Some(node) = name.strip_prefix("too_many_") {
                format!("more:{}", object(node))
            } else {
                object(name)
            }
        })
    }
}

/// Returns the index of the node that has this name in our DOT text.
fn number(name: &str) -> usize {
    let number: usize = name[1..].parse().expect("nodes are called o1, o2, …");
    number - 1
}

/// The order of the search decides which of the holders are drawn, so they share a name.
fn alike(name: &str) -> String {
    if name.starts_with("holder") {
        "holder".to_owned()
    } else {
        name.to_owned()
    }
}

fn trees(python: &Comparison<'_>) {
    let tree = Tree::new();
    let Tree {
        a,
        b,
        c,
        d,
        e,
        names,
    } = &tree;
    let (b_id, d_id) = (objgraph::id(b), objgraph::id(d));
    let refs = || objgraph::refs(a);
    python.same("refs", refs(), names);
    python.same("depth", refs().max_depth(2), names);
    python.same("depth0", refs().max_depth(0), names);
    python.same("deep", refs().max_depth(10), names);
    python.same("white_text", refs().max_depth(4), names);
    python.same("backrefs", objgraph::backrefs(e), names);
    python.same("backrefs_depth", objgraph::backrefs(e).max_depth(1), names);
    python.same("several", objgraph::refs([b, c]), names);
    let several = objgraph::backrefs((b, e)).max_depth(2);
    python.same("several_backrefs", several, names);
    python.same("filter", refs().filter(|node| node.id() != b_id), names);
    python.same("ignore", refs().ignore([d_id]), names);
    let highlight = |node: Object<'_>| node.type_info().matches("Leaf") || node.id() == b_id;
    python.same("highlight", refs().highlight(highlight), names);
    let strong_edges = |node: Object<'_>| {
        let name = names.get(node.id());
        match name {
            "a" => 2,
            "e" => 0,
            _ => 1,
        }
    };
    let info = |node: Object<'_>| format!("has\n{}", strong_edges(node));
    python.same("extra_info", refs().extra_info(info), names);
    python.same("longnames", refs().shortnames(false), names);
    let attrs = |node: Object<'_>| {
        [
            ("tooltip", strong_edges(node).to_string()),
            ("URL", "a\"b\\c".to_owned()),
        ]
    };
    python.same("attrs", refs().node_attrs(attrs), names);
    python.same("refcounts", refs().refcounts(true), names);
}

fn chains(python: &Comparison<'_>) {
    let tree = Tree::new();
    let Tree { a, b, d, names, .. } = &tree;
    let is_leaf = |node: Object<'_>| node.type_info().matches("Leaf");
    let search = objgraph::picture::ref_chain(a).ignore([objgraph::id(b)]);
    let chain = search.find(is_leaf).expect("a -> c -> d -> e");
    python.same("chain", objgraph::picture::chain_backrefs([&chain]), names);
    python.same("chain_refs", objgraph::picture::chain_refs([&chain]), names);
    let (d_id, starts) = (
        objgraph::id(d),
        [chain.snapshot().find(objgraph::id(a)).unwrap()],
    );
    let other = objgraph::picture::ref_chain_in(chain.snapshot(), starts);
    let other = other.find(|node| node.id() == d_id).expect("a -> b -> d");
    let both = objgraph::picture::chain_backrefs([&chain, &other]);
    python.same("chains", both.highlight(|node| node.id() == d_id), names);
}

fn too_many(python: &Comparison<'_>) {
    let wide = Rc::new(Wide::default());
    let mut names = Names::default();
    names.add("top", &wide);
    let Wide {
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
        l,
        m,
        n,
        ..
    } = &*wide;
    for (at, field) in [a, b, c, d, e, f, g, h, i, j, k, l, m, n]
        .into_iter()
        .enumerate()
    {
        let leaf = Rc::new(Leaf::default());
        set(field, &leaf);
        names.add(format!("leaf{at}"), &leaf);
    }
    let refs = || objgraph::refs(&wide);
    python.same("too_many", refs(), &names);
    python.same("too_many_3", refs().too_many(3).max_depth(1), &names);
    python.same("too_many_0", refs().too_many(0), &names);
    python.same("just_enough", refs().too_many(14), &names);

    let data = Rc::new(Leaf::default());
    let mut names = Names::default();
    names.add("data", &data);
    let holders: Vec<Rc<Holder>> = (0..14).map(|_| Rc::new(Holder::default())).collect();
    for (at, holder) in holders.iter().enumerate() {
        set(&holder.data, &data);
        names.add(format!("holder{at}"), holder);
    }
    python.same("too_many_backrefs", objgraph::backrefs(&data), &names);
}

fn cycles(python: &Comparison<'_>) {
    let tree = Tree::new();
    set(&tree.e.back, &tree.b);
    python.same("cycle", objgraph::refs(&tree.a).max_depth(5), &tree.names);
    let backrefs = objgraph::backrefs(&tree.e).max_depth(5);
    python.same("cycle_backrefs", backrefs, &tree.names);
    tree.e.back.take();

    let tree = Tree::new();
    let weak = Rc::downgrade(&tree.b);
    *tree.e.weak.borrow_mut() = Some(weak);
    python.same("weak", objgraph::refs(&tree.a), &tree.names);

    let own = Rc::new(Node::default());
    let mut names = Names::default();
    names.add("own", &own);
    set(&own.me, &own);
    python.same("own", objgraph::refs(&own), &names);
    own.me.take();
}

fn texts(python: &Comparison<'_>) {
    let text = |text| Rc::new(Text(text));
    let top = Rc::new(Node::default());
    let nasty = text("a\\b\"c\nd\0e");
    set(&top.left, &nasty);
    let mut names = Names::default();
    names.add("top", &top);
    names.add("nasty", &nasty);
    let picture = objgraph::refs(&top).extra_info(|_| "x\\y\"z\n\0".to_owned());
    python.same("escapes", picture, &names);

    let top = Rc::new(Node::default());
    names.add("top", &top);
    let odd = text("&lt; & &amp; \u{1b}\t\u{fc} \u{4e2d}");
    set(&top.left, &odd);
    names.add("odd", &odd);
    python.same("odd_texts", objgraph::refs(&top), &names);
    let long = text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxyz and more");
    let short = text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    set(&top.left, &long);
    set(&top.right, &short);
    names.add("top", &top);
    names.add("long", &long);
    names.add("short", &short);
    python.same("long", objgraph::refs(&top), &names);
}

fn finalisers(python: &Comparison<'_>) {
    let closer = Rc::new(Closer::default());
    let (top, leaf) = (Rc::new(Node::default()), Rc::new(Leaf::default()));
    set(&top.left, &closer);
    set(&closer.data, &leaf);
    let mut names = Names::default();
    names.add("top", &top);
    names.add("closer", &closer);
    names.add("leaf", &leaf);
    python.same("finaliser", objgraph::refs(&top), &names);
    python.same(
        "finaliser_start",
        objgraph::refs(&closer).max_depth(1),
        &names,
    );
}

fn roots(python: &Comparison<'_>) {
    let (node, leaf) = (Rc::new(Node::default()), Rc::new(Leaf::default()));
    set(&node.left, &leaf);
    let mut names = Names::default();
    names.add("node", &node);
    names.add("leaf", &leaf);
    let app = App { node };
    objgraph::snapshot::with_root("app", &app, || {
        let backrefs = || objgraph::backrefs(&leaf);
        // A root that is not an object has a different id in each snapshot.
        let same = |case, picture: Picture<'_>| {
            let mut names = names.clone();
            let root = picture.snapshot().nodes().find(|&node| is_root(node));
            names
                .0
                .push((root.expect("it is there").id(), "app".to_owned()));
            python.same(case, picture, &names);
        };
        same("root", backrefs());
        same("root_highlight", backrefs().highlight(is_root));
        let chain = objgraph::find_backref_chain(&leaf, is_root).expect("app -> node -> leaf");
        same("root_chain", objgraph::picture::chain_backrefs([&chain]));
    });
}
