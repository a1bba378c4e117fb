//! Prints the rows as a list of objects.

use serde_json::{Value, json};

use crate::outcome::Outcome;
use crate::process::MeasureError;
use crate::row::{Better, Figure, Unit};

/// Returns one object for each row, measured or not. Times are in seconds, memory is in bytes;
/// `ratio` is what the target applies to.
pub(crate) fn list(outcomes: &[Outcome]) -> Value {
    outcomes.iter().map(object).collect()
}

fn object(outcome: &Outcome) -> Value {
    let row = &outcome.row;
    let mut object = json!({
        "name": row.name,
        "what": row.what,
        "target": row.target,
        "better": match row.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
        },
        "figure": match row.figure {
            Figure::Quotient => "ours / peer",
            Figure::Difference => "ours - peer",
            Figure::Ours => "ours",
        },
        "unit": match row.unit {
            Unit::Seconds => "s",
            Unit::Bytes => "B",
            Unit::Instructions => "instructions",
            Unit::PerSecond => "1/s",
            Unit::Crates => "crates",
        },
        "ratio": null,
        "ours": null,
        "peer": null,
        "spread": null,
        "holds": null,
    });
    match &outcome.result {
        Ok(measured) => {
            object["status"] = json!("measured");
            object["ratio"] = json!(measured.ratio);
            object["ours"] = json!(measured.ours);
            object["peer"] = json!(measured.peer);
            object["spread"] = json!(measured.spread);
            object["holds"] = json!(measured.holds);
            object["bound"] = json!(measured.bound);
            object["known_miss"] = json!(measured.known);
            let others = measured.others.iter();
            object["others"] = others
                .map(|(label, ratio)| ((*label).to_owned(), json!(ratio)))
                .collect();
        }
        Err(trouble) => {
            object["status"] = json!(match trouble {
                MeasureError::NotMeasured(_) => "not measured",
                MeasureError::Missing(_) => "missing tool",
                MeasureError::Failed(_) => "failed",
            });
            object["why"] = json!(trouble.to_string());
        }
    }
    object
}
