//! A kind of leak has one name in every run, order of allocation, and at every address.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "the fields are there to hold, and nothing else reads them"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::process::Command;
use std::sync::Mutex;

use expect_test::expect;
use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Tracked, leaks::Fingerprint};

#[derive(Tracked, Default)]
struct Link {
    next: RefCell<Option<Rc<Link>>>,
    prev: RefCell<Option<Rc<Link>>>,
}

#[derive(Tracked, Default)]
struct Tree {
    parent: RefCell<Option<Rc<Tree>>>,
    children: RefCell<Vec<Rc<Tree>>>,
    text: RefCell<Option<Rc<String>>>,
}

#[derive(Tracked, Default)]
struct Myself(Mutex<Option<Arc<Myself>>>);

/// Objects of two types, each of which holds some of both in a map and a list.
#[derive(Tracked, Default)]
struct Odd {
    odd: RefCell<HashMap<usize, Rc<Odd>>>,
    even: RefCell<Vec<Rc<Even>>>,
}

#[derive(Tracked, Default)]
struct Even {
    odd: RefCell<Vec<Option<Rc<Odd>>>>,
    even: RefCell<BTreeMap<usize, Rc<Even>>>,
}

/// Pseudorandom numbers (George Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }

    /// Returns `count` values made in random order, between others that are dropped at once.
    fn make<T>(&mut self, count: usize, make: impl Fn() -> T) -> Vec<T> {
        let mut made: Vec<Option<T>> = (0..count).map(|_| None).collect();
        let mut gone = Vec::new();
        for at in self.shuffled(count) {
            gone.extend((0..self.below(3)).map(|_| make()));
            made[at] = Some(make());
        }
        made.into_iter().flatten().collect()
    }
}

const OBJECTS: usize = 12;

fn leak_a_list(random: &mut Random) {
    let links = random.make(OBJECTS, Rc::<Link>::default);
    for at in random.shuffled(OBJECTS - 1) {
        links[at].next.replace(Some(links[at + 1].clone()));
        links[at + 1].prev.replace(Some(links[at].clone()));
    }
}

fn leak_a_tree(random: &mut Random) {
    let nodes = random.make(OBJECTS, Rc::<Tree>::default);
    let text = Rc::new("text".to_owned());
    for child in random.shuffled(OBJECTS) {
        nodes[child].text.replace(Some(text.clone()));
        if child > 0 {
            let parent = &nodes[(child - 1) / 3];
            nodes[child].parent.replace(Some(parent.clone()));
            parent.children.borrow_mut().push(nodes[child].clone());
        }
    }
}

fn leak_myself(random: &mut Random) {
    let [one] = random
        .make(1, Arc::<Myself>::default)
        .try_into()
        .ok()
        .unwrap();
    *one.0.lock().unwrap() = Some(one.clone());
}

fn leak_a_tangle(random: &mut Random) {
    let odd = random.make(OBJECTS, Rc::<Odd>::default);
    let even = random.make(OBJECTS, Rc::<Even>::default);
    // The graph is the same each time; only the order in which it is built differs.
    let mut same = Random(0x5eed);
    let links: Vec<[usize; 3]> = (0..8 * OBJECTS)
        .map(|at| [at % 4, (at / 4) % OBJECTS, same.below(OBJECTS)])
        .collect();
    for at in random.shuffled(links.len()) {
        let [how, from, to] = links[at];
        match how {
            0 => drop(odd[from].odd.borrow_mut().insert(at, odd[to].clone())),
            1 => odd[from].even.borrow_mut().push(even[to].clone()),
            2 => even[from].odd.borrow_mut().push(Some(odd[to].clone())),
            _ => drop(even[from].even.borrow_mut().insert(at, even[to].clone())),
        }
    }
}

/// Leaks all shapes, in random order.
fn leak(seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let shapes = [leak_a_list, leak_a_tree, leak_myself, leak_a_tangle];
    for shape in random.shuffled(shapes.len()) {
        shapes[shape](&mut random);
    }
}

