//! Words and marks -> Markdown: blocks with what stands before their lines, everything escaped that would mean
//! something else.

use super::line::Line;
use super::mark::{Mark, at_line_start, is_reserved, needs_escape};

/// How deep lists and quotations are written in each other; what lies deeper is written there too.
const DEEPEST: usize = 8;

#[derive(Debug)]
enum Around {
    /// Whether something is written in it.
    Quote {
        begun: bool,
    },
    List {
        next: Option<u64>,
    },
    /// The mark before its first line; none once that is written.
    Item {
        mark: Option<String>,
        width: usize,
    },
}

/// Writes Markdown.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    line: Line,
    /// What is open.
    marks: Vec<Mark>,
    around: Vec<Around>,
    /// How many lists and quotations are open that are not written.
    deeper: usize,
    pub(super) heading: Option<usize>,
    code: Option<String>,
    table: Option<Vec<Vec<String>>>,
    in_cell: bool,
    /// How many marks are open within one of their own kind, and mean nothing.
    nested: Vec<(Mark, usize)>,
    /// Whether the last block stood in an item.
    after_item: bool,
}

impl Writer {
    /// Adds words as they are to be read.
    pub(super) fn words(&mut self, words: &str) {
        if let Some(code) = &mut self.code {
            code.push_str(words);
            return;
        }
        let in_code = self.marks.contains(&Mark::Code);
        let line = &mut self.line;
        for character in words.chars() {
            let is_space = character.is_ascii_whitespace();
            if is_space && matches!(line.last(), None | Some(' ' | '\n')) || is_reserved(character) {
                continue;
            }
            match character {
                _ if is_space => line.push(' '),
                control if control.is_control() => {}
                '`' if in_code => line.push('\''),
                '|' if in_code && self.table.is_some() => line.push_escaped('|'),
                // two braces would be a merge field
                '{' if line.ends_in_brace() => {
                    line.push(' ');
                    line.push('{');
                }
                // within a word it means nothing
                '_' if line.ends_in_word() => line.push('_'),
                special if !in_code && needs_escape(special) => line.push_escaped(special),
                other if in_code => line.push_code(other),
                other => line.push(other),
            }
        }
    }

    /// A line's end that is meant.
    pub(super) fn line_break(&mut self) {
        match &mut self.code {
            Some(code) => code.push('\n'),
            None if self.table.is_some() || self.heading.is_some() => self.words(" "),
            None if !self.line.is_blank() => self.line.line_break(),
            None => {}
        }
    }

    /// A picture's marker.
    pub(super) fn image(&mut self, marker: &str) {
        self.line.picture(marker);
    }

    /// Begins or ends what is done to words.
    pub(super) fn mark(&mut self, mark: Mark, opens: bool) {
        if self.code.is_some() {
            return;
        }
        let known = self.marks.iter().rposition(|known| known.is_like(&mark));
        match known {
            // the same twice is once, and the inner one's end closes nothing
            Some(_) if opens => {
                if let Some((_, count)) = self.nested.iter_mut().find(|(nested, _)| nested.is_like(&mark)) {
                    *count += 1;
                } else {
                    self.nested.push((mark, 1));
                }
            }
            None if opens => {
                self.line.open(mark.clone());
                self.marks.push(mark);
            }
            Some(at) => {
                let inner = self.nested.iter_mut().find(|(nested, count)| *count > 0 && nested.is_like(&mark));
                if let Some((_, count)) = inner {
                    *count -= 1;
                } else {
                    self.line.close(self.marks.remove(at));
                }
            }
            None => {}
        }
    }

    /// The line that is written so far. What is still open goes on in the next one.
    fn take_line(&mut self) -> String {
        let mut next = Line::default();
        self.marks.iter().for_each(|mark| next.open(mark.clone()));
        std::mem::replace(&mut self.line, next).markdown()
    }

    /// Ends a block.
    pub(super) fn flush(&mut self) {
        if self.code.is_some() {
            return;
        }
        if self.table.is_some() {
            // blocks within a cell are its words
            self.words(" ");
            return;
        }
        let line = self.take_line();
        if line.is_empty() {
            return;
        }
        let text = match self.heading {
            // what it ends in is no ornament
            Some(level) => match line.strip_suffix('#') {
                Some(start) => format!("{} {start}\\#", "#".repeat(level)),
                None => format!("{} {line}", "#".repeat(level)),
            },
            None => at_line_start(&line),
        };
        self.block(&text);
    }

