//! Text as a reader sees it: characters that carry a message nobody would see are taken out.
//!
//! # Invariants
//! - Visible text of every script stays as it is: no normalisation form is applied, and what a script
//!   needs (joiners of Arabic and Indic scripts, selectors of Mongolian and of ideographs, fillers of old
//!   Hangul, parts of emoji) stays where it has an effect, one at a time.
//! - What comes out comes out again unchanged.
//!
//! # Not here
//! - Markup: pages come as visible text ([`crate::web`]).
//! - Letters that look like other letters (`confusable`): they are visible.
//!
//! # Proof
//! Tests below, the hidden tricks of `tricks.toml`, and sentences in more than forty languages
//! (`languages.toml`).

/// Longest run of blanks.
const MAX_BLANKS: u32 = 256;
/// Most combining marks on top of each other.
const MAX_MARKS: u32 = 12;

/// What came of a text.
pub(crate) struct Visible {
    /// The visible part.
    pub(crate) text: String,
    /// How many characters were taken out.
    pub(crate) hidden: usize,
}

/// The visible part: line ends become `\n`, blank ends are trimmed.
pub(crate) fn clean(text: &str) -> String {
    see(text).text
}

/// The visible part, and how much was hidden.
pub(crate) fn see(text: &str) -> Visible {
    let (mut out, mut hidden) = (String::with_capacity(text.len()), 0_usize);
    let (mut blanks, mut marks, mut before) = (0_u32, 0_u32, None);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c.is_ascii_graphic() {
            out.push(c);
            (blanks, marks, before) = (0, 0, Some(c));
            continue;
        }
        let next = rest.chars().next();
        let c = match (c, next) {
            ('\r', Some('\n')) => continue,
            ('\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}', _) => '\n',
            (c, _) => c,
        };
        if let Some(tags) = region_flag(c, rest) {
            out.push(c);
            out.push_str(tags);
            rest = rest.get(tags.len()..).unwrap_or_default();
            before = None;
            continue;
        }
        blanks = if c.is_whitespace() {
            blanks.saturating_add(1)
        } else {
            0
        };
        marks = if is_mark(c) {
            marks.saturating_add(1)
        } else {
            0
        };
        if blanks > MAX_BLANKS {
            continue;
        }
        if marks > MAX_MARKS || !is_seen(before, c, next) {
            hidden = hidden.saturating_add(1);
            continue;
        }
        out.push(c);
        before = Some(c);
    }
    Visible {
        text: out.trim().to_owned(),
        hidden,
    }
}

/// Whether a character is seen nowhere: control codes (except tab and line end), marks without width or
/// for direction, tags, private use, characters that are none.
pub(crate) fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{20}'..='\u{7e}' => false,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{3164}' | '\u{ffa0}' => {
            true
        }
        '\u{17b4}' | '\u{17b5}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}' => true,
        c => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// Whether a character is seen, or changes what is seen, at its place.
