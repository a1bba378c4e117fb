//! The occasions on which snapshots are saved, and what these are tagged with, as the environment names
//! them.

/// When a snapshot is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// At the end of the program.
    Exit,
    /// When a thread panics, before it unwinds.
    Panic,
    /// On SIGUSR1.
    Signal,
}

impl Occasion {
    const ALL: [Self; 3] = [Self::Exit, Self::Panic, Self::Signal];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Panic => "panic",
            Self::Signal => "signal",
        }
    }
}

/// Returns the occasions that a list names, `exit,panic`, each once, and the first name that is none.
pub(super) fn occasions(list: &str) -> (Vec<Occasion>, Option<&str>) {
    let names = || {
        list.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
    };
    let is_named = |occasion: &Occasion| names().any(|name| name == occasion.name());
    let is_known = |name: &&str| Occasion::ALL.iter().any(|known| known.name() == *name);
    let known = Occasion::ALL.into_iter().filter(is_named).collect();
    (known, names().find(|name| !is_known(name)))
}

/// Returns the tags of a list: `version=1.4.2,region=eu`. What has no `=` is a tag without a value.
pub(super) fn tags(list: &str) -> Vec<(String, String)> {
    let tags = list.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(|tag| {
        let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    })
    .collect()
}
