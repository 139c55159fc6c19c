//! Handlebars, twice: one registry that escapes for HTML, one that writes plain text.
//!
//! Strict: a field that is not there is an error with template, line and column. Merge fields are helpers of their
//! column's name, so that `{{first_name "friends"}}` reads alike in a snippet and in a template.

use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderError, RenderErrorReason, no_escape,
};
use serde::Serialize;

use super::blocks;
use super::files::TemplateFiles;
use super::slots::Slots;
use super::text;
use super::wrap::wrap;
use crate::diagnostic::{Diagnostic, nearest};
use crate::error::Result;
use crate::issue::MergeField;
use crate::rule;

/// The names that mean something in the templates' context; a column of such a name is reached by
/// `{{merge "lang"}}`.
const TAKEN: &[&str] = &[
    "lang",
    "dir",
    "subject",
    "preheader",
    "date",
    "organisation",
    "theme",
    "words",
    "unsubscribe",
    "editions",
    "snippets",
    "kind",
    "name",
    "anchor",
    "foreign",
    "title",
    "until",
    "iso_date",
    "period",
    "time",
    "place",
    "body",
    "image",
    "links",
    "documents",
    "speaker",
    "function",
    "copyright",
    "subtitle",
    "dateline",
    "embargo",
    "quotations",
    "contacts",
    "boilerplate",
    "notes",
    "text",
    "url",
    "href",
    "source",
    "release",
    "translations",
    "address",
    "size",
    "note",
    "type",
    "phone",
    "email",
    "number",
    "src",
    "alt",
    "caption",
    "credit",
    "width",
    "wide",
    "clear",
    "dark_width",
    "masthead",
    "web",
    "web_url",
    "own",
    "start",
    "end",
    "dark_src",
    "dark_height",
    "height",
    "link",
    "mailto",
    "preferences",
    "logo",
    "fonts",
    "colours",
    "colours_dark",
    "radius",
    "file",
    "photos",
    "full",
    "page",
    "notes_for_editors",
    "home",
    "head",
    "description",
    "canonical",
    "alternates",
    "picture",
    "published",
    "json_ld",
    "policy",
    "script",
    "iso",
    "active",
    "merge",
    "underline",
    "wrap",
    "upper",
    "if",
    "each",
    "unless",
    "with",
    "lookup",
    "log",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
    "len",
    "raw",
];

/// What a helper makes of its arguments.
type Change = fn(&[String]) -> String;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Html,
    Text,
}

impl Form {
    fn ending(self) -> &'static str {
        match self {
            Self::Html => ".html.hbs",
            Self::Text => ".txt.hbs",
        }
    }
}

/// A page's template with all partials, read and ready.
pub(super) struct Engine {
    registry: Handlebars<'static>,
    files: TemplateFiles,
    page: String,
    form: Form,
    fields: Vec<String>,
}

