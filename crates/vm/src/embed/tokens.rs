//! Text to token ids: cleaned, lower-cased, without accents, cut into words and those into pieces.
//!
//! # Invariants
//! - Pieces are found as the reference does: a character that no piece begins with is unknown at
//!   the start of a word and left out inside of one, and the word begins anew after it. (The
//!   model's own tokenizer makes the whole word one unknown.)
//! - No text becomes a control token: `[SEP]` in a text is five pieces of punctuation and letters.

use std::collections::BTreeMap;
use unicode_general_category::{GeneralCategory as Category, get_general_category as category};
use unicode_normalization::UnicodeNormalization as _;

/// Marks the start of a text.
const START: u16 = 101;
/// Marks the end of a text.
const END: u16 = 102;
/// A word, or the part of one, that no piece fits.
const UNKNOWN: u16 = 100;
/// Marks a piece inside of a word.
const INSIDE: &str = "##";

/// Pieces and their numbers.
pub(super) struct Vocabulary {
    /// Pieces at the start of a word.
    first: Pieces,
    /// Pieces inside of a word, without their mark.
    inside: Pieces,
}

/// Pieces in the order of their bytes.
struct Pieces(Vec<(String, u16)>);

impl Vocabulary {
    /// From a file with one piece a line.
    pub(super) fn new(text: &str) -> Self {
        let (mut first, mut inside) = (BTreeMap::new(), BTreeMap::new());
        for (line, number) in text.lines().zip(0..=u16::MAX) {
            let (pieces, piece) = match line.strip_prefix(INSIDE) {
                Some(piece) if !piece.is_empty() => (&mut inside, piece),
                _ => (&mut first, line),
            };
            pieces.insert(piece.to_owned(), number);
        }
        Self {
            first: Pieces(first.into_iter().collect()),
            inside: Pieces(inside.into_iter().collect()),
        }
    }

    /// Ids of a text, framed, the first `most` of them; what follows is not looked at.
    pub(super) fn tokens(&self, text: &str, most: usize) -> Vec<u16> {
        let mut tokens = vec![START];
        let most = most.saturating_sub(1);
        for word in spaced(text).split_whitespace() {
            for part in words(&plain(word)) {
                if tokens.len() < most {
                    self.pieces(part, &mut tokens, most);
                }
            }
            if tokens.len() >= most {
                break;
            }
        }
        tokens.push(END);
        tokens
    }

    fn pieces(&self, word: &str, tokens: &mut Vec<u16>, most: usize) {
        let (mut rest, mut inside) = (word, false);
        while !(inside && rest.is_empty()) && tokens.len() < most {
            let pieces = if inside { &self.inside } else { &self.first };
            let found = pieces.longest(rest);
            let (taken, token) = found.map_or_else(
                || {
                    let taken = rest.chars().next().map_or(0, char::len_utf8);
                    (taken, (!inside).then_some(UNKNOWN))
                },
                |(taken, token)| (taken, Some(token)),
            );
            tokens.extend(token);
            inside = token.is_some();
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
}

impl Pieces {
    /// The longest piece that `text` begins with, and its length.
    fn longest(&self, text: &str) -> Option<(usize, u16)> {
        let mut same = self.0.as_slice();
        let mut found = None;
        // With each byte fewer pieces begin as the text does; the shortest is the first of them.
        for (at, byte) in text.bytes().enumerate() {
            let next = |piece: &(String, u16)| piece.0.as_bytes().get(at).copied();
            let from = same.partition_point(|piece| next(piece) < Some(byte));
            same = same.get(from..)?;
            let to = same.partition_point(|piece| next(piece) == Some(byte));
            same = same.get(..to)?;
            let Some((first, token)) = same.first() else {
                break;
            };
            if first.len() == at + 1 {
                found = Some((at + 1, *token));
            }
        }
        found
    }
}

/// The text without control characters, and with each Chinese character a word of its own.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_whitespace() && !is_control(char) {
            out.push(' ');
        } else if is_ideograph(char) {
            out.extend([' ', char, ' ']);
        } else if !is_control(char) && char != '\u{fffd}' {
            out.push(char);
        }
    }
    out
}

/// Lower case, and no accents.
fn plain(word: &str) -> String {
    let lower = word.to_lowercase();
    let marks = |char: &char| category(*char) != Category::NonspacingMark;
    lower.nfd().filter(marks).collect()
}

/// Runs without punctuation, and each punctuation character alone.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(is_punctuation)
        .flat_map(|part| match part.char_indices().next_back() {
            Some((at, last)) if is_punctuation(last) => part.split_at(at).into(),
            _ => <[&str; 2]>::from((part, "")),
        })
        .filter(|part| !part.is_empty())
}

fn is_control(char: char) -> bool {
    !matches!(char, '\t' | '\n' | '\r')
        && matches!(
            category(char),
            Category::Control
                | Category::Format
                | Category::Unassigned
                | Category::PrivateUse
                | Category::Surrogate
        )
}

fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation()
        || matches!(
            category(char),
            Category::ConnectorPunctuation
                | Category::DashPunctuation
                | Category::OpenPunctuation
                | Category::ClosePunctuation
                | Category::InitialPunctuation
                | Category::FinalPunctuation
                | Category::OtherPunctuation
        )
}

fn is_ideograph(char: char) -> bool {
    matches!(char,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2b73f}' | '\u{2b740}'..='\u{2b81f}' | '\u{2b820}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toy() -> Vocabulary {
        Vocabulary::new("[PAD]\na\nab\n##b\n##bc\nx\n#\n.\n\u{4e2d}\n##\u{e9}\n")
    }

    fn middle(text: &str) -> Vec<u16> {
        let mut tokens = toy().tokens(text, usize::MAX);
        assert_eq!(tokens.pop(), Some(END));
        assert_eq!(tokens.remove(0), START);
        tokens
    }

    #[test]
    fn the_longest_piece_is_taken() {
        assert_eq!(middle("abbc A\u{301}b"), [2, 4, 2]);
        assert_eq!(middle("a.#\u{4e2d}x"), [1, 7, 6, 8, 5]);
        assert_eq!(middle(""), Vec::<u16>::new());
    }

    #[test]
    fn unknown_characters_are_one_token_at_a_start_and_none_inside() {
        let rocket = "\u{1f680}";
        assert_eq!(middle(rocket), [100]);
        assert_eq!(middle(&rocket.repeat(2)), [100, 100]);
        assert_eq!(middle(&rocket.repeat(3)), [100, 100]);
        assert_eq!(middle(&format!("a{rocket}x")), [1, 5]);
    }

    #[test]
    fn control_characters_vanish_and_spaces_separate() {
        assert_eq!(middle("a\u{200b}\u{0}b\u{fffd}"), [2]);
        assert_eq!(middle("a\u{a0}\u{2028}\tx"), [1, 5]);
    }

    #[test]
    fn no_more_is_looked_at_than_was_asked_for() {
        let toy = toy();
        let text = "abbc x. a\u{301}bb \u{4e2d}\u{4e2d} xx";
        let all = toy.tokens(text, usize::MAX);
        for most in 2..all.len() {
            let head = all.get(..most - 1).unwrap_or_default();
            assert_eq!(toy.tokens(text, most), [head, &[END]].concat());
        }
        assert_eq!(toy.tokens(text, all.len()), all);
        assert_eq!(toy.tokens(text, 0), [START, END]);
    }
}
