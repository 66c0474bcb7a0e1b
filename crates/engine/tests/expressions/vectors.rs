//! The vectors that all interpreters share: `tests/vectors/expressions.json`, for `world.rs`'s schema.
//!
//! `UPDATE_VECTORS=1` rewrites the compiled tree beside each text.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use yizhan_engine::expr::{Expr, Type};

use super::database::{databases, runtime};
use super::world::{MATTERS, Record, known};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/expressions.json");

#[derive(Deserialize)]
struct Vector {
    text: String,
    #[serde(default = "boolean")]
    want: String,
    data: Json,
    expect: Json,
    tree: Option<Json>,
}

fn boolean() -> String {
    "bool".into()
}

fn read() -> (Json, Vec<Vector>) {
    let file: Json = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let vectors = serde_json::from_value(file["vectors"].clone()).unwrap();
    (file, vectors)
}

fn compile(vector: &Vector) -> Expr {
    let types = [
        Type::Bool,
        Type::Num,
        Type::Money,
        Type::Text,
        Type::Date,
        Type::Time,
        Type::Span,
    ];
    let want = types
        .into_iter()
        .find(|ty| json!(ty) == vector.want)
        .expect("a type");
    Expr::compile(&vector.text, &MATTERS, want).unwrap_or_else(|e| panic!("{}: {e:?}", vector.text))
}

#[test]
fn vectors_hold_in_memory() {
    let (_, vectors) = read();
    assert!(vectors.len() >= 80, "{} vectors", vectors.len());
    for vector in &vectors {
        let value = compile(vector).eval(&Record(&vector.data));
        assert_eq!(
            json!(value),
            vector.expect,
            "{} with {}",
            vector.text,
            vector.data
        );
    }
}

#[test]
fn trees_in_the_vectors_are_current() {
    let (mut file, vectors) = read();
    let trees: Vec<Json> = vectors.iter().map(|vector| json!(compile(vector))).collect();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        file["known"] = json!({ "now": known("now"), "me": known("me") });
        let written = file["vectors"].as_array_mut().unwrap();
        for (vector, tree) in written.iter_mut().zip(trees) {
            vector["tree"] = tree;
        }
        let lines: Vec<String> = written.iter().map(Json::to_string).collect();
        let text = format!(
            "{{\"known\":{},\"vectors\":[\n{}\n]}}\n",
            file["known"],
            lines.join(",\n")
        );
        std::fs::write(FILE, text).unwrap();
        return;
    }
    for (vector, tree) in vectors.iter().zip(trees) {
        assert_eq!(
            vector.tree.as_ref(),
            Some(&tree),
            "stale: run with UPDATE_VECTORS=1; {}",
            vector.text
        );
    }
}

#[test]
fn vectors_hold_in_sql() {
    let (_, vectors) = read();
    runtime().block_on(async {
        for mut database in databases().await {
            for (id, vector) in vectors.iter().enumerate() {
                database.store(id as i64, &vector.data).await;
            }
            for (id, vector) in vectors.iter().enumerate() {
                let expr = compile(vector);
                if expr.beyond_sql().is_some() {
                    continue;
                }
                let answers = database
                    .ask(&expr)
                    .await
                    .unwrap_or_else(|e| panic!("{}: {e}", vector.text));
                let (_, value, found) = &answers[id];
                let place = format!("{:?}: {} with {}", database.dialect(), vector.text, vector.data);
                assert_eq!(json!(value), vector.expect, "{place}");
                assert_eq!(
                    *found,
                    vector.want != "bool" || vector.expect == true,
                    "as a filter, {place}"
                );
            }
        }
    });
}
