//! From text to the syntax tree of the `cel` crate, with its complaints put into plain words.

use cel::common::ast::SourceInfo;
use cel::{IdedExpr, ParseError};

use super::{ExprProblem, words};

/// Longest text, in bytes. It also bounds the depth of chains such as `a + a + …`.
const MAX_TEXT: usize = 4000;
/// The parser's own limit on nesting.
const MAX_NESTING: u16 = 64;
/// Without optimisation the generated parser needs megabytes even for a short text, more than a test or server
/// thread has; the pages are only reserved until used.
const STACK: usize = 64 << 20;

/// A syntax tree and where its nodes stand in the text.
pub(super) struct Parsed {
    pub root: IdedExpr,
    source: SourceInfo,
}

impl Parsed {
    /// Byte offset of the token a node was made from: of an operator its sign, of a call its bracket.
    pub fn token(&self, node: &IdedExpr) -> usize {
        self.source
            .offset_for(node.id)
            .map_or(0, |(start, _)| start as usize)
    }
}

/// Parses `text`.
pub(super) fn parse(text: &str) -> Result<Parsed, Vec<ExprProblem>> {
    let problem = |offset, sentence: String| vec![ExprProblem { offset, sentence }];
    if text.trim().is_empty() {
        return Err(problem(0, words::EMPTY.into()));
    }
    if text.len() > MAX_TEXT {
        return Err(problem(0, words::too_long(MAX_TEXT)));
    }
    let run = || {
        // No macros: `has`, `all`, `exists`… stay calls, which are easier to read than their expansion.
        let env = cel::Env::default().with_optional_support(false);
        env.parser()
            .max_recursion_depth(MAX_NESTING)
            .parse_with_source_info(text)
    };
    let joined = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, run)
            .map(|handle| handle.join())
    });
    match joined {
        Ok(Ok(Ok((root, source)))) => Ok(Parsed { root, source }),
        // One slip makes the parser stumble again further on; only the first place helps.
        Ok(Ok(Err(errors))) => Err(errors
            .errors
            .iter()
            .take(1)
            .map(|error| explain(text, error))
            .collect()),
        Ok(Err(_panic)) => Err(problem(0, words::UNREADABLE.into())),
        Err(_no_thread) => Err(problem(0, words::UNREADABLE.into())),
    }
}

/// Puts an error of the parser into words, by the few shapes its messages have.
fn explain(text: &str, error: &ParseError) -> ExprProblem {
    let by_id = error
        .source_info
        .as_ref()
        .and_then(|info| info.offset_for(error.expr_id));
    let offset = by_id
        .map_or_else(|| offset_of(text, error.pos), |(start, _)| start as usize)
        .min(text.len());
    let rest = text.get(offset..).unwrap_or_default();
    let message = error.msg.as_str();
    let sentence = if message.contains("OtherError") || message.contains("recursion") {
        words::TOO_DEEP.into()
    } else if let Some(name) = message.strip_prefix("reserved identifier: ") {
        words::reserved(name)
    } else if rest.trim().is_empty() {
        words::unfinished(message.contains("missing ')'"))
    } else if message.contains("token recognition") {
        words::bad_character(rest)
    } else if message.starts_with("invalid ") {
        words::bad_literal(rest)
    } else {
        words::unexpected(rest)
    };
    ExprProblem { offset, sentence }
}

/// Byte offset of a place given as line and column, both from 1, the column in characters.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let (line, column) = (
        usize::try_from(line).unwrap_or(1),
        usize::try_from(column).unwrap_or(1),
    );
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text.get(before..).unwrap_or_default();
    let inside = rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(rest.len(), |(at, _)| at);
    before + inside
}