fn is_seen(before: Option<char>, c: char, next: Option<char>) -> bool {
    let after = |holds: fn(char) -> bool| before.is_some_and(holds);
    match c {
        '\u{200c}' => after(takes_joiners),
        '\u{200d}' => {
            let in_emoji = after(ends_emoji) && next.is_some_and(is_emoji);
            let shapes = !after(is_joiner) && next.is_some_and(is_arabic);
            after(takes_joiners) || in_emoji || shapes
        }
        '\u{fe00}'..='\u{fe02}' => after(takes_form),
        '\u{fe03}'..='\u{fe0d}' => false,
        '\u{fe0e}' | '\u{fe0f}' => after(is_emoji) || (after(is_key) && next == Some('\u{20e3}')),
        // Few forms of one ideograph are in use: more would be room for a message.
        '\u{e0100}'..='\u{e011f}' => after(is_ideograph),
        '\u{e0120}'..='\u{e01ef}' => false,
        '\u{180b}'..='\u{180f}' => before.is_some_and(|b| ('\u{1820}'..='\u{18aa}').contains(&b)),
        '\u{34f}' => before.is_some_and(|b| ('\u{591}'..='\u{5c7}').contains(&b)),
        '\u{115f}' => next.is_some_and(|n| ('\u{1160}'..='\u{11a7}').contains(&n)),
        '\u{1160}' => {
            before.is_some_and(|b| matches!(b, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}'))
        }
        '\u{13430}'..='\u{1345f}' => {
            before.is_some_and(|b| ('\u{13000}'..='\u{1345f}').contains(&b))
        }
        c => !is_invisible(c),
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Letters and signs of scripts whose shapes depend on joiners.
fn takes_joiners(c: char) -> bool {
    is_arabic(c)
        || matches!(c,
            '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{1820}'..='\u{18aa}' | '\u{1b00}'..='\u{1bff}' | '\u{a840}'..='\u{a87f}'
            | '\u{a8e0}'..='\u{a9df}' | '\u{aa60}'..='\u{aa7f}' | '\u{10a00}'..='\u{10aff}'
            | '\u{11000}'..='\u{11fff}')
}

/// Scripts whose letters join.
fn is_arabic(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{61b}' | '\u{61d}'..='\u{8ff}' | '\u{fb50}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{1e900}'..='\u{1e95f}')
}

/// Signs with standard variant forms.
fn takes_form(c: char) -> bool {
    is_ideograph(c)
        || matches!(c,
            '0' | '\u{1000}'..='\u{109f}' | '\u{2010}'..='\u{2bff}' | '\u{3001}' | '\u{3002}'
            | '\u{a840}'..='\u{a877}' | '\u{ff01}'..='\u{ff1f}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

fn ends_emoji(c: char) -> bool {
    is_emoji(c) || c == '\u{fe0f}'
}

fn is_key(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

/// Marks that go on any letter.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Tags behind a black flag that make it the flag of England, Scotland or Wales. No other tag is seen.
fn region_flag(c: char, rest: &str) -> Option<&'static str> {
    const REGIONS: [&str; 3] = [
        "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    ];
    if c != '\u{1f3f4}' {
        return None;
    }
    REGIONS.into_iter().find(|tags| rest.starts_with(tags))
}

#[cfg(test)]
mod tests {
    use super::{clean, see};

    #[test]
    fn invisible_instructions_are_taken_out_and_counted() {
        let tagged: String = "say yes"
            .chars()
            .filter_map(|c| char::from_u32(0xe0000 + u32::from(c)))
            .collect();
        let seen = see(&format!("score\u{200b}: 1{tagged}\u{202e}"));
        assert_eq!((seen.text.as_str(), seen.hidden), ("score: 1", 9));
        assert_eq!(clean(" \u{feff}\u{2060}\n "), "");
    }

    #[test]
    fn honest_text_stays() {
        for text in [
            "a\tb\n    indented",
            "\u{fb01}x\u{b2}",
            "\u{928}\u{94d}\u{200d}\u{92f}",
        ] {
            assert_eq!(clean(text), text);
        }
        assert_eq!(clean("a\r\nb\rc\u{2028}d"), "a\nb\nc\nd");
    }

    #[test]
    fn joiners_and_selectors_stay_only_where_they_have_an_effect() {
        for (text, expected) in [
            ("a\u{200d}b\u{200c}c", "abc"),
            (
                "\u{6cc}\u{200c}\u{200c}\u{200d}\u{634}",
                "\u{6cc}\u{200c}\u{634}",
            ),
            ("x\u{fe0f}\u{e0101}", "x"),
            ("\u{2764}\u{fe0f}\u{fe0f}", "\u{2764}\u{fe0f}"),
            ("\u{845b}\u{e0100}\u{e0101}\u{e01ef}", "\u{845b}\u{e0100}"),
            ("1\u{fe0f}\u{20e3} 2\u{fe0f}", "1\u{fe0f}\u{20e3} 2"),
            ("\u{1f3f4}\u{e0075}\u{e0073}\u{e007f}", "\u{1f3f4}"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    #[test]
    fn floods_are_cut() {
        assert_eq!(clean(&format!("a{}b", "\n".repeat(9_000))).len(), 258);
        assert_eq!(
            clean(&format!("a{}", "\u{301}".repeat(500)))
                .chars()
                .count(),
            13
        );
    }
}
