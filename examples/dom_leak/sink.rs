//! Builds a document while html5ever parses it.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ExpandedName, QualName};
use objgraph::rc::Rc;

use crate::dom::{Document, Element, Node, NodeData, Parent};

/// The kind of a child's link to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parents {
    Strong,
    Weak,
}

/// A document under construction.
pub(crate) struct Sink {
    root: Rc<Node>,
    parents: Parents,
    quirks: Cell<QuirksMode>,
}

impl Sink {
    pub(crate) fn new(parents: Parents) -> Self {
        Self {
            root: Node::new(NodeData::Document),
            parents,
            quirks: Cell::new(QuirksMode::NoQuirks),
        }
    }

    /// Inserts a node among the children of `parent`, before index `at`.
    fn insert(&self, parent: &Rc<Node>, at: usize, child: Rc<Node>) {
        *child.parent.borrow_mut() = match self.parents {
            Parents::Strong => Parent::Strong(Rc::clone(parent)),
            Parents::Weak => Parent::Weak(Rc::downgrade(parent)),
        };
        parent.children.borrow_mut().insert(at, child);
    }

    /// Inserts a node or a text among the children of `parent`. Adjacent texts are merged.
    fn insert_or_merge(&self, parent: &Rc<Node>, at: usize, child: NodeOrText<Rc<Node>>) {
        let child = match child {
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) => {
                if let Some(before) = at.checked_sub(1)
                    && let NodeData::Text(before) = &parent.children.borrow()[before].data
                {
                    before.borrow_mut().push_tendril(&text);
                    return;
                }
                Node::new(NodeData::Text(RefCell::new(text)))
            }
        };
        self.insert(parent, at, child);
    }
}

/// Returns the parent of a node, and the node's index in it.
fn place(node: &Rc<Node>) -> Option<(Rc<Node>, usize)> {
    let parent = node.parent()?;
    let at = parent
        .children
        .borrow()
        .iter()
        .position(|child| Rc::ptr_eq(child, node))?;
    Some((parent, at))
}

impl TreeSink for Sink {
    type Handle = Rc<Node>;
    type Output = Document;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Document {
        Document::new(self.root, self.quirks.get())
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Rc<Node> {
        Rc::clone(&self.root)
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        let element = target
            .element()
            .expect("html5ever asks for the names of elements only");
        element.name.expanded()
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> Rc<Node> {
        let template = flags.template.then(|| Node::new(NodeData::Document));
        Node::new(NodeData::Element(Element {
            name,
            attributes: RefCell::new(attributes),
            template: RefCell::new(template),
            takes_html: flags.mathml_annotation_xml_integration_point,
        }))
    }

    fn create_comment(&self, text: StrTendril) -> Rc<Node> {
        Node::new(NodeData::Comment(text))
    }

    fn create_pi(&self, target: StrTendril, text: StrTendril) -> Rc<Node> {
        Node::new(NodeData::Instruction { target, text })
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        let end = parent.children.borrow().len();
        self.insert_or_merge(parent, end, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Rc<Node>,
        before: &Rc<Node>,
        child: NodeOrText<Rc<Node>>,
    ) {
        if element.parent().is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, _: StrTendril, _: StrTendril) {
        let doctype = Node::new(NodeData::Doctype(name));
        self.append(&self.root, NodeOrText::AppendNode(doctype));
    }

    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        let contents = target
            .element()
            .and_then(|element| element.template.borrow().clone());
        contents.expect("html5ever asks for the contents of templates only")
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirks.set(mode);
    }

    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.remove_from_parent(node);
        }
        if let Some((parent, at)) = place(sibling) {
            self.insert_or_merge(&parent, at, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Rc<Node>, attributes: Vec<Attribute>) {
        let Some(element) = target.element() else {
            return;
        };
        let mut present = element.attributes.borrow_mut();
        for attribute in attributes {
            if present.iter().all(|one| one.name != attribute.name) {
                present.push(attribute);
            }
        }
    }

    fn remove_from_parent(&self, target: &Rc<Node>) {
        if let Some((parent, at)) = place(target) {
            parent.children.borrow_mut().remove(at);
            *target.parent.borrow_mut() = Parent::None;
        }
    }

    fn reparent_children(&self, node: &Rc<Node>, to: &Rc<Node>) {
        let children = node.children.take();
        for child in children {
            let end = to.children.borrow().len();
            self.insert(to, end, child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Rc<Node>) -> bool {
        target.element().is_some_and(|element| element.takes_html)
    }
}
