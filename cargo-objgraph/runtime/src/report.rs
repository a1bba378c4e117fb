//! A report as data, and its JSON, which `objgraph-findings` reads.

use objgraph::growth::TypeGrowth;
use objgraph_analysis::words::json::{Json, VERSION};

/// Why a program reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// `main` returned.
    End,
    /// `main` panicked.
    Panic,
    /// The program called `std::process::exit`.
    Exit,
    /// It was interrupted, by Ctrl-C for example, and ends.
    Interrupt,
    /// It was asked for a report by a signal, and continues.
    Signal,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Panic => "panic",
            Self::Exit => "exit",
            Self::Interrupt => "interrupt",
            Self::Signal => "signal",
        }
    }
}

/// What a program found about itself.
#[derive(Debug)]
pub(crate) struct Report {
    /// The name of the executable.
    pub(crate) program: String,
    pub(crate) pid: u32,
    /// The number of the report in the process, from 1.
    pub(crate) number: u32,
    pub(crate) reason: Reason,
    /// The types of which more objects are alive than when the program started.
    pub(crate) growth: Vec<TypeGrowth>,
    /// What `Leaks::to_json` writes.
    pub(crate) leaks: Json<'static>,
    /// The paths of the pictures of the first kinds of leaks; `None` if one could not be drawn.
    pub(crate) pictures: Vec<Option<String>>,
    pub(crate) types: Types,
    /// The path of the snapshot; `None` if it could not be saved.
    pub(crate) snapshot: Option<String>,
    /// The report for people.
    pub(crate) text: String,
}

/// How many types of live objects can be traced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Types {
    pub(crate) traced: usize,
    pub(crate) total: usize,
}

impl Report {
    /// Returns the report as JSON.
    pub(crate) fn json(&self) -> Json<'_> {
        let growth = self.growth.iter().map(|row| {
            Json::Object(vec![
                ("type", Json::text(&*row.name)),
                ("objects", Json::number(row.count)),
                ("more", Json::number(row.delta)),
            ])
        });
        let types = Json::Object(vec![
            ("traced", Json::number(self.types.traced)),
            ("total", Json::number(self.types.total)),
        ]);
        Json::Object(vec![
            ("schema", Json::text("objgraph-program")),
            ("version", Json::Number(VERSION)),
            ("program", Json::text(&*self.program)),
            ("pid", Json::Number(self.pid.into())),
            ("number", Json::Number(self.number.into())),
            ("reason", Json::text(self.reason.name())),
            ("growth", Json::list(growth)),
            ("leaks", with_pictures(self.leaks.clone(), &self.pictures)),
            ("types", types),
            (
                "snapshot",
                self.snapshot.as_deref().map_or(Json::Null, Json::text),
            ),
            ("text", Json::text(&*self.text)),
        ])
    }
}

/// Adds the field `picture` to the first kinds of leaks.
fn with_pictures(mut leaks: Json<'static>, pictures: &[Option<String>]) -> Json<'static> {
    let Json::Object(fields) = &mut leaks else {
        return leaks;
    };
    let kinds = fields.iter_mut().find(|(name, _)| *name == "kinds");
    let Some((_, Json::List(kinds))) = kinds else {
        return leaks;
    };
    for (kind, picture) in kinds.iter_mut().zip(pictures) {
        if let (Json::Object(fields), Some(picture)) = (kind, picture) {
            fields.push(("picture", Json::text(picture.clone())));
        }
    }
    leaks
}
