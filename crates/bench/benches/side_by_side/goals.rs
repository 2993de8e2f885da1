//! What was aimed at, and what came of it.

use crate::table;

/// One goal of a question.
pub(crate) struct Goal {
    text: String,
    outcome: Outcome,
}

enum Outcome {
    Measured { bound: Bound, figure: f64, reason: Option<&'static str> },
    NotAsked { how: String },
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    /// `figure` must not be above `limit`.
    pub(crate) fn at_most(text: impl Into<String>, limit: f64, figure: f64) -> Self {
        Self::measured(text, Bound::AtMost(limit), figure)
    }

    /// `figure` must not be below `limit`.
    pub(crate) fn at_least(text: impl Into<String>, limit: f64, figure: f64) -> Self {
        Self::measured(text, Bound::AtLeast(limit), figure)
    }

    /// The goals of a question that was not asked, and how to ask it.
    pub(crate) fn not_asked(text: impl Into<String>, how: &str) -> Self {
        Self { text: text.into(), outcome: Outcome::NotAsked { how: how.to_owned() } }
    }

    /// Says in one line why the goal can be missed; it is printed only if it is.
    pub(crate) fn because(mut self, why: &'static str) -> Self {
        if let Outcome::Measured { reason, .. } = &mut self.outcome {
            *reason = Some(why);
        }
        self
    }

    fn measured(text: impl Into<String>, bound: Bound, figure: f64) -> Self {
        Self { text: text.into(), outcome: Outcome::Measured { bound, figure, reason: None } }
    }
}

/// The table at the end: every goal of every question.
pub(crate) fn print(summary: &[(&str, Vec<Goal>)]) {
    let rows = summary.iter().flat_map(|(question, goals)| {
        goals.iter().map(move |goal| {
            let [limit, figure, met] = match &goal.outcome {
                Outcome::NotAsked { how } => [String::new(), String::new(), how.clone()],
                Outcome::Measured { bound, figure, reason } => {
                    let (limit, is_met) = match bound {
                        Bound::AtMost(limit) => (format!("≤ {}", short(*limit)), figure <= limit),
                        Bound::AtLeast(limit) => (format!("≥ {}", short(*limit)), limit <= figure),
                    };
                    [limit, short(*figure), met(is_met, *reason)]
                }
            };
            vec![(*question).to_owned(), goal.text.clone(), limit, figure, met]
        })
    });
    let rows: Vec<_> = rows.collect();
    table::print("summary", &["question", "goal", "limit", "measured", ""], &rows);
}

fn met(is_met: bool, reason: Option<&str>) -> String {
    match reason {
        _ if is_met => "met".to_owned(),
        None => "NOT MET".to_owned(),
        Some(reason) => format!("NOT MET: {reason}"),
    }
}

/// Whole numbers as they are, others with two or three digits that mean something.
fn short(figure: f64) -> String {
    if figure.fract() == 0.0 {
        format!("{figure:.0}")
    } else if figure.abs() < 10.0 {
        format!("{figure:.3}")
    } else {
        format!("{figure:.1}")
    }
}
