//! Parses HTML within bounds.
//!
//! A few bytes of markup can make a parser build very many nodes (unclosed formatting elements are
//! rebuilt inside every later block) or search a very deep stack for every tag. Browsers bound both;
//! the parser library does not.
//!
//! # Invariants
//! - Work and memory grow at most linearly with the bounds below, whatever the markup: the document
//!   is fed tag by tag and measured after each.

use html5ever::tendril::TendrilSink as _;
use scraper::{Html, HtmlTreeSink};

/// Most nodes of a document.
const MAX_NODES: usize = 250_000;
/// Deepest nesting.
pub(super) const MAX_DEPTH: usize = 1_000;

/// The document is over a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooComplex;

/// Parses a whole document.
pub(super) fn parse(html: &str) -> Result<Html, TooComplex> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = html5ever::parse_document(sink, html5ever::ParseOpts::default());
    let mut known = 0;
    for piece in html.split_inclusive('<') {
        parser.process(piece.into());
        let document = parser.tokenizer.sink.sink.0.borrow();
        let nodes = document.tree.nodes();
        let count = nodes.len();
        let mut new = nodes.rev().take(count.saturating_sub(known));
        if count > MAX_NODES || new.any(|node| node.ancestors().nth(MAX_DEPTH).is_some()) {
            return Err(TooComplex);
        }
        known = count;
    }
    Ok(parser.finish())
}
