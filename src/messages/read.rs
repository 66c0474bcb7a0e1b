//! Reading the table: a comma-separated file in UTF-8, texts with line breaks inside quotes.

use engine::time::Time;
use serde::Serialize;
use std::io::Read;
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One message as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// Number in the outside source.
    pub id: String,
    /// Who wrote it.
    pub user: String,
    /// Subject and text.
    pub said: String,
    /// When; Unix epoch milliseconds.
    pub at: i64,
    /// When and what was answered.
    pub reply: Option<(i64, String)>,
}

/// A row that is not brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bad {
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// Number in the outside source, as far as it can be read.
    pub id: String,
    /// Why; a sentence.
    pub reason: String,
}

/// Columns, with the names they go by; the answer may be missing.
const COLUMNS: [(&[&str], bool); 7] = [
    (&["留言编号", "编号", "id"], true),
    (&["留言用户", "用户", "user"], false),
    (&["留言主题", "主题", "subject"], false),
    (&["留言时间", "时间", "time"], true),
    (&["留言详情", "内容", "详情", "text"], true),
    (&["答复意见", "答复", "reply"], false),
    (&["答复时间", "reply time", "reply_time"], false),
];
const ID: usize = 0;
const USER: usize = 1;
const SUBJECT: usize = 2;
const TIME: usize = 3;
const TEXT: usize = 4;
const REPLY: usize = 5;
const REPLY_TIME: usize = 6;
/// Characters of a number in the outside source.
const LONGEST_ID: usize = 60;

/// The rows of a table, one after the other.
pub struct Messages<R: Read> {
    rows: Peekable<csv::ByteRecordsIntoIter<Quotes<R>>>,
    /// The quotes read so far do not pair.
    unpaired: Arc<AtomicBool>,
    /// The record at hand is the last.
    ended: bool,
    /// Where each of [`COLUMNS`] stands.
    places: [Option<usize>; 7],
    offset: i32,
    now: i64,
}

/// Looks for quotes while it reads: one that is never closed swallows the rest of the file without an error.
struct Quotes<R> {
    source: R,
    unpaired: Arc<AtomicBool>,
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.source.read(into)?;
        if into[..length].iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
            self.unpaired.fetch_xor(true, Ordering::Relaxed);
        }
        Ok(length)
    }
}

