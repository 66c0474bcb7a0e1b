//! Names: how they may be written, and which one was probably meant.

use std::collections::BTreeSet;

/// Words that expressions keep for themselves.
const RESERVED: [&str; 20] = [
    "case", "home", "run", "contact", "now", "today", "me", "true", "false", "null", "in", "children",
    "clocks", "signoffs", "size", "has", "all", "exists", "filter", "map",
];

/// The known name that was probably meant.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let near = known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(name, k), k));
    let near = near.filter(|(distance, k)| *distance <= allowed || (name.len() > 2 && k.starts_with(name)));
    near.min().map(|(_, meant)| meant)
}

/// The end of a sentence about an unknown name: the nearest known one, else those there are.
pub(super) fn suggest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: BTreeSet<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("，是不是“{meant}”？"),
        None if known.is_empty() => "，请先写出它，或改掉这里".to_owned(),
        None if known.len() > 12 => "，请核对名称".to_owned(),
        None => format!(
            "，可以写的有：{}",
            known.into_iter().collect::<Vec<_>>().join("、")
        ),
    }
}

/// Why a name of a stage, action, clock and so on may not be written like this.
pub(super) fn bad_name(name: &str) -> Option<String> {
    (!well_formed(name, '-'))
        .then(|| format!("名称“{name}”写法不对，请用小写英文字母开头，只含小写字母、数字和“-”"))
}

/// Why a name of a field may not be written like this.
pub(super) fn bad_field(name: &str) -> Option<String> {
    if !well_formed(name, '_') {
        return Some(format!(
            "字段名“{name}”写法不对，请用小写英文字母开头，只含小写字母、数字和“_”"
        ));
    }
    RESERVED
        .contains(&name)
        .then(|| format!("“{name}”是系统用的词，字段请换一个名称"))
}

fn well_formed(name: &str, joint: char) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint)
}

/// Why this is no id of a catalogue row, `REPAIR-5`.
pub(super) fn bad_source(id: &str) -> Option<String> {
    let fits = id.split_once('-').is_some_and(|(row, number)| {
        !row.is_empty()
            && row.chars().all(|c| c.is_ascii_uppercase())
            && (1..=3).contains(&number.len())
            && number.chars().all(|c| c.is_ascii_digit())
    });
    (!fits).then(|| format!("出处“{id}”写法不对，应像 REPAIR-5 这样：大写字母、“-”、数字"))
}
