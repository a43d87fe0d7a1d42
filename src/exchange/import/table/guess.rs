//! Which column of a table without a known heading seems to hold what, by the shape of its cells.

use std::collections::HashSet;

use super::super::column::Column;
use super::super::dates::{self, DateRead};
use super::{Cell, Table};

/// So many rows are looked at.
const ROWS: usize = 200;

/// What one column holds.
#[derive(Default)]
struct Shape {
    cells: usize,
    addresses: usize,
    guids: HashSet<uuid::Uuid>,
    guid_cells: usize,
    dates: usize,
    secrets: usize,
    words: usize,
}

/// For each kind of column the choice that seems to be it. `choices` are the columns' names, in their order.
pub(super) fn columns(table: &Table, choices: &[String]) -> Vec<(Column, String)> {
    let shapes: Vec<Shape> = (0..choices.len()).map(|place| shape(table, place, &choices[place])).collect();
    let mut left: Vec<usize> = (0..choices.len()).collect();
    let mut guess = Vec::new();
    let mut take = |column: Column, place: Option<usize>, left: &mut Vec<usize>| {
        if let Some(place) = place {
            left.retain(|other| *other != place);
            guess.push((column, named(choices, place)));
        }
    };
    let first = |left: &[usize], is_mostly: &dyn Fn(&Shape) -> usize| {
        left.iter()
            .copied()
            .find(|place| shapes[*place].cells > 0 && is_mostly(&shapes[*place]) * 2 > shapes[*place].cells)
    };
    let url = first(&left, &|shape| shape.addresses);
    take(Column::Url, url, &mut left);
    // One tenant has many apps, so of two columns the one with more values holds the client IDs.
    let guids: Vec<usize> =
        left.iter().copied().filter(|place| first(&[*place], &|shape| shape.guid_cells).is_some()).collect();
    let client_id = guids.iter().copied().rev().max_by_key(|place| shapes[*place].guids.len());
    take(Column::ClientId, client_id, &mut left);
    let tenant = guids.into_iter().find(|place| Some(*place) != client_id);
    take(Column::Tenant, tenant, &mut left);
    let expires = first(&left, &|shape| shape.dates);
    take(Column::Expires, expires, &mut left);
    let secret = first(&left, &|shape| shape.secrets);
    take(Column::Secret, secret, &mut left);
    let name = first(&left, &|shape| shape.words);
    take(Column::Name, name, &mut left);
    guess
}

/// The name of a column; its number where another has the same name.
fn named(choices: &[String], place: usize) -> String {
    let name = &choices[place];
    match choices.iter().filter(|other| *other == name).count() {
        1 => name.clone(),
        _ => format!("#{}", place + 1),
    }
}

/// The shape of the column at `place`, whose heading is none of its values.
fn shape(table: &Table, place: usize, heading: &str) -> Shape {
    let mut shape = Shape::default();
    for cell in table.rows.iter().take(ROWS).filter_map(|(_, cells)| cells.get(place)).filter(|cell| !cell.is_blank()) {
        let text = cell.shown();
        let text = text.trim();
        if text == heading {
            continue;
        }
        shape.cells += 1;
        if text.to_ascii_lowercase().contains(".dynamics.") {
            shape.addresses += 1;
        } else if let Ok(id) = uuid::Uuid::try_parse(text) {
            shape.guids.insert(id);
            shape.guid_cells += 1;
        } else if matches!(cell, Cell::Day(_)) || !matches!(dates::read(text, None), DateRead::Unreadable) {
            shape.dates += 1;
        } else if may_be_a_secret(text) {
            shape.secrets += 1;
        } else if matches!(cell, Cell::Text(_)) {
            shape.words += 1;
        }
    }
    shape
}

/// One long word of letters and digits, or a mask.
fn may_be_a_secret(text: &str) -> bool {
    let is_one_word = text.chars().count() >= 16 && !text.contains(char::is_whitespace) && !text.contains("://");
    let is_mixed = text.contains(|c: char| c.is_ascii_digit()) && text.contains(|c: char| c.is_alphabetic());
    is_one_word && is_mixed || text.len() >= 3 && text.chars().all(|c| matches!(c, '*' | '•'))
}

#[cfg(test)]
mod tests {
    use super::super::super::{Format, Options, QuestionCode, read};
    use crate::cloud::Overrides;

    fn guessed(text: &str) -> (Vec<String>, Vec<(&'static str, String)>) {
        let clouds = Overrides::none();
        let local_day = |at: chrono::DateTime<chrono::Utc>| at.date_naive();
        let options = Options { format: Some(Format::Csv), ..Options::new(&clouds, &local_day) };
        let import = read(text.as_bytes(), &options).expect("a table");
        let question = import.questions.into_iter().find(|question| question.code == QuestionCode::Columns);
        let question = question.expect("the columns are asked for");
        (question.choices, question.guess.into_iter().map(|(column, name)| (column.id(), name)).collect())
    }

    const TENANT: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

    #[test]
    fn columns_are_known_by_what_their_cells_hold() {
        let rows: String = (1..4)
            .map(|n| {
                let secret = format!("ab{n}d8{}", "x".repeat(30));
                format!("Mandant {n};{TENANT};0000000{n}-aaaa-3333-bbbb-4444cccc5555;{secret};31.05.2027;https://a{n}.crm4.dynamics.com\n")
            })
            .collect();
        let (choices, guess) = guessed(&format!("Wer;T;App;Wert;Bis;Wo\n{rows}"));
        assert_eq!(choices, ["Wer", "T", "App", "Wert", "Bis", "Wo"]);
        let expected = [
            ("url", "Wo"),
            ("client-id", "App"),
            ("tenant", "T"),
            ("expires", "Bis"),
            ("secret", "Wert"),
            ("name", "Wer"),
        ];
        assert_eq!(guess, expected.map(|(column, name)| (column, name.to_owned())));
    }

    #[test]
    fn without_a_heading_columns_have_numbers_and_no_cell_is_shown() {
        let secret = format!("ab1d8{}", "x".repeat(30));
        let (choices, guess) = guessed(&format!("Contoso;{TENANT};{secret};a.crm4.dynamics.com\n"));
        assert_eq!(choices, ["#1", "#2", "#3", "#4"]);
        assert_eq!(guess.iter().find(|(column, _)| *column == "secret").map(|(_, name)| name.as_str()), Some("#3"));
    }
}
