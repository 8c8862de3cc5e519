//! How alike two answers are, in thousandths.

use serde_json::{Map, Value as Json};

/// Likeness of two answers under a principle.
///
/// Two JSON objects (also as Python prints them) are compared field by field: the fields that the
/// principle names, or all fields if it names none. Anything else is compared word by word.
pub(super) fn likeness(a: &str, b: &str, principle: &str) -> u32 {
    match (loose_object(a), loose_object(b)) {
        (Some(a), Some(b)) => fields(&a, &b, principle),
        _ => words_alike(a, b),
    }
}

/// Share of a text's words that occur in any of the sources.
pub(super) fn covered(text: &str, sources: &[&String]) -> u32 {
    let known: Vec<String> = sources.iter().flat_map(|source| words(source)).collect();
    let own = words(text);
    let found = own.iter().filter(|word| known.contains(word)).count();
    share(found, own.len())
}

fn fields(a: &Map<String, Json>, b: &Map<String, Json>, principle: &str) -> u32 {
    let named: Vec<&String> = a
        .keys()
        .filter(|key| principle.contains(key.as_str()))
        .collect();
    let compared = if named.is_empty() {
        a.keys().chain(b.keys()).collect()
    } else {
        named
    };
    let scores = compared.iter().map(|key| match (a.get(*key), b.get(*key)) {
        (Some(Json::String(a)), Some(Json::String(b))) => words_alike(a, b),
        (Some(a), Some(b)) if a == b => 1000,
        _ => 0,
    });
    // One field that differs makes the whole differ.
    scores.min().unwrap_or(1000)
}

/// Dice coefficient of the words; a number that only one side has counts as a contradiction.
fn words_alike(a: &str, b: &str) -> u32 {
    let (a, b) = (words(a), words(b));
    if a == b {
        return 1000;
    }
    let mut rest = b.clone();
    let mut common = 0;
    for word in &a {
        if let Some(at) = rest.iter().position(|other| other == word) {
            rest.swap_remove(at);
            common += 1;
        }
    }
    if numbers(&a) != numbers(&b) {
        return 0;
    }
    // Equal words in another order are alike, not the same.
    share(2 * common, a.len() + b.len()).min(999)
}

/// Most words that are compared; the rest of longer texts is ignored.
const MAX_WORDS: usize = 2_000;

fn words(text: &str) -> Vec<String> {
    let pieces = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|piece| !piece.is_empty());
    pieces.take(MAX_WORDS).map(str::to_lowercase).collect()
}

fn numbers(words: &[String]) -> Vec<&String> {
    let mut numbers: Vec<_> = words
        .iter()
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    numbers.sort();
    numbers
}

fn share(part: usize, whole: usize) -> u32 {
    if whole == 0 {
        return 0;
    }
    u32::try_from(part * 1000 / whole).unwrap_or(1000)
}

/// Reads a JSON object, or a Python dict of plain values.
fn loose_object(text: &str) -> Option<Map<String, Json>> {
    let text = text.trim();
    if !text.starts_with('{') {
        return None;
    }
    let parsed = serde_json::from_str(text).or_else(|_| serde_json::from_str(&from_python(text)));
    match parsed {
        Ok(Json::Object(map)) => Some(map),
        _ => None,
    }
}

/// Rewrites Python's way of printing strings and constants to JSON's.
fn from_python(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                out.push('"');
            }
            (Some(open), _) if open == c => {
                quote = None;
                out.push('"');
            }
            (Some(_), '"') => out.push_str("\\\""),
            (Some(_), '\\') => match chars.next() {
                Some('\'') => out.push('\''),
                Some(next) => out.extend(['\\', next]),
                None => {}
            },
            (None, 'T' | 'F' | 'N') => out.extend(c.to_lowercase()),
            _ => out.push(c),
        }
    }
    // `None` became `none`.
    out.replace(": none", ": null")
}

#[cfg(test)]
mod tests {
    use super::{covered, likeness};

    #[test]
    fn named_fields_decide() {
        let a = "{\"reasoning\": \"it asks politely\", \"give_coin\": false}";
        let b = "{'reasoning': \"the wizard's rule\", 'give_coin': False}";
        assert_eq!(likeness(a, b, "The value of give_coin has to match"), 1000);
        assert!(likeness(a, b, "Both must be the same") < 300);
        let c = "{'reasoning': None, 'give_coin': True}";
        assert_eq!(likeness(a, c, "The value of give_coin has to match"), 0);
    }

    #[test]
    fn words_and_numbers() {
        assert_eq!(likeness("The Cat sat.", "the cat SAT", ""), 1000);
        let near = likeness("the home team won the match", "the home team has won", "");
        assert!((600..1000).contains(&near), "{near}");
        assert_eq!(likeness("they won 2 to 1", "they won 3 to 1", ""), 0);
        assert_eq!(likeness("apples", "quantum", ""), 0);
        assert_eq!(likeness("b a", "a b", ""), 999);
    }

    #[test]
    fn coverage() {
        let source = "the quick brown fox".to_owned();
        assert_eq!(covered("quick fox", &[&source]), 1000);
        assert_eq!(covered("quick cat", &[&source]), 500);
        assert_eq!(covered("", &[&source]), 0);
    }
}
