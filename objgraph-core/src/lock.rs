//! The lock of the table: parking_lot's, which a panic does not poison, with a way out for the
//! child of a fork.
//!
//! A process may fork while another of its threads holds a lock. In the child that thread does not
//! exist, so nothing ever unlocks it. Safe code is not notified of a fork. But only code that finds
//! a lock held is at risk, and it can compare the process with the one that it knew. So in a child,
//! a thread waits for a lock only for a limited time. If it is still locked then, the child gets
//! another value behind it, which is empty, and [`is_lost`] is true from then on.
//!
//! No thread is ever parked here, in the parent neither: parking_lot's table of parked threads has
//! locks of its own, which a fork can leave locked, and a lock with parked threads consults that
//! table when it is unlocked. (Tried: one child in some thousands hung.) These locks are held for
//! microseconds, so a thread that finds one held spins, yields, and then sleeps for moments. Where
//! counters are recounted, threads park, so that parking_lot can detect deadlocks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::platform::{Instant, process_id};

pub(crate) use parking_lot::MutexGuard;

/// A lock that can be taken in a child of a fork.
///
/// The values behind these locks are whole whenever a panic can happen.
#[derive(Default)]
pub(crate) struct Mutex<T> {
    value: parking_lot::Mutex<T>,
    /// The child process in which a thread waited for the lock and got it; 0 for none. The threads
    /// that hold it there exist, so it is safe to wait for them.
    works_in: AtomicU32,
    /// The value in a child whose parent held the lock when it forked.
    in_child: OnceLock<Box<parking_lot::Mutex<T>>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            value: parking_lot::Mutex::new(value),
            works_in: AtomicU32::new(0),
            in_child: OnceLock::new(),
        }
    }
}

impl<T: Default> Mutex<T> {
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        know_process();
        match self.value.try_lock() {
            Some(guard) => guard,
            None => self.wait(),
        }
    }

    #[cold]
    fn wait(&self) -> MutexGuard<'_, T> {
        if !is_forked() {
            return match cfg!(objgraph_recount) {
                true => self.value.lock(),
                false => pause_until_locked(&self.value),
            };
        }
        if let Some(in_child) = self.in_child.get() {
            return pause_until_locked(in_child);
        }
        // Relaxed, here and below: the id is compared with this process's own, and nothing else is
        // read because of it. An old value only costs a limited wait.
        if self.works_in.load(Ordering::Relaxed) == process_id() {
            return pause_until_locked(&self.value);
        }
        match patiently(|| self.value.try_lock()) {
            Some(guard) => {
                self.works_in.store(process_id(), Ordering::Relaxed);
                guard
            }
            None => pause_until_locked(self.in_child.get_or_init(Box::default)),
        }
    }

    /// Unlocks the value for a moment, so that another thread can change it.
    #[allow(dead_code, reason = "where tracking is off, nothing is pinned")]
    pub(crate) fn pause<'m>(
        &'m self,
        guard: MutexGuard<'m, T>,
        pause: &mut Pause,
    ) -> MutexGuard<'m, T> {
        drop(guard);
        pause.pause();
        self.lock()
    }
}

fn pause_until_locked<T>(mutex: &parking_lot::Mutex<T>) -> MutexGuard<'_, T> {
    let mut pause = Pause::default();
    loop {
        if let Some(guard) = mutex.try_lock() {
            return guard;
        }
        pause.pause();
    }
}

/// Pauses of a thread that waits, each longer than the one before, up to a limit.
#[derive(Default)]
pub(crate) struct Pause {
    turns: u32,
}

impl Pause {
    /// Number of turns that only spin, and number of turns that spin or yield.
    const SPINNING: u32 = 16;
    const YIELDING: u32 = 128;

    /// The longest pause. A thread of a low priority gets to run meanwhile, whoever waits for it.
    const LONGEST: Duration = Duration::from_micros(50);

    pub(crate) fn pause(&mut self) {
        self.turns = self.turns.saturating_add(1);
        if self.turns <= Self::SPINNING {
            std::hint::spin_loop();
        } else if self.turns <= Self::YIELDING {
            thread::yield_now();
        } else {
            // Not parked: that would take the token of an `unpark` that the program waits for.
            thread::sleep(Self::LONGEST);
        }
    }
}

