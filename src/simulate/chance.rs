//! Chance: everything random in a simulation comes from one seeded source.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The source.
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn seeded(seed: u64) -> Chance {
        Chance(ChaCha8Rng::seed_from_u64(seed))
    }

    /// True with probability `p`.
    pub fn hit(&mut self, p: f64) -> bool {
        self.0.random_bool(p.clamp(0.0, 1.0))
    }

    /// From `low` up to but not including `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..high.max(low + 1))
    }

    /// From 0 up to 1.
    pub fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// One of them; there must be one.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    /// Index of one of them, by weight; none when nothing weighs.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let all: f64 = weights.iter().sum();
        if all <= 0.0 {
            return None;
        }
        let mut left = self.share() * all;
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return Some(index);
            }
        }
        weights.iter().rposition(|w| *w > 0.0)
    }

    /// Puts them in any order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.0.random_range(0..=last));
        }
    }
}

/// The local hour of day.
pub fn hour_of(at: i64, offset: i32) -> i64 {
    (at + i64::from(offset) * MINUTE).rem_euclid(DAY) / HOUR
}

/// The next full half hour of the working day, 9 to 18, at or after `at`.
pub fn by_day(at: i64, offset: i32) -> i64 {
    let zone = i64::from(offset) * MINUTE;
    let local = at + zone;
    let midnight = local.div_euclid(DAY) * DAY;
    let of_day = local - midnight;
    let half = HOUR / 2;
    let of_day = (of_day + half - 1) / half * half;
    let best = match of_day {
        early if early < 9 * HOUR => midnight + 9 * HOUR,
        late if late > 18 * HOUR => midnight + DAY + 9 * HOUR,
        fine => midnight + fine,
    };
    best - zone
}
