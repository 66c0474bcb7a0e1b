//! The only place that reads the system's time and randomness, so that every run can be repeated:
//! tests and the simulator pass a virtual clock and a seeded source of ids instead.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use std::time::{SystemTime, UNIX_EPOCH};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use ulid::Ulid;

/// Where "now" comes from. Clones of a virtual clock share one time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// The machine's clock, so many milliseconds ahead.
    Ahead(Arc<AtomicI64>),
    Virtual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The machine's clock moved on by `ms` milliseconds, and more by [`Clock::advance`]: for demonstrations, where a
    /// deadline of days is to be seen passing.
    pub fn ahead_by(ms: i64) -> Self {
        Self(Source::Ahead(Arc::new(AtomicI64::new(ms))))
    }

    /// A clock that stands at `ms` (Unix epoch milliseconds) until it is moved.
    pub fn virtual_at(ms: i64) -> Self {
        Self(Source::Virtual(Arc::new(AtomicI64::new(ms))))
    }

    /// The present instant in Unix epoch milliseconds, UTC.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Source::System => system_ms(),
            Source::Ahead(ms) => system_ms() + ms.load(Ordering::SeqCst),
            Source::Virtual(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Moves any clock but the system's on by `ms` milliseconds (back, when negative) and returns the new instant.
    ///
    /// # Panics
    /// On the system clock: real time cannot be moved, so that is a mistake of the program.
    pub fn advance(&self, ms: i64) -> i64 {
        self.shared().fetch_add(ms, Ordering::SeqCst);
        self.now()
    }

    /// Sets it to `ms` (Unix epoch milliseconds).
    ///
    /// # Panics
    /// On the system clock, like [`Clock::advance`].
    pub fn set(&self, ms: i64) {
        self.advance(ms - self.now());
    }

    fn shared(&self) -> &AtomicI64 {
        match &self.0 {
            Source::Virtual(ms) | Source::Ahead(ms) => ms,
            Source::System => panic!("the system clock cannot be moved"),
        }
    }
}

fn system_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A source of ULIDs. Clones share one state, so ids are strictly increasing within a process.
///
/// An id is not a secret: within one millisecond the next one is the last one plus one.
#[derive(Clone, Debug)]
pub struct Ids(Arc<Mutex<Generator>>);

#[derive(Debug)]
struct Generator {
    rng: ChaCha20Rng,
    last: Ulid,
}

impl Ids {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        Self::from_rng(ChaCha20Rng::from_os_rng())
    }

    /// The same ids on every run, given the same instants.
    pub fn seeded(seed: u64) -> Self {
        Self::from_rng(ChaCha20Rng::seed_from_u64(seed))
    }

    fn from_rng(rng: ChaCha20Rng) -> Self {
        Self(Arc::new(Mutex::new(Generator {
            rng,
            last: Ulid::nil(),
        })))
    }

    /// A new id of 26 characters for the instant `now` (Unix epoch milliseconds). Where `now` does not lie after
    /// the last id's instant, the last id is incremented instead, so that order is never lost.
    pub fn next(&self, now: i64) -> String {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ms = u64::try_from(now).unwrap_or(0);
        state.last = if ms > state.last.timestamp_ms() {
            let random: u128 = state.rng.random();
            Ulid::from_parts(ms, random)
        } else {
            // Past the last of 2^80 ids of a millisecond both arms carry into the next millisecond.
            state.last.increment().unwrap_or_else(|carried| carried)
        };
        state.last.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtual_clock_is_shared_by_its_clones() {
        let clock = Clock::virtual_at(1_000);
        let other = clock.clone();
        assert_eq!(clock.advance(500), 1_500);
        assert_eq!(other.now(), 1_500);
        other.set(7);
        assert_eq!(clock.now(), 7);
    }

    #[test]
    fn the_system_clock_runs_after_2025() {
        assert!(Clock::system().now() > 1_735_689_600_000);
    }

    #[test]
    fn seeded_ids_repeat_and_increase_even_when_time_goes_back() {
        let instants = [5_000, 5_000, 5_001, 4_000, 6_000];
        let (one, two) = (Ids::seeded(42), Ids::seeded(42));
        let first: Vec<String> = instants.iter().map(|ms| one.next(*ms)).collect();
        let again: Vec<String> = instants.iter().map(|ms| two.next(*ms)).collect();
        assert_eq!(first, again);
        assert!(first.is_sorted_by(|a, b| a < b), "{first:?}");
        assert_ne!(first[0], Ids::seeded(43).next(5_000));
    }

    #[test]
    fn ids_of_many_threads_are_all_different() {
        let ids = Ids::system();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let ids = ids.clone();
                std::thread::spawn(move || (0..500).map(|_| ids.next(9_000)).collect::<Vec<_>>())
            })
            .collect();
        let mut all: Vec<String> = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("thread"))
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2_000);
    }
}
