//! Pages as readers see them: HTML to visible text.
//!
//! # Invariants
//! - Text a reader would not see does not come out: scripts, styles, hidden elements, comments,
//!   invisible characters.
//! - Lines are trimmed, inner white space is one space, at most one blank line separates blocks.
//! - The walk is iterative: nesting depth costs heap, not stack.

use super::document::{self, TooComplex};
use super::fetch::{Fetched, load_failed};
use crate::guard::visible::is_invisible;
use ego_tree::iter::Edge;
use encoding_rs::{Encoding, UTF_8};
use html5ever::serialize::{SerializeOpts, TraversalScope};
use scraper::node::Element;
use scraper::{ElementRef, Node};
use std::io;
use std::time::Duration;
use venire_types::ask::{AskError, Render};

/// How much of an error page a contract gets, characters.
const ERROR_BODY: usize = 16 << 10;
/// How far into a page its character set may be declared, bytes.
const SNIFF: usize = 1024;

/// Most bytes of markup that come out.
const MARKUP_CAP: usize = 8 << 20;
/// Limit of parsing one page.
const PARSING: Duration = Duration::from_secs(10);

/// Elements whose content is never shown.
const INVISIBLE: [&str; 16] = [
    "script", "style", "head", "noscript", "template", "iframe", "object", "embed", "audio",
    "video", "canvas", "textarea", "title", "datalist", "frameset", "desc",
];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 38] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "section",
    "summary",
    "tr",
    "ul",
];
/// Turns a loaded page into text or markup.
pub(crate) async fn render(url: &str, fetched: Fetched, mode: Render) -> Result<String, AskError> {
    let text = decode(&fetched);
    if !matches!(fetched.status, 200..=299 | 304) {
        let body: String = text.chars().take(ERROR_BODY).collect();
        return Err(load_failed(url, fetched.status, &body));
    }
    match kind(&fetched) {
        Kind::Html => {
            // Parsing megabytes would hold up the other tasks of this thread.
            let work = tokio::task::spawn_blocking(move || match mode {
                Render::Html => body_markup(&text),
                Render::Text | Render::Screenshot => visible_text(&text),
            });
            match tokio::time::timeout(PARSING, work).await {
                Ok(Ok(Ok(out))) => Ok(out),
                Ok(Ok(Err(TooComplex))) => Err(load_failed(url, 507, "PAGE_TOO_COMPLEX")),
                Ok(Err(_)) => Err(load_failed(url, 418, "RENDERING_FAILED")),
                Err(_) => Err(load_failed(url, 408, "TIMEOUT")),
            }
        }
        Kind::Plain if mode == Render::Html => Ok(format!("<pre>{}</pre>", escape(&text))),
        Kind::Plain => Ok(plain_text(&text)),
        Kind::Binary => Err(load_failed(url, 418, "NOT_A_PAGE")),
    }
}

enum Kind {
    Html,
    Plain,
    Binary,
}

fn content_type(fetched: &Fetched) -> String {
    let header = fetched
        .headers
        .iter()
        .find(|(name, _)| name == "content-type");
    header
        .map(|(_, value)| String::from_utf8_lossy(value).to_ascii_lowercase())
        .unwrap_or_default()
}

fn kind(fetched: &Fetched) -> Kind {
    let full = content_type(fetched);
    let essence = full.split(';').next().unwrap_or_default().trim();
    match essence {
        "" | "text/html" | "application/xhtml+xml" => Kind::Html,
        _ if essence.starts_with("text/")
            || essence.ends_with("/json")
            || essence.ends_with("+json")
            || essence.ends_with("/xml")
            || essence.ends_with("+xml")
            || essence.ends_with("javascript") =>
        {
            Kind::Plain
        }
        _ => Kind::Binary,
    }
}

/// Bytes to text by byte-order mark, header, or declaration in the page; UTF-8 otherwise.
fn decode(fetched: &Fetched) -> String {
    let header = content_type(fetched);
    let declared = charset(header.as_bytes());
    let sniffed = || charset(fetched.body.get(..SNIFF).unwrap_or(&fetched.body));
    let encoding = declared.or_else(sniffed).unwrap_or(UTF_8);
    encoding.decode(&fetched.body).0.into_owned()
}

/// The encoding named after the first `charset=`.
fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let (_, after) = text.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    Encoding::for_label(label.as_bytes())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Text of something that is not HTML.
fn plain_text(text: &str) -> String {
    let mut writer = Writer::default();
    writer.preformatted(text);
    writer.out
}

