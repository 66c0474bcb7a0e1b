//! Reads one TOML file, tells everything that is wrong with its words at once, and finds places in it again.

use super::lower::{Format, Segment, lower};
use super::names::nearest;
use super::place::{Part, Place};
use super::problem::{Problem, Severity};
use super::wording::{grammar, in_chinese, quoted};
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
    /// Templates it uses, in the order of their places.
    segments: Vec<Segment<'t>>,
}

/// A definition that was read.
pub(super) struct Read<D> {
    /// What was understood.
    pub(super) def: D,
    /// Whether that is all of it; else the rest was told and left out.
    pub(super) sound: bool,
}

impl<D> Read<D> {
    /// The definition if it was understood whole.
    pub(super) fn whole(self) -> Option<D> {
        self.sound.then_some(self.def)
    }
}

impl<'t> Source<'t> {
    /// A file of which nothing is known but its text.
    pub(super) fn bare(path: &'t str, text: &'t str) -> Source<'t> {
        Source {
            path,
            text,
            tree: None,
            segments: Vec::new(),
        }
    }

    /// The tree of a file; `None` when it is no TOML, which is told then.
    pub(super) fn tree(
        path: &'t str,
        text: &'t str,
        problems: &mut Vec<Problem>,
    ) -> Option<Spanned<DeTable<'t>>> {
        let (tree, errors) = DeTable::parse_recoverable(text);
        let source = Source::bare(path, text);
        for error in &errors {
            let sentence = unquoted(text, start(error)).unwrap_or_else(|| grammar(error.message()));
            problems.push(source.problem(start(error), Severity::Error, sentence));
        }
        errors.is_empty().then_some(tree)
    }

    /// Reads a file. What is not understood is told and left out; `None` when nothing is left.
    pub(super) fn read<D: DeserializeOwned>(
        path: &'t str,
        text: &'t str,
        format: Option<&Format<'t>>,
        problems: &mut Vec<Problem>,
    ) -> (Source<'t>, Option<Read<D>>) {
        let mut source = Source::bare(path, text);
        let Some(mut tree) = Source::tree(path, text, problems) else {
            return (source, None);
        };
        let before = problems.len();
        if let Some(format) = format {
            let (segments, wrong) = lower(format, path, text.len(), tree.get_mut());
            source.segments = segments;
            for (offset, sentence) in wrong {
                problems.push(source.problem(offset, Severity::Error, sentence));
            }
        }
        let sound = problems.len() == before;
        source.tree = Some(tree.clone());
        let mut rest = tree;
        for faults in 0..MOST_FAULTS {
            let error = match D::deserialize(Deserializer::from(rest.clone())) {
                Ok(def) => {
                    return (
                        source,
                        Some(Read {
                            def,
                            sound: sound && faults == 0,
                        }),
                    );
                }
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
        let segment = self.segments.iter().rev().find(|segment| segment.base <= offset);
        if let Some(segment) = segment {
            let there = Source::bare(segment.path, segment.text);
            let there = there.problem(offset - segment.base, severity, String::new());
            let sentence = format!("{sentence}（模板 {}:{}）", there.file, there.line);
            return self.problem(segment.used_at, severity, sentence);
        }
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
        let segment = self
            .segments
            .iter()
            .rev()
            .find(|segment| segment.base <= span.start);
        let raw = match segment {
            Some(segment) => segment
                .text
                .get(span.start - segment.base..span.end - segment.base),
            None => self.text.get(span.clone()),
        };
        let raw = raw.unwrap_or_default();
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
