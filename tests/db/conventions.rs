//! Time and chance come in through `src/clock.rs`, or runs cannot be repeated.

use std::path::{Path, PathBuf};

/// The one file that may ask the system.
const ALLOWED: &str = "src/clock.rs";
/// What asks the system in Rust.
const IN_RUST: &[&str] = &[
    "SystemTime::now",
    "Utc::now",
    "Local::now",
    "Ulid::generate",
    "OffsetDateTime::now",
];
/// What asks the database, in migrations and in statements inside Rust.
const IN_SQL: &[&str] = &[
    "current_timestamp",
    "current_date",
    "current_time",
    "localtimestamp",
    "'now'",
    "clock_timestamp(",
];

#[test]
fn nobody_but_the_clock_asks_for_the_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "migrations", "crates"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 5, "the search finds no files");
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(root).expect("inside").display().to_string();
        // What measures real time has nothing else.
        if name == ALLOWED || name.starts_with("crates/bench/") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("source");
        let hits = text.lines().enumerate().filter(|(_, line)| asks(line));
        found.extend(hits.map(|(number, line)| format!("{name}:{}: {}", number + 1, line.trim())));
    }
    assert!(
        found.is_empty(),
        "take `now` as an argument, or from the `Clock` of {ALLOWED} (ids: `Ids`), instead of asking the system:\n{}",
        found.join("\n")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "sql") {
            files.push(path);
        }
    }
}

fn asks(line: &str) -> bool {
    let code = line.trim_start();
    if code.starts_with("//") || code.starts_with("--") {
        return false;
    }
    let lower = code.to_lowercase();
    IN_RUST.iter().any(|call| code.contains(call))
        || IN_SQL.iter().any(|call| lower.contains(call))
        || ["now()", "random()"].iter().any(|call| in_sql(&lower, call))
}

/// A function of SQL: not a method of the same name, nor the end of a longer name.
fn in_sql(line: &str, call: &str) -> bool {
    line.match_indices(call).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c == '.' || c == ':' || c == '_' || c.is_alphanumeric())
    })
}

#[test]
fn the_rule_tells_clocks_from_databases() {
    for bad in [
        "let t = SystemTime::now();",
        "let t = chrono::Utc::now();",
        "\"insert into event (at) values (now())\"",
        "  at text default CURRENT_TIMESTAMP,",
        "strftime('%s', 'now')",
        "\"select random()\"",
    ] {
        assert!(asks(bad), "{bad}");
    }
    for good in [
        "let t = clock.now();",
        "let t = self.clock.now() + 1;",
        "// now() is forbidden",
        "Instant::now()",
        "self.0.random()",
    ] {
        assert!(!asks(good), "{good}");
    }
}
