//! The language of `--where`: a text -> [`Condition`], or a diagnostic that points into the text.
//!
//! ```text
//! either     = both { "or" both }
//! both       = one { "and" one }
//! one        = "not" one | "(" either ")" | "tag:" NAME | COLUMN ( "=" | "!=" ) VALUE
//! VALUE      = words | "…"            nothing at the text's end stands for an empty value
//! ```
//!
//! `and`, `or` and `not` are read in any case; where `=` or `!=` follows one that begins a condition, it is a column. A
//! column may be named as the list's header does. There are no other operators: who needs more has a spreadsheet.

use std::ops::Range;

use super::Columns;
use super::header::column_name;
use super::token::{Kind, Token, tokens};
use crate::diagnostic::{Diagnostic, nearest};
use crate::error::Result;
use crate::issue::{Audience, TAGS};
use crate::rule;
use crate::source::Source;

/// How deep parentheses and `not` may be nested.
const DEEPEST: usize = 50;

/// What must hold for a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// The column holds the value, which is in lower case.
    Equals {
        column: String,
        value: String,
    },
    /// The subscriber has the tag.
    Tagged(Audience),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Reads one condition.
pub(super) fn parse(text: &str, columns: &Columns) -> Result<Condition> {
    let source = Source::new("--where", text);
    let tokens = tokens(&source)?;
    let mut reader = Reader { source: &source, tokens: &tokens, at: 0, depth: 0, columns };
    let condition = reader.either()?;
    match reader.peek() {
        None => Ok(condition),
        Some(Token { kind: Kind::Close, bytes }) => {
            Err(reader.wrong("this `)` closes nothing", bytes).hint("take it out, or open it with `(`").into())
        }
        Some(token) => Err(reader.unconnected(token).into()),
    }
}

/// The tokens, read from left to right.
struct Reader<'r> {
    source: &'r Source,
    tokens: &'r [Token],
    at: usize,
    depth: usize,
    columns: &'r Columns,
}

impl<'r> Reader<'r> {
    fn either(&mut self) -> Result<Condition> {
        let mut parts = vec![self.both()?];
        while self.takes("or") {
            parts.push(self.both()?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn both(&mut self) -> Result<Condition> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(joined(parts, Condition::All))
    }

    fn one(&mut self) -> Result<Condition> {
        let Some(token) = self.peek() else { return Err(self.missing_at_end().into()) };
        let compares = self.is_comparison(self.at + 1);
        match token.kind {
            Kind::Open => {
                self.at += 1;
                let inner = self.deeper(token, Self::either)?;
                match self.peek() {
                    Some(Token { kind: Kind::Close, .. }) => self.at += 1,
                    Some(other) => return Err(self.unconnected(other).into()),
                    None => {
                        let found = self.wrong("this `(` is never closed", &token.bytes);
                        return Err(found.hint("close it with `)`").into());
                    }
                }
                Ok(inner)
            }
            Kind::Word if !compares && self.is(token, "not") => {
                self.at += 1;
                self.deeper(token, Self::one).map(|inner| Condition::Not(Box::new(inner)))
            }
            Kind::Word if !compares && self.is_tag(token) => self.tagged(token),
            Kind::Word | Kind::Quoted if compares => self.comparison(token),
            Kind::Word if self.is(token, "and") || self.is(token, "or") => Err(self.missing_before(token).into()),
            Kind::Word | Kind::Quoted => Err(self
                .wrong(format!("`{}` is no condition", self.shown(token)), &token.bytes)
                .hint("write `lang = fr`, `lang != fr` or `tag:press`")
                .into()),
            Kind::Equals | Kind::Differs | Kind::Close => Err(self.missing_before(token).into()),
        }
    }

    /// `COLUMN = VALUE`, its reader standing on the column.
    fn comparison(&mut self, token: &Token) -> Result<Condition> {
        let written = self.inner(token);
        let column = column_name(written);
        if !self.columns.0.contains(&column) {
            return Err(self.unknown_column(written, &column, token).into());
        }
        let differs = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == Kind::Differs);
        self.at += 2;
        let value = self.value()?.to_lowercase();
        let equals = Condition::Equals { column, value };
        Ok(if differs { Condition::Not(Box::new(equals)) } else { equals })
    }

    fn value(&mut self) -> Result<String> {
        match self.peek() {
            None => return Ok(String::new()),
            Some(token) if token.kind == Kind::Quoted => {
                self.at += 1;
                return Ok(self.inner(token).trim().to_owned());
            }
            Some(token) if token.kind != Kind::Word || self.is(token, "and") || self.is(token, "or") => {
                let found = format!("a value is missing before `{}`", self.shown(token));
                let hint = "write it between quotation marks, `\"…\"`; an empty one is `\"\"`";
                return Err(self.wrong(found, &token.bytes).hint(hint).into());
            }
            Some(_) => {}
        }
        let mut words: Vec<&str> = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Word) {
            let ends = self.is(token, "and") || self.is(token, "or") || self.is_tag(token);
            if !words.is_empty() && (ends || self.is_comparison(self.at + 1)) {
                break;
            }
            words.push(self.inner(token));
            self.at += 1;
        }
        Ok(words.join(" "))
    }

