//! Which file of a crate uses which: `use` and paths are read, re-exports followed to where a name stands.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

/// Files by module path (`cases::commit`; the root is empty), and what each uses of the others.
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// Longest chain of re-exports that is followed.
const CHAIN: usize = 8;

struct Crate {
    texts: BTreeMap<String, String>,
    /// By module: names it re-exports, and where they come from.
    exports: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Reads the files under `root`.
pub fn read(root: &Path) -> Uses {
    let mut texts = BTreeMap::new();
    collect(root, root, &mut texts);
    let mut all = Crate {
        exports: BTreeMap::new(),
        texts,
    };
    for (module, text) in &all.texts {
        let mut names = BTreeMap::new();
        for found in REEXPORT.captures_iter(text) {
            for path in expand(&found[1]) {
                if let Some(path) = all.absolute(module, &path)
                    && let Some(name) = path.last()
                {
                    names.insert(name.clone(), path);
                }
            }
        }
        all.exports.insert(module.clone(), names);
    }
    let used = |module: &String, text: &str| {
        let text = REEXPORT.replace_all(text, "");
        let paths = paths(&text);
        let absolute = paths.iter().filter_map(|path| all.absolute(module, path));
        let files = absolute.filter_map(|path| all.file(&path, 0));
        // What stands at the root for all are macros.
        files.filter(|file| file != module && !file.is_empty()).collect()
    };
    all.texts
        .iter()
        .map(|(module, text)| (module.clone(), used(module, text)))
        .collect()
}

fn collect(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(root, &path, texts);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).expect("source");
            let name = path.strip_prefix(root).expect("inside").with_extension("");
            let mut parts: Vec<&str> = name.iter().filter_map(|part| part.to_str()).collect();
            if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
                parts.pop();
            }
            // The library's root and the program's are one.
            texts.entry(parts.join("::")).or_default().push_str(&bare(&text));
        }
    }
}

/// Without comments, without who may see what, and without what only tests use.
fn bare(text: &str) -> String {
    let text = COMMENT.replace_all(text, "");
    let text = VISIBLE.replace_all(&text, "pub ");
    TESTS.split(&text).next().unwrap_or_default().to_owned()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("pattern")
}

static REEXPORT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bpub(?:\([^)]*\))?\s+use\s+([^;]+);"));
static USE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\buse\s+([^;]+);"));
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:crate|super|self)(?:::\w+)+"));
static THROUGH: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\w+)::(\w+)"));
static VISIBLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bpub\(in [^)]*\) "));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"//.*"));
static TESTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"#\[cfg\(test\)\]\s*mod \w+ \{"));

/// Paths a text uses: of its `use`, and those written out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut paths: Vec<Vec<String>> = USE
        .captures_iter(text)
        .flat_map(|found| expand(&found[1]))
        .collect();
    paths.extend(WRITTEN.find_iter(text).map(|path| split(path.as_str())));
    // `use crate::measure;` and then `measure::refresh(…)`.
    let names = paths
        .iter()
        .filter_map(|path| Some((path.last()?.as_str(), path)));
    let names: BTreeMap<&str, &Vec<String>> = names.collect();
    let meant = THROUGH.captures_iter(text).filter_map(|found| {
        let module = names.get(found.get(1)?.as_str())?;
        Some([module.as_slice(), &[found[2].to_owned()]].concat())
    });
    let meant: BTreeSet<Vec<String>> = meant.collect();
    paths.extend(meant);
    paths
}

fn split(path: &str) -> Vec<String> {
    let names = path
        .split("::")
        .map(|name| name.split(" as ").next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// `a::{b, c::{d, self}}` as its single paths.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        let mut path = split(tree);
        path.retain(|name| name != "*");
        return vec![path];
    };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut part, mut parts) = (0, String::new(), Vec::new());
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    let first = split(before);
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    let whole = |rest: Vec<String>| {
        first
            .iter()
            .cloned()
            .chain(rest.into_iter().filter(|n| n != "self"))
            .collect()
    };
    parts.flat_map(|part| expand(part)).map(whole).collect()
}

impl Crate {
    /// A path from the root of the crate; none for another crate's.
    fn absolute(&self, module: &str, path: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = split(module);
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([here, path[1..].to_vec()].concat()),
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                here.truncate(here.len().saturating_sub(ups));
                Some([here, path[ups..].to_vec()].concat())
            }
            first => {
                here.push(first.to_owned());
                let child = self.texts.contains_key(&here.join("::"));
                child.then(|| [here, path[1..].to_vec()].concat())
            }
        }
    }

    /// The file in which what stands at the end of the path is written.
    fn file(&self, path: &[String], depth: usize) -> Option<String> {
        let mut last = String::new();
        for (nth, name) in path.iter().enumerate() {
            let here = path[..=nth].join("::");
            if self.texts.contains_key(&here) {
                last = here;
                continue;
            }
            let other = self.exports.get(&last).and_then(|names| names.get(name));
            return match other.filter(|other| depth < CHAIN && other[..] != path[..=nth]) {
                Some(other) => self.file(&[other.as_slice(), &path[nth + 1..]].concat(), depth + 1),
                None => Some(last),
            };
        }
        Some(last)
    }
}

/// Files that use each other in a circle, largest circle first.
pub fn circles(uses: &Uses) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|file| (file, reached(uses, file))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, reached) in &reach {
        if reached.contains(file) {
            let back = reached.iter().filter(|other| reach[**other].contains(file));
            circles.insert(back.map(|other| (*other).clone()).collect());
        }
    }
    let mut circles: Vec<Vec<String>> = circles.into_iter().collect();
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn reached<'u>(uses: &'u Uses, from: &str) -> BTreeSet<&'u String> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&String> = uses[from].iter().collect();
    while let Some(file) = next.pop() {
        if found.insert(file) {
            next.extend(&uses[file]);
        }
    }
    found
}
