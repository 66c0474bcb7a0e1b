//! What is shown of personal numbers.

/// A phone with its middle hidden: 138****5678. Of short ones only the end is shown.
pub fn mask_phone(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    let shown = |part: &[char]| part.iter().collect::<String>();
    match chars.len() {
        0 => String::new(),
        1..=4 => "****".to_owned(),
        5..=7 => format!("****{}", shown(&chars[chars.len() - 2..])),
        length => format!("{}****{}", shown(&chars[..3]), shown(&chars[length - 4..])),
    }
}

#[cfg(test)]
mod tests {
    use super::mask_phone;

    #[test]
    fn the_middle_is_hidden() {
        for (number, shown) in [
            ("13812345678", "138****5678"),
            ("8888666", "****66"),
            ("110", "****"),
            ("", ""),
        ] {
            assert_eq!(mask_phone(number), shown);
        }
    }
}