    fn tagged(&mut self, token: &Token) -> Result<Condition> {
        self.at += 1;
        let written = self.shown(token);
        let Some(audience) = Audience::of(&written[TAG.len()..]) else {
            let what = if written.len() == TAG.len() { "names no tag" } else { "is no tag" };
            let found = self.wrong(format!("`{written}` {what}"), &token.bytes);
            return Err(found.hint("write it like `tag:press`: letters, digits, `-`, `_` and `.`").into());
        };
        if !self.columns.0.iter().any(|column| column == TAGS) {
            let found = self.wrong(format!("the list has no column `{TAGS}`"), &token.bytes);
            return Err(found
                .hint(format!("add the column `{TAGS}` to the list: words with spaces between them"))
                .into());
        }
        Ok(Condition::Tagged(audience))
    }

    fn deeper(&mut self, token: &Token, read: impl FnOnce(&mut Self) -> Result<Condition>) -> Result<Condition> {
        if self.depth == DEEPEST {
            let found = self.wrong(format!("the condition is nested too deep, {DEEPEST} times"), &token.bytes);
            return Err(found.hint("give `--where` several times: all must hold").into());
        }
        self.depth += 1;
        let inner = read(self);
        self.depth -= 1;
        inner
    }

    fn peek(&self) -> Option<&'r Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, word: &str) -> bool {
        let takes = self.peek().is_some_and(|token| self.is(token, word));
        self.at += usize::from(takes);
        takes
    }

    fn is(&self, token: &Token, word: &str) -> bool {
        token.kind == Kind::Word && self.shown(token).eq_ignore_ascii_case(word)
    }

    fn is_tag(&self, token: &Token) -> bool {
        self.shown(token).get(..TAG.len()).is_some_and(|start| start.eq_ignore_ascii_case(TAG))
    }

    fn is_comparison(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Equals | Kind::Differs))
    }

    fn shown(&self, token: &Token) -> &'r str {
        &self.source.text[token.bytes.clone()]
    }

    /// The token without its quotation marks.
    fn inner(&self, token: &Token) -> &'r str {
        let edge = usize::from(token.kind == Kind::Quoted);
        &self.source.text[token.bytes.start + edge..token.bytes.end - edge]
    }

    fn wrong(&self, message: impl Into<String>, bytes: &Range<usize>) -> Diagnostic {
        Diagnostic::of(&rule::BAD_CONDITION, message).at(self.source.place(bytes.clone()))
    }

    fn unknown_column(&self, written: &str, column: &str, token: &Token) -> Diagnostic {
        let found = self.wrong(format!("the list has no column `{written}`"), &token.bytes);
        match nearest(column, self.columns.0.iter().map(String::as_str)) {
            Some(near) => found.hint(format!("did you mean `{near}`?")),
            None => found.hint(format!("its columns are: {}", self.columns.0.join(", "))),
        }
    }

    fn unconnected(&self, token: &Token) -> Diagnostic {
        match token.kind {
            Kind::Equals | Kind::Differs => self
                .wrong(format!("`{}` stands where `and` or `or` is expected", self.shown(token)), &token.bytes)
                .hint("put a value that contains it between quotation marks: `\"…\"`"),
            _ => self
                .wrong(format!("`and` or `or` is missing before `{}`", self.shown(token)), &token.bytes)
                .hint("write it, or put a value of several words between quotation marks: `\"…\"`"),
        }
    }

    fn missing_before(&self, token: &Token) -> Diagnostic {
        self.wrong(format!("a condition is missing before `{}`", self.shown(token)), &token.bytes)
            .hint("write `lang = fr`, `lang != fr` or `tag:press`")
    }

    fn missing_at_end(&self) -> Diagnostic {
        let found = match self.tokens.last() {
            Some(last) => self.wrong(format!("a condition is missing behind `{}`", self.shown(last)), &last.bytes),
            None => self.wrong("the condition is empty", &(0..0)),
        };
        found.hint("write `lang = fr`, `lang != fr` or `tag:press`")
    }
}

/// What stands before a tag's name.
const TAG: &str = "tag:";

fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
