//! What is entered, with files that whoever enters it has sent before.

use super::Replay;
use crate::support::person::Person;
use engine::case::Data;
use serde_json::{Value, json};

impl Replay<'_> {
    /// What is entered, with files that whoever enters it has sent before.
    pub(super) async fn entered(
        &mut self,
        person: &Person,
        token: Option<&str>,
        data: &Data,
    ) -> Result<Value, String> {
        let mut text = json!(data).to_string();
        let mut known: Vec<(String, String)> = self.ids.clone().into_iter().collect();
        for name in names_of_files(&json!(data)) {
            let picture = include_bytes!("../support/dot.png").to_vec();
            let part = reqwest::multipart::Part::bytes(picture).file_name("照片.png");
            let form = reqwest::multipart::Form::new().part("file", part);
            let kept = match token {
                None => person.form("/files", form).await,
                Some(token) => person.form_as_owner(token, form).await,
            };
            let id = kept.body["id"]
                .as_str()
                .ok_or_else(|| format!("upload: {} {}", kept.status, kept.body))?;
            self.files.insert(id.to_owned(), name.clone());
            known.push((name, id.to_owned()));
        }
        for (name, id) in known {
            text = text.replace(&format!("\"{name}\""), &format!("\"{id}\""));
        }
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}

/// The files and signatures that are entered, by the names the story gives them.
fn names_of_files(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with("file-") || text.starts_with("signature-") => {
            vec![text.clone()]
        }
        Value::Array(items) => items.iter().flat_map(names_of_files).collect(),
        Value::Object(map) => map.values().flat_map(names_of_files).collect(),
        _ => Vec::new(),
    }
}