impl Engine {
    /// Reads a page's template and every partial.
    pub(super) fn new(files: &TemplateFiles, form: Form, page: &str, fields: &[String], slots: &Slots) -> Result<Self> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        if form == Form::Text {
            registry.register_escape_fn(no_escape);
            registry.set_prevent_indent(true);
        } else {
            registry.register_escape_fn(super::html::escape);
        }
        register_helpers(&mut registry, fields, slots);
        let (page, fields) = (page.to_owned(), fields.to_vec());
        let mut engine = Self { registry, files: files.clone(), page, form, fields };
        for (name, file) in files.partials(form.ending()) {
            engine.register(&name, &file)?;
        }
        engine.register(&engine.page.clone(), &format!("{}{}", engine.page, form.ending()))?;
        Ok(engine)
    }

    fn register(&mut self, name: &str, file: &str) -> Result<()> {
        let source = self.files.source(file)?;
        self.registry.register_template_string(name, &source.text).map_err(|error| {
            if let Some((place, block)) = blocks::unclosed(&source.text) {
                return Diagnostic::of(
                    &rule::BROKEN_TEMPLATE,
                    format!("the block `{{{{#{block}}}}}` is opened, but not closed"),
                )
                .at(source.place(place))
                .hint(format!("add `{{{{/{block}}}}}` where it ends"))
                .into();
            }
            let (line, column) = error.pos().unwrap_or((1, 1));
            let reason = error.reason().to_string();
            // the rest are the names of the grammar's rules
            let reason = reason.lines().next().unwrap_or("").split(": expected").next().unwrap_or_default();
            Diagnostic::of(&rule::BROKEN_TEMPLATE, format!("the template cannot be read: {}", lower(reason)))
                .at(source.place_at(line, column))
                .hint(
                    "every `{{` needs its `}}`, and what stands between them is a name, `#if …`, `/if` or `> partial`",
                )
                .into()
        })
    }

    /// The templates alone, to be filled over and over.
    pub(super) fn into_registry(self) -> Handlebars<'static> {
        self.registry
    }

    /// Renders the page.
    pub(super) fn render(&self, context: &impl Serialize) -> Result<String> {
        let rendered = self
            .registry
            .render(&self.page, context)
            .map_err(|error| crate::error::Error::from(self.explain(&error)))?;
        if rendered.trim().is_empty() {
            return Err(Diagnostic::of(&rule::EMPTY_TEMPLATE, "the template renders nothing")
                .at(crate::diagnostic::Place::file(format!("templates/{}{}", self.page, self.form.ending())))
                .hint("delete the file to have the built-in template back")
                .into());
        }
        Ok(rendered)
    }

    fn explain(&self, error: &RenderError) -> Diagnostic {
        let diagnostic = match error.reason() {
            RenderErrorReason::MissingVariable(name) => self.unknown(name.as_deref().unwrap_or("?")),
            RenderErrorReason::HelperNotFound(name) => self.unknown(name),
            RenderErrorReason::PartialNotFound(name) => {
                let partials = self.files.partials(self.form.ending());
                let diagnostic = Diagnostic::of(&rule::UNKNOWN_PARTIAL, format!("unknown partial `{name}`"));
                match nearest(name, partials.iter().map(|(name, _)| name.as_str())) {
                    Some(near) => diagnostic.hint(format!("did you mean `{{{{> {near}}}}}`?")),
                    None => diagnostic.hint(format!("write it in `templates/partials/{name}{}`", self.form.ending())),
                }
            }
            other => Diagnostic::of(&rule::BROKEN_TEMPLATE, lower(&other.to_string())),
        };
        let template = error.template_name.as_deref().unwrap_or(&self.page);
        let file = if self.files.has(&format!("partials/{template}{}", self.form.ending())) {
            format!("partials/{template}{}", self.form.ending())
        } else {
            format!("{template}{}", self.form.ending())
        };
        match self.files.source(&file) {
            Ok(source) => diagnostic.at(source.place_at(error.line_no.unwrap_or(1), error.column_no.unwrap_or(1))),
            Err(_) => diagnostic.at(crate::diagnostic::Place::file(format!("templates/{file}"))),
        }
    }

    fn unknown(&self, name: &str) -> Diagnostic {
        let diagnostic = Diagnostic::of(&rule::UNKNOWN_TEMPLATE_FIELD, format!("unknown field `{name}`"));
        let known = TAKEN.iter().copied().chain(self.fields.iter().map(String::as_str));
        if let Some((before, last)) = name.rsplit_once('.')
            && let Some(near) = nearest(last, known.clone())
        {
            return diagnostic.hint(format!("did you mean `{before}.{near}`?"));
        }
        match nearest(name, known) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!(
                "merge fields are the list's columns: {}; every other name stands in the README's table of template fields",
                self.fields.join(", ")
            )),
        }
    }
}

fn lower(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn argument(helper: &Helper<'_>, index: usize) -> Option<String> {
    let value = helper.param(index)?.value();
    value.as_str().map(str::to_owned).or_else(|| (!value.is_null()).then(|| value.to_string()))
}

fn register_helpers(registry: &mut Handlebars<'static>, fields: &[String], slots: &Slots) {
    for name in fields.iter().filter(|field| !TAKEN.contains(&field.as_str())) {
        let (own, slots) = (name.clone(), slots.clone());
        register(registry, name, move |helper, _| Ok(token(&slots, own.clone(), argument(helper, 0))));
    }
    let (slots, known) = (slots.clone(), fields.to_vec());
    register(registry, "merge", move |helper, _| {
        let name = argument(helper, 0).unwrap_or_default();
        if known.contains(&name) {
            Ok(token(&slots, name, argument(helper, 1)))
        } else {
            Err(RenderErrorReason::HelperNotFound(name).into())
        }
    });
    let changes: [(&str, Change); 3] = [
        ("underline", |a| {
            let with = a.get(1).and_then(|with| with.chars().next()).unwrap_or('-');
            text::underline(a.first().map_or("", String::as_str), with, text::WIDTH)
        }),
        ("wrap", |a| {
            let width = a.get(1).and_then(|width| width.parse().ok()).unwrap_or(text::WIDTH);
            let prefix = a.get(2).map_or("", String::as_str);
            let inner = wrap(a.first().map_or("", String::as_str), width.saturating_sub(prefix.len()));
            text::indent(&inner, prefix)
        }),
        ("upper", |a| a.first().map_or_else(String::new, |text| text.to_uppercase())),
    ];
    for (name, change) in changes {
        register(registry, name, move |helper, registry| {
            let all = 0..helper.params().len();
            let arguments: Vec<String> = all.map(|index| argument(helper, index).unwrap_or_default()).collect();
            Ok(registry.get_escape_fn()(&change(&arguments)))
        });
    }
}

/// Registers a helper by what it writes.
fn register<F>(registry: &mut Handlebars<'static>, name: &str, writes: F)
where
    F: Fn(&Helper<'_>, &Handlebars<'_>) -> Result<String, RenderError> + Send + Sync + 'static,
{
    registry.register_helper(
        name,
        Box::new(
            move |helper: &Helper<'_>,
                  registry: &Handlebars<'_>,
                  _: &Context,
                  _: &mut RenderContext<'_, '_>,
                  out: &mut dyn Output|
                  -> HelperResult { Ok(out.write(&writes(helper, registry)?)?) },
        ),
    );
}

/// A merge field on its way through the template.
fn token(slots: &Slots, name: String, fallback: Option<String>) -> String {
    slots.token(&MergeField { name, fallback, in_url: false })
}
