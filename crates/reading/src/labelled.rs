//! Messages that people have labelled: what the reading is made of, and measured by (docs/triage.md).

use crate::{Meaning, Peril};

/// A message, and what a person has heard in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its name.
    pub id: &'a str,
    /// What was written.
    pub text: &'a str,
    /// What it sounds like.
    pub route: Meaning,
    /// The main danger, where one is happening now.
    pub hazard: Option<Peril>,
}

/// The rows of a file, a line each: id, text, label and hazard, with tabs between; what comes after is for people. A
/// first line with the columns' names, and empty lines, are left out.
///
/// # Errors
///
/// The number of the first line that is no row.
pub fn rows(file: &str) -> Result<Vec<Row<'_>>, usize> {
    let lines = file.lines().zip(1..);
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with("id\t"));
    lines.map(|(line, number)| row(line).ok_or(number)).collect()
}

fn row(line: &str) -> Option<Row<'_>> {
    let mut fields = line.split('\t');
    let (id, text, route, hazard) =
        (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let hazard = match hazard {
        "none" => None,
        key => Some(with_key(Peril::ALL, key)?),
    };
    Some(Row { id, text, route: with_key(Meaning::ALL, route)?, hazard })
}

fn with_key<T: Copy>(all: &[(T, &str)], key: &str) -> Option<T> {
    all.iter().find(|it| it.1 == key).map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_and_what_is_none_is_named() {
        let file = "id\ttext\tlabel\thazard\n\na-1\tI smell gas\tservice_request\tgas\tsource\n";
        let row = Row {
            id: "a-1",
            text: "I smell gas",
            route: Meaning::ServiceRequest,
            hazard: Some(Peril::Gas),
        };
        assert_eq!(rows(file), Ok(vec![row]));
        assert_eq!(rows("a-1\tHello\tcompliment\tnone\na-2\tHello\tsong\tnone"), Err(2));
        assert_eq!(rows("a-1\tHello\tcompliment\tdragons"), Err(1));
        assert_eq!(rows("a-1\tHello"), Err(1));
    }
}
