//! A table in plain text: columns aligned by what they take on the screen, or, where that is too wide, one record
//! after the other.

use unicode_width::UnicodeWidthStr;

use super::wrap::wrap;
use crate::issue::markdown::Alignment;

/// Sets a table within `width` columns; `colon` is what stands between a name and its value where it takes records.
pub(super) fn layout(
    head: &[String],
    rows: &[Vec<String>],
    alignments: &[Alignment],
    (width, colon): (usize, &str),
) -> String {
    let columns = head.len();
    let widest: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.chain([&head[column]]).map(|cell| cell.width()).max().unwrap_or(0)
        })
        .collect();
    if widest.iter().sum::<usize>() + 2 * columns.saturating_sub(1) > width {
        return records(head, rows, width, colon);
    }
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widest).enumerate().map(|(column, (cell, widest))| {
            let space = widest - cell.width();
            let before = match alignments.get(column) {
                Some(Alignment::End) => space,
                Some(Alignment::Centre) => space / 2,
                _ => 0,
            };
            format!("{}{cell}{}", " ".repeat(before), " ".repeat(space - before))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rule = widest.iter().map(|widest| "-".repeat(*widest)).collect::<Vec<_>>().join("  ");
    let mut lines = vec![line(head), rule];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n")
}

fn records(head: &[String], rows: &[Vec<String>], width: usize, colon: &str) -> String {
    let record = |row: &Vec<String>| {
        let lines = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        lines.map(|(name, cell)| wrap(&format!("{name}{colon} {cell}"), width)).collect::<Vec<_>>().join("\n")
    };
    rows.iter().map(record).collect::<Vec<_>>().join("\n\n")
}
