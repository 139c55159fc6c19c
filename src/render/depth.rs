//! How deep the elements of a whole document lie in each other, as a parser makes a tree of it: the CSS inliner walks
//! that tree by recursion, and tags that cross can nest where no end tag is missing.
//!
//! HTML -> whether it is shallow enough. No tree is kept: each node is its depth.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns, parse_document};

/// How many elements may lie in each other: twice what a text may bring, and the template's own.
pub(super) const DEEPEST: usize = 512;

/// How much is read before it is asked whether that is too much already, in bytes.
const STRETCH: usize = 16 * 1024;

/// Whether a document's elements lie deeper in each other than can be walked.
pub(super) fn is_too_deep(html: &str) -> bool {
    let mut parser = parse_document(Sink::default(), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let end = (STRETCH..rest.len()).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let Some((stretch, behind)) = rest.split_at_checked(end) else { break };
        html5ever::tendril::TendrilSink::process(&mut parser, StrTendril::from(stretch));
        if parser.tokenizer.sink.sink.deepest.get() > DEEPEST {
            return true;
        }
        rest = behind;
    }
    html5ever::tendril::TendrilSink::finish(parser) > DEEPEST
}

/// An element, comment or the document: its name, and which of the depths is its own.
#[derive(Clone)]
struct Node {
    index: usize,
    name: Rc<QualName>,
}

#[derive(Default)]
struct Sink {
    depths: RefCell<Vec<usize>>,
    deepest: Cell<usize>,
}

impl Sink {
    fn node(&self, name: QualName) -> Node {
        let mut depths = self.depths.borrow_mut();
        depths.push(0);
        Node { index: depths.len() - 1, name: Rc::new(name) }
    }

    fn nameless(&self) -> Node {
        self.node(QualName::new(None, ns!(), local_name!("")))
    }

    fn depth(&self, node: &Node) -> usize {
        self.depths.borrow().get(node.index).copied().unwrap_or(0)
    }

    fn put(&self, child: &NodeOrText<Node>, depth: usize) {
        let NodeOrText::AppendNode(node) = child else { return };
        if let Some(own) = self.depths.borrow_mut().get_mut(node.index) {
            *own = depth;
        }
        self.deepest.set(self.deepest.get().max(depth));
    }
}

impl TreeSink for Sink {
    type Handle = Node;
    type Output = usize;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> usize {
        self.deepest.get()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Node {
        self.nameless()
    }

    fn elem_name<'a>(&'a self, target: &'a Node) -> &'a QualName {
        &target.name
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Node {
        self.node(name)
    }

    fn create_comment(&self, _: StrTendril) -> Node {
        self.nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Node {
        self.nameless()
    }

    fn append(&self, parent: &Node, child: NodeOrText<Node>) {
        self.put(&child, self.depth(parent) + 1);
    }

    fn append_based_on_parent_node(&self, element: &Node, before: &Node, child: NodeOrText<Node>) {
        self.put(&child, self.depth(element).max(self.depth(before) + 1));
    }

    fn append_before_sibling(&self, sibling: &Node, child: NodeOrText<Node>) {
        self.put(&child, self.depth(sibling));
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Node) -> Node {
        target.clone()
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        one.index == other.index
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, _: &Node, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, _: &Node) {}

    /// What moves comes to lie one deeper at most, once for each element that crossed: the limit has room for it.
    fn reparent_children(&self, _: &Node, _: &Node) {}
}
