//! The conformance tests of CEL, where they lie beside the repository or where `CEL_TESTS` says: what our subset takes
//! means the same.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};
use yizhan_engine::expr::{Env, Expr, Schema, Type};

use super::world::Record;

/// Where we mean something else, on purpose: what is divided by zero is null, and null equals null.
const OURS: &[&str] = &["0.0/0.0 == 0.0/0.0", "0.0/0.0 != 0.0/0.0"];

/// Nothing has a name.
struct Nothing;

impl Schema for Nothing {
    fn var(&self, _: &str) -> Option<Type> {
        None
    }
    fn collection(&self, _: &str, _: Option<&str>) -> Option<&dyn Schema> {
        None
    }
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A text in quotes as the text format of protocol buffers writes it.
fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| ['"', '\''].contains(c))?;
    let inner = text[1..].strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                c @ ('\\' | '"' | '\'') => out.push(c),
                _ => return None,
            },
            (c, _) if c == quote => return None,
            (c, _) => out.push(c),
        }
    }
    Some(out)
}

/// What is expected, and the type in which we say it; None for what has no like here.
fn expected(value: &str) -> Option<(Type, Json)> {
    let inner = value.strip_prefix("{ ")?.strip_suffix(" }")?;
    let (kind, text) = inner.split_once(": ")?;
    Some(match kind {
        "bool_value" => (Type::Bool, json!(text == "true")),
        "int64_value" | "double_value" => (Type::Num, json!(text.parse::<f64>().ok()?)),
        "string_value" => (Type::Text, json!(unquoted(text)?)),
        "null_value" => (Type::Bool, Json::Null),
        _ => return None,
    })
}

/// Expressions without variables, each with what is expected.
fn tests(text: &str) -> Vec<(String, Type, Json)> {
    let mut found = Vec::new();
    for block in text.split("\n  test {").skip(1) {
        let block = block.split("\n  }").next().unwrap_or_default();
        let member = |name: &str| {
            let mut lines = block.lines().map(str::trim);
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let alone = !["bindings", "type_env", "container", "eval_error"]
            .iter()
            .any(|word| block.contains(word));
        let parsed = member("expr")
            .and_then(unquoted)
            .zip(member("value").and_then(expected));
        if let (true, Some((expr, (ty, value)))) = (alone, parsed) {
            found.push((expr, ty, value));
        }
    }
    found
}

/// The sentence without what it quotes, so that like refusals stand together.
fn reason(sentence: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for c in sentence.chars() {
        match c {
            '“' | '「' => depth += 1,
            '”' | '」' => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[test]
fn what_is_taken_means_what_cel_means() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cel");
    let folder = std::env::var_os("CEL_TESTS").map_or(beside, Into::into);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!(
            "\n!!! SKIPPED: the conformance tests of CEL are not at {} !!!\n",
            folder.display()
        );
        return;
    };
    let (mut held, mut refused, mut wrong) = (0, BTreeMap::<String, (usize, String)>::new(), Vec::new());
    for entry in entries {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for (expr, ty, expect) in tests(&text) {
            let compiled = match Expr::compile(&expr, &Nothing, ty) {
                Ok(compiled) => compiled,
                Err(problems) => {
                    let told = &problems[0].sentence;
                    assert!(!told.is_ascii(), "{expr}: {told}");
                    let (count, _) = refused.entry(reason(told)).or_insert((0, expr));
                    *count += 1;
                    continue;
                }
            };
            let value = json!(compiled.eval(&Record(&Json::Null) as &dyn Env));
            let same = match (value.as_f64(), expect.as_f64()) {
                (Some(a), Some(b)) => a == b,
                _ => value == expect,
            };
            if same || OURS.contains(&expr.as_str()) {
                held += 1;
            } else {
                wrong.push(format!("{expr} gives {value}, not {expect}"));
            }
        }
    }
    eprintln!("{held} hold; refused, with the first of each:");
    for (reason, (count, first)) in refused {
        eprintln!("{count:5} {reason}   {first}");
    }
    assert!(held > 100, "{held}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
