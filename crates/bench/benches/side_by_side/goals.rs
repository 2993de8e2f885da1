//! What was aimed at, and what came of it.

use crate::table;

/// One goal of a question.
pub(crate) struct Goal {
    text: String,
    /// `figure` must not be above it.
    limit: f64,
    figure: f64,
    /// Why it can be missed.
    reason: Option<&'static str>,
}

impl Goal {
    /// `figure` must not be above `limit`.
    pub(crate) fn at_most(text: impl Into<String>, limit: f64, figure: f64) -> Self {
        Self { text: text.into(), limit, figure, reason: None }
    }

    /// Says in one line why the goal can be missed; it is printed only if it is.
    pub(crate) fn because(mut self, why: &'static str) -> Self {
        self.reason = Some(why);
        self
    }

    fn row(&self, question: &str) -> Vec<String> {
        let limit = format!("≤ {}", short(self.limit));
        let met = met(self.figure <= self.limit, self.reason);
        vec![question.to_owned(), self.text.clone(), limit, short(self.figure), met]
    }
}

/// The table at the end: every goal of every question.
pub(crate) fn print(summary: &[(&str, Vec<Goal>)]) {
    let rows: Vec<_> = summary
        .iter()
        .flat_map(|(question, goals)| goals.iter().map(|goal| goal.row(question)))
        .collect();
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
