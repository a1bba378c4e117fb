//! A watcher reports what grows and what leaks, once, and nothing else.

use std::fmt;
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use objgraph::growth::{GrowthReport, LeakReport, WatchReport, Watcher};
use objgraph::leaks::find_leaks_in;
use objgraph::sync::{Arc, Weak};
use objgraph::{Tracked, watch_growth};

const MINUTE: Duration = Duration::from_secs(60);

/// The interval of the threads.
const SHORT: Duration = Duration::from_millis(2);

/// One test at a time: a watcher sees the objects of all.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> impl Sized {
    ALONE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A watcher with a clock of its own.
struct Clock {
    watcher: Watcher,
    now: Duration,
}

impl Clock {
    fn of(watcher: Watcher) -> Self {
        Self {
            watcher,
            now: Duration::ZERO,
        }
    }

    fn new() -> Self {
        Self::of(Watcher::new(MINUTE))
    }

    /// Looks, and lets a minute pass.
    fn tick(&mut self) -> Vec<WatchReport> {
        let leaks = find_leaks_in(&objgraph::snapshot().into());
        let reports = self.watcher.tick(self.now, &leaks);
        self.now += MINUTE;
        reports
    }
}

fn growths(reports: &[WatchReport]) -> Vec<&GrowthReport> {
    let growths = reports.iter().filter_map(|report| match report {
        WatchReport::Growth(growth) => Some(growth),
        _ => None,
    });
    growths.collect()
}

fn leaks(reports: &[WatchReport]) -> Vec<&LeakReport> {
    let leaks = reports.iter().filter_map(|report| match report {
        WatchReport::Leak(leak) => Some(leak),
        _ => None,
    });
    leaks.collect()
}

#[derive(Tracked)]
struct User {
    name: String,
}

#[derive(Tracked)]
struct Session {
    user: Arc<User>,
}

#[derive(Tracked, Default)]
struct Server {
    sessions: Mutex<Vec<Arc<Session>>>,
    recent: Mutex<Vec<Arc<Session>>>,
}

impl Server {
    /// Opens sessions, and keeps some of them. Returns the line that makes them.
    fn serve(&self, sessions: u32, kept: u32) -> u32 {
        for number in 0..sessions {
            let name = format!("user {number}");
            let user = Arc::new(User { name });
            let session = Arc::new(Session { user });
            assert!(session.user.name.starts_with("user"));
            if number < kept {
                self.sessions.lock().unwrap().push(session.clone());
            }
            let mut recent = self.recent.lock().unwrap();
            recent.push(session);
            if recent.len() > 30 {
                recent.remove(0);
            }
        }
        line!() - 11
    }
}

#[test]
fn one_cause_is_one_report_within_five_intervals() {
    let _alone = alone();
    let server = Arc::new(Server::default());
    let mut clock = Clock::new();
    let mut line = server.serve(100, 0);
    let mut reports = Vec::new();
    for interval in 0..=60 {
        let found = clock.tick();
        assert!(interval >= 5 || found.is_empty(), "{found:?}");
        assert!(interval < 6 || found.is_empty(), "{interval}: {found:?}");
        reports.extend(found);
        line = server.serve(100, 20);
    }
    if !objgraph::ENABLED {
        assert_eq!(reports, []);
        return;
    }
    let [growth] = growths(&reports)[..] else {
        panic!("{reports:?}")
    };
    assert_eq!(reports.len(), 1);
    assert_eq!(growth.type_name, "Session");
    assert_eq!(growth.site.as_ref().unwrap().line, line);
    assert_eq!(growth.container.as_deref(), Some("Server.sessions"));
    // One of the first that stayed.
    assert!(growth.chain.starts_with("Server.sessions["), "{growth:?}");
    assert!(growth.chain.ends_with("] → Session"), "{growth:?}");
    assert_eq!(growth.counts, [30, 50, 70, 90, 110, 130]);
    assert_eq!((growth.slope, growth.every), (20.0, MINUTE));
    assert_eq!(growth.fingerprint, None);
    assert_eq!(growth.with_it.len(), 1, "{growth:?}");
    assert!(growth.with_it[0].starts_with("objects of User made at tests/growth_watch.rs"));
    let example = objgraph::at(growth.example.unwrap()).unwrap();
    assert!(example.is::<Session>());
    for line in growth.to_string().lines() {
        assert!(line.chars().count() < 80, "{line}");
    }
    assert!(
        growth
            .to_string()
            .contains("the first is held by 1 reference from outside")
    );
    drop(server);
}

#[test]
fn load_without_a_leak_is_not_reported() {
    let _alone = alone();
    let server = Arc::new(Server::default());
    let mut clock = Clock::new();
    for interval in 0u32..1500 {
        // It rises and falls, and never twice the same.
        let load = 20 + interval % 97 + interval % 11;
        server.serve(load, 0);
        let found = clock.tick();
        assert_eq!(found, [], "after {interval} intervals");
    }
}

