//! Reading a folder of definitions.

use std::collections::BTreeMap;
use std::path::Path;

/// Every `.toml` below a folder: path within it (with `/`) → text.
///
/// # Errors
/// When the folder or a file cannot be read, or is not UTF-8.
pub fn read_folder(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    gather(folder, "", &mut files)?;
    Ok(files)
}

fn gather(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &path, files)?;
        } else if name.ends_with(".toml") {
            files.insert(path, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