/// Frees all that has leaked.
fn free() {
    for object in objgraph::alive::objects() {
        if let Some(link) = object.upgrade::<Link>() {
            drop((link.next.take(), link.prev.take()));
        } else if let Some(tree) = object.upgrade::<Tree>() {
            drop((tree.parent.take(), tree.children.take()));
        } else if let Some(myself) = object.upgrade::<Myself>() {
            drop(myself.0.lock().unwrap().take());
        } else if let Some(odd) = object.upgrade::<Odd>() {
            drop((odd.odd.take(), odd.even.take()));
        } else if let Some(even) = object.upgrade::<Even>() {
            drop((even.odd.take(), even.even.take()));
        }
    }
    assert!(objgraph::alive::objects().is_empty());
}

/// Returns each kind: its fingerprint, the number of leaks, and its fixes sorted by name (their
/// order in a report depends on what was born first).
fn kinds() -> BTreeMap<Fingerprint, (usize, Vec<String>)> {
    let leaks = objgraph::find_leaks();
    let kinds = leaks.kinds().all().iter();
    kinds
        .map(|kind| {
            let fixes = kind.fixes.iter().map(|fix| {
                let fields = fix.fields.iter();
                let names = fields.map(|field| format!("{}.{}", field.type_name, field.path));
                names.collect::<Vec<_>>().join(" + ")
            });
            let mut fixes: Vec<String> = fixes.collect();
            fixes.sort();
            (kind.fingerprint, (kind.groups.len(), fixes))
        })
        .collect()
}

/// Returns the kinds as text, one in a line, without the number of leaks.
fn as_text(kinds: &BTreeMap<Fingerprint, (usize, Vec<String>)>) -> String {
    let lines = kinds.iter();
    lines
        .map(|(kind, (_, fixes))| format!("{kind} {}\n", fixes.join(" | ")))
        .collect()
}

const CHILD: &str = "OBJGRAPH_FINGERPRINTS_OF_SEED";

#[test]
fn kinds_keep_their_names() {
    if !objgraph::ENABLED || std::env::var_os(CHILD).is_some() {
        return;
    }
    let before = kinds();
    assert!(before.is_empty(), "{before:?}");
    leak(1);
    let first = as_text(&kinds());
    // A change here renames leaks that people listed: the changelog has to mention it.
    expect![[r#"
        leak-0958d054b926dc64 fingerprints::Link.next | fingerprints::Link.prev
        leak-af749fe150571d25 fingerprints::Even.even + fingerprints::Even.odd + fingerprints::Odd.odd | fingerprints::Even.even + fingerprints::Odd.even + fingerprints::Odd.odd
        leak-b03f8477248e3e4f fingerprints::Myself.0
        leak-da1520a5a024bf43 fingerprints::Tree.children | fingerprints::Tree.parent
    "#]].assert_eq(&first);
    for run in 2..=100 {
        // Free slots are reused in the order in which they were freed, so that changes as well.
        free();
        leak(run);
        assert_eq!(as_text(&kinds()), first, "run {run}");
    }
    // Leaks of one shape are of one kind.
    leak(101);
    let kinds = kinds();
    assert!(kinds.values().all(|(groups, _)| *groups == 2), "{kinds:?}");
    assert_eq!(as_text(&kinds), first);
    // In other processes, which have other addresses.
    for seed in 0..6 {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(CHILD, seed.to_string())
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        let out = String::from_utf8(child.stdout).unwrap();
        let text: String = out
            .split_inclusive('\n')
            .filter_map(|line| line.find("leak-").map(|at| &line[at..]))
            .collect();
        assert_eq!(text, first, "seed {seed}");
    }
}

#[test]
#[allow(
    clippy::print_stdout,
    reason = "it is read by the process that started it"
)]
fn child() {
    let Ok(seed) = std::env::var(CHILD) else {
        return;
    };
    leak(seed.parse().unwrap());
    println!("\n{}", as_text(&kinds()));
}
