//! Verifies a manual: `cargo run -p yizhan-engine --example check -- manual`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use yizhan_engine::load::Manual;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "manual".to_owned());
    let mut files = BTreeMap::new();
    if let Err(error) = read(Path::new(&folder), "", &mut files) {
        eprintln!("读不了 {folder}：{error}");
        return ExitCode::FAILURE;
    }
    match Manual::from_files(files) {
        Ok(manual) => {
            manual.warnings.iter().for_each(|problem| println!("{problem}"));
            println!(
                "制度可以运行：{} 类事项，{} 条条款，{} 处提醒，版本 {}",
                manual.kinds.len(),
                manual.clauses.len(),
                manual.warnings.len(),
                &manual.hash[..12]
            );
            ExitCode::SUCCESS
        }
        Err(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            println!("共 {} 处问题", problems.len());
            ExitCode::FAILURE
        }
    }
}

fn read(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{path}/"), files)?;
        } else if path.ends_with(".toml") {
            files.insert(path, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
