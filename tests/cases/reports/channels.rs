//! Law 6: what is queued in a channel is never certified. No channel lends its items, and a scan follows
//! no pointer, so each test leaks a cycle through a queued item and expects to read so.

use std::sync::{Mutex, mpsc};

use objgraph::Tracked;
use objgraph::sync::Arc;

use super::assert_says;
use crate::process;

/// Writes a test of an actor that owns one end of a channel in which a handle to the actor is queued.
/// `$open` returns a function that sends, and the end that the actor owns.
macro_rules! channels {
    ($($name:ident: $End:ty = $open:expr;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Tracked)]
            struct Actor {
                inbox: Mutex<$End>,
            }

            #[test]
            fn a_queued_item() {
                super::may_have_leaked(
                    concat!(
                        "reports::channels::",
                        stringify!($name),
                        "::a_queued_item",
                    ),
                    || {
                        let (send, inbox) = $open;
                        let actor = Arc::new(Actor {
                            inbox: Mutex::new(inbox),
                        });
                        send(actor.clone());
                    },
                );
            }
        }
    )*};
}

/// Asserts that the cycle that `lose` leaves may have leaked, and why nothing more is known.
fn may_have_leaked(test: &str, lose: impl FnOnce()) {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(test, || {
        lose();
        let leaks = objgraph::find_leaks();
        let verdicts = (
            leaks.len(),
            leaks.likely_leaked().len(),
            leaks.possibly_leaked().len(),
        );
        assert_eq!(verdicts, (0, 0, 1), "{leaks}");
        let says = "in Actor.inbox: items in a channel cannot be traced";
        assert_says(
            leaks,
            &[
                "No leak found for certain",
                "1 object may have leaked",
                says,
            ],
        );
        // Its full names of types may be too wide for a terminal.
        let blind = objgraph::blind_spots().to_string();
        let blind = blind.split_whitespace().collect::<Vec<_>>().join(" ");
        let says = "→ items in a channel cannot be traced; mark the field #[tracked(skip)]";
        assert!(blind.contains(says), "{blind}");
    });
}

channels! {
    std_channel: mpsc::Receiver<Arc<Actor>> = {
        let (sender, receiver) = mpsc::channel();
        (move |item| sender.send(item).expect("it is received"), receiver)
    };
    std_sync_channel: mpsc::Receiver<Arc<Actor>> = {
        let (sender, receiver) = mpsc::sync_channel(1);
        (move |item| sender.send(item).expect("there is room"), receiver)
    };
    crossbeam_bounded: crossbeam_channel::Receiver<Arc<Actor>> = {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        (move |item| sender.send(item).expect("there is room"), receiver)
    };
    crossbeam_unbounded: crossbeam_channel::Receiver<Arc<Actor>> = {
        let (sender, receiver) = crossbeam_channel::unbounded();
        (move |item| sender.send(item).expect("it is received"), receiver)
    };
    tokio_bounded: tokio::sync::mpsc::Receiver<Arc<Actor>> = {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        (move |item| assert!(sender.try_send(item).is_ok()), receiver)
    };
    tokio_unbounded: tokio::sync::mpsc::UnboundedReceiver<Arc<Actor>> = {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        (move |item| assert!(sender.send(item).is_ok()), receiver)
    };
    tokio_oneshot: tokio::sync::oneshot::Receiver<Arc<Actor>> = {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        (move |item| assert!(sender.send(item).is_ok()), receiver)
    };
    tokio_broadcast: tokio::sync::broadcast::Receiver<Arc<Actor>> = {
        let (sender, receiver) = tokio::sync::broadcast::channel(1);
        (move |item| assert!(sender.send(item).is_ok()), receiver)
    };
    tokio_watch: tokio::sync::watch::Receiver<Option<Arc<Actor>>> = {
        let (sender, receiver) = tokio::sync::watch::channel(None);
        (move |item| assert!(sender.send(Some(item)).is_ok()), receiver)
    };
    async_channel_bounded: async_channel::Receiver<Arc<Actor>> = {
        let (sender, receiver) = async_channel::bounded(1);
        (move |item| sender.try_send(item).expect("there is room"), receiver)
    };
    async_channel_unbounded: async_channel::Receiver<Arc<Actor>> = {
        let (sender, receiver) = async_channel::unbounded();
        (move |item| sender.try_send(item).expect("it is received"), receiver)
    };
    flume_unbounded: flume::Receiver<Arc<Actor>> = {
        let (sender, receiver) = flume::unbounded();
        (move |item| assert!(sender.send(item).is_ok()), receiver)
    };
    futures_unbounded: futures_channel::mpsc::UnboundedReceiver<Arc<Actor>> = {
        let (sender, receiver) = futures_channel::mpsc::unbounded();
        (move |item| assert!(sender.unbounded_send(item).is_ok()), receiver)
    };
    futures_oneshot: futures_channel::oneshot::Receiver<Arc<Actor>> = {
        let (sender, receiver) = futures_channel::oneshot::channel();
        (move |item| assert!(sender.send(item).is_ok()), receiver)
    };
}

/// The end that sends keeps the items too, as long as the other end is somewhere.
#[test]
fn a_sender_and_a_forgotten_receiver() {
    #[derive(Tracked)]
    struct Actor {
        inbox: Mutex<mpsc::Sender<Arc<Actor>>>,
    }
    let test = "reports::channels::a_sender_and_a_forgotten_receiver";
    may_have_leaked(test, || {
        let (sender, receiver) = mpsc::channel();
        let outbox = sender.clone();
        let actor = Arc::new(Actor {
            inbox: Mutex::new(sender),
        });
        outbox.send(actor.clone()).expect("it is received");
        std::mem::forget(receiver);
    });
}

/// Law 7: the line that reports print for a channel without references.
#[test]
fn a_skipped_channel_hides_nothing() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct Plain {
        log: mpsc::Sender<String>,
    }
    #[derive(Tracked)]
    struct Skipped {
        #[tracked(skip)]
        log: mpsc::Sender<String>,
    }
    process::succeeds("reports::channels::a_skipped_channel_hides_nothing", || {
        let (log, _) = mpsc::channel();
        let plain = Arc::new(Plain { log: log.clone() });
        let leaks = objgraph::find_leaks();
        assert_says(leaks, &["Plain.log: items in a channel cannot be traced"]);
        drop(plain);
        let skipped = Arc::new(Skipped { log });
        assert_says(
            objgraph::find_leaks(),
            &["Nothing leaked: 1 object is alive, and held from outside."],
        );
        drop(skipped);
    });
}
