//! A document, declared as an application would.
//!
//! objgraph only needs the import of `Rc` and the derives. The types of html5ever in between need
//! nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::QuirksMode;
use html5ever::{Attribute, LocalName, QualName, local_name};
use objgraph::rc::{Rc, Weak};
use objgraph::{Instance, Tracked};

/// A page.
#[derive(Tracked)]
pub(crate) struct Document {
    pub(crate) root: Rc<Node>,
    /// The elements that have an `id`.
    pub(crate) by_id: HashMap<LocalName, Weak<Node>>,
    pub(crate) quirks: QuirksMode,
    /// A document lives by value; this field makes objgraph count it.
    instance: Instance<Self>,
}

/// A node of a page.
#[derive(Tracked)]
pub(crate) struct Node {
    pub(crate) parent: RefCell<Parent>,
    pub(crate) children: RefCell<Vec<Rc<Node>>>,
    pub(crate) data: NodeData,
}

/// How a node refers to its parent.
#[derive(Tracked)]
pub(crate) enum Parent {
    /// Not at all: the node has no parent.
    None,
    /// The mistake: parent and child own each other.
    Strong(Rc<Node>),
    /// The fix: the child does not own its parent.
    Weak(Weak<Node>),
}

/// The kind of a node.
#[derive(Tracked)]
pub(crate) enum NodeData {
    Document,
    Doctype(StrTendril),
    Text(RefCell<StrTendril>),
    Comment(StrTendril),
    Instruction {
        target: StrTendril,
        text: StrTendril,
    },
    Element(Element),
}

/// What an element has besides its children.
#[derive(Tracked)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    pub(crate) attributes: RefCell<Vec<Attribute>>,
    /// The content of a `<template>`, which is a tree of its own.
    pub(crate) template: RefCell<Option<Rc<Node>>>,
    pub(crate) takes_html: bool,
}

impl Document {
    pub(crate) fn new(root: Rc<Node>, quirks: QuirksMode) -> Self {
        let mut by_id = HashMap::new();
        let mut pending = vec![Rc::clone(&root)];
        while let Some(node) = pending.pop() {
            if let Some(id) = node.element().and_then(Element::id) {
                by_id.insert(id, Rc::downgrade(&node));
            }
            pending.extend(node.children.borrow().iter().cloned());
        }
        Self {
            root,
            by_id,
            quirks,
            instance: Instance::new(),
        }
    }
}

impl Node {
    /// Each caller is a creation site of its own in the report of leaks.
    #[track_caller]
    pub(crate) fn new(data: NodeData) -> Rc<Self> {
        Rc::new(Self {
            parent: RefCell::new(Parent::None),
            children: RefCell::default(),
            data,
        })
    }

    pub(crate) fn parent(&self) -> Option<Rc<Self>> {
        match &*self.parent.borrow() {
            Parent::None => None,
            Parent::Strong(parent) => Some(Rc::clone(parent)),
            Parent::Weak(parent) => parent.upgrade(),
        }
    }

    pub(crate) fn element(&self) -> Option<&Element> {
        match &self.data {
            NodeData::Element(element) => Some(element),
            _ => None,
        }
    }

    /// Moves the nodes that this one owns to `to`.
    fn give_away(&self, to: &mut Vec<Rc<Self>>) {
        to.append(&mut self.children.borrow_mut());
        to.extend(self.element().and_then(|element| element.template.take()));
    }
}

/// The derived drop would recurse once per level, and pages can be deep.
impl Drop for Node {
    fn drop(&mut self) {
        let mut orphans = Vec::new();
        self.give_away(&mut orphans);
        while let Some(node) = orphans.pop() {
            if Rc::strong_count(&node) == 1 {
                node.give_away(&mut orphans);
            }
        }
    }
}

impl Element {
    fn id(&self) -> Option<LocalName> {
        let attributes = self.attributes.borrow();
        let id = attributes
            .iter()
            .find(|attribute| attribute.name.local == local_name!("id"))?;
        Some(LocalName::from(&*id.value))
    }
}

/// Formats the label of the node in pictures: its opening tag, or the beginning of its text.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.data {
            NodeData::Document => f.write_str("#document"),
            NodeData::Doctype(name) => write!(f, "<!DOCTYPE {name}>"),
            NodeData::Text(text) => write!(f, "{:?}", &**text.borrow()),
            NodeData::Comment(text) => write!(f, "<!--{text}-->"),
            NodeData::Instruction { target, text } => write!(f, "<?{target} {text}>"),
            NodeData::Element(element) => element.fmt(f),
        }
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name.local)?;
        for attribute in self.attributes.borrow().iter() {
            if matches!(
                attribute.name.local,
                local_name!("id") | local_name!("class")
            ) {
                write!(f, " {}=\"{}\"", attribute.name.local, attribute.value)?;
            }
        }
        f.write_str(">")
    }
}
