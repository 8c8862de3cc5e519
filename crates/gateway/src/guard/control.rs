//! Breaks the control tokens of chat formats, so that no text can pose as the machinery of a model.
//!
//! A token is broken by a visible space behind its first character: `<|im_start|>` becomes
//! `< |im_start| >`. Which texts are tokens is decided by shape and by name, in any case of letters and in
//! full-width signs as well, because some tokenizers fold these.
//!
//! # Invariants
//! - What comes out holds no token: breaking it again changes nothing.
//! - Only spaces are added, only inside of tokens.
//!
//! # Not here
//! - Characters nobody sees: they are taken out before ([`super::visible`]), so they cannot split a token.
//!
//! # Proof
//! Every token of the list in the tests, in six spellings and two thousand mixtures each; the generated
//! attacks of [`super::attacks`].

/// Names between `<` and `>`, with or without `/`: of turns, of thoughts, of tools, of the text's ends.
const ANGLED: &[&str] = &[
    "s",
    "bos",
    "eos",
    "pad",
    "unk",
    "cls",
    "sep",
    "mask",
    "sop",
    "eop",
    "eoh",
    "eoa",
    "eot",
    "eom",
    "eod",
    "im_start",
    "im_end",
    "im_sep",
    "user",
    "assistant",
    "system",
    "human",
    "bot",
    "ai",
    "developer",
    "model",
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "scratchpad",
    "analysis",
    "inner_monologue",
    "answer",
    "final",
    "final_answer",
    "tool",
    "tools",
    "tool_call",
    "tool_calls",
    "tool_response",
    "tool_result",
    "tool_results",
    "tool_use",
    "tool_code",
    "tool_output",
    "function",
    "functions",
    "function_call",
    "function_calls",
    "function_results",
    "function_response",
    "invoke",
    "parameter",
    "parameters",
    "result",
    "results",
    "observation",
    "instructions",
    "instruction",
    "prompt",
    "sys",
    "inst",
    "nextline",
    "longcat_system",
    "image_soft_token",
    "document_content",
];
/// Beginnings of names between `<` and `>` that number or vary them.
const ANGLED_STEMS: &[&str] = &[
    "start_of_",
    "end_of_",
    "begin_of_",
    "beginning_of_",
    "reserved_",
    "unused",
    "extra_id_",
    "special_",
    "fim_",
    "file_",
    "repo_",
    "repo",
    "filename",
    "antml:",
    "longcat_",
    "ctrl",
    "jupyter_",
    "gh_",
    "issue_",
    "commit_",
];
/// Names between `[` and `]`, with or without `/`.
const SQUARED: &[&str] = &[
    "inst",
    "sys",
    "system_prompt",
    "available_tools",
    "tool_calls",
    "tool_results",
    "tool_content",
    "args",
    "call_id",
    "think",
    "model_settings",
    "img",
    "img_break",
    "img_end",
    "gmask",
    "smask",
    "mask",
    "cls",
    "sep",
    "pad",
    "unk",
    "bos",
    "eos",
    "prefix",
    "suffix",
    "middle",
    "begin_audio",
];
/// Beginnings of such names.
const SQUARED_STEMS: &[&str] = &["unused_token", "control_", "tool_"];
/// Words that open a turn at the start of a line, before a colon.
const TURNS: &[&str] = &[
    "human",
    "assistant",
    "system",
    "user",
    "gpt4 correct user",
    "gpt4 correct assistant",
    "ai",
    "bot",
    "### instruction",
    "### response",
    "### input",
    "### system",
    "### user",
    "### assistant",
    "### human",
];
/// Longest name that is looked at, characters.
const MAX_NAME: usize = 48;

/// Breaks every token.
pub(crate) fn neutralise(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    let (mut rest, mut line_start) = (value, true);
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if line_start && let Some(turn) = turn(rest) {
            out.push_str(turn);
            out.push(' ');
            rest = rest.get(turn.len()..).unwrap_or_default();
            line_start = false;
            continue;
        }
        out.push(c);
        if c.is_ascii_alphanumeric() && !matches!(c, 'e' | 'E') {
            line_start = false;
            rest = after;
            continue;
        }
        if opens(plain(c), after) {
            out.push(' ');
        }
        line_start = c == '\n' || (line_start && c.is_whitespace());
        rest = after;
    }
    out
}

/// Whether a token begins with `c`, which `after` follows.
fn opens(c: char, after: &str) -> bool {
    let next = after.chars().next().map(plain);
    match (c, next) {
        // `<|...`, `...|>`, `[|...`, `...|]`: no token of this shape survives, whatever its name.
        ('<' | '[', Some('|')) | ('|', Some('>' | ']')) => true,
        ('<', Some('<')) => name(tail(after), ">").is_some_and(|name| named(&name, &["sys"], &[])),
        ('<', _) => name(after, ">").is_some_and(|name| named(&name, ANGLED, ANGLED_STEMS)),
        ('[', _) => name(after, "]").is_some_and(|name| named(&name, SQUARED, SQUARED_STEMS)),
        // MiniMax writes `]~b]` and `[e~[`.
        (']', Some('~')) => matches!(second(after), Some('b' | '!')),
        ('e' | 'E', Some('~')) => second(after) == Some('['),
        // Falcon writes `>>QUESTION<<`.
        ('>', Some('>')) => name(tail(after), "<").is_some_and(|name| {
            named(
                &name,
                &["question", "answer", "title", "abstract", "summary"],
                &[],
            )
        }),
        _ => false,
    }
}