/// An object that holds itself, until this is dropped: other tests must not see it.
struct Lost<T>(Weak<T>, fn(&T));

impl<T> Drop for Lost<T> {
    fn drop(&mut self) {
        if let Some(lost) = self.0.upgrade() {
            self.1(&lost);
        }
    }
}

macro_rules! ring {
    ($Ring:ident) => {
        #[derive(Tracked, Default)]
        struct $Ring {
            next: Mutex<Option<Arc<$Ring>>>,
        }

        impl $Ring {
            fn lose() -> Lost<Self> {
                let ring = Arc::new(Self::default());
                *ring.next.lock().unwrap() = Some(ring.clone());
                Lost(Arc::downgrade(&ring), |ring| {
                    drop(ring.next.lock().unwrap().take());
                })
            }
        }
    };
}

ring!(Node);
ring!(Other);

#[test]
fn a_leak_is_reported_once_and_its_growth_names_it() {
    let _alone = alone();
    let mut clock = Clock::new();
    let (mut reports, mut lost) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        lost.extend((0..10).map(|_| Node::lose()));
        reports.extend(clock.tick());
    }
    if !objgraph::ENABLED {
        assert_eq!(reports, []);
        return;
    }
    let leaks = leaks(&reports);
    let [leak] = leaks[..] else {
        panic!("{reports:?}")
    };
    assert_eq!((leak.objects, leak.is_likely), (10, false));
    assert_eq!(leak.chain, "Node.next → (the first)");
    assert_eq!(leak.fix.as_deref(), Some("Node.next"));
    assert_eq!(leak.sites[0].type_name, "Node");
    let growths = growths(&reports);
    assert_eq!((growths.len(), reports.len()), (1, 2));
    assert_eq!(growths[0].fingerprint, Some(leak.fingerprint));
    assert_eq!(growths[0].type_name, "Node");
    let text = leak.to_string();
    assert!(text.contains("fix: make `Node.next` Weak"), "{text}");
}

#[derive(Tracked, Default)]
struct Log {
    lines: Mutex<Vec<u64>>,
}

#[test]
fn a_container_without_objects_is_reported_after_some_periods_of_the_load() {
    let _alone = alone();
    let log = Arc::new(Log::default());
    let mut clock = Clock::of(Watcher::new(MINUTE).load_period(MINUTE * 20));
    let mut reports = Vec::new();
    for _ in 0..100 {
        log.lines.lock().unwrap().extend([7; 5]);
        reports.extend(clock.tick());
    }
    if objgraph::ENABLED {
        let [growth] = growths(&reports)[..] else {
            panic!("{reports:?}")
        };
        assert_eq!(growth.container.as_deref(), Some("Log.lines"));
        assert_eq!((growth.type_name.as_str(), growth.slope), ("", 5.0));
        assert!(
            growth
                .to_string()
                .starts_with("growing steadily: items in Log.lines")
        );
    } else {
        assert_eq!(reports, []);
    }
}

#[test]
fn a_day_has_one_page() {
    let _alone = alone();
    let mut kept: Vec<Box<dyn std::any::Any>> = Vec::new();
    macro_rules! keep {
        ($($Type:ident)*) => {$({
            #[derive(Tracked)]
            struct $Type;
            kept.extend((0..10).map(|_| Box::new(Arc::new($Type)) as Box<dyn std::any::Any>));
        })*};
    }
    let mut clock = Clock::of(Watcher::new(MINUTE).lines_a_day(12));
    let mut days: Vec<Vec<WatchReport>> = vec![Vec::new(); 5];
    // A look each minute of the first ten minutes of each day.
    for day in &mut days {
        for _ in 0..10 {
            keep!(A B C D E F G H);
            day.extend(clock.tick());
        }
        let hours = Duration::from_secs(24 * 3600);
        clock.now = hours * (clock.now.as_secs() / hours.as_secs() + 1) as u32;
    }
    if !objgraph::ENABLED {
        return;
    }
    for (number, day) in days.iter().enumerate() {
        let lines: usize = day
            .iter()
            .map(|report| report.to_string().lines().count())
            .sum();
        assert!(lines <= 12, "day {number}: {lines} lines");
    }
    let all: Vec<WatchReport> = days.concat();
    let mut types: Vec<&str> = growths(&all)
        .iter()
        .map(|growth| &*growth.type_name)
        .collect();
    types.sort_unstable();
    assert_eq!(types, ["A", "B", "C", "D", "E", "F", "G", "H"]);
    assert!(matches!(&days[1][0], WatchReport::LeftOut(left_out) if left_out.reports > 0));
    assert!(
        days[1][0]
            .to_string()
            .ends_with("left out: the limit is 12 lines a day")
    );
    assert_eq!(clock.watcher.left_out(), None, "all were reported");
}

