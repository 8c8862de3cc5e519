//! Numbers and days as people write them.
//!
//! Reading is generous: a text can be read in several ways ("1,234" is 1234 or 1.234), and a value is
//! stated if it is one of them. A value that no reading gives is not stated.
//!
//! # Invariants
//! - Texts are folded already ([`super::folded`]): lower case, plain digits, one space between words.
//!
//! # Not here
//! - What a number is about.
//!
//! # Proof
//! The tables in the tests.

use std::collections::BTreeSet;

/// Digits of other scripts and full-width signs as plain ones.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\u{66b}' => '.',
        '\u{66c}' | '\u{2019}' => '\'',
        '\u{2212}' | '\u{2012}'..='\u{2015}' | '\u{ff0d}' => '-',
        '\u{ff05}' | '\u{66a}' => '%',
        '\u{ff0e}' => '.',
        '\u{ff0c}' => ',',
        c => digit(c).unwrap_or(c),
    }
}

/// Beginnings of the rows of digits of other scripts.
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
    0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0x1b50, 0xff10, 0xa9d0, 0x1946,
];

fn digit(c: char) -> Option<char> {
    let number = u32::from(c);
    if number < 0x660 {
        return None;
    }
    let zero = ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&number))?;
    char::from_digit(number - zero, 10)
}

