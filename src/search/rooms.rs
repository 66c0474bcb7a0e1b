//! Rooms as people say and type them: 3栋1单元502, 3-1-502, 3#502.

use super::words::{is_han, normalise};

/// What follows a number and says what it counts.
const MARKS: [char; 10] = ['栋', '幢', '座', '号', '楼', '单', '元', '层', '室', '房'];
const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Digits and letters joined by hyphens, as `home.room_key` holds them: 3栋, 1单元, 502室 → `3-1-502`.
pub fn room_key(building: &str, unit: &str, room: &str) -> String {
    [building, unit, room]
        .iter()
        .flat_map(|part| groups(&figures(part)))
        .collect::<Vec<_>>()
        .join("-")
}

/// A building or unit as people call it: a bare number gets its word, 3 → 3栋.
pub fn room_part(part: &str, word: &str) -> String {
    let bare = !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    if bare {
        format!("{part}{word}")
    } else {
        part.to_owned()
    }
}

/// What people call a home: 3栋1单元502.
pub fn room_title(building: &str, unit: &str, room: &str) -> String {
    format!("{}{}{room}", room_part(building, "栋"), room_part(unit, "单元"))
}

/// A room that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomQuery {
    /// Groups of digits and letters.
    pub groups: Vec<String>,
    /// What else was typed: name of a site or building.
    pub place: String,
    /// The name's beginning, should the first group belong to it: 碧水2 of 碧水2期3栋502.
    pub numbered: Option<String>,
}

impl RoomQuery {
    /// Reads what was typed; none when it cannot be a room.
    pub fn read(query: &str) -> Option<RoomQuery> {
        let text = figures(query);
        let groups = groups(&text);
        let digits = groups.iter().any(|g| g.bytes().any(|b| b.is_ascii_digit()));
        let room_like = groups.iter().all(|g| g.len() <= 5);
        let place: String = text
            .chars()
            .filter(|c| is_han(*c) && !MARKS.contains(c))
            .collect();
        let fits = digits && room_like && (1..=4).contains(&groups.len()) && place.chars().count() <= 12;
        let start = text
            .find(|c: char| c.is_ascii_alphanumeric())
            .filter(|start| *start > 0);
        let numbered = start
            .zip(groups.first())
            .map(|(start, first)| format!("{}{first}", &text[..start]));
        fits.then_some(RoomQuery {
            groups,
            place,
            numbered,
        })
    }

    /// The groups as `home.room_key` begins with.
    pub fn key(&self) -> String {
        self.groups.join("-")
    }
}

/// Numbers in characters become digits where they count something: 三栋十二单元 → 3栋12单元.
fn figures(text: &str) -> String {
    let chars: Vec<char> = normalise(text).chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let numeral = |c: &&char| DIGITS.contains(c) || **c == '十';
        let length = chars[at..].iter().take_while(numeral).count();
        let counts = length > 0 && chars.get(at + length).is_some_and(|c| MARKS.contains(c));
        if counts {
            out.push_str(&value(&chars[at..at + length]));
            at += length;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// 三 3, 十二 12, 二十 20, 五零二 502.
fn value(numeral: &[char]) -> String {
    let digit = |c: &char| DIGITS.iter().position(|d| d == c).unwrap_or(0);
    match numeral.iter().position(|c| *c == '十') {
        None => numeral.iter().map(|c| digit(c).to_string()).collect(),
        Some(ten) => {
            let tens = numeral[..ten].last().map_or(1, digit);
            let ones = numeral[ten + 1..].first().map_or(0, digit);
            (tens * 10 + ones).to_string()
        }
    }
}

fn groups(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_of_saying_a_room_come_to_one_key() {
        assert_eq!(room_key("3栋", "1单元", "502"), "3-1-502");
        assert_eq!(room_key("A座", "", "１５０２室"), "a-1502");
        assert_eq!(room_key("翠竹阁", "二单元", "301"), "2-301");
        for query in [
            "3-1-502",
            "3栋1单元502",
            "3幢1单元502室",
            "3#1-502",
            "３／１／５０２",
            "三栋一单元502",
            "3 1 502",
        ] {
            let read = RoomQuery::read(query).unwrap_or_else(|| panic!("{query} is a room"));
            assert_eq!(
                (read.key().as_str(), read.place.as_str()),
                ("3-1-502", ""),
                "{query}"
            );
        }
        let named = RoomQuery::read("碧水苑十二栋502").expect("room");
        assert_eq!((named.key().as_str(), named.place.as_str()), ("12-502", "碧水苑"));
        for query in ["张伟", "zhangwei", "13800138000", ""] {
            assert_eq!(RoomQuery::read(query), None, "{query}");
        }
        assert_eq!(room_title("3", "1", "502"), "3栋1单元502");
        assert_eq!(room_title("3栋", "1单元", "502"), "3栋1单元502");
        assert_eq!(room_title("A座", "", "1502"), "A座1502");
    }
}
