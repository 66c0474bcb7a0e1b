//! Reads one TOML file, tells everything that is wrong with its words at once, and finds places in it again.

use super::names::{nearest, suggest};
use super::place::{Part, Place};
use super::problem::{Problem, Severity};
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

/// After so many faults in the words of one file the rest would be noise.
const MOST_FAULTS: usize = 50;

/// A file with the spans of its values.
pub(super) struct Source<'t> {
    pub(super) path: &'t str,
    text: &'t str,
    tree: Option<Spanned<DeTable<'t>>>,
}

impl<'t> Source<'t> {
    /// Reads a file. `None` when its words are not understood; then at least one problem was added.
    pub(super) fn read<D: DeserializeOwned>(
        path: &'t str,
        text: &'t str,
        problems: &mut Vec<Problem>,
    ) -> (Source<'t>, Option<D>) {
        let mut source = Source {
            path,
            text,
            tree: None,
        };
        let (tree, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            for error in errors {
                let sentence = unquoted(text, start(&error)).unwrap_or_else(|| {
                    format!("文件格式有误，请检查引号、括号和等号（{}）", error.message())
                });
                problems.push(source.problem(start(&error), Severity::Error, sentence));
            }
            return (source, None);
        }
        source.tree = Some(tree.clone());
        let mut rest = tree;
        for faults in 0..MOST_FAULTS {
            let error = match D::deserialize(Deserializer::from(rest.clone())) {
                Ok(def) => return (source, (faults == 0).then_some(def)),
                Err(error) => error,
            };
            problems.push(source.problem(start(&error), Severity::Error, in_chinese(error.message())));
            // What was told is mended or cut out, so that the next reading meets the next fault.
            let span = error.span().unwrap_or(0..0);
            let key = error
                .message()
                .starts_with("unknown field")
                .then(|| error.message());
            if !cut(rest.get_mut(), &span, key) {
                break;
            }
        }
        (source, None)
    }

    /// A problem at a byte offset.
    pub(super) fn problem(&self, offset: usize, severity: Severity, sentence: String) -> Problem {
        let offset = (0..=offset.min(self.text.len()))
            .rev()
            .find(|o| self.text.is_char_boundary(*o))
            .unwrap_or(0);
        let before = &self.text[..offset];
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let column = 1 + before.rsplit('\n').next().map_or(0, |head| head.chars().count());
        Problem {
            file: self.path.to_owned(),
            line,
            column,
            sentence,
            severity,
        }
    }

    /// Byte offset of the deepest part of the path that exists in the file.
    pub(super) fn offset(&self, place: &Place) -> usize {
        self.find(place).0
    }

    /// Byte offset of the byte `bytes` inside the string `text` that stands at the place.
    pub(super) fn offset_inside(&self, place: &Place, text: &str, bytes: usize) -> usize {
        let (key, Some(span)) = self.find(place) else {
            return self.offset(place);
        };
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let quotes = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|q| raw.starts_with(q))
            .unwrap_or_default();
        let inner = raw
            .get(quotes.len()..raw.len().saturating_sub(quotes.len()))
            .unwrap_or_default();
        // A line break right after three quotes is not part of the text.
        let trimmed = if quotes.len() == 3 {
            inner.trim_start_matches(['\r', '\n'])
        } else {
            inner
        };
        if trimmed == text {
            span.end - quotes.len() - trimmed.len() + bytes
        } else {
            key
        }
    }

    /// Offset of the key or element at the path, and the span of its value if the whole path exists.
    fn find(&self, place: &Place) -> (usize, Option<Range<usize>>) {
        let Some(tree) = &self.tree else { return (0, None) };
        let mut offset = 0;
        let mut span = Some(tree.span());
        let mut here: Option<&DeValue<'t>> = None;
        for part in &place.0 {
            let table = here.map_or(Some(tree.get_ref()), DeValue::as_table);
            let found = match part {
                Part::Key(key) => table
                    .and_then(|t| t.get_key_value(key.as_str()))
                    .map(|(key, value)| (key.span().start, value)),
                Part::Index(index) => here
                    .and_then(DeValue::as_array)
                    .and_then(|a| a.get(*index))
                    .map(|value| (value.span().start, value)),
            };
            let Some((start, value)) = found else {
                span = None;
                break;
            };
            (offset, span, here) = (start, Some(value.span()), Some(value.get_ref()));
        }
        (offset, span)
    }
}

/// A name that is not of plain letters stands before an equals sign without quotes.
fn unquoted(text: &str, offset: usize) -> Option<String> {
    let rest = text.get(offset..)?;
    let name = rest.split(['=', '\n', ',', '{', '}', '"', '.', ']']).next()?;
    let follows = rest[name.len()..].starts_with('=');
    let name = name.trim();
    (follows && !name.is_empty() && !name.is_ascii())
        .then(|| format!("“{name}”写在等号左边时要加引号：\"{name}\" = …"))
}

