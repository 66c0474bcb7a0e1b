//! What a person or company is found by when only the beginning is typed: the name, its pinyin, its initials.

use super::words::{is_han, normalise};
use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;

/// Keys of one sort for one name: characters with several readings multiply.
const MOST_READINGS: usize = 8;
/// Beyond so many characters it is a company, read in one way.
const LONGEST_PERSON: usize = 5;
/// Characters of a key.
const LONGEST_KEY: usize = 40;

/// Surnames that are read otherwise than the same character elsewhere; compound ones first.
const SURNAMES: &[(&str, &str)] = &[
    ("万俟", "mo qi"),
    ("尉迟", "yu chi"),
    ("长孙", "zhang sun"),
    ("澹台", "tan tai"),
    ("单于", "chan yu"),
    ("令狐", "ling hu"),
    ("单", "shan"),
    ("曾", "zeng"),
    ("仇", "qiu"),
    ("解", "xie"),
    ("查", "zha"),
    ("区", "ou"),
    ("朴", "piao"),
    ("盖", "ge"),
    ("任", "ren"),
    ("华", "hua"),
    ("翟", "zhai"),
    ("乐", "yue"),
    ("冼", "xian"),
    ("洗", "xian"),
    ("缪", "miao"),
    ("覃", "qin"),
    ("黑", "he"),
    ("员", "yun"),
    ("召", "shao"),
    ("那", "na"),
    ("盛", "sheng"),
    ("重", "chong"),
    ("种", "chong"),
    ("秘", "bi"),
    ("繁", "po"),
    ("祭", "zhai"),
    ("逄", "pang"),
    ("折", "she"),
    ("牟", "mu"),
    ("句", "gou"),
    ("车", "che"),
    ("贾", "jia"),
    ("石", "shi"),
    ("沈", "shen"),
    ("柏", "bai"),
    ("谌", "chen"),
    ("隗", "wei"),
    ("宁", "ning"),
    ("燕", "yan"),
    ("哈", "ha"),
    ("应", "ying"),
    ("纪", "ji"),
    ("曲", "qu"),
    ("葛", "ge"),
    ("尹", "yin"),
    ("郇", "xun"),
    ("俞", "yu"),
    ("藏", "zang"),
    ("晟", "cheng"),
    ("占", "zhan"),
    ("都", "du"),
    ("过", "guo"),
    ("行", "xing"),
    ("能", "nai"),
    ("阚", "kan"),
    ("撒", "sa"),
];

/// Pinyin of the whole name and its initials, without spaces and tones: 张伟 → `zhangwei`, `zw`. Surnames that are
/// read in their own way are (单 shan, 曾 zeng, 仇 qiu); `ü` is `v`.
pub fn pinyin(name: &str) -> (String, String) {
    let first: Vec<String> = readings(name)
        .into_iter()
        .filter_map(|mut all| all.drain(..).next())
        .collect();
    let initials = first
        .iter()
        .filter_map(|reading| reading.chars().next())
        .collect();
    (first.concat(), initials)
}

/// Everything the name is found by, from its beginning: name, ends of the name (小明 of 王小明), pinyin and initials in
/// all likely readings. Lower case, no spaces.
pub fn keys(name: &str) -> BTreeSet<String> {
    let plain = plain(name);
    let chars: Vec<char> = plain.chars().collect();
    let mut keys: BTreeSet<String> = (0..chars.len())
        .take(12)
        .filter(|at| *at == 0 || chars.len() - at >= 2)
        .map(|at| cut(&chars[at..]))
        .collect();
    let all = readings(name);
    let few = all.len() <= LONGEST_PERSON;
    let mut whole = vec![(String::new(), String::new())];
    for choices in all {
        let choices = if few {
            &choices[..]
        } else {
            &choices[..1.min(choices.len())]
        };
        let longer = whole.iter().flat_map(|(full, short)| {
            choices.iter().map(move |reading| {
                (
                    format!("{full}{reading}"),
                    short.chars().chain(reading.chars().take(1)).collect::<String>(),
                )
            })
        });
        whole = longer.take(MOST_READINGS).collect();
    }
    for (full, short) in whole {
        // 吕 is typed lv and lu.
        keys.insert(cut(&full.replace('v', "u").chars().collect::<Vec<_>>()));
        keys.insert(cut(&full.chars().collect::<Vec<_>>()));
        keys.insert(cut(&short.chars().collect::<Vec<_>>()));
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// A plate as it is kept, and what it is found by: with and without the province.
pub fn plate_keys(plate: &str) -> Vec<String> {
    let whole = plain(plate);
    let tail: String = whole.chars().skip_while(|c| is_han(*c)).collect();
    if tail.is_empty() || tail == whole {
        vec![whole]
    } else {
        vec![whole, tail]
    }
}

/// A name or plate as keys hold it: letters, digits and characters in one form, without spaces and dots.
pub fn plain(text: &str) -> String {
    normalise(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn cut(chars: &[char]) -> String {
    chars.iter().take(LONGEST_KEY).collect()
}

/// Readings of each part, the likely one first; letters and digits read as themselves.
fn readings(name: &str) -> Vec<Vec<String>> {
    let plain = plain(name);
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut rest = plain.as_str();
    if let Some((surname, read)) = SURNAMES.iter().find(|(surname, _)| plain.starts_with(surname)) {
        let mut own = read.split(' ');
        for c in surname.chars() {
            let first = own.next().unwrap_or_default().to_owned();
            let others = of_char(c).into_iter().filter(|other| *other != first);
            all.push(std::iter::once(first.clone()).chain(others).collect());
        }
        rest = &plain[surname.len()..];
    }
    all.extend(rest.chars().map(of_char));
    all.retain(|choices| !choices.is_empty());
    all
}

fn of_char(c: char) -> Vec<String> {
    if !is_han(c) {
        return vec![c.to_string()];
    }
    let mut found: Vec<String> = Vec::new();
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain().replace('ü', "v");
        if !found.contains(&plain) {
            found.push(plain);
        }
    }
    found.truncate(3);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_are_read_as_surnames() {
        for (name, full, short) in [
            ("张伟", "zhangwei", "zw"),
            ("单田芳", "shantianfang", "stf"),
            ("曾小贤", "zengxiaoxian", "zxx"),
            ("仇 英", "qiuying", "qy"),
            ("万俟洛", "moqiluo", "mql"),
            ("尉迟恭", "yuchigong", "ycg"),
            ("吕布", "lvbu", "lb"),
            ("阿凡提·Bob", "afantibob", "aftbob"),
        ] {
            assert_eq!(pinyin(name), (full.to_owned(), short.to_owned()), "{name}");
        }
    }

    #[test]
    fn a_name_is_found_by_its_end_and_by_other_readings() {
        let keys = keys("王小明");
        for key in ["王小明", "小明", "wangxiaoming", "wxm"] {
            assert!(keys.contains(key), "{key} in {keys:?}");
        }
        assert!(!keys.contains("明"));
        let shan = super::keys("单雄");
        assert!(
            shan.contains("shanxiong") && shan.contains("danxiong") && shan.contains("dx"),
            "{shan:?}"
        );
        assert!(super::keys("吕布").contains("lubu"));
        assert!(super::keys(&"行".repeat(200)).len() <= 3 * MOST_READINGS + 12);
        assert!(super::keys("　").is_empty());
    }

    #[test]
    fn plates_are_found_without_the_province() {
        assert_eq!(plate_keys("京A·12345"), ["京a12345", "a12345"]);
        assert_eq!(plate_keys("A12345"), ["a12345"]);
    }
}
