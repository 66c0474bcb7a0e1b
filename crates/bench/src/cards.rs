//! Cases that were registered in the hour and wait for the next deed.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A case that waits.
pub struct Card {
    pub case: String,
    /// Which site, counted.
    pub site: usize,
    /// Whom it was given to; empty: nobody yet.
    pub engineer: String,
}

/// Those that wait for the same, the oldest first.
#[derive(Default)]
pub struct Pile(Mutex<VecDeque<Card>>);

/// All of them.
#[derive(Default)]
pub struct Cards {
    pub consultations: Pile,
    pub repairs: Pile,
    pub orders: Pile,
    pub accepted: Pile,
}

impl Pile {
    pub fn put(&self, card: Card) {
        self.lock().push_back(card);
    }

    pub fn take(&self) -> Option<Card> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Card>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
