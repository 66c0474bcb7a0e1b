//! The command line as people use it: what it prints, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

fn yizhan(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yizhan"));
    let command = command.current_dir(folder).env_remove("DATABASE_URL");
    command.args(line).output().expect("run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_manual_goes_out_and_comes_back() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let run = |line: &[&str]| yizhan(folder.path(), line);
    let out = run(&["manual", "export", "copy"]);
    assert!(out.status.success(), "{out:?}");
    let checked = run(&["check", "copy"]);
    assert!(
        checked.status.success() && said(&checked).contains("没有错误"),
        "{checked:?}"
    );
    let path = folder.path().join("copy/intake/kinds/consultation.toml");
    let text = std::fs::read_to_string(&path).expect("a kind");
    std::fs::write(&path, text.replace("title = \"咨询\"", "title = \"问询\"")).expect("write");
    let published = run(&["manual", "publish", "copy"]);
    assert!(
        published.status.success() && said(&published).contains("已发布"),
        "{published:?}"
    );
    std::fs::write(&path, "title = 1").expect("write");
    for line in [["check", "copy"].as_slice(), &["manual", "publish", "copy"]] {
        let refused = run(line);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains("consultation.toml"),
            "{refused:?}"
        );
    }
    assert_eq!(run(&["check", "nowhere"]).status.code(), Some(1));
}

#[test]
fn descriptions_are_printed() {
    let folder = tempfile::tempdir().expect("temporary folder");
    for line in [["schema"].as_slice(), &["openapi"], &["coverage", "--json"]] {
        let out = yizhan(folder.path(), line);
        assert!(out.status.success(), "{out:?}");
        serde_json::from_slice::<serde_json::Value>(&out.stdout).expect("JSON");
    }
    let told = said(&yizhan(folder.path(), &["coverage"]));
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README");
    let figure = told.lines().last().expect("the figure");
    assert!(
        told.contains("COMPLAINT-2") && readme.contains(figure),
        "{figure}"
    );
}

#[test]
fn messages_are_imported_and_bad_rows_are_named() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let table = "留言编号,留言时间,留言详情\n1,2019-01-02 08:00:00,请问怎么缴费\n2,前天,内容\n";
    std::fs::write(folder.path().join("messages.csv"), table).expect("write");
    let out = yizhan(folder.path(), &["import", "messages", "messages.csv", "--json"]);
    assert_eq!(out.status.code(), Some(1), "a row is bad: {out:?}");
    let told: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(
        (&told["imported"], &told["bad"][0]["line"]),
        (&1.into(), &3.into()),
        "{told}"
    );
    std::fs::write(folder.path().join("other.csv"), "a,b\n1,2\n").expect("write");
    let out = yizhan(folder.path(), &["import", "messages", "other.csv"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&out.stderr).contains("留言编号"),
        "{out:?}"
    );
}
