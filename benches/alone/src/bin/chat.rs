//! `find_leaks` and its report, for a chat server that leaked: maps, vectors and mutexes with strings.
//!
//! Prints the time that this thread has the processor, in seconds.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::sync::Mutex;

use objgraph::Tracked;
use objgraph::sync::{Arc, Weak};

#[derive(Tracked)]
struct Server {
    name: String,
    rooms: Mutex<HashMap<String, Arc<Room>>>,
    users: Mutex<HashMap<u64, Arc<User>>>,
}

#[derive(Tracked)]
struct Room {
    topic: String,
    server: Weak<Server>,
    members: Mutex<Vec<Arc<User>>>,
    log: Mutex<Vec<Arc<Message>>>,
    tags: Mutex<BTreeMap<String, String>>,
    on_message: Box<dyn Fn() -> bool + Send + Sync>,
}

#[derive(Tracked)]
struct User {
    name: String,
    email: Option<String>,
    rooms: Mutex<Vec<Arc<Room>>>,
    settings: Mutex<HashMap<String, String>>,
    last: Mutex<Option<Arc<Message>>>,
}

#[derive(Tracked)]
struct Message {
    text: String,
    author: Weak<User>,
    answers: Mutex<Vec<Arc<Message>>>,
    read_by: Mutex<HashMap<u64, Arc<User>>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let n: usize = std::env::args()
        .nth(1)
        .ok_or("how many objects?")?
        .parse()?;
    drop(Server::with_objects(n));
    let before = seconds()?;
    let leaks = objgraph::find_leaks();
    let found = seconds()?;
    let report = leaks.to_string();
    let reported = seconds()?;
    assert!(leaks.len() >= n * 9 / 10, "nearly all of it leaked");
    black_box(report);
    let mut out = std::io::stdout().lock();
    writeln!(out, "find {}", found - before)?;
    writeln!(out, "report {}", reported - found)?;
    writeln!(out, "seconds {}", reported - before)?;
    Ok(())
}

impl Server {
    /// Creates a server with its rooms, users and messages: `n` objects together.
    fn with_objects(n: usize) -> Arc<Self> {
        let server = Arc::new(Self {
            name: "chat".to_owned(),
            rooms: Mutex::default(),
            users: Mutex::default(),
        });
        let users: Vec<_> = (0..n / 20).map(User::new).collect();
        let rooms = (0..n / 200).map(|number| Room::new(number, &server));
        let rooms: Vec<_> = rooms.collect();
        for (number, user) in users.iter().enumerate() {
            for room in [number, number * 7].map(|room| &rooms[room % rooms.len()]) {
                locked(&room.members).push(user.clone());
                locked(&user.rooms).push(room.clone());
            }
            locked(&server.users).insert(number as u64, user.clone());
        }
        for room in &rooms {
            locked(&server.rooms).insert(room.topic.clone(), room.clone());
        }
        for number in 0..n - users.len() - rooms.len() - 1 {
            let author = &users[number * 31 % users.len()];
            let message = Message::new(number, author);
            let reader = &users[number * 17 % users.len()];
            locked(&message.read_by).insert(number as u64, reader.clone());
            let mut log = locked(&rooms[number * 13 % rooms.len()].log);
            if let Some(before) = log.last().filter(|_| number % 4 == 0) {
                locked(&before.answers).push(message.clone());
            }
            *locked(&author.last) = Some(message.clone());
            log.push(message);
        }
        black_box(&server.name);
        server
    }
}

impl Room {
    fn new(number: usize, server: &Arc<Server>) -> Arc<Self> {
        let of = Arc::downgrade(server);
        let room = Self {
            topic: format!("topic {number}"),
            server: of.clone(),
            members: Mutex::default(),
            log: Mutex::default(),
            tags: Mutex::new([("kind".to_owned(), "public".to_owned())].into()),
            on_message: Box::new(move || of.upgrade().is_some()),
        };
        black_box((&room.server, &room.tags, &room.on_message));
        Arc::new(room)
    }
}

impl User {
    fn new(number: usize) -> Arc<Self> {
        let settings = [("theme", "dark"), ("language", "en")];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let user = Self {
            name: format!("user {number}"),
            email: Some(format!("{number}@example.com")),
            rooms: Mutex::default(),
            settings: Mutex::new(settings.into()),
            last: Mutex::default(),
        };
        black_box((&user.name, &user.email, &user.settings));
        Arc::new(user)
    }
}

impl Message {
    fn new(number: usize, author: &Arc<User>) -> Arc<Self> {
        let message = Self {
            text: format!("message {number}"),
            author: Arc::downgrade(author),
            answers: Mutex::default(),
            read_by: Mutex::default(),
        };
        black_box((&message.text, &message.author));
        Arc::new(message)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("nothing panicked")
}

/// Returns for how long this thread has had a processor.
fn seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = stat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}
