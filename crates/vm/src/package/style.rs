//! Which generation a source was written for, where its header does not say.
//!
//! # Invariants
//! - Only top-level lines count; what stands in strings and comments does not.

use super::Generation;

/// The generation that the source of the main module shows: `import genlayer as gl` is how v0.3
/// begins, a class decorated with `@gl.contract` is of v0.0, anything else reads as v0.2.
pub(super) fn generation(source: &str) -> Generation {
    let lines = top_level(source);
    if lines.iter().any(|line| imports_package(line)) {
        Generation::V03
    } else if lines.iter().any(|line| line.trim_end() == "@gl.contract") {
        Generation::V00
    } else {
        Generation::V02
    }
}

/// Does `line` import the package itself under another name?
fn imports_package(line: &str) -> bool {
    line.split(';')
        .filter_map(|statement| statement.trim_start().strip_prefix("import "))
        .flat_map(|modules| modules.split(','))
        .map(|module| module.split_whitespace().collect::<Vec<_>>())
        .any(|words| matches!(words.as_slice(), ["genlayer", "as", _]))
}

/// Lines that start at the margin, without comments; strings are empty in them.
fn top_level(source: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        match letter {
            '"' | '\'' => {
                rest = after_string(rest, letter);
                push(&mut lines, letter);
                continue;
            }
            '#' => {
                rest = rest
                    .find('\n')
                    .and_then(|end| rest.get(end..))
                    .unwrap_or("");
                continue;
            }
            '\n' => lines.push(String::new()),
            letter => push(&mut lines, letter),
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or("");
    }
    lines.retain(|line| !line.starts_with([' ', '\t']));
    lines
}

fn push(lines: &mut [String], letter: char) {
    if let Some(line) = lines.last_mut() {
        line.push(letter);
    }
}

/// What follows the string at the start of `text`; one that is not closed ends with its line, or,
/// in triple quotes, with the text.
fn after_string(text: &str, quote: char) -> &str {
    let mut close = String::from(quote).repeat(3);
    if !text.starts_with(&close) {
        close.truncate(1);
    }
    let mut rest = text.get(close.len()..).unwrap_or("");
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(close.as_str()) {
            return after;
        }
        if close.len() == 1 && rest.starts_with('\n') {
            break;
        }
        let mut letters = rest.chars();
        if letters.next() == Some('\\') {
            letters.next();
        }
        rest = letters.as_str();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{Generation, generation};

    #[test]
    fn the_import_of_the_package_itself_is_of_the_third_generation() {
        for source in [
            "import genlayer as gl\n",
            "import json\r\nimport genlayer as gl\r\n",
            "\"\"\"A text.\"\"\"\nimport json; import  genlayer  as gl # why\n",
            "import json, genlayer as gl",
            "X = 'it\\'s'\nimport genlayer as gl\nfrom genlayer import *",
        ] {
            assert_eq!(generation(source), Generation::V03, "{source}");
        }
    }

    #[test]
    fn other_imports_and_mentions_are_not() {
        for source in [
            "",
            "from genlayer import *\n",
            "import genlayer.gl as gl\n",
            "import genlayer\n",
            "# import genlayer as gl\nfrom genlayer import *\n",
            "\"\"\"\nimport genlayer as gl\n\"\"\"\nfrom genlayer import *\n",
            "'''\n\\'''\nimport genlayer as gl\n",
            "def f():\n    import genlayer as gl\n",
            "from genlayer import *\nX = 'open\n",
            "def f():\n    '''\n@gl.contract\n'''\n",
        ] {
            assert_eq!(generation(source), Generation::V02, "{source}");
        }
    }

    #[test]
    fn quotes_without_end_take_no_time() {
        let source = format!("import genlayer as gl\n{}", "\"".repeat(1 << 20));
        assert_eq!(generation(&source), Generation::V03);
    }

    #[test]
    fn the_class_decorator_is_of_the_oldest() {
        let source = "from genlayer import *\n\n@gl.contract  # it\nclass A:\n    x: u8\n";
        assert_eq!(generation(source), Generation::V00);
        let newer = "import genlayer as gl\n@gl.contract\nclass A:\n    x: u8\n";
        assert_eq!(generation(newer), Generation::V03);
    }
}
