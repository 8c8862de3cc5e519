//! Letters that look like other letters, folded for looking only.
//!
//! # Not here
//! - Changing a text that anybody gets: this form is thrown away after it has been looked at.

/// The text in plain small letters as far as they look like them, without accents, blanks as one space.
pub(crate) fn skeleton(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            if !c.is_ascii_whitespace() {
                out.push(c.to_ascii_lowercase());
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        match folded(c) {
            Some('\0') => {}
            Some(plain) => out.push(plain),
            None if c.is_whitespace() && !out.ends_with(' ') => out.push(' '),
            None if c.is_whitespace() => {}
            None => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The plain letter that a character looks like; `\0` for marks that are dropped.
fn folded(c: char) -> Option<char> {
    let number = u32::from(c);
    match number {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0x200c..=0x200d => Some('\0'),
        0xff01..=0xff5e => char::from_u32(number - 0xfee0).map(|c| c.to_ascii_lowercase()),
        0x24b6..=0x24cf => letter(number - 0x24b6),
        0x24d0..=0x24e9 => letter(number - 0x24d0),
        0x249c..=0x24b5 => letter(number - 0x249c),
        0x1f110..=0x1f129 => letter(number - 0x1f110),
        0x1f130..=0x1f149 => letter(number - 0x1f130),
        0x1f150..=0x1f169 => letter(number - 0x1f150),
        0x1f170..=0x1f189 => letter(number - 0x1f170),
        0x1f1e6..=0x1f1ff => letter(number - 0x1f1e6),
        // Mathematical alphabets: thirteen of 52 letters each, then digits.
        0x1d400..=0x1d6a3 => letter((number - 0x1d400) % 26),
        0x1d7ce..=0x1d7ff => char::from_digit((number - 0x1d7ce) % 10, 10),
        _ => accented(c).or_else(|| look_alike(c)),
    }
}

fn letter(place: u32) -> Option<char> {
    char::from_u32(u32::from('a') + place)
}

/// Rows of letters with accents, and the plain letter of each row.
const ACCENTED: &[(&str, char)] = &[
    (
        "\u{c0}\u{c1}\u{c2}\u{c3}\u{c4}\u{c5}\u{e0}\u{e1}\u{e2}\u{e3}\u{e4}\u{e5}\u{101}\u{103}\u{105}\u{1ce}\u{1ea1}\u{1ea3}",
        'a',
    ),
    ("\u{c7}\u{e7}\u{107}\u{109}\u{10b}\u{10d}", 'c'),
    ("\u{10f}\u{111}", 'd'),
    (
        "\u{c8}\u{c9}\u{ca}\u{cb}\u{e8}\u{e9}\u{ea}\u{eb}\u{113}\u{115}\u{117}\u{119}\u{11b}\u{1eb9}\u{1ebd}",
        'e',
    ),
    ("\u{11d}\u{11f}\u{121}\u{123}", 'g'),
    ("\u{125}\u{127}", 'h'),
    (
        "\u{cc}\u{cd}\u{ce}\u{cf}\u{ec}\u{ed}\u{ee}\u{ef}\u{129}\u{12b}\u{12d}\u{12f}\u{131}\u{130}\u{1ec9}",
        'i',
    ),
    ("\u{13a}\u{13c}\u{13e}\u{142}", 'l'),
    ("\u{d1}\u{f1}\u{144}\u{146}\u{148}", 'n'),
    (
        "\u{d2}\u{d3}\u{d4}\u{d5}\u{d6}\u{d8}\u{f2}\u{f3}\u{f4}\u{f5}\u{f6}\u{f8}\u{14d}\u{151}\u{1ecd}\u{1ecf}",
        'o',
    ),
    ("\u{155}\u{159}", 'r'),
    ("\u{15b}\u{15d}\u{15f}\u{161}\u{219}", 's'),
    ("\u{163}\u{165}\u{21b}", 't'),
    (
        "\u{d9}\u{da}\u{db}\u{dc}\u{f9}\u{fa}\u{fb}\u{fc}\u{169}\u{16b}\u{16d}\u{16f}\u{171}\u{173}\u{1ee5}",
        'u',
    ),
    ("\u{175}", 'w'),
    ("\u{dd}\u{fd}\u{ff}\u{177}", 'y'),
    ("\u{17a}\u{17c}\u{17e}", 'z'),
];

fn accented(c: char) -> Option<char> {
    if !matches!(c, '\u{c0}'..='\u{21b}' | '\u{1e00}'..='\u{1eff}') {
        return None;
    }
    ACCENTED
        .iter()
        .find(|(row, _)| row.contains(c))
        .map(|(_, plain)| *plain)
}

/// Cyrillic, Greek, Armenian, Cherokee, small capitals and signs that pass for Latin letters.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        '\u{430}' | '\u{410}' | '\u{3b1}' | '\u{391}' | '\u{251}' | '\u{1d00}' | '\u{13aa}' => 'a',
        '\u{412}' | '\u{432}' | '\u{392}' | '\u{3b2}' | '\u{299}' | '\u{13f4}' => 'b',
        '\u{441}' | '\u{421}' | '\u{3f2}' | '\u{1d04}' | '\u{13df}' | '\u{a9}' => 'c',
        '\u{501}' | '\u{13e7}' | '\u{1d05}' => 'd',
        '\u{435}' | '\u{415}' | '\u{395}' | '\u{3b5}' | '\u{451}' | '\u{1d07}' | '\u{212e}'
        | '\u{13ac}' => 'e',
        '\u{192}' | '\u{a730}' => 'f',
        '\u{581}' | '\u{262}' | '\u{13c0}' => 'g',
        '\u{4bb}' | '\u{41d}' | '\u{43d}' | '\u{397}' | '\u{29c}' | '\u{13bb}' | '\u{570}' => 'h',
        '\u{456}' | '\u{406}' | '\u{399}' | '\u{3b9}' | '\u{457}' | '\u{26a}' | '\u{2170}' => 'i',
        '\u{458}' | '\u{408}' | '\u{1d0a}' | '\u{13ab}' => 'j',
        '\u{43a}' | '\u{41a}' | '\u{39a}' | '\u{3ba}' | '\u{1d0b}' | '\u{13e6}' => 'k',
        '\u{4cf}' | '\u{4c0}' | '\u{29f}' | '\u{13de}' | '\u{217c}' => 'l',
        '\u{43c}' | '\u{41c}' | '\u{39c}' | '\u{1d0d}' | '\u{13b7}' => 'm',
        '\u{39d}' | '\u{3b7}' | '\u{274}' | '\u{578}' => 'n',
        '\u{43e}' | '\u{41e}' | '\u{3bf}' | '\u{39f}' | '\u{585}' | '\u{1d0f}' | '\u{3c3}' => 'o',
        '\u{440}' | '\u{420}' | '\u{3c1}' | '\u{3a1}' | '\u{1d18}' | '\u{13e2}' => 'p',
        '\u{51b}' | '\u{566}' => 'q',
        '\u{433}' | '\u{280}' | '\u{13a1}' => 'r',
        '\u{455}' | '\u{405}' | '\u{a731}' | '\u{13da}' | '\u{17f}' => 's',
        '\u{442}' | '\u{422}' | '\u{3a4}' | '\u{3c4}' | '\u{1d1b}' | '\u{13a2}' => 't',
        '\u{57d}' | '\u{3c5}' | '\u{1d1c}' => 'u',
        '\u{475}' | '\u{3bd}' | '\u{1d20}' | '\u{13d9}' => 'v',
        '\u{51d}' | '\u{3c9}' | '\u{1d21}' | '\u{13b3}' => 'w',
        '\u{445}' | '\u{425}' | '\u{3c7}' | '\u{3a7}' => 'x',
        '\u{443}' | '\u{423}' | '\u{3b3}' | '\u{3a5}' | '\u{28f}' | '\u{4af}' => 'y',
        '\u{1d22}' | '\u{396}' | '\u{13c3}' => 'z',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::skeleton;

    #[test]
    fn letters_in_disguise_are_seen_through() {
        for disguise in [
            "\u{456}gn\u{43e}r\u{435} \u{430}ll",
            "\u{ff29}\u{ff47}\u{ff4e}\u{ff4f}\u{ff52}\u{ff45} \u{ff41}\u{ff4c}\u{ff4c}",
            "\u{1d422}\u{1d420}\u{1d427}\u{1d428}\u{1d42b}\u{1d41e} \u{1d5ee}\u{1d5f9}\u{1d5f9}",
            "i\u{301}g\u{300}nore\n\n  ALL",
            "\u{24d8}\u{24d6}\u{24dd}\u{24de}\u{24e1}\u{24d4} \u{24d0}\u{24db}\u{24db}",
            "\u{26a}\u{262}\u{274}\u{1d0f}\u{280}\u{1d07} all",
        ] {
            assert_eq!(skeleton(disguise), "ignore all", "{disguise}");
        }
    }
}
