//! Finds out from a prompt which JSON object it asks for.
//!
//! Prompts show the wanted object in many ways, hardly ever as valid JSON:
//! `{"winner": int, // 0 for a draw`, `{"ok": true | false}`, `{"why": "<reason>"}`.

/// One wanted field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) kind: Kind,
}

/// What its value should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    /// Inclusive bounds.
    Int(i64, i64),
    /// A number between 0 and 1.
    Fraction,
    Text,
    OneOf(Vec<String>),
    List,
    Object(Vec<Field>),
}

/// Most fields and most starting points that are looked at.
const MAX_FIELDS: usize = 64;
const MAX_STARTS: usize = 64;
const MAX_DEPTH: u32 = 8;

/// The object a prompt shows: of several the one whose values look most like descriptions (the
/// others are usually data), of equals the last.
pub(super) fn shown(prompt: &str) -> Option<Vec<Field>> {
    let starts = prompt.match_indices('{').take(MAX_STARTS);
    let objects = starts.filter_map(|(start, _)| {
        let mut reader = Reader {
            rest: prompt.get(start..)?,
            described: 0,
        };
        let fields = reader.object(0)?;
        (!fields.is_empty()).then_some((reader.described, fields))
    });
    // Outer objects come first, so a nested one must describe more to win.
    let mut best: Option<(usize, Vec<Field>)> = None;
    for (described, fields) in objects {
        let better = best.as_ref().is_none_or(|(most, known)| {
            described > *most || (described == *most && !holds(known, &fields))
        });
        if better {
            best = Some((described, fields));
        }
    }
    best.map(|(_, fields)| fields)
}

/// Whether `inner` is one of the nested objects of `outer`.
fn holds(outer: &[Field], inner: &[Field]) -> bool {
    outer.iter().any(|field| match &field.kind {
        Kind::Object(nested) => nested == inner || holds(nested, inner),
        _ => false,
    })
}

/// Keys named in prose: quoted words after `key`, `field` or `property`.
pub(super) fn named(prompt: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for sentence in prompt.split(['\n', '.']) {
        let lower = sentence.to_ascii_lowercase();
        let starts = ["key", "field", "propert"]
            .iter()
            .filter_map(|word| lower.find(word))
            .min();
        let Some(mut rest) = starts.and_then(|at| sentence.get(at..)) else {
            continue;
        };
        while let Some((key, after)) = next_quoted(rest) {
            let description = next_quoted(after)
                .and_then(|(next, _)| after.split(next).next())
                .unwrap_or(after);
            if is_name(key) && fields.len() < MAX_FIELDS && !fields.iter().any(|f| f.key == key) {
                fields.push(Field {
                    key: key.to_owned(),
                    kind: kind(description).0,
                });
            }
            rest = after;
        }
    }
    fields
}

fn next_quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.find(['"', '`', '\''])?;
    let quote = text.get(open..)?.chars().next()?;
    let inner = text.get(open + 1..)?;
    let close = inner.find(quote)?;
    Some((inner.get(..close)?, inner.get(close + 1..)?))
}

fn is_name(key: &str) -> bool {
    let plain = key
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    plain && !key.is_empty() && key.len() <= 64
}

/// Reads something like JSON.
struct Reader<'a> {
    rest: &'a str,
    /// Values that looked like descriptions rather than data.
    described: usize,
}

impl<'a> Reader<'a> {
    /// Reads an object; the text is at its `{`.
    fn object(&mut self, depth: u32) -> Option<Vec<Field>> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.rest = self.rest.strip_prefix('{')?;
        let mut fields = Vec::new();
        loop {
            self.skip_blank();
            if let Some(after) = self.rest.strip_prefix('}') {
                self.rest = after;
                return Some(fields);
            }
            if fields.len() == MAX_FIELDS {
                return None;
            }
            let key = self.key()?;
            let kind = self.value(depth)?;
            fields.push(Field { key, kind });
        }
    }

    fn key(&mut self) -> Option<String> {
        let quote = self
            .rest
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'));
        let key = match quote {
            Some(quote) => {
                let inner = self.rest.get(1..)?;
                let (key, after) = inner.split_once(quote)?;
                self.rest = after;
                key
            }
            None => {
                let end = self
                    .rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
                let (key, after) = self.rest.split_at(end);
                self.rest = after;
                key
            }
        };
        self.rest = self
            .rest
            .trim_start()
            .strip_prefix(':')?
            .trim_start_matches([' ', '\t']);
        is_name(key).then(|| key.to_owned())
    }

    fn value(&mut self, depth: u32) -> Option<Kind> {
        if self.rest.starts_with('{') {
            let nested = self.object(depth + 1)?;
            return Some(Kind::Object(nested));
        }
        if self.rest.starts_with('[') {
            self.skip_list()?;
            return Some(Kind::List);
        }
        let end = self.value_end()?;
        let (value, after) = self.rest.split_at(end);
        self.rest = after.strip_prefix(',').unwrap_or(after);
        let mut description = value.to_owned();
        if let Some(comment) = self.comment() {
            description.push(' ');
            description.push_str(comment);
        }
        let (kind, described) = kind(&description);
        self.described += usize::from(described);
        Some(kind)
    }

    /// Where a scalar ends: at a comma, brace or line end outside quotes.
    fn value_end(&self) -> Option<usize> {
        let mut quote = None;
        for (at, c) in self.rest.char_indices() {
            match (quote, c) {
                (Some(open), _) if open == c => quote = None,
                (None, '"' | '`') => quote = Some(c),
                (None, ',' | '}') => return Some(at),
                (_, '\n') => return Some(at),
                _ => {}
            }
        }
        None
    }

    fn skip_list(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        for (at, c) in self.rest.char_indices() {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = self.rest.get(at + 1..)?;
                return Some(());
            }
        }
        None
    }

    /// A `//` or `#` comment on the rest of this line.
    fn comment(&mut self) -> Option<&'a str> {
        let line_end = self.rest.find('\n').unwrap_or(self.rest.len());
        let (line, after) = self.rest.split_at(line_end);
        let text = line.trim_start();
        let comment = text.strip_prefix("//").or_else(|| text.strip_prefix('#'))?;
        self.rest = after;
        Some(comment)
    }

    fn skip_blank(&mut self) {
        loop {
            self.rest = self
                .rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if self.comment().is_none() {
                return;
            }
        }
    }
}