    /// Writes a block, what is around it before each of its lines.
    fn block(&mut self, text: &str) {
        let is_first = self.around.iter().any(|around| matches!(around, Around::Item { mark: Some(_), .. }));
        let tight = is_first && self.after_item;
        if !self.out.is_empty() {
            self.out.push('\n');
            if !tight {
                let empty = self.prefix(false);
                self.out.push_str(empty.trim_end());
                self.out.push('\n');
            }
        }
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            let prefix = self.prefix(true);
            self.out.push_str(&prefix);
            self.out.push_str(line);
        }
        self.after_item = self.around.iter().any(|around| matches!(around, Around::Item { .. }));
    }

    /// What stands before a line; a written one takes the marks of its items.
    fn prefix(&mut self, written: bool) -> String {
        let mut out = String::new();
        for around in &mut self.around {
            match around {
                Around::Quote { begun: false } if !written => return out,
                Around::Quote { begun } => {
                    *begun = true;
                    out.push_str("> ");
                }
                Around::List { .. } => {}
                Around::Item { mark, width } => match mark.take_if(|_| written) {
                    Some(mark) => out.push_str(&mark),
                    None => out.push_str(&" ".repeat(*width)),
                },
            }
        }
        out
    }

    pub(super) fn open_quote(&mut self) {
        self.flush();
        self.open(Around::Quote { begun: false });
    }

    pub(super) fn close_quote(&mut self) {
        self.flush();
        self.close(|around| matches!(around, Around::Quote { .. }));
    }

    pub(super) fn open_list(&mut self, start: Option<u64>) {
        self.flush();
        if !self.around.iter().any(|around| matches!(around, Around::Item { .. })) {
            self.after_item = false;
        }
        self.open(Around::List { next: start });
    }

    pub(super) fn close_list(&mut self) {
        self.flush();
        self.close(|around| matches!(around, Around::List { .. }));
    }

    pub(super) fn open_item(&mut self) {
        self.flush();
        if self.deeper > 0 {
            return;
        }
        if let Some(Around::Item { .. }) = self.around.last() {
            self.around.pop();
        }
        let mark = match self.around.last_mut() {
            Some(Around::List { next: Some(number) }) => {
                *number = number.saturating_add(1);
                format!("{}. ", *number - 1)
            }
            Some(Around::List { next: None }) => "- ".to_owned(),
            // an item without its list is a paragraph
            _ => return,
        };
        let width = mark.len();
        self.around.push(Around::Item { mark: Some(mark), width });
    }

    pub(super) fn close_item(&mut self) {
        self.flush();
        if self.deeper == 0
            && let Some(Around::Item { .. }) = self.around.last()
        {
            self.around.pop();
        }
    }

    fn open(&mut self, around: Around) {
        if self.deeper > 0 || self.around.len() >= DEEPEST * 2 {
            self.deeper += 1;
        } else {
            self.around.push(around);
        }
    }

    fn close(&mut self, is: impl Fn(&Around) -> bool) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(at) = self.around.iter().rposition(is) {
            self.around.truncate(at);
        }
    }

    pub(super) fn rule(&mut self) {
        self.flush();
        if self.table.is_none() && self.code.is_none() {
            self.block("* * *");
        }
    }

    pub(super) fn is_in_code(&self) -> bool {
        self.code.is_some()
    }

    pub(super) fn open_code(&mut self) {
        self.flush();
        if self.table.is_none() {
            self.code.get_or_insert_default();
        }
    }

    pub(super) fn close_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let code: String =
            code.chars().filter(|c| *c == '\n' || *c == '\t' || !(c.is_control() || is_reserved(*c))).collect();
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        self.block(&format!("{fence}\n{}\n{fence}", code.trim_matches('\n')));
    }

    pub(super) fn open_table(&mut self) {
        self.flush();
        if self.code.is_none() {
            self.table.get_or_insert_default();
        }
    }

    pub(super) fn open_row(&mut self) {
        self.close_cell();
        if let Some(rows) = &mut self.table {
            rows.push(Vec::new());
        }
    }

    pub(super) fn open_cell(&mut self) {
        self.close_cell();
        self.in_cell = self.table.is_some();
    }

    pub(super) fn close_cell(&mut self) {
        if self.table.is_none() {
            return;
        }
        let is_cell = std::mem::take(&mut self.in_cell);
        let cell = self.take_line();
        if let Some(row) = self.table.as_mut().and_then(|rows| rows.last_mut()).filter(|_| is_cell) {
            row.push(cell);
        }
    }

    pub(super) fn close_table(&mut self) {
        self.close_cell();
        let Some(mut rows) = self.table.take() else { return };
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns == 0 {
            return;
        }
        let mut lines = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let cell = |column: usize| row.get(column).map_or("", String::as_str);
            lines.push(format!("| {} |", (0..columns).map(cell).collect::<Vec<_>>().join(" | ")));
            if index == 0 {
                lines.push(format!("|{}", " --- |".repeat(columns)));
            }
        }
        self.block(&lines.join("\n"));
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.close_table();
        self.close_code();
        self.flush();
        self.out
    }
}

/// Words that are to stand between brackets.
pub(super) fn escape(words: &str) -> String {
    let mut writer = Writer::default();
    writer.words(words);
    writer.take_line()
}
