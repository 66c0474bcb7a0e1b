//! Input made from schemas: mostly fitting, sometimes not.

use crate::operations::{Operation, resolve};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

const DEEPEST: usize = 5;
/// Texts that have broken programs.
const TEXTS: [&str; 14] = [
    "",
    " ",
    "a",
    "灯坏了",
    "13800001234",
    "2026-02-30",
    "2026-11",
    "\u{0}",
    "'; drop table staff; --",
    "👩‍🔧\u{202e}",
    "99999999999999999999",
    "../../etc/passwd",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "%_\\\"{}",
];
const NUMBERS: [i64; 10] = [
    0,
    1,
    2,
    -1,
    100,
    1_794_790_800_000,
    i64::MAX,
    i64::MIN,
    1 << 53,
    -(1 << 31),
];

pub struct Request {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub struct Maker<'a> {
    described: &'a Value,
    known: Vec<(&'static str, Vec<String>)>,
    pub rng: ChaCha8Rng,
    made: u32,
}

impl<'a> Maker<'a> {
    pub fn new(described: &'a Value, known: Vec<(&'static str, Vec<String>)>, rng: ChaCha8Rng) -> Self {
        Maker {
            described,
            known,
            rng,
            made: 0,
        }
    }

    pub fn request(&mut self, operation: &Operation<'_>) -> Request {
        self.made += 1;
        let mut path = operation.path.to_owned();
        let mut query = Vec::new();
        let mut headers = vec![("idempotency-key".to_owned(), format!("api-test-{:08}", self.made))];
        for parameter in &operation.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            let required = parameter["required"].as_bool().unwrap_or(false);
            match parameter["in"].as_str() {
                Some("path") => {
                    let place = self.path_value(operation.path, name);
                    path = path.replace(&format!("{{{name}}}"), &place);
                }
                Some("query") if required || self.rng.random_bool(0.5) => {
                    let value = self.value(&parameter["schema"], name, 0);
                    query.push(format!("{name}={}", encode(&plain(&value))));
                }
                Some("header") if name.eq_ignore_ascii_case("if-match") => {
                    headers.push((
                        name.to_lowercase(),
                        format!("\"{}\"", self.rng.random_range(0..12)),
                    ));
                }
                _ => {}
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = match operation.body {
            Some(("application/json", schema)) => {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                let mut value = self.value(schema, "", 0);
                if self.rng.random_bool(0.4) {
                    self.spoil(&mut value);
                }
                self.cut(serde_json::to_vec(&value).expect("JSON"))
            }
            Some(("multipart/form-data", _)) => {
                headers.push((
                    "content-type".to_owned(),
                    "multipart/form-data; boundary=line".to_owned(),
                ));
                let name = if self.rng.random_bool(0.9) {
                    "file"
                } else {
                    "other"
                };
                let head = format!(
                    "--line\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.xlsx\"\r\n\r\n"
                );
                let mut body = head.into_bytes();
                body.extend((0..self.rng.random_range(0..300)).map(|_| self.rng.random::<u8>()));
                body.extend(b"\r\n--line--\r\n");
                self.cut(body)
            }
            Some((kind, _)) => panic!("{}: bodies of type {kind} are not generated", operation.name),
            None => Vec::new(),
        };
        Request { path, headers, body }
    }

    /// Rarely, a body that ends too soon.
    fn cut(&mut self, mut body: Vec<u8>) -> Vec<u8> {
        if self.rng.random_bool(0.05) && !body.is_empty() {
            let end = self.rng.random_range(0..body.len());
            body.truncate(end);
        }
        body
    }

    /// What a variable part of an address may be: `/cases/{id}` is a case.
    fn path_value(&mut self, path: &str, name: &str) -> String {
        let before = path.split(&format!("/{{{name}}}")).next().unwrap_or_default();
        let word = before.rsplit('/').next().unwrap_or_default().to_owned();
        let text = self.known_value(&word).or_else(|| self.known_value(name));
        let text = text.unwrap_or_else(|| self.text());
        // An empty part would be another address.
        if text.trim().is_empty() {
            "x".to_owned()
        } else {
            encode(&text)
        }
    }

    /// Something that exists, when the name says of what sort.
    fn known_value(&mut self, name: &str) -> Option<String> {
        let word = name.trim_end_matches("_id");
        let (_, all) = self.known.iter().find(|(sort, _)| {
            word == *sort || word.ends_with(&format!("_{sort}")) || word == format!("{sort}s")
        })?;
        if self.rng.random_bool(0.15) {
            return None;
        }
        all.choose(&mut self.rng).cloned()
    }

    fn text(&mut self) -> String {
        match self.rng.random_range(0..20) {
            0 => "长".repeat(20_000),
            1 => self.rng.random::<u64>().to_string(),
            _ => (*TEXTS.choose(&mut self.rng).expect("texts")).to_owned(),
        }
    }

    /// A value of a schema.
    fn value(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let schema = resolve(self.described, schema);
        if let Some(all) = schema["enum"].as_array() {
            return all.choose(&mut self.rng).cloned().unwrap_or_default();
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let choice = choices.choose(&mut self.rng).cloned().unwrap_or_default();
            return self.value(&choice, name, depth);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(part) = self.value(part, name, depth) {
                    whole.extend(part);
                }
            }
            return Value::Object(whole);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds
                .choose(&mut self.rng)
                .and_then(Value::as_str)
                .unwrap_or("null"),
            kind => kind.as_str().unwrap_or("any"),
        };
        match kind {
            "string" => Value::String(self.known_value(name).unwrap_or_else(|| self.text())),
            "integer" => json!(NUMBERS.choose(&mut self.rng)),
            "number" => json!(self.rng.random::<f64>() * 1e6),
            "boolean" => json!(self.rng.random_bool(0.5)),
            "null" => Value::Null,
            "array" => {
                let count = if depth > DEEPEST {
                    0
                } else {
                    self.rng.random_range(0..3)
                };
                (0..count)
                    .map(|_| self.value(&schema["items"], name, depth + 1))
                    .collect()
            }
            "object" => self.object(schema, depth),
            _ => self.anything(),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut object = Map::new();
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            let wanted = required.contains(&name.as_str()) || (depth < DEEPEST && self.rng.random_bool(0.5));
            if wanted {
                object.insert(name.clone(), self.value(of, name, depth + 1));
            }
        }
        if object.is_empty() && self.rng.random_bool(0.5) {
            // A form: the names of its fields are the manual's.
            for name in ["content", "words", "answer", "to", "reason"] {
                object.insert(name.to_owned(), self.anything());
            }
        }
        Value::Object(object)
    }

    fn anything(&mut self) -> Value {
        match self.rng.random_range(0..7) {
            0 => Value::Null,
            1 => json!(NUMBERS.choose(&mut self.rng)),
            2 => json!([[[["deep"]]], 1, null]),
            3 => json!({"type": "x", "id": null}),
            4 => json!(1e300),
            _ => Value::String(self.text()),
        }
    }

    /// Puts something else in one place of the value.
    fn spoil(&mut self, value: &mut Value) {
        let inner = match value {
            Value::Object(object) => object.values_mut().collect::<Vec<_>>(),
            Value::Array(array) => array.iter_mut().collect(),
            _ => Vec::new(),
        };
        let count = inner.len();
        if count > 0 && self.rng.random_bool(0.9) {
            let at = self.rng.random_range(0..count);
            let inner = inner.into_iter().nth(at).expect("one of them");
            return self.spoil(inner);
        }
        *value = self.anything();
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Percent-encoding, shortened: addresses have an end.
fn encode(text: &str) -> String {
    let bytes = text.bytes().take(600);
    bytes
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