/// What a description asks for, and whether it is a description at all.
fn kind(description: &str) -> (Kind, bool) {
    let lower = description.trim().to_lowercase();
    let bare = lower.trim_matches(['"', '\'', '`', '<', '>', ' ']);
    if names(bare, "bool")
        || names(bare, "boolean")
        || (lower.contains("true") && lower.contains("false"))
    {
        return (Kind::Bool, true);
    }
    if matches!(bare, "true" | "false") {
        return (Kind::Bool, false);
    }
    let options = options(description);
    if options.len() >= 2 {
        return (Kind::OneOf(options), true);
    }
    let quoted = lower.starts_with(['"', '\'']);
    if ["float", "decimal", "0.0", "0-1", "0 to 1", "0 and 1"]
        .iter()
        .any(|w| names(bare, w))
    {
        return (Kind::Fraction, true);
    }
    if ["int", "integer", "number", "numeric", "digit"]
        .iter()
        .any(|w| names(bare, w))
    {
        let (low, high) = bounds(bare);
        return (Kind::Int(low, high), true);
    }
    if let (Ok(_), false) = (bare.parse::<i64>(), quoted) {
        return (Kind::Int(0, 100), false);
    }
    let described = ["str", "string", "text"].iter().any(|w| names(bare, w))
        || lower.contains('<')
        || lower.contains("...");
    (Kind::Text, described)
}

/// Whether the words begin with or contain a type's name.
fn names(words: &str, name: &str) -> bool {
    words.match_indices(name).any(|(at, _)| {
        let before = words.get(..at).and_then(|head| head.chars().next_back());
        let after = words
            .get(at + name.len()..)
            .and_then(|tail| tail.chars().next());
        let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '.');
        edge(before) && edge(after)
    })
}

/// Alternatives such as `"a" | "b"`, `"a" or "b"`, `"a|b"`, `"a/b/c"`.
pub(super) fn options(text: &str) -> Vec<String> {
    let mut best: Vec<String> = Vec::new();
    let mut group: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((word, after)) = next_quoted(rest) {
        let inner: Vec<&str> = word.split(['|', '/']).map(str::trim).collect();
        if inner.len() >= 2 && inner.iter().all(|option| is_option(option)) {
            return inner.into_iter().map(str::to_owned).collect();
        }
        if is_option(word) {
            group.push(word.to_owned());
        }
        let gap = next_quoted(after).and_then(|(next, _)| {
            let at = after.find(next)?;
            after.get(..at.saturating_sub(1))
        });
        if !gap.is_some_and(joins) {
            if group.len() >= 2 {
                best = std::mem::take(&mut group);
            }
            group.clear();
        }
        rest = after;
    }
    best
}

fn joins(gap: &str) -> bool {
    matches!(
        gap.trim(),
        "," | "or" | ", or" | "|" | "/" | "and" | ", and"
    )
}

fn is_option(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 40
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
}

/// Bounds such as `0-100`, `1 to 5`, `between 1 and 10`; 0 to 100 without any.
pub(super) fn bounds(text: &str) -> (i64, i64) {
    let mut rest = text;
    while let Some((low, after)) = next_number(rest) {
        let gap_end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let gap = after.get(..gap_end).unwrap_or_default().trim();
        if matches!(gap, "-" | "to" | "and" | ".." | "\u{2013}")
            && let Some((high, _)) = next_number(after)
            && low < high
        {
            return (low, high);
        }
        rest = after;
    }
    (0, 100)
}

/// The first run of digits and what follows it; a run that is no number counts as 0.
fn next_number(text: &str) -> Option<(i64, &str)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let tail = text.get(start..)?;
    let end = tail
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(tail.len());
    let (digits, after) = tail.split_at(end);
    Some((digits.parse().unwrap_or(0), after))
}
