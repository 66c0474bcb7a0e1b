//! Work that goes on beside the requests, each piece under a name: what ends, by a panic, an error or of itself, is
//! begun again after a pause that grows; how each fares is known to [`Health`]; stopping lets a round that is under way
//! come to its end.

use crate::context::App;
use crate::error::Problem;
use futures::FutureExt;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Pause before the first new beginning; it doubles up to the second.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(16));
/// What went on so long without a failure begins anew after the shortest pause.
const SOUND: Duration = Duration::from_secs(60);
/// What is under way when the process is to stop may take so long to end.
const GRACE: Duration = Duration::from_secs(5);

/// How one piece of work fares.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// How often it was begun again.
    pub restarts: u64,
    /// Since when it fails; absent while it does not.
    pub failing: Option<Instant>,
    /// When it last did all there was to do; absent for what only waits to be told something.
    pub looked: Option<Instant>,
}

/// How the work in the background of this process fares.
#[derive(Debug, Default)]
pub struct Health(Mutex<BTreeMap<&'static str, Task>>);

impl Health {
    /// Each piece of work by its name.
    pub fn tasks(&self) -> BTreeMap<&'static str, Task> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a piece of work has of those who keep it: it tells them that all is well, and is told to stop.
#[derive(Debug, Clone)]
pub struct Pulse {
    name: &'static str,
    health: Arc<Health>,
    stop: watch::Receiver<bool>,
}

impl Pulse {
    /// All there was to do is done.
    pub fn well(&self) {
        let mut tasks = self.health.lock();
        let task = tasks.entry(self.name).or_default();
        task.looked = Some(Instant::now());
        task.failing = None;
    }

    /// What comes of `waiting`; none when the process is to stop first.
    pub async fn unless_stopped<T>(&mut self, waiting: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            // That nobody can tell any more means the same.
            _ = self.stop.wait_for(|stop| *stop) => None,
            came = waiting => Some(came),
        }
    }

    /// Rests; false when the process is to stop.
    pub async fn rest(&mut self, long: Duration) -> bool {
        self.unless_stopped(tokio::time::sleep(long)).await.is_some()
    }

    fn failed(&self) {
        let mut tasks = self.health.lock();
        let task = tasks.entry(self.name).or_default();
        task.restarts += 1;
        task.failing.get_or_insert_with(Instant::now);
    }

    fn is_failing(&self) -> bool {
        self.health
            .lock()
            .get(self.name)
            .is_some_and(|task| task.failing.is_some())
    }
}

/// The work of this process. It ends when this is dropped; orderly, by [`Background::stop`].
#[derive(Debug)]
pub struct Background {
    health: Arc<Health>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// None yet.
    pub fn new(app: &App) -> Background {
        Background {
            health: app.own::<Health>(),
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    /// Begins `work`, and begins it again whenever it ends before it is to stop.
    pub fn start<W, F>(&mut self, name: &'static str, work: W)
    where
        W: FnMut(Pulse) -> F + Send + 'static,
        F: Future<Output = Result<(), Problem>> + Send + 'static,
    {
        let pulse = Pulse {
            name,
            health: self.health.clone(),
            stop: self.stop.subscribe(),
        };
        self.health.lock().entry(name).or_default();
        self.tasks.spawn(keep(pulse, work));
    }

    /// Does `round` over and over, resting between; at once again where it says that there is more.
    pub fn every<W, F>(&mut self, name: &'static str, rest: Duration, round: W)
    where
        W: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<bool, Problem>> + Send + 'static,
    {
        let round = Arc::new(round);
        self.start(name, move |mut pulse| {
            let round = round.clone();
            async move {
                loop {
                    let more = round().await?;
                    pulse.well();
                    let rest = if more { Duration::ZERO } else { rest };
                    if !pulse.rest(rest).await {
                        return Ok(());
                    }
                }
            }
        });
    }

    /// Lets each come to the end of what it is at, and waits for that, not for ever.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("work in the background did not end in time");
        }
    }
}

async fn keep<W, F>(mut pulse: Pulse, mut work: W)
where
    W: FnMut(Pulse) -> F + Send + 'static,
    F: Future<Output = Result<(), Problem>> + Send + 'static,
{
    let mut pause = PAUSE.0;
    while !*pulse.stop.borrow() {
        let (began, given) = (Instant::now(), pulse.clone());
        // Its first step, too, may panic.
        let whole = AssertUnwindSafe(async { work(given).await });
        let ended = whole.catch_unwind().await;
        if *pulse.stop.borrow() || pulse.stop.has_changed().is_err() {
            return;
        }
        let task = pulse.name;
        match ended {
            Ok(Ok(())) => tracing::error!(task, "work in the background ended; it is begun again"),
            Ok(Err(problem)) => tracing::error!(task, ?problem, "work in the background failed"),
            Err(_) => tracing::error!(task, "work in the background panicked"),
        }
        if began.elapsed() > SOUND || !pulse.is_failing() {
            pause = PAUSE.0;
        }
        pulse.failed();
        if !pulse.rest(pause).await {
            return;
        }
        pause = (pause * 2).min(PAUSE.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn none() -> Background {
        Background {
            health: Arc::default(),
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    #[tokio::test]
    async fn what_panics_fails_or_ends_is_begun_again_and_counted() {
        let mut work = none();
        let (health, begun) = (work.health.clone(), Arc::new(AtomicU64::new(0)));
        let counted = begun.clone();
        work.start("trial", move |mut pulse| {
            let nth = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match nth {
                    0 => panic!("the first time"),
                    1 => Err(Problem::new(Code::Internal, "")),
                    _ => {
                        pulse.well();
                        pulse.rest(Duration::from_secs(60)).await;
                        Ok(())
                    }
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(health.tasks()["trial"].failing.is_some());
        tokio::time::sleep(Duration::from_millis(2_000)).await;
        let task = health.tasks()["trial"].clone();
        assert_eq!((begun.load(Ordering::SeqCst), task.restarts), (3, 2));
        assert!(task.failing.is_none() && task.looked.is_some(), "{task:?}");
        let began = Instant::now();
        work.stop().await;
        assert!(began.elapsed() < GRACE, "what rests is stopped at once");
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn stopping_waits_for_the_round_that_is_under_way() {
        let mut work = none();
        let rounds = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        let counted = rounds.clone();
        work.every("trial", Duration::ZERO, move || {
            let counted = counted.clone();
            async move {
                counted.0.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
                counted.1.fetch_add(1, Ordering::SeqCst);
                Ok(false)
            }
        });
        tokio::time::sleep(Duration::from_millis(120)).await;
        work.stop().await;
        let (begun, ended) = (rounds.0.load(Ordering::SeqCst), rounds.1.load(Ordering::SeqCst));
        assert!(begun > 1 && begun == ended, "{begun} begun, {ended} ended");
    }
}
