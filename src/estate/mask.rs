//! What is shown of personal numbers, and where such stand in what people write.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A phone with its middle hidden: 138****5678. Of short ones only the end is shown, never more than half.
pub fn mask_phone(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    if chars.len() < 11 {
        return mask_end(number);
    }
    let shown = |part: &[char]| part.iter().collect::<String>();
    format!("{}****{}", shown(&chars[..3]), shown(&chars[chars.len() - 4..]))
}

/// The last four characters behind stars, and never more than half of what there is: nothing of a single one.
pub fn mask_end(text: &str) -> String {
    let count = text.chars().count();
    if count == 0 {
        return String::new();
    }
    let kept = (count / 2).min(4);
    let end: String = text.chars().skip(count - kept).collect();
    format!("****{end}")
}

/// Numbers as people write them that may be a phone, an identity or a bank card: mobiles and landlines in groups,
/// identities and cards in groups, and whatever has seven digits on end. Days, rooms and numbers of cases are none.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        // The first that fits is taken: the longest stand first.
        r"\d{13,}[XxＸ]?",
        r"\d{6}[ -]\d{4}[ -]?\d{4}[ -]?\d{3}[\dXx]",
        r"\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?",
        r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}",
        r"0\d{2,3}[ -]\d{3,4}[ -]?\d{4}",
        r"\d{7,}[XxＸ]?",
    ];
    Regex::new(&forms.join("|")).ok()
});

/// A text with the personal numbers in it hidden. Search keeps the same ones from the same readers.
pub fn mask_numbers(text: &str) -> String {
    let hide = |found: &Captures| {
        let number: String = found[0].chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if number.chars().count() > 12 {
            mask_end(&number)
        } else {
            mask_phone(&number)
        }
    };
    match NUMBER.as_ref() {
        Some(number) => number.replace_all(text, hide).into_owned(),
        None => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{mask_numbers, mask_phone};

    #[test]
    fn the_middle_is_hidden() {
        for (number, shown) in [
            ("13812345678", "138****5678"),
            ("88886666", "****6666"),
            ("8888666", "****666"),
            ("110", "****0"),
            ("12", "****2"),
            ("1", "****"),
            ("", ""),
        ] {
            assert_eq!(mask_phone(number), shown);
        }
    }

    #[test]
    fn numbers_in_words_are_hidden_and_the_rest_stays() {
        for (said, shown) in [
            ("请打13812345678找我", "请打138****5678找我"),
            ("138-1234-5678 1102室", "138****5678 1102室"),
            ("+86 138 1234 5678", "+86 138****5678"),
            ("１３８１２３４５６７８", "１３８****５６７８"),
            ("打138-1234-5678找我", "打138****5678找我"),
            ("座机0769-88886666", "座机076****6666"),
            ("座机88886666。", "座机****6666。"),
            ("身份证11010119900307123X", "身份证****123X"),
            ("卡6222 0212 3456 7890 123", "卡****0123"),
            ("2026-11-20 12-3-1502", "2026-11-20 12-3-1502"),
            ("TS-CY-2026-00012 3栋502", "TS-CY-2026-00012 3栋502"),
        ] {
            assert_eq!(mask_numbers(said), shown);
        }
    }
}
