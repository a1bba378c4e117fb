//! Sessions, rooms and messages.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::pointers::Arc;

/// Number of messages that a room keeps.
const HISTORY: usize = 20;

/// Everything that is going on.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Chat {
    sessions: Mutex<HashMap<String, Arc<Session>>>,
    rooms: Mutex<HashMap<String, Arc<Room>>>,
    /// Whether the rooms of a session are forgotten when it ends: the leak.
    forgets: bool,
}

/// A user who is here.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Session {
    name: String,
    rooms: Mutex<Vec<Arc<Room>>>,
}

/// A room with its members: a public one, or one that belongs to a session.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Room {
    members: Mutex<Vec<Arc<Session>>>,
    history: Mutex<VecDeque<Arc<Message>>>,
}

/// What a user said.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct Message {
    from: String,
    text: String,
}

/// The user is not here.
#[derive(Debug)]
pub(crate) struct Unknown;

impl Chat {
    pub(crate) fn new(forgets: bool) -> Self {
        Self {
            sessions: Mutex::default(),
            rooms: Mutex::default(),
            forgets,
        }
    }

    /// Begins a session, with a room of its own where the user keeps notes.
    pub(crate) fn log_in(&self, name: &str) {
        let session = Arc::new(Session {
            name: name.to_owned(),
            rooms: Mutex::default(),
        });
        Session::join(&session, &Room::new());
        let before = lock(&self.sessions).insert(name.to_owned(), session);
        if let Some(before) = before {
            Session::end(&before, self.forgets);
        }
    }

    pub(crate) fn log_out(&self, name: &str) -> Result<(), Unknown> {
        let session = lock(&self.sessions).remove(name).ok_or(Unknown)?;
        Session::end(&session, self.forgets);
        Ok(())
    }

    /// Joins a public room, which is created for its first member.
    pub(crate) fn join(&self, name: &str, room: &str) -> Result<(), Unknown> {
        let session = self.session(name)?;
        let room = Arc::clone(
            lock(&self.rooms)
                .entry(room.to_owned())
                .or_insert_with(Room::new),
        );
        Session::join(&session, &room);
        Ok(())
    }

    /// Says something in the last room that the user joined.
    pub(crate) fn say(&self, name: &str, text: String) -> Result<(), Unknown> {
        let session = self.session(name)?;
        let room = lock(&session.rooms).last().cloned().ok_or(Unknown)?;
        room.keep(Arc::new(Message {
            from: session.name.clone(),
            text,
        }));
        Ok(())
    }

    /// Returns what was said in a room, a line for each message.
    pub(crate) fn read(&self, room: &str) -> Option<String> {
        let room = lock(&self.rooms).get(room).cloned()?;
        let history = lock(&room.history);
        let lines = history.iter();
        let lines = lines.map(|message| format!("{}: {}\n", message.from, message.text));
        Some(lines.collect())
    }

    fn session(&self, name: &str) -> Result<Arc<Session>, Unknown> {
        lock(&self.sessions).get(name).cloned().ok_or(Unknown)
    }
}

impl Session {
    fn join(this: &Arc<Self>, room: &Arc<Room>) {
        let mut members = lock(&room.members);
        if !members.iter().any(|member| Arc::ptr_eq(member, this)) {
            members.push(Arc::clone(this));
            lock(&this.rooms).push(Arc::clone(room));
        }
    }

    /// Leaves all rooms: public ones go on, and the session's own goes with it.
    fn end(this: &Arc<Self>, forgets: bool) {
        let rooms = match forgets {
            // The room of the session and the session now keep each other alive.
            true => lock(&this.rooms).split_off(1),
            false => std::mem::take(&mut *lock(&this.rooms)),
        };
        for room in rooms {
            lock(&room.members).retain(|member| !Arc::ptr_eq(member, this));
        }
    }
}

impl Room {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            members: Mutex::default(),
            history: Mutex::default(),
        })
    }

    fn keep(&self, message: Arc<Message>) {
        let mut history = lock(&self.history);
        history.push_back(message);
        if history.len() > HISTORY {
            history.pop_front();
        }
    }
}

/// Locks a value, which no panic leaves half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
