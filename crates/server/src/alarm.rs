//! The alarm: something of a resident that no person and no system of the landlord has had for more than a
//! working day. A complaint must reach somebody inside the five days of the Code (6.2), or its time is lost.

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use domain::london;
use domain::working_days::{ENGLAND, WorkingDays};
use sqlx::Row;
use tracing::error;

use crate::AppState;
use crate::clock::{self, Now};
use crate::error::Error;
use crate::outbox::letters::Unconfirmed;
use crate::outbox::queue::{self, New};
use crate::store::unreadable;

/// How long something may wait.
const WITHIN: WorkingDays = WorkingDays(1);
/// How often is looked.
const ROUND: Duration = Duration::from_secs(600);
/// How often it is logged.
const LOGGED: Duration = Duration::from_secs(3600);
/// How many cases a letter names.
const NAMED: usize = 20;

/// How many cases wait for longer than a working day, for the metrics.
///
/// # Errors
///
/// The database fails.
pub async fn unconfirmed(state: &AppState) -> Result<i64, Error> {
    let now = clock::now(state)?;
    let Some(before) = waiting_since_before(now.today) else {
        return Ok(0);
    };
    let row = sqlx::query("select count(*) from cases where waiting_since < $1")
        .bind(before)
        .fetch_one(state.store.pool())
        .await
        .map_err(unreadable)?;
    row.try_get(0).map_err(unreadable)
}

/// Looks until the service stops.
pub async fn run(state: AppState) {
    let rounds = async {
        let mut logged: Option<Instant> = None;
        loop {
            let may_log = logged.is_none_or(|it| it.elapsed() >= LOGGED);
            // What failed was logged. The next round finds everything as it is.
            if let Ok(count) = look(&state).await
                && count > 0
                && may_log
            {
                error!(count, "cases that nobody has looked at for more than a working day");
                logged = Some(Instant::now());
            }
            tokio::time::sleep(ROUND).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = state.uploads.stopped() => {}
    }
}

/// Looks once, and has the complaints teams told: once on each working day. Gives how many cases wait.
///
/// # Errors
///
/// The database fails.
pub async fn look(state: &AppState) -> Result<usize, Error> {
    let now = clock::now(state)?;
    let Some(before) = waiting_since_before(now.today) else {
        return Ok(0);
    };
    let rows = sqlx::query(
        "select landlord, count(*) as count from cases where waiting_since < $1 group by landlord",
    )
    .bind(&before)
    .fetch_all(state.store.pool())
    .await
    .map_err(unreadable)?;
    let mut all = 0;
    // Where bank holidays are not known, each day counts.
    let is_working_day = ENGLAND.is_working_day(now.today).unwrap_or(true);
    for row in rows {
        let landlord: String = row.try_get("landlord").map_err(unreadable)?;
        let count: i64 = row.try_get("count").map_err(unreadable)?;
        let count = usize::try_from(count).unwrap_or_default();
        all += count;
        if is_working_day && state.config.outbox.can_mail() {
            tell(state, &landlord, count, &before, &now).await?;
        }
    }
    Ok(all)
}

async fn tell(
    state: &AppState,
    landlord: &str,
    count: usize,
    before: &str,
    now: &Now,
) -> Result<(), Error> {
    let team: Vec<String> =
        state.config.outbox.team_of(landlord).into_iter().map(ToString::to_string).collect();
    if team.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(
        "select reference from cases where waiting_since < $1 and landlord = $2
        order by waiting_since limit $3",
    )
    .bind(before)
    .bind(landlord)
    .bind(NAMED as i64)
    .fetch_all(state.store.pool())
    .await
    .map_err(unreadable)?;
    let references: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
    let about = Unconfirmed { count, references: references.map_err(unreadable)? };
    let body = serde_json::to_string(&about).map_err(|_| Error::Unavailable)?;
    let (landlord, day, at) = (landlord.to_owned(), now.today.to_string(), now.at.clone());
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            let noted = sqlx::query(
                "insert into alarms (landlord, on_day) values ($1, $2) on conflict do nothing",
            )
            .bind(&landlord)
            .bind(&day)
            .execute(&mut *connection)
            .await?;
            if noted.rows_affected() == 0 {
                return Ok(());
            }
            for address in &team {
                let id = uuid::Uuid::new_v4().simple().to_string();
                let new = New {
                    kind: "alarm",
                    lane: &format!("alarm:{landlord}:{day}:{address}"),
                    message_id: &id,
                    reader: Some(address),
                    body: &body,
                    at: &at,
                    ..New::default()
                };
                queue::add(connection, &new).await?;
            }
            Ok(())
        })
    });
    work.await
}

/// What has waited since before this moment has waited for more than a working day: the day on which it
/// came does not count, nor does today.
fn waiting_since_before(today: NaiveDate) -> Option<String> {
    let mut day = today;
    loop {
        day = day.pred_opt()?;
        let is_over = match ENGLAND.add(day, WITHIN) {
            Ok(last) => last < today,
            // Where bank holidays are not known: after four days no weekend is an excuse.
            Err(_) => day.checked_add_days(Days::new(4))? < today,
        };
        if is_over {
            return clock::moment(end_of(day)?);
        }
    }
}

/// The moment at which a day ends in London.
fn end_of(day: NaiveDate) -> Option<i64> {
    let next = day.succ_opt()?;
    let midnight = i64::from(next.to_epoch_days()) * 86_400_000;
    let an_hour_earlier = midnight - 3_600_000;
    let is_summer = london::date(an_hour_earlier) == Some(next);
    Some(if is_summer { an_hour_earlier } else { midnight })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(today: &str) -> String {
        waiting_since_before(today.parse().unwrap()).unwrap()
    }

    #[test]
    fn what_came_on_monday_has_until_the_end_of_tuesday() {
        // 23 November 2026 is a Monday.
        assert_eq!(before("2026-11-24"), "2026-11-23T00:00:00.000Z");
        assert_eq!(before("2026-11-25"), "2026-11-24T00:00:00.000Z");
        // What came on Friday, or at the weekend, has until the end of Monday.
        assert_eq!(before("2026-11-23"), "2026-11-20T00:00:00.000Z");
    }

    #[test]
    fn bank_holidays_and_summer_time_count() {
        // Christmas Eve 2026 is a Thursday; the next working day is Tuesday 29 December.
        assert_eq!(before("2026-12-29"), "2026-12-24T00:00:00.000Z");
        assert_eq!(before("2026-12-30"), "2026-12-29T00:00:00.000Z");
        // In summer, a day in London ends an hour before it does in UTC.
        assert_eq!(before("2026-07-08"), "2026-07-06T23:00:00.000Z");
    }

    #[test]
    fn there_is_an_alarm_where_bank_holidays_are_not_known() {
        assert_eq!(before("2040-01-10"), "2040-01-06T00:00:00.000Z");
    }
}
