//! What was aimed at, and what came of it.

use crate::table;

/// One goal of a question.
pub(crate) struct Goal {
    text: String,
    outcome: Outcome,
}

enum Outcome {
    Measured { bound: Bound, figure: f64 },
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

    fn measured(text: impl Into<String>, bound: Bound, figure: f64) -> Self {
        Self { text: text.into(), outcome: Outcome::Measured { bound, figure } }
    }
}

/// The table at the end: every goal of every question.
pub(crate) fn print(summary: &[(&str, Vec<Goal>)]) {
    let rows = summary.iter().flat_map(|(question, goals)| {
        goals.iter().map(move |goal| {
            let [limit, figure, met] = match &goal.outcome {
                Outcome::NotAsked { how } => [String::new(), String::new(), how.clone()],
                Outcome::Measured { bound, figure } => {
                    let (limit, met) = match bound {
                        Bound::AtMost(limit) => (format!("≤ {}", short(*limit)), figure <= limit),
                        Bound::AtLeast(limit) => (format!("≥ {}", short(*limit)), limit <= figure),
                    };
                    [limit, short(*figure), if met { "met" } else { "NOT MET" }.to_owned()]
                }
            };
            vec![(*question).to_owned(), goal.text.clone(), limit, figure, met]
        })
    });
    let rows: Vec<_> = rows.collect();
    table::print("summary", &["question", "goal", "limit", "measured", ""], &rows);
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