impl<R: Read> Messages<R> {
    /// Reads the heading. `offset`: the company's zone in minutes east of UTC; nothing may be later than `now`.
    ///
    /// # Errors
    /// A sentence, when the file cannot be read or a column is missing.
    pub fn open(source: R, offset: i32, now: i64) -> Result<Self, String> {
        let unpaired = Arc::new(AtomicBool::new(false));
        let source = Quotes {
            source,
            unpaired: unpaired.clone(),
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
        let heading = reader
            .byte_headers()
            .map_err(|error| format!("文件无法读取：{error}"))?;
        let names: Vec<String> = heading
            .iter()
            .map(|name| {
                String::from_utf8_lossy(name)
                    .trim_start_matches('\u{feff}')
                    .trim()
                    .to_lowercase()
            })
            .collect();
        let mut places = [None; 7];
        for (place, (known, needed)) in places.iter_mut().zip(COLUMNS) {
            *place = names.iter().position(|name| known.contains(&name.as_str()));
            if needed && place.is_none() {
                let found = names.join("、");
                return Err(format!(
                    "表头里没有“{}”这一列（读到的是：{found}）。文件应为 UTF-8 编码、逗号分隔",
                    known[0]
                ));
            }
        }
        Ok(Messages {
            rows: reader.into_byte_records().peekable(),
            unpaired,
            ended: false,
            places,
            offset,
            now,
        })
    }

    /// Whether the record is what was read from a quote that is never closed to the end of the file.
    fn swallowed(&self, record: &csv::ByteRecord) -> bool {
        self.ended && self.unpaired.load(Ordering::Relaxed) && record.iter().any(|cell| cell.contains(&b'\n'))
    }

    fn message(&self, record: &csv::ByteRecord) -> Result<Message, Bad> {
        let line = record.position().map_or(0, csv::Position::line);
        let raw = |column: usize| {
            self.places[column]
                .and_then(|at| record.get(at))
                .unwrap_or_default()
        };
        let id = String::from_utf8_lossy(raw(ID)).trim().to_owned();
        let bad = |reason: &str| Bad {
            line,
            id: id.clone(),
            reason: reason.to_owned(),
        };
        let text = |column: usize| {
            std::str::from_utf8(raw(column))
                .map(str::trim)
                .map_err(|_| bad("文字不是 UTF-8 编码"))
        };
        let time = |column: usize, title: &str| {
            let given = text(column)?.replace('/', "-");
            let at = Time::parse_local(&given, self.offset);
            let at = at
                .map_err(|_| bad(&format!("{title}“{given}”看不懂，应写成 2026-02-14 09:00:00")))?
                .0;
            if at > self.now {
                Err(bad(&format!("{title}“{given}”在将来")))
            } else {
                Ok(at)
            }
        };
        if self.swallowed(record) {
            return Err(bad("引号没有配对：从这一行到文件末尾被读成了一条"));
        }
        if id.is_empty() || id.chars().count() > LONGEST_ID {
            return Err(bad("没有编号，或编号过长"));
        }
        let (subject, body) = (text(SUBJECT)?, text(TEXT)?);
        let said = [subject, body]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        if said.is_empty() {
            return Err(bad("没有内容"));
        }
        let at = time(TIME, "留言时间")?;
        let reply = match text(REPLY)? {
            "" => None,
            reply => Some((time(REPLY_TIME, "答复时间")?, reply.to_owned())),
        };
        if reply.as_ref().is_some_and(|(then, _)| *then < at) {
            return Err(bad("答复时间早于留言时间"));
        }
        Ok(Message {
            line,
            user: text(USER)?.to_owned(),
            said,
            at,
            reply,
            id,
        })
    }
}

impl<R: Read> Iterator for Messages<R> {
    type Item = Result<Message, Bad>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.rows.next()?;
        self.ended = self.rows.peek().is_none();
        Some(match record {
            Ok(record) => self.message(&record),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                Err(Bad {
                    line,
                    id: String::new(),
                    reason: format!("这一行无法读取：{error}"),
                })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-11-20 00:00";

    fn read(text: &str) -> Vec<Result<Message, Bad>> {
        let now = Time::parse_local(DAY, 480).expect("a time").0;
        Messages::open(text.as_bytes(), 480, now)
            .expect("a heading")
            .collect()
    }

    #[test]
    fn quoted_line_breaks_and_a_byte_order_mark_are_read() {
        let rows = read(
            "\u{feff}留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间\n\
             1,甲,灯坏,2011-03-01 08:00:00,\"第一行\n第二行，\"\"急\"\"\",好,2011-03-02 09:00\n\
             2,乙,,2019/4/5 7:08:09,内容,,\n",
        );
        let one = rows[0].as_ref().expect("a message");
        assert_eq!((one.line, one.said.as_str()), (2, "灯坏\n第一行\n第二行，\"急\""));
        assert_eq!(
            one.reply.as_ref().map(|(at, text)| (at - one.at, text.as_str())),
            Some((90_000_000, "好"))
        );
        let two = rows[1].as_ref().expect("a message");
        assert_eq!((two.line, two.said.as_str(), &two.reply), (4, "内容", &None));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let rows = read(
            "id,time,text,reply,reply time\n\
             1,昨天,内容,,\n,2019-01-01 00:00,内容,,\n3,2019-01-01 00:00,,,\n\
             4,2019-01-02 00:00,内容,好,2019-01-01 00:00\n5,2027-01-01 00:00,内容,,\n6,2019-01-01 00:00,内容,好,\n",
        );
        let reasons: Vec<(u64, String)> = rows
            .into_iter()
            .map(|row| row.expect_err("bad"))
            .map(|bad| (bad.line, bad.reason))
            .collect();
        let begins = [
            "留言时间“昨天”看不懂",
            "没有编号",
            "没有内容",
            "答复时间早于",
            "留言时间“2027",
            "答复时间“”看不懂",
        ];
        for ((line, reason), (at, begin)) in reasons.iter().zip((2..).zip(begins)) {
            assert!(*line == at && reason.starts_with(begin), "{line} {reason}");
        }
        assert_eq!(reasons.len(), 6);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told() {
        // A quote inside a word is the word's.
        let rows = read("id,time,text\n1,2019-01-01 00:00,三寸\"的管子漏水\n2,2019-01-01 00:00,内容\n");
        assert!(rows.iter().all(Result::is_ok), "{rows:?}");
        let rows = read(
            "id,time,text\n1,2019-01-01 00:00,好\n2,2019-01-01 00:00,\"没有完\n3,2019-01-01 00:00,内容\n",
        );
        let bad = rows[1].as_ref().expect_err("swallowed");
        assert!(
            rows.len() == 2 && bad.line == 3 && bad.reason.starts_with("引号没有配对"),
            "{bad:?}"
        );
    }

    #[test]
    fn a_table_without_its_columns_is_refused() {
        let refusal = Messages::open("a,b\n1,2\n".as_bytes(), 480, 0)
            .err()
            .expect("refused");
        assert!(refusal.contains("留言编号"), "{refusal}");
    }
}