/// The watch runs no `Debug`, which might wait for a lock, or show what is secret.
#[test]
fn no_label_is_asked_for() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);

    #[derive(Tracked)]
    struct Secret(Mutex<Option<Arc<Secret>>>);

    impl fmt::Debug for Secret {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            ASKED.fetch_add(1, Ordering::Relaxed);
            f.write_str("canary")
        }
    }

    let _alone = alone();
    let mut clock = Clock::new();
    let (mut kept, mut reports) = (Vec::new(), Vec::new());
    let secret = Arc::new(Secret(Mutex::default()));
    *secret.0.lock().unwrap() = Some(secret.clone());
    let lost = Lost(Arc::downgrade(&secret), |lost| {
        drop(lost.0.lock().unwrap().take());
    });
    drop(secret);
    for _ in 0..10 {
        kept.extend((0..10).map(|_| Arc::new(Secret(Mutex::default()))));
        reports.extend(clock.tick());
    }
    assert_eq!(
        reports.len(),
        if objgraph::ENABLED { 2 } else { 0 },
        "{reports:#?}"
    );
    let texts = reports.iter().map(|report| format!("{report} {report:?}"));
    assert!(texts.into_iter().all(|text| !text.contains("canary")));
    assert_eq!(ASKED.load(Ordering::Relaxed), 0);
    drop(lost);
}

#[test]
fn the_warm_up_is_not_reported() {
    let _alone = alone();
    let mut cache = Vec::new();
    let mut clock = Clock::of(Watcher::new(MINUTE).warm_up(MINUTE * 20));
    for interval in 0..60 {
        if interval < 20 {
            cache.extend((0..10).map(Arc::new));
        }
        assert_eq!(clock.tick(), [], "after {interval} intervals");
    }
}

/// Sends the first report, and then panics at each.
fn send_and_panic(to: Sender<WatchReport>) -> impl FnMut(&WatchReport) + Send {
    move |report| {
        to.send(report.clone()).ok();
        panic!("on purpose");
    }
}

#[test]
fn a_thread_watches_until_it_is_stopped() {
    let _alone = alone();
    let quiet = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let (to, reports) = channel();
    let watch = watch_growth(SHORT)
        .on_report(send_and_panic(to))
        .start()
        .unwrap();
    assert_eq!(watch.is_running(), objgraph::ENABLED);
    if objgraph::ENABLED {
        let _node = Node::lose();
        let report = reports.recv().unwrap();
        assert!(matches!(report, WatchReport::Leak(_)), "{report}");
        // The panic of the function did not end the watch.
        let _other = Other::lose();
        let is_of_other = |report: &WatchReport| report.to_string().contains("Other");
        assert!(reports.iter().any(|report| is_of_other(&report)));
        assert!(watch.is_running());
    }
    watch.stop();
    // The function was dropped with the thread.
    assert!(reports.iter().all(|_| true));
    panic::set_hook(quiet);
}

#[test]
fn a_watch_that_is_dropped_ends() {
    let _alone = alone();
    let (to, reports) = channel::<WatchReport>();
    let watch = watch_growth(Duration::from_secs(3600)).on_report(move |report| {
        to.send(report.clone()).ok();
    });
    drop(watch.start().unwrap());
    // Ends when the thread has dropped the function.
    assert!(reports.iter().count() < 10);
}

#[test]
fn a_watch_can_be_stopped_by_its_function() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let (handle, stops) = channel::<objgraph::growth::RunningWatch>();
    let (done, is_done) = channel();
    let _node = Node::lose();
    let watch = watch_growth(SHORT).on_report(move |_| {
        if let Ok(watch) = stops.recv() {
            watch.stop();
            done.send(()).ok();
        }
    });
    handle.send(watch.start().unwrap()).unwrap();
    drop(handle);
    is_done.recv().unwrap();
}

#[test]
fn a_watch_has_no_objects_of_its_own() {
    let _alone = alone();
    let objects = || objgraph::alive::objects().len();
    let mut clock = Clock::new();
    let before = objects();
    for _ in 0..30 {
        clock.tick();
    }
    assert_eq!(objects(), before);
}

/// The child has no thread of the parent: it is not waited for.
#[cfg(unix)]
#[test]
fn a_child_of_a_fork_does_not_wait_for_the_thread() {
    let _alone = alone();
    let watch = watch_growth(SHORT).start().unwrap();
    match fork::fork().expect("the process can fork") {
        fork::Fork::Child => {
            let is_running = watch.is_running();
            watch.stop();
            std::process::exit(i32::from(is_running));
        }
        fork::Fork::Parent(child) => {
            assert_eq!(fork::waitpid(child).expect("it is a child"), 0);
        }
    }
    watch.stop();
}
