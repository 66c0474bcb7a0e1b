//! Other systems, what was done to anybody's access, and who looked at personal data.

pub mod log;
pub mod looks;
pub mod tokens;

use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use crate::estate;
use engine::def::Area;

/// Refuses who does not manage people, and take data in and out, at all sites: what other systems may do and are told
/// is the whole company's.
///
/// # Errors
/// [`crate::error::Code::Forbidden`].
pub(crate) fn administrator(app: &App, me: &Me) -> Result<(), Problem> {
    let manual = app.manuals.current();
    for right in [Area::People, Area::Exchange] {
        if estate::reach(me, &manual, &[right])?.is_some() {
            return Err(Problem::forbidden());
        }
    }
    Ok(())
}

/// What people call a sort of deed; the sort itself where nothing is said.
fn title_of(titles: &[(&str, &str)], what: &str) -> String {
    let known = titles.iter().find(|(known, _)| *known == what);
    known.map_or(what, |(_, title)| title).to_owned()
}
