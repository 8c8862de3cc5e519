//! "Did you mean": the nearest of a few names.

/// No name is longer, so no longer word is near one.
const LONGEST: usize = 64;

/// The name of `names` that differs least from `word`, if few letters differ.
pub(super) fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let measured = names.iter().map(|name| {
        let far = distance(&word, &name.to_ascii_lowercase());
        (far, *name)
    });
    measured
        .filter(|(far, name)| *far * 3 <= name.len())
        .min()
        .map(|(_, name)| name)
}

/// Letters to change, add or leave out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (above, letter) in (1..).zip(a.chars()) {
        let mut next = vec![above];
        for (window, other) in row.windows(2).zip(&b) {
            let [diagonal, up] = window else { continue };
            let left = next.last().copied().unwrap_or(above);
            let change = diagonal + usize::from(letter != *other);
            next.push(change.min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_a_near_name_is_suggested() {
        let names = ["Depends", "Seq", "AddEnv"];
        assert_eq!(nearest("depends", &names), Some("Depends"));
        assert_eq!(nearest("Dependz", &names), Some("Depends"));
        assert_eq!(nearest("Sek", &names), Some("Seq"));
        assert_eq!(nearest("Requires", &names), None);
    }
}
