//! The one analyser of text, for both databases: what is indexed and what is asked go through it.
//!
//! Chinese is cut into overlapping pairs of characters, since words of two are common and no index of trigrams finds
//! them. Letters and digits that stand together are one word. Numbers that may be a phone or an identity are kept in
//! words of their own, which only those who may see personal data can ask for (masked data must not be an oracle).

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Characters of a text that are looked at; nobody reads more.
const LONGEST_TEXT: usize = 50_000;
/// Characters of a word.
const LONGEST_WORD: usize = 64;
/// A run of so many digits may be a phone or an identity.
const SENSITIVE: usize = 7;

/// Stands before words that are not from the text. Two-letter words of a Chinese character and ASCII never come out of
/// [`analyse`], so that nobody can ask for them by typing them.
pub(super) const HIDDEN: char = '号';
const SITE: char = '项';
const MONTH: char = '月';

/// One form of everything that reads the same: width, case, compatibility forms; one space between words.
pub fn normalise(text: &str) -> String {
    let folded = text.nfkc().take(LONGEST_TEXT).flat_map(char::to_lowercase);
    let mut out = String::with_capacity(text.len());
    for c in folded {
        let c = if c.is_control() || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Whether it is a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// What a normalised text is made of.
pub(super) enum Run {
    Han(Vec<char>),
    Word(String),
    /// Digits of what may be a phone or an identity.
    Number(String),
}

/// The runs of a normalised text.
pub(super) fn runs(normalised: &str) -> Vec<Run> {
    let mut found = Vec::new();
    let chars: Vec<char> = normalised.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let from = at;
        if is_han(chars[at]) {
            at += chars[at..].iter().take_while(|c| is_han(**c)).count();
            found.push(Run::Han(chars[from..at].to_vec()));
        } else if chars[at].is_alphanumeric() {
            if let Some((digits, end)) = phone(&chars, at) {
                found.push(Run::Number(digits));
                at = end;
                continue;
            }
            at += chars[at..]
                .iter()
                .take_while(|c| c.is_alphanumeric() && !is_han(**c))
                .count();
            found.push(word(&chars[from..at]));
        } else {
            at += 1;
        }
    }
    found
}

/// Letters and digits that stand together.
fn word(chars: &[char]) -> Run {
    let longest = chars
        .split(|c| !c.is_ascii_digit())
        .map(<[char]>::len)
        .max()
        .unwrap_or(0);
    if longest >= SENSITIVE {
        let digits: String = chars
            .iter()
            .filter(|c| c.is_ascii_digit() || **c == 'x')
            .collect();
        return Run::Number(without_country(&digits).to_owned());
    }
    Run::Word(chars.iter().take(LONGEST_WORD).collect())
}

fn without_country(digits: &str) -> &str {
    digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(digits)
}

/// A number written in groups (138-0013-8000, +86 138 0013 8000, 010-8888 6666): its digits and where it ends. What
/// follows it after another space does not hide it.
fn phone(chars: &[char], from: usize) -> Option<(String, usize)> {
    let mut digits = String::new();
    let mut found = None;
    let (mut at, mut groups, mut shortest) = (from, 0, usize::MAX);
    while digits.len() <= 24 {
        let group = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if group == 0 {
            break;
        }
        digits.extend(&chars[at..at + group]);
        at += group;
        groups += 1;
        shortest = shortest.min(group);
        let ends = !chars.get(at).is_some_and(|c| c.is_alphanumeric() && !is_han(*c));
        let number = without_country(&digits);
        let mobile = number.len() == 11 && number.starts_with('1');
        let landline = (10..=12).contains(&number.len()) && number.starts_with('0');
        let identity = number.len() >= 15 && shortest >= 3;
        if groups > 1 && ends && (mobile || landline) {
            return Some((number.to_owned(), at));
        }
        if groups > 1 && ends && identity {
            found = Some((number.to_owned(), at));
        }
        if !matches!(chars.get(at), Some(' ' | '-')) {
            break;
        }
        at += 1;
    }
    found
}

/// The words a text is found by. Numbers that may be personal come as words that nobody can type.
pub fn analyse(text: &str) -> BTreeSet<String> {
    tokens(&normalise(text))
}

/// [`analyse`] of a text that is normalised already.
pub(super) fn tokens(normalised: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for run in runs(normalised) {
        match run {
            Run::Han(chars) => {
                words.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
                // The last one begins no pair: alone, it answers a question of one character.
                words.extend(chars.last().map(char::to_string));
            }
            Run::Word(word) => {
                words.insert(word);
            }
            Run::Number(digits) => {
                if let Some(last) = last_four(&digits) {
                    words.insert(format!("{HIDDEN}{last}"));
                }
                words.insert(format!("{HIDDEN}{digits}"));
            }
        }
    }
    words
}

fn last_four(digits: &str) -> Option<&str> {
    digits.get(digits.len().checked_sub(4)?..)
}

/// The word that says at which site.
pub(super) fn site_word(site: &str) -> String {
    format!("{SITE}{}", site.to_ascii_lowercase())
}

/// The word that says in which month, counted from 1970 in UTC: only to divide the walk through time.
pub(super) fn month_word(month: i64) -> String {
    format!("{MONTH}{month}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        analyse(text).into_iter().collect()
    }

    #[test]
    fn chinese_is_cut_into_pairs_and_the_rest_into_words() {
        assert_eq!(words("卫生间漏水"), ["卫生", "水", "漏水", "生间", "间漏"]);
        assert_eq!(words("ＡＢＣ　空调E5"), ["abc", "e5", "空调", "调"]);
        assert_eq!(words("3栋1单元502"), ["1", "3", "502", "元", "单元", "栋"]);
        assert!(words("，。！ \u{0}").is_empty());
    }

    #[test]
    fn numbers_that_may_be_personal_are_words_nobody_can_type() {
        for text in [
            "电13800138000",
            "138-0013-8000",
            "138-0013-8000 1102室",
            "502 138 0013 8000",
            "+8613800138000",
            "+86 138 0013 8000",
            "１３８ ００１３ ８０００",
        ] {
            assert!(
                words(text).contains(&"号13800138000".to_owned()),
                "{text}: {:?}",
                words(text)
            );
            assert!(words(text).contains(&"号8000".to_owned()), "{text}");
            assert!(
                !words(text)
                    .iter()
                    .any(|w| w.contains("8000") && !w.starts_with('号')),
                "{text}"
            );
        }
        assert_eq!(words("11010119900307123X"), ["号11010119900307123x", "号123x"]);
        // Days, rooms and the numbers of cases stay what they are.
        assert_eq!(words("2026-11-20"), ["11", "20", "2026"]);
        assert_eq!(words("12-3-1502"), ["12", "1502", "3"]);
        assert_eq!(words("TS-CY-2026-00012"), ["00012", "2026", "cy", "ts"]);
        // Typing the marks does not help.
        assert_eq!(words("号8000"), ["8000", "号"]);
    }
}
