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

/// A name of which the first character stands: 王*.
pub fn mask_name(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}*")
}

/// What people put between the groups of a number.
const BETWEEN: &str = r"[ \x{3000}\-－–—]";

/// Numbers as people write them that may be a phone, an identity or a bank card: mobiles however grouped, landlines,
/// identities and cards in groups, and whatever has seven digits on end. Days, rooms and numbers of cases are none.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        // The first that fits is taken: the longest stand first.
        r"\d{13,}[XxＸ]?",
        r"\d{6}_\d{4}_?\d{4}_?\d{3}[\dXx]",
        r"\d{4}(?:_\d{4}){3}(?:_\d{1,3})?",
        r"1_?[3-9](?:_?\d){9}",
        r"0\d{2,3}_\d{3,4}_?\d{4}",
        r"\d{7,}[XxＸ]?",
    ];
    Regex::new(&forms.join("|").replace('_', BETWEEN)).ok()
});

fn hidden(found: &str) -> String {
    let number: String = found.chars().filter(|c| c.is_alphanumeric()).collect();
    if number.chars().count() > 12 {
        mask_end(&number)
    } else {
        mask_phone(&number)
    }
}

/// A text with the personal numbers in it hidden.
pub fn mask_numbers(text: &str) -> String {
    match NUMBER.as_ref() {
        Some(number) => number
            .replace_all(text, |found: &Captures| hidden(&found[0]))
            .into_owned(),
        None => "****".to_owned(),
    }
}

/// A text that somebody changed who saw it masked, with the numbers again that stood in `kept`: stars are never saved in
/// place of what they stand for.
pub fn unmask_kept(text: &str, kept: &str) -> String {
    let found = NUMBER.iter().flat_map(|number| number.find_iter(kept));
    let mut numbers: Vec<(String, &str)> = found
        .map(|found| (hidden(found.as_str()), found.as_str()))
        .collect();
    // ****6666 also stands in 138****6666: the longer is told first.
    numbers.sort_by_key(|(shown, _)| std::cmp::Reverse(shown.len()));
    numbers.iter().fold(text.to_owned(), |text, (shown, number)| {
        text.replacen(shown.as_str(), number, 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{mask_numbers, mask_phone, unmask_kept};

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
            ("13800 138000", "138****8000"),
            ("138－0013－8000", "138****8000"),
            ("138　0013　8000", "138****8000"),
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

    #[test]
    fn who_mends_a_masked_text_does_not_lose_its_numbers() {
        let kept = "请打13812345678或13912345678";
        assert_eq!(
            unmask_kept("晚上请打138****5678或139****5678", kept),
            "晚上请打13812345678或13912345678"
        );
        assert_eq!(unmask_kept("不用打了", kept), "不用打了");
        let alike = "座机88886666或13812346666";
        assert_eq!(unmask_kept("只打138****6666", alike), "只打13812346666");
    }
}