fn start(error: &toml::de::Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// Takes the entry at the span out of the table: the key itself, or else the nearest array element around it. An
/// unknown key (`message` says so, and names the known ones) gets the name that was probably meant.
fn cut(table: &mut DeTable<'_>, span: &Range<usize>, message: Option<&str>) -> bool {
    if let Some(message) = message {
        let found = table
            .keys()
            .find(|key| key.span() == *span)
            .map(|key| key.get_ref().to_string());
        if let Some((key, value)) = found.and_then(|key| Some((key.clone(), table.remove(key.as_str())?))) {
            let meant = nearest(&key, quoted(message).into_iter().skip(1));
            if let Some(meant) = meant.filter(|meant| !table.contains_key(*meant)) {
                table.insert(Spanned::new(span.clone(), meant.to_owned().into()), value);
            }
            return true;
        }
    }
    table
        .iter_mut()
        .any(|(_, value)| cut_value(value.get_mut(), span, message))
}

/// The names between back-ticks: the wrong one, then those that are known.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn cut_value(value: &mut DeValue<'_>, span: &Range<usize>, message: Option<&str>) -> bool {
    match value {
        DeValue::Table(table) => cut(table, span, message),
        DeValue::Array(array) => {
            if array
                .iter_mut()
                .any(|item| cut_value(item.get_mut(), span, message))
            {
                return true;
            }
            let Some(out) = array.iter().position(|item| covers(item, span)) else {
                return false;
            };
            let mut kept = DeArray::new();
            for (_, item) in array.iter().enumerate().filter(|(index, _)| *index != out) {
                kept.push(item.clone());
            }
            *array = kept;
            true
        }
        _ => false,
    }
}

/// Whether the span lies in the value; a table in brackets has only its heading as its own span.
fn covers(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    let holds = |own: Range<usize>| own.start <= span.start && span.start < own.end.max(own.start + 1);
    holds(value.span())
        || match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .any(|(key, value)| holds(key.span()) || covers(value, span)),
            DeValue::Array(array) => array.iter().any(|value| covers(value, span)),
            _ => false,
        }
}

/// The messages of `toml` and `serde` are for programmers; those that writers of manuals meet are put into their words.
fn in_chinese(message: &str) -> String {
    match (message, quoted(message).as_slice()) {
        (m, [key, known @ ..]) if m.starts_with("unknown field") => {
            format!("不认识“{key}”{}", suggest(key, known.iter().copied()))
        }
        (m, [value, known @ ..]) if m.starts_with("unknown variant") => {
            format!("不认识“{value}”{}", suggest(value, known.iter().copied()))
        }
        (m, [key, ..]) if m.starts_with("missing field") => format!("缺少“{key}”，请补上"),
        (m, [key, ..]) if m.starts_with("duplicate field") => format!("“{key}”写了两次，请删去一个"),
        (m, _) if m.contains("enum LimitDef") => {
            "看不懂这个时限，应写成 \"2h\"，或 { until = \"字段\" }、{ after = { field = \"字段\", by = \"2d\" } }、\
             { table = { table = \"表\", key = \"字段\" } }、{ first-known = [ … ] } 等"
                .to_owned()
        }
        (m, _) if m.contains("enum Person") => {
            "看不懂这个人，应写成岗位 \"前台客服\"、几个岗位 [ \"…\" ]，或 { posts = [ \"…\" ], areas = [ … ], skills = [ … ], off = true }"
                .to_owned()
        }
        (m, _) if m.contains("enum Under") => {
            "看不懂下面有什么，应写成件数，如 2，或每件的阶段，如 [ \"已完成\", \"待接单\" ]".to_owned()
        }
        (m, _) if m.contains("enum Compute") => {
            "看不懂这个算法，应写成一个表达式，或 { table = \"表\", key = \"字段\", after = \"日期\" }".to_owned()
        }
        (m, _) if m.starts_with("invalid type") => match m.rsplit_once("expected ") {
            Some((_, wanted)) => format!("这里应写{}", form(wanted)),
            None => format!("这里的写法不对，请参照别的文件（{m}）"),
        },
        (m, _) if m.starts_with("invalid value") => format!("这个值不合适，请核对（{m}）"),
        // The vocabulary's own messages are Chinese already.
        (m, _) if !m.is_ascii() => m.to_owned(),
        (m, _) => format!("写法有误，请参照别的文件（{m}）"),
    }
}

/// What serde expected, for people who do not program.
fn form(wanted: &str) -> String {
    match wanted {
        "a boolean" => "true 或 false，不加引号".to_owned(),
        "a string" | "string" => "加引号的文字".to_owned(),
        "a sequence" => "方括号里的列表，如 [ \"…\" ]".to_owned(),
        "a map" | "map" => "花括号里的一组，如 { 名 = \"…\" }".to_owned(),
        "f64" => "数字，不加引号".to_owned(),
        _ if wanted.trim_start_matches(['u', 'i']).parse::<u8>().is_ok() => "整数，不加引号".to_owned(),
        _ if wanted.starts_with("struct ") => "花括号里的一组，如 { 名 = \"…\" }".to_owned(),
        _ => format!("别的形式（{wanted}），请参照别的文件"),
    }
}