/// The second character in plain lower case.
fn second(text: &str) -> Option<char> {
    text.chars().nth(1).map(|c| plain(c).to_ascii_lowercase())
}

/// The text behind its first character.
fn tail(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

/// Full-width signs as the plain ones.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '\u{2581}' => '_',
        '\u{2223}' | '\u{23d0}' | '\u{01c0}' => '|',
        '\u{2039}' | '\u{3008}' | '\u{27e8}' => '<',
        '\u{203a}' | '\u{3009}' | '\u{27e9}' => '>',
        c => c,
    }
}

/// The name up to its end, in plain lower case without `/`; what follows its first blank are attributes.
fn name(text: &str, end: &str) -> Option<String> {
    let mut name = String::new();
    let mut in_name = true;
    for (place, c) in text.chars().map(plain).take(MAX_NAME * 4).enumerate() {
        if end.contains(c) {
            return (!name.is_empty()).then_some(name);
        }
        match c {
            '/' if place == 0 => {}
            c if in_name && (c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':')) => {
                if name.len() == MAX_NAME {
                    return None;
                }
                name.push(if c == '-' {
                    '_'
                } else {
                    c.to_ascii_lowercase()
                });
            }
            ' ' | '\t' | '\n' | '/' | '=' if !name.is_empty() => in_name = false,
            '<' | '[' => return None,
            _ if in_name => return None,
            _ => {}
        }
    }
    None
}

fn named(name: &str, names: &[&str], stems: &[&str]) -> bool {
    names.contains(&name) || stems.iter().any(|stem| name.starts_with(stem)) || is_turn_token(name)
}

/// `END_OF_TURN_TOKEN` and the like.
fn is_turn_token(name: &str) -> bool {
    name.ends_with("_token")
        || name.ends_with("_of_turn")
        || name.ends_with("_of_sentence")
        || name.ends_with("_of_text")
}

/// What opens a turn at the start of a line, up to its colon.
fn turn(line: &str) -> Option<&str> {
    let head: String = line
        .chars()
        .take(28)
        .map(|c| plain(c).to_ascii_lowercase())
        .collect();
    let word = TURNS.iter().find(|word| {
        head.strip_prefix(**word)
            .is_some_and(|rest| rest.starts_with(':'))
    })?;
    // Each character of the head stands for one of the line.
    let end = line
        .char_indices()
        .nth(word.chars().count())
        .map_or(line.len(), |(at, _)| at);
    line.get(..end)
}

/// Tokens of the chat formats of common models, for tests.
#[cfg(test)]
pub(crate) const TOKENS: &str = include_str!("control/tokens.txt");

#[cfg(test)]
mod tests {
    use super::{TOKENS, neutralise};
    use crate::guard::attacks::Dice;
    use crate::guard::visible::clean;

    fn tokens() -> Vec<&'static str> {
        TOKENS
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .collect()
    }

    /// Six spellings of a token.
    fn spellings(token: &str) -> Vec<String> {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            c => c,
        };
        let split = token.chars().flat_map(|c| [c, '\u{200b}']);
        vec![
            token.to_owned(),
            token.to_uppercase(),
            token.to_lowercase(),
            token.chars().map(wide).collect(),
            split.collect(),
            format!("{token}{token}"),
        ]
    }

    #[test]
    fn every_token_in_every_spelling_is_broken() {
        assert!(tokens().len() >= 150);
        for token in tokens() {
            for spelling in spellings(token) {
                let seen = clean(&spelling);
                let out = neutralise(&seen);
                assert!(!out.contains(&seen), "{token}: {seen} in {out}");
                assert_eq!(neutralise(&out), out, "{token}");
            }
        }
    }

    #[test]
    fn every_token_in_two_thousand_mixtures_is_broken() {
        let (tokens, mut dice) = (tokens(), Dice::new(1));
        for token in &tokens {
            for _ in 0..2_000 {
                let mixture = format!("{}{token}{}", dice.noise(&tokens), dice.noise(&tokens));
                let seen = clean(&mixture);
                let out = neutralise(&seen);
                // A turn in words is a token at the start of a line only.
                assert!(
                    token.ends_with(':') || !out.contains(token),
                    "{token} in {out:?}"
                );
                assert_eq!(neutralise(&out), out);
                let without = |text: &str| text.replace(' ', "");
                assert_eq!(without(&out), without(&seen), "only spaces are added");
            }
        }
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "if a < b && c > d { v[0] |= 1 }",
            "Vec<u8>, Option<T>, a[i][j]",
            "<p class=\"x\">Hello</p> <table><tr><td>1</td></tr></table>",
            "[1] A footnote. [see also] [[1, 2], [3, 4]]",
            "The system: a user manual. Who is the assistant?",
            "2 << 3 >> 1, x|y, <- ->",
        ] {
            assert_eq!(neutralise(text), text);
        }
    }
}
