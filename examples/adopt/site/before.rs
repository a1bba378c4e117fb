//! A link checker that uses the documents of the crate `markup5ever_rcdom`: what it has read is
//! never freed, and nothing reports it.

#![allow(clippy::print_stdout, reason = "a program talks")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use html5ever::tendril::TendrilSink as _;
use html5ever::{local_name, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

const PAGES: [(&str, &str); 3] = [
    (
        "/",
        "<h1>Home</h1><a href=/about>About</a> <a href=/news>News</a>",
    ),
    (
        "/about",
        "<h1>About</h1><a href=/>Home</a> <a href=/us>Us</a>",
    ),
    (
        "/news",
        "<h1>News</h1><p>None. <a href=/about>Who we are</a>",
    ),
];

fn main() {
    let site = Site::read(&PAGES);
    site.check();
    let pages: Vec<_> = site.pages.values().map(Rc::downgrade).collect();
    drop(site);
    let alive = pages.iter().filter(|page| page.strong_count() > 0).count();
    println!("pages in memory after the site is gone: {alive}");
}

/// A site, which owns its pages.
struct Site {
    pages: BTreeMap<String, Rc<Page>>,
}

/// A page with its whole document.
struct Page {
    document: Handle,
    links: RefCell<Vec<Link>>,
}

/// A link to another page of the site.
struct Link {
    anchor: Handle,
    target: Option<Rc<Page>>,
}

impl Site {
    fn read(sources: &[(&str, &str)]) -> Self {
        let read = |&(path, source): &(&str, &str)| (path.to_owned(), Rc::new(Page::read(source)));
        let pages: BTreeMap<_, _> = sources.iter().map(read).collect();
        for page in pages.values() {
            for (href, anchor) in anchors(&page.document) {
                page.links.borrow_mut().push(Link {
                    anchor,
                    target: pages.get(&href).cloned(),
                });
            }
        }
        Self { pages }
    }

    fn check(&self) {
        for (path, page) in &self.pages {
            for link in page.links.borrow().iter() {
                let verdict = match &link.target {
                    Some(target) => target.title(),
                    None => "a dead link".to_owned(),
                };
                println!("{path:<7} {:<11} {verdict}", text(&link.anchor));
            }
        }
    }
}

impl Page {
    fn read(source: &str) -> Self {
        let dom = parse_document(RcDom::default(), Default::default()).one(source);
        Self {
            document: dom.document,
            links: RefCell::default(),
        }
    }

    fn title(&self) -> String {
        let mut headings = Vec::new();
        elements(&self.document, &mut |node, name| {
            if *name == local_name!("h1") {
                headings.push(text(node));
            }
        });
        headings.concat()
    }
}

/// Returns the links of a document: the target of each, and its element.
fn anchors(document: &Handle) -> Vec<(String, Handle)> {
    let mut anchors = Vec::new();
    elements(document, &mut |node, name| {
        let NodeData::Element { attrs, .. } = &node.data else {
            return;
        };
        let attrs = attrs.borrow();
        let href = attrs.iter().find(|a| a.name.local == local_name!("href"));
        if let (Some(href), true) = (href, *name == local_name!("a")) {
            anchors.push((href.value.to_string(), node.clone()));
        }
    });
    anchors
}

/// Calls a function for each element.
fn elements(node: &Handle, each: &mut dyn FnMut(&Handle, &html5ever::LocalName)) {
    if let NodeData::Element { name, .. } = &node.data {
        each(node, &name.local);
    }
    for child in node.children.borrow().iter() {
        elements(child, each);
    }
}

/// Returns the text of a node.
fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}
