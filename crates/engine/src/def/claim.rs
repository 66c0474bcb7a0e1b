//! Claims 占用: unique holds on a resource, for good or for an interval.

use schemars::JsonSchema;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A unique hold on a resource: one buyer a home, one use a pass, one booking a room and hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimDef {
    /// Name: lower-case letters, digits, `-`; the kind of hold, shared by all kinds that use the same name.
    pub name: String,
    /// What is said when somebody else holds it.
    pub taken: String,
    /// Expressions that name the resource: `case.home`, a field; several parts as a list, `["case.home", "period"]`.
    /// An act that claims while one of them is empty is refused.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub on: Vec<String>,
    /// Expression of type date or time: the hold begins then. With `from` and `to`, two holders may have the same
    /// resource as long as their times do not overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Expression of type date or time: the hold ends then; a day counts to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Kept after the case has ended (a sold home); else it ends with the case.
    #[serde(default)]
    pub stays: bool,
}

impl ClaimDef {
    /// Whether what it holds names one case: a single thing, at all times.
    pub fn names_one(&self) -> bool {
        self.on.len() == 1 && self.from.is_none()
    }
}

/// One form of every writing of a name: whoever writes （） or 【】 for (), ABC for abc, leaves a blank or adds what nobody
/// sees means the same thing. Blanks count only between letters and digits.
pub fn identity(name: &str) -> String {
    let bracket = |c: char| match c {
        '[' | '{' | '〔' | '【' | '「' | '《' | '<' => '(',
        ']' | '}' | '〕' | '】' | '」' | '》' | '>' => ')',
        other => other,
    };
    let seen = name.nfkc().filter(|c| !is_unseen(*c)).map(bracket);
    let folded: String = seen.flat_map(char::to_lowercase).collect();
    let folded = folded.trim_end_matches(['。', '.', '、', ',', ';', ' ']);
    let mut words = folded.split_whitespace();
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        if out.ends_with(|c: char| c.is_ascii_alphanumeric())
            && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Characters that only steer how others are shown: joiners, marks of direction, soft hyphens.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// How a list of one may be written.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "read by editors, as a schema")]
pub(super) enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// A text, or a list of texts. A visitor, not an untagged choice: errors keep their place in the file.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct Texts;
    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("string")
        }

        fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }
    from.deserialize_any(Texts)
}