/// Inner markup of the body, as parsed.
fn body_markup(html: &str) -> Result<String, TooComplex> {
    let document = document::parse(html)?;
    let mut elements = document.tree.nodes().filter_map(ElementRef::wrap);
    let Some(body) = elements.find(|element| element.value().name() == "body") else {
        return Ok(String::new());
    };
    let mut out = Capped(Vec::new());
    let inside = SerializeOpts {
        traversal_scope: TraversalScope::ChildrenOnly(None),
        ..SerializeOpts::default()
    };
    html5ever::serialize(&mut out, &body, inside).map_err(|_| TooComplex)?;
    Ok(String::from_utf8_lossy(&out.0).into_owned())
}

/// A writer that is full at [`MARKUP_CAP`]: a parser may repeat one long attribute many times.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > MARKUP_CAP {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a reader sees of a document.
fn visible_text(html: &str) -> Result<String, TooComplex> {
    let document = document::parse(html)?;
    let mut writer = Writer::default();
    let mut hidden_by = None;
    let mut preformatted = 0_u32;
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) if hidden_by.is_none() => match node.value() {
                Node::Element(element) if is_hidden(element) => hidden_by = Some(node.id()),
                Node::Element(element) => {
                    preformatted += u32::from(element.name() == "pre");
                    writer.edge(element.name());
                    if element.name() == "br" {
                        writer.newline();
                    }
                }
                Node::Text(text) if preformatted > 0 => writer.preformatted(text),
                Node::Text(text) => writer.flowing(text),
                _ => {}
            },
            Edge::Close(node) if hidden_by == Some(node.id()) => hidden_by = None,
            Edge::Close(node) if hidden_by.is_none() => {
                if let Node::Element(element) = node.value() {
                    preformatted -= u32::from(element.name() == "pre");
                    writer.edge(element.name());
                }
            }
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    Ok(writer.out)
}

fn is_hidden(element: &Element) -> bool {
    INVISIBLE.contains(&element.name())
        || element.attr("hidden").is_some()
        || element
            .attr("aria-hidden")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
        || (element.name() == "dialog" && element.attr("open").is_none())
        || element.attr("style").is_some_and(hides)
}

/// Whether an inline style makes its element unreadable.
fn hides(style: &str) -> bool {
    style
        .to_ascii_lowercase()
        .replace("!important", "")
        .split(';')
        .any(|rule| {
            let Some((property, value)) = rule.split_once(':') else {
                return false;
            };
            let value = value.trim();
            match property.trim() {
                "display" => value == "none",
                "visibility" => matches!(value, "hidden" | "collapse"),
                "content-visibility" => value == "hidden",
                "opacity" => number(value) == Some(0.0),
                "font-size" => {
                    number(value) == Some(0.0)
                        || (value.ends_with("px") && number(value) <= Some(1.0))
                }
                _ => false,
            }
        })
}

/// The number in front of a unit.
fn number(value: &str) -> Option<f64> {
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    digits.trim().parse().ok()
}

/// Collects text and decides about white space late.
#[derive(Default)]
struct Writer {
    out: String,
    newlines: usize,
    space: bool,
}

impl Writer {
    /// The boundary of an element, opening or closing.
    fn edge(&mut self, name: &str) {
        if name == "p" {
            self.newlines = 2;
        } else if name == "pre" || BLOCKS.contains(&name) {
            self.newlines = self.newlines.max(1);
        } else if matches!(name, "td" | "th") {
            self.space = true;
        }
    }

    fn newline(&mut self) {
        self.newlines = (self.newlines + 1).min(2);
    }

    fn flowing(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = true;
            } else {
                self.visible(c);
            }
        }
    }

    fn preformatted(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' {
                self.newline();
            } else if c.is_whitespace() {
                self.space = true;
            } else {
                self.visible(c);
            }
        }
    }

    fn visible(&mut self, c: char) {
        if is_invisible(c) {
            return;
        }
        if !self.out.is_empty() {
            if self.newlines > 0 {
                self.out.extend(std::iter::repeat_n('\n', self.newlines));
            } else if self.space {
                self.out.push(' ');
            }
        }
        self.newlines = 0;
        self.space = false;
        self.out.push(c);
    }
}

#[cfg(test)]
mod tests;
