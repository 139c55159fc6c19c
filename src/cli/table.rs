//! Rows -> a table without lines, as a person and `awk` both read it.

use comfy_table::{Row, Table, presets};

/// Sets rows under a header, two spaces between columns.
pub(super) fn table<C>(header: impl Into<Row>, rows: impl IntoIterator<Item = C>) -> String
where
    C: IntoIterator<Item = String>,
{
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for row in rows {
        table.add_row(row.into_iter().map(|cell| super::explain::visible(&cell).replace('\n', " ")));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt() + "\n"
}
