//! The list of cases, page by page. A page begins where the one before ended, not at a number: cases come
//! and go while somebody reads.

use chrono::DateTime;
use domain::london;

use super::pages::Listed;
use crate::AppState;
use crate::cases::{self, Filter, Order, Row};
use crate::error::Error;

/// How many cases are on a page.
const PAGE: i64 = 25;

/// A page of cases.
pub struct Found {
    /// The cases.
    pub cases: Vec<Listed>,
    /// Where the next page begins, if there is one.
    pub after: Option<String>,
}

/// The cases of a landlord: all, what changed last first; or those that are open. Of these come first those
/// that have a date to keep, by that date, and then those that have none, by the day on which they came.
pub async fn list(
    state: &AppState,
    landlord: Option<&str>,
    is_all: bool,
    after: Option<&str>,
) -> Result<Found, Error> {
    let cursor = after.and_then(Cursor::read);
    let part = match (is_all, &cursor) {
        (true, _) => Part::All,
        (false, Some(cursor)) => cursor.part,
        (false, None) => Part::Due,
    };
    let mut rows = some(state, landlord, part, cursor.as_ref(), PAGE + 1).await?;
    let mut parts: Vec<Part> = rows.iter().map(|_| part).collect();
    let room = PAGE + 1 - i64::try_from(rows.len()).unwrap_or(PAGE + 1);
    if part == Part::Due && room > 0 {
        let others = some(state, landlord, Part::Undated, None, room).await?;
        parts.extend(others.iter().map(|_| Part::Undated));
        rows.extend(others);
    }
    let shown = usize::try_from(PAGE).unwrap_or_default();
    let has_more = rows.len() > shown;
    rows.truncate(shown);
    let after = rows.last().zip(parts.get(shown.saturating_sub(1))).filter(|_| has_more);
    let after = after.map(|(row, part)| Cursor::of(row, *part).written());
    Ok(Found { cases: rows.into_iter().map(listed).collect(), after })
}

async fn some(
    state: &AppState,
    landlord: Option<&str>,
    part: Part,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let (order, is_open) = match part {
        Part::All => (Order::Latest, false),
        Part::Due => (Order::Due, true),
        Part::Undated => (Order::Undated, true),
    };
    let filter = Filter {
        landlord: landlord.map(str::to_owned),
        order,
        owed: is_open && part == Part::Due,
        after: cursor.map(|it| (it.at.clone(), it.reference.clone())),
        limit,
        ..Filter::default()
    };
    cases::list(state, &filter).await
}

fn listed(row: Row) -> Listed {
    // That of the stage: a member of staff may have been told before, and stage 2 begins later.
    let stage = row.case.stages.last().map(|it| it.received_on);
    let at = || DateTime::parse_from_rfc3339(&row.received_at).ok();
    Listed {
        received_on: stage.or_else(|| london::date(at()?.timestamp_millis())),
        flags: row.flags,
        is_read: row.confirmed_at.is_some(),
        is_new: row.waiting_since.is_some(),
        case: row.case,
    }
}

/// Which part of the list a page is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Due,
    Undated,
}

/// The last case of a page. Its text is in an address, and holds only a moment or a day and a reference.
struct Cursor {
    part: Part,
    at: String,
    reference: String,
}

impl Cursor {
    fn of(row: &Row, part: Part) -> Self {
        let at = match part {
            Part::All => row.updated_at.clone(),
            Part::Due => row.due_on.clone().unwrap_or_default(),
            Part::Undated => row.received_at.clone(),
        };
        Self { part, at, reference: row.case.reference.clone() }
    }

    fn written(&self) -> String {
        let part = match self.part {
            Part::All => "a",
            Part::Due => "d",
            Part::Undated => "u",
        };
        format!("{part}~{}~{}", self.at, self.reference)
    }

    fn read(text: &str) -> Option<Self> {
        let (part, rest) = text.split_once('~')?;
        let (at, reference) = rest.split_once('~')?;
        let part = match part {
            "a" => Part::All,
            "d" => Part::Due,
            "u" => Part::Undated,
            _ => return None,
        };
        Some(Self { part, at: at.to_owned(), reference: reference.to_owned() })
    }
}