/// Words of numbers: English, German, French, Spanish, Portuguese, Italian.
const WORDS: &[(&str, u32)] = &[
    ("zero", 0),
    ("nil", 0),
    ("none", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("once", 1),
    ("twice", 2),
    ("dozen", 12),
    ("null", 0),
    ("kein", 0),
    ("ein", 1),
    ("eins", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("f\u{fc}nf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zw\u{f6}lf", 12),
    ("zwanzig", 20),
    ("drei\u{df}ig", 30),
    ("vierzig", 40),
    ("f\u{fc}nfzig", 50),
    ("z\u{e9}ro", 0),
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("vingt", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("cero", 0),
    ("uno", 1),
    ("una", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("once", 11),
    ("doce", 12),
    ("veinte", 20),
    ("treinta", 30),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("um", 1),
    ("uma", 1),
    ("dois", 2),
    ("duas", 2),
    ("tr\u{ea}s", 3),
    ("quatro", 4),
    ("sete", 7),
    ("oito", 8),
    ("nove", 9),
    ("dez", 10),
    ("doze", 12),
    ("vinte", 20),
    ("trinta", 30),
    ("due", 2),
    ("tre", 3),
    ("quattro", 4),
    ("cinque", 5),
    ("sei", 6),
    ("sette", 7),
    ("otto", 8),
    ("dieci", 10),
    ("undici", 11),
    ("dodici", 12),
    ("venti", 20),
    ("trenta", 30),
    ("quaranta", 40),
    ("cinquanta", 50),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
];

/// Words behind a number that multiply it by a power of ten.
const POWERS: &[(&str, usize)] = &[
    ("k", 3),
    ("bn", 9),
    ("hundred", 2),
    ("hundert", 2),
    ("thousand", 3),
    ("thousands", 3),
    ("tausend", 3),
    ("mille", 3),
    ("mil", 3),
    ("mila", 3),
    ("million", 6),
    ("millions", 6),
    ("millionen", 6),
    ("mio", 6),
    ("mill\u{f3}n", 6),
    ("millones", 6),
    ("milh\u{f5}es", 6),
    ("milioni", 6),
    ("billion", 9),
    ("billions", 9),
    ("milliarden", 9),
    ("milliarde", 9),
    ("milliard", 9),
    ("milliards", 9),
    ("trillion", 12),
];
/// Words before a number that make it negative.
const MINUS: [&str; 5] = ["minus", "negative", "moins", "menos", "meno"];

/// Every number of a text: its digits without separators of thousands, `.` before decimals, no needless
/// zeros, a `-` only where nothing stands before it (in "2-1" it separates).
pub(crate) fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut before = "";
    let mut open = Vec::new();
    for piece in pieces(text) {
        let mut values = match piece.chars().next() {
            Some(c) if is_part(c) => readings(piece),
            _ => word(piece)
                .map(|number| vec![number.to_string()])
                .unwrap_or_default(),
        };
        // "twenty-five", "twenty five"
        if let (Some(tens), Some(unit)) = (word(before), word(piece))
            && tens >= 20
            && (1..10).contains(&unit)
        {
            values.push((tens + unit).to_string());
        }
        if let Some((_, power)) = POWERS.iter().find(|(word, _)| *word == piece) {
            values = open
                .iter()
                .filter_map(|number: &String| shifted(number, *power))
                .collect();
        }
        if matches!(piece, "%" | "percent" | "prozent" | "pourcent") {
            let shares = open.iter().filter_map(|number: &String| hundredth(number));
            found.extend(shares.collect::<Vec<_>>());
        }
        if MINUS.contains(&before) {
            let negative = values
                .iter()
                .filter(|number| !number.starts_with('-') && *number != "0");
            values.extend(
                negative
                    .map(|number| format!("-{number}"))
                    .collect::<Vec<_>>(),
            );
        }
        found.extend(values.iter().cloned());
        if !values.is_empty() {
            open = values;
        } else if !matches!(
            piece,
            "%" | "$" | "\u{20ac}" | "\u{a3}" | "per" | "por" | "pour"
        ) {
            open.clear();
        }
        before = piece;
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '-')
}

/// Runs of digits and marks, words, and single other signs.
fn pieces(text: &str) -> Vec<&str> {
    let kind = |c: char| {
        if is_part(c) {
            0
        } else if c.is_alphabetic() {
            1
        } else {
            2
        }
    };
    let (mut pieces, mut start, mut last) = (Vec::new(), 0, 2);
    for (at, c) in text.char_indices() {
        let now = kind(c);
        if at > start && (now != last || now == 2) {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at;
        }
        last = now;
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces.retain(|piece| !piece.trim().is_empty() && *piece != "-");
    pieces
}

fn word(piece: &str) -> Option<u32> {
    WORDS
        .iter()
        .find(|(word, _)| *word == piece)
        .map(|(_, number)| *number)
}

/// The numbers that a run of digits and marks can be.
fn readings(run: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut sign = "";
    for (place, piece) in run.split('-').enumerate() {
        if place > 0 {
            sign = if found.is_empty() { "-" } else { "" };
        }
        let digits = piece.trim_matches(['.', ',', '\'']);
        if digits.is_empty() {
            continue;
        }
        let whole: String = digits.chars().filter(char::is_ascii_digit).collect();
        found.push(normal(sign, &whole));
        if let Some((head, tail)) = digits.rsplit_once(['.', ',']) {
            let head: String = head.chars().filter(char::is_ascii_digit).collect();
            if tail.bytes().all(|b| b.is_ascii_digit()) {
                // Three digits behind the only mark can be thousands or decimals: both are read.
                if tail.len() != 3 {
                    found.pop();
                }
                found.push(normal(sign, &format!("{head}.{tail}")));
            }
        }
    }
    found
}

fn normal(sign: &str, digits: &str) -> String {
    let mut text = digits.trim_start_matches('0').to_owned();
    if text.contains('.') {
        text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    if text.is_empty() || text.starts_with('.') {
        text.insert(0, '0');
    }
    if text == "0" {
        text
    } else {
        format!("{sign}{text}")
    }
}

/// The number times a power of ten; nothing if digits would be left behind the point.
fn shifted(number: &str, power: usize) -> Option<String> {
    let (sign, digits) = signed(number);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > power {
        return None;
    }
    let zeros = "0".repeat(power - part.len());
    Some(normal(sign, &format!("{whole}{part}{zeros}")))
}

fn hundredth(number: &str) -> Option<String> {
    let (sign, digits) = signed(number);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("00{whole}");
    let (head, tail) = padded.split_at_checked(padded.len().checked_sub(2)?)?;
    Some(normal(sign, &format!("{head}.{tail}{part}")))
}

fn signed(number: &str) -> (&str, &str) {
    number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("-", digits))
}

/// Names of months in their order: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish,
/// Polish, Czech, Turkish, Indonesian, Russian, Ukrainian, Greek, Arabic, Hindi. A name counts if a word
/// begins with it.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan",
        "j\u{e4}n",
        "ene",
        "gen",
        "sty",
        "led",
        "oca",
        "\u{44f}\u{43d}\u{432}",
        "\u{441}\u{456}\u{447}",
        "\u{3b9}\u{3b1}\u{3bd}",
        "\u{64a}\u{646}\u{627}\u{64a}\u{631}",
        "\u{91c}\u{928}\u{935}\u{930}\u{940}",
    ],
    &[
        "feb",
        "f\u{e9}v",
        "fev",
        "lut",
        "\u{fa}no",
        "\u{15f}ub",
        "\u{444}\u{435}\u{432}",
        "\u{43b}\u{44e}\u{442}",
        "\u{3c6}\u{3b5}\u{3b2}",
        "\u{641}\u{628}\u{631}\u{627}\u{64a}\u{631}",
        "\u{92b}\u{930}\u{935}\u{930}\u{940}",
    ],
    &[
        "mar",
        "m\u{e4}r",
        "m\u{e5}r",
        "maa",
        "mrt",
        "b\u{159}e",
        "\u{43c}\u{430}\u{440}",
        "\u{431}\u{435}\u{440}",
        "\u{3bc}\u{3b1}\u{3c1}",
        "\u{645}\u{627}\u{631}\u{633}",
        "\u{92e}\u{93e}\u{930}\u{94d}\u{91a}",
    ],
    &[
        "apr",
        "avr",
        "abr",
        "kwi",
        "dub",
        "nis",
        "\u{430}\u{43f}\u{440}",
        "\u{43a}\u{432}\u{456}",
        "\u{3b1}\u{3c0}\u{3c1}",
        "\u{623}\u{628}\u{631}\u{64a}\u{644}",
        "\u{905}\u{92a}\u{94d}\u{930}\u{948}\u{932}",
    ],
    &[
        "may",
        "mai",
        "mag",
        "mei",
        "maj",
        "kv\u{11b}",
        "\u{43c}\u{430}\u{439}",
        "\u{43c}\u{430}\u{44f}",
        "\u{442}\u{440}\u{430}",
        "\u{3bc}\u{3b1}\u{390}",
        "\u{3bc}\u{3b1}\u{3ca}",
        "\u{645}\u{627}\u{64a}\u{648}",
        "\u{92e}\u{908}",
    ],
    &[
        "jun",
        "juin",
        "giu",
        "cze",
        "\u{10d}erv",
        "haz",
        "\u{438}\u{44e}\u{43d}",
        "\u{447}\u{435}\u{440}",
        "\u{3b9}\u{3bf}\u{3c5}\u{3bd}",
        "\u{64a}\u{648}\u{646}\u{64a}\u{648}",
        "\u{91c}\u{942}\u{928}",
    ],
    &[
        "jul",
        "juil",
        "lug",
        "lip",
        "\u{10d}ervenc",
        "tem",
        "\u{438}\u{44e}\u{43b}",
        "\u{43b}\u{438}\u{43f}",
        "\u{3b9}\u{3bf}\u{3c5}\u{3bb}",
        "\u{64a}\u{648}\u{644}\u{64a}\u{648}",
        "\u{91c}\u{941}\u{932}",
    ],
    &[
        "aug",
        "aou",
        "ago",
        "sie",
        "srp",
        "a\u{11f}u",
        "agu",
        "\u{430}\u{432}\u{433}",
        "\u{441}\u{435}\u{440}",
        "\u{3b1}\u{3c5}\u{3b3}",
        "\u{623}\u{63a}\u{633}\u{637}\u{633}",
        "\u{905}\u{917}\u{938}\u{94d}\u{924}",
    ],
    &[
        "sep",
        "set",
        "wrz",
        "z\u{e1}\u{159}",
        "eyl",
        "\u{441}\u{435}\u{43d}",
        "\u{432}\u{435}\u{440}",
        "\u{3c3}\u{3b5}\u{3c0}",
        "\u{633}\u{628}\u{62a}\u{645}\u{628}\u{631}",
        "\u{938}\u{93f}\u{924}",
    ],
    &[
        "oct",
        "okt",
        "ott",
        "out",
        "pa\u{17a}",
        "\u{159}\u{ed}j",
        "eki",
        "\u{43e}\u{43a}\u{442}",
        "\u{436}\u{43e}\u{432}",
        "\u{3bf}\u{3ba}\u{3c4}",
        "\u{623}\u{643}\u{62a}\u{648}\u{628}\u{631}",
        "\u{905}\u{915}\u{94d}",
    ],
    &[
        "nov",
        "lis",
        "kas",
        "\u{43d}\u{43e}\u{44f}",
        "\u{3bd}\u{3bf}\u{3b5}",
        "\u{646}\u{648}\u{641}\u{645}\u{628}\u{631}",
        "\u{928}\u{935}",
    ],
    &[
        "dec",
        "dez",
        "d\u{e9}c",
        "dic",
        "gru",
        "pro",
        "ara",
        "des",
        "\u{434}\u{435}\u{43a}",
        "\u{433}\u{440}\u{443}",
        "\u{3b4}\u{3b5}\u{3ba}",
        "\u{62f}\u{64a}\u{633}\u{645}\u{628}\u{631}",
        "\u{926}\u{93f}\u{938}",
    ],
];

/// Whether year, month and day of `YYYY-MM-DD` stand in a text: the month as a number of its own or as a
/// word.
pub(crate) fn has_day(text: &str, day: &str) -> bool {
    let mut parts = day.split('-').map(|part| part.trim_start_matches('0'));
    let (Some(year), Some(month), Some(date), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let mut runs: Vec<&str> = text
        .split(|c| !is_digit(c))
        .map(|run| run.trim_start_matches('0'))
        .collect();
    runs.retain(|run| !run.is_empty());
    let mut takes = |wanted: &str| {
        let at = runs.iter().position(|run| *run == wanted);
        at.map(|at| runs.remove(at)).is_some()
    };
    if !takes(year) || !takes(date) {
        return false;
    }
    let names = month
        .parse::<usize>()
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let words =
        text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation() || c.is_ascii_digit());
    let named = |names: &[&str]| {
        let mut words = words.filter(|word| !word.is_empty());
        words.any(|word| names.iter().any(|name| word.starts_with(name)))
    };
    takes(month) || names.is_some_and(|names| named(names))
}

#[cfg(test)]
mod tests {
    use super::{has_day, numbers};
    use crate::guard::extract::folded;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, stated, not) in [
            ("won 2-1 today", &["2", "1"][..], &["-1", "21"][..]),
            ("it was -5.", &["-5"], &["5"]),
            ("it was \u{2212}5 degrees", &["-5"], &["5"]),
            ("minus five degrees", &["-5", "5"], &["0"]),
            ("1,234,567 people", &["1234567"], &["1", "234"]),
            ("1.234,56 \u{20ac}", &["1234.56"], &["1.23456"]),
            ("$1,234.50", &["1234.5"], &["1234"]),
            ("3.50 euros, 007", &["3.5", "7"], &["350"]),
            ("1'000", &["1000"], &["1"]),
            ("0.0", &["0"], &["-0"]),
            ("from 10 - 20 degrees", &["10", "20"], &["-20"]),
            ("10\u{2013}20 km", &["10", "20"], &["-20", "1020"]),
            ("45 %", &["45", "0.45"], &["4.5"]),
            ("4.5 percent", &["4.5", "0.045"], &["45"]),
            ("won three to nil", &["3", "0"], &["2"]),
            ("twenty-five goals", &["25", "20", "5"], &["205"]),
            ("2.5 million", &["2500000", "2.5"], &["25000000"]),
            ("5k runners", &["5000", "5"], &["50"]),
            ("two hundred", &["200", "2"], &["100"]),
            ("drei zu eins", &["3", "1"], &["2"]),
            ("\u{662}\u{660}\u{662}\u{666}", &["2026"], &["2"]),
            ("\u{ff13}\u{5bfe}\u{ff11}", &["3", "1"], &["31"]),
            ("no number here", &[], &["0", "1"]),
        ] {
            let found = numbers(&folded(text));
            for number in stated {
                assert!(found.contains(*number), "{number} in {text}: {found:?}");
            }
            for number in not {
                assert!(
                    !found.contains(*number),
                    "{number} not in {text}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn days_are_read_in_many_languages() {
        for text in [
            "2026-03-07",
            "07.03.2026",
            "3/7/2026",
            "7 March 2026",
            "March 7th, 2026",
            "7. M\u{e4}rz 2026",
            "le 7 mars 2026",
            "7 de marzo de 2026",
            "7 marzo 2026",
            "7 de mar\u{e7}o de 2026",
            "7 maart 2026",
            "7 mars 2026",
            "7 marca 2026",
            "7. b\u{159}ezna 2026",
            "7 Mart 2026",
            "7 Maret 2026",
            "7 \u{43c}\u{430}\u{440}\u{442}\u{430} 2026",
            "7 \u{431}\u{435}\u{440}\u{435}\u{437}\u{43d}\u{44f} 2026",
            "7 \u{39c}\u{3b1}\u{3c1}\u{3c4}\u{3af}\u{3bf}\u{3c5} 2026",
            "2026\u{5e74}3\u{6708}7\u{65e5}",
            "\u{967} \u{968} \u{969} \u{96d} \u{92e}\u{93e}\u{930}\u{94d}\u{91a} \u{968}\u{966}\u{968}\u{96c}",
            "\u{667} \u{645}\u{627}\u{631}\u{633} \u{662}\u{660}\u{662}\u{666}",
            "2026\u{b144} 3\u{c6d4} 7\u{c77c}",
        ] {
            assert!(has_day(&folded(text), "2026-03-07"), "{text}");
        }
        for text in [
            "7 April 2026",
            "2026",
            "March 2026",
            "7 March 2025",
            "8.3.2026",
            "7 of 2026",
        ] {
            assert!(!has_day(&folded(text), "2026-03-07"), "{text}");
        }
        assert!(!has_day("7 2026", "2026-07-07"), "one number is not two");
    }
}