/// The process in which the first lock was taken; 0 before that.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Whether a lock was found that nothing unlocks.
static IS_LOST: AtomicBool = AtomicBool::new(false);

#[inline]
fn know_process() {
    // Relaxed: all threads of a process store the same value, and nothing else is read because of
    // it.
    if PROCESS.load(Ordering::Relaxed) == 0 {
        PROCESS.store(process_id(), Ordering::Relaxed);
    }
}

/// Whether this is a child of the process that took the first lock. Makes a system call.
pub(crate) fn is_forked() -> bool {
    // Relaxed: see `know_process`. A child has the value of its parent.
    process_id() != PROCESS.load(Ordering::Relaxed)
}

/// Whether this process is the child of a fork that left a lock locked. The table is then
/// incomplete: nothing is added to it, and every query returns an empty result.
#[inline]
#[must_use]
pub fn is_lost() -> bool {
    // Relaxed: pairs with the store of `patiently`. A thread that sees it late uses an incomplete
    // table, as the one that stored it did just before.
    IS_LOST.load(Ordering::Relaxed)
}

/// Returns how long a child waits for what may never happen: at first, longer than the system keeps
/// a thread from running, because locks here are held for microseconds.
pub(crate) fn patience() -> Duration {
    Duration::from_millis(if is_lost() { 10 } else { 500 })
}

/// A wait for what another thread is about to do. In a child of a fork that thread may not exist,
/// so the wait ends after some time.
#[derive(Default)]
pub(crate) struct Wait {
    turns: u32,
    until: Option<Instant>,
}

impl Wait {
    /// Lets other threads run, and returns whether to stop waiting.
    pub(crate) fn is_over(&mut self) -> bool {
        /// Number of turns between two system calls that ask for the process.
        const TURNS: u32 = 64;
        thread::yield_now();
        self.turns += 1;
        // Where a lock was lost, others may be too, and each turn can take a time slice.
        if self.turns < TURNS && !is_lost() {
            return false;
        }
        self.turns = 0;
        match self.until {
            Some(until) => Instant::now() >= until,
            None => {
                if is_forked() {
                    self.until = Some(Instant::now() + patience());
                }
                false
            }
        }
    }
}

/// Calls `take` until it returns something; `None` in a child of a fork where it does not.
pub(crate) fn patiently<G>(take: impl Fn() -> Option<G>) -> Option<G> {
    let mut wait = Wait::default();
    loop {
        if let Some(taken) = take() {
            return Some(taken);
        }
        if wait.is_over() {
            // Relaxed: see `is_lost`.
            IS_LOST.store(true, Ordering::Relaxed);
            return None;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::rc::Rc;

    /// Runs in a child of a fork, which must end by itself.
    fn in_child(run: impl FnOnce() -> bool) {
        match fork::fork().expect("the process can fork") {
            fork::Fork::Child => std::process::exit(i32::from(!run())),
            fork::Fork::Parent(child) => {
                let status = fork::waitpid(child).expect("it is a child of this process");
                assert_eq!(status, 0);
            }
        }
    }

    #[test]
    fn a_child_does_not_wait_for_a_thread_of_its_parent() {
        static LOCK: Mutex<u8> = Mutex::new(1);
        let (held, is_held) = channel();
        let (release, is_released) = channel::<()>();
        let holder = thread::spawn(move || {
            let guard = LOCK.lock();
            held.send(()).expect("the test waits");
            let _ = is_released.recv();
            drop(guard);
        });
        is_held.recv().expect("the thread sends");
        in_child(|| {
            *LOCK.lock() += 5;
            let is_own = *LOCK.lock() == 5;
            // Its object is not in the table, and works as ever.
            let object = Rc::new(1);
            let snapshot = crate::snapshot();
            is_own && is_lost() && *object.clone() == 1 && snapshot.is_empty()
        });
        drop(release);
        holder.join().expect("the thread does not panic");
        assert_eq!(*LOCK.lock(), 1);
        assert!(!is_lost());
    }

    #[test]
    fn a_child_waits_for_a_thread_of_its_own() {
        static LOCK: Mutex<u8> = Mutex::new(1);
        know_process();
        in_child(|| {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..50).for_each(|_| *LOCK.lock() += 1));
                }
            });
            *LOCK.lock() == 201 && !is_lost()
        });
    }
}
