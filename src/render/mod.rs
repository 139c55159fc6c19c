//! Issue + language -> [`Rendering`]: HTML, plain text, subject and preheader, with merge fields still open.
//!
//! The templates are Handlebars, the style sheet is inlined once an edition, the plain text is made from the
//! Markdown tree and not from the HTML. A rendering is made once for all readers of an edition; the next room
//! (`message`) fills the merge fields for each.

mod abbreviations;
mod blocks;
mod campaign;
mod colour;
mod context;
mod depth;
mod embargo;
mod engine;
mod files;
mod html;
mod locale;
mod look;
mod material;
mod metadata;
mod news;
mod newsletter;
mod page;
mod phone;
mod picture;
mod pictures;
mod proof;
mod release;
mod sheets;
mod slots;
mod table;
mod text;
mod theme;
mod typography;
mod wrap;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use css_inline::CSSInliner;

pub use html::escape;
pub use material::{full_resolution, photo_name};
pub use newsletter::WebPage;
pub use pictures::{Placed, Placing};
pub use proof::Proof;
pub use release::{Dress, Page, Version};
pub(crate) use sheets::{Sheets, style_sources};
pub use text::WIDTH;

use self::campaign::Campaign;
use self::context::Setting;
use self::engine::{Engine, Form};
use self::files::TemplateFiles;
use self::locale::Locale;
use self::look::{Ground, Look};
use self::pictures::Pictures;
use self::slots::Slots;
use self::theme::Theme;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Cause, Error, Result};
use crate::issue::{Issue, MergeText, Readership, Snippet, ascii_url};
use crate::language::Language;
use crate::project::Project;
use crate::rule;

/// How wide an upright picture is shown in a newsletter, in CSS pixels.
const UPRIGHT: u32 = 260;

/// How wide a picture is shown on a press release's page, in CSS pixels.
const PAGE: u32 = 736;

/// An edition as all its readers get it, but for the merge fields.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// The edition's language.
    pub language: Language,
    /// Which of its readers it is for.
    pub readership: Readership,
    /// The subject.
    pub subject: MergeText,
    /// What an inbox shows behind the subject.
    pub preheader: MergeText,
    /// The HTML part.
    pub html: MergeText,
    /// The plain text part.
    pub text: MergeText,
    /// The pictures that the HTML uses.
    pub pictures: Vec<Placed>,
}

/// Renders a project's issues.
pub struct Renderer<'p> {
    project: &'p Project,
    files: TemplateFiles,
    theme: Theme,
    fields: Vec<String>,
    /// The merge fields of everything that is rendered, each once.
    slots: Slots,
    locales: Mutex<BTreeMap<Language, Arc<Locale>>>,
    /// The templates that were read, by form and page: reading one takes longer than rendering it.
    engines: Mutex<BTreeMap<(Form, &'static str), Arc<Engine>>>,
}

impl<'p> Renderer<'p> {
    /// A renderer for a project; `fields` are the merge fields there are, the columns of the list.
    pub fn new(project: &'p Project, fields: &[String]) -> Result<Self> {
        let files = TemplateFiles::new(project);
        let theme = Theme::load(&files)?;
        let (slots, fields) = (Slots::default(), fields.to_vec());
        let (locales, engines) = (Mutex::default(), Mutex::default());
        Ok(Self { project, files, theme, fields, slots, locales, engines })
    }

    /// How a language writes dates, and its fixed words.
    fn locale(&self, language: &Language) -> Result<Arc<Locale>> {
        let mut known = self.locales.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(locale) = known.get(language) {
            return Ok(Arc::clone(locale));
        }
        let locale = Arc::new(Locale::load(&self.files, language)?);
        known.insert(language.clone(), Arc::clone(&locale));
        Ok(locale)
    }

    /// A page's template in a form, ready to be rendered.
    fn engine(&self, form: Form, page: &'static str) -> Result<Arc<Engine>> {
        let mut known = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = known.get(&(form, page)) {
            return Ok(Arc::clone(engine));
        }
        let engine = Arc::new(Engine::new(&self.files, form, page, &self.fields, &self.slots)?);
        known.insert((form, page), Arc::clone(&engine));
        Ok(engine)
    }

    /// What is wrong with the templates and the theme without being an error.
    pub(crate) fn warnings(&self) -> Vec<Diagnostic> {
        let files = self.theme.logo.iter().flat_map(|logo| [Some(&logo.file), logo.dark.as_ref()]).flatten();
        let usual = ["logo.png", "logo-dark.png"];
        let missing = files
            .filter(|file| !usual.contains(&file.as_str()) && !self.project.templates().join(file.as_str()).is_file());
        let missing = missing.map(|file| {
            let message = format!("the logo `{file}` is not there; the organisation's name stands in its place");
            Diagnostic::of(&rule::NO_LOGO, message).hint(format!("copy it to `templates/{file}`"))
        });
        let pale = self.theme.hard_to_read().into_iter().map(|which| {
            Diagnostic::of(&rule::PALE, format!("hard to read: {which}"))
                .hint("make one darker or lighter until it is 4.5 at least (WCAG 2.2, 1.4.3)")
        });
        missing.chain(pale).map(|diagnostic| diagnostic.at(Place::file("templates/theme.toml"))).collect()
    }

    fn setting<'a>(
        &'a self,
        issue: &'a Issue,
        language: &'a Language,
        locale: &'a Locale,
        pictures: &'a Pictures<'a>,
        beside: &'a dyn Fn(&Snippet) -> Option<String>,
    ) -> Setting<'a> {
        let config = &self.project.config;
        let campaign = Campaign { links: &config.links, site: config.organisation.url.as_deref(), slug: &issue.slug };
        Setting {
            language,
            locale,
            config,
            slots: &self.slots,
            pictures,
            campaign,
            beside,
            highest: html::BELOW_TITLES,
        }
    }

    fn organisation(&self, language: &Language) -> context::Organisation {
        let organisation = &self.project.config.organisation;
        let default = &self.project.config.languages.default;
        context::Organisation {
            name: organisation.name.get(language, default).to_owned(),
            url: organisation.url.clone(),
            href: organisation.url.as_deref().map(ascii_url),
            address: organisation.address.get(language, default).trim().lines().map(|l| l.trim().to_owned()).collect(),
            copyright: organisation.copyright.get(language, default).to_owned(),
        }
    }

    fn look(&self, language: &Language, pictures: &Pictures<'_>, ground: Ground) -> Result<Look> {
        Look::new(&self.theme, &self.files, pictures, (language, &self.project.config.languages.default), ground)
    }

    fn own_name(&self, language: &Language) -> String {
        self.locale(language).map_or_else(|_| language.to_string(), |locale| locale.name.clone())
    }
}

/// Writes the style sheet onto the elements, since many mail programs drop it; rules for dark mode and phones stay.
fn inline_css(html: &str) -> Result<String> {
    if depth::is_too_deep(html) {
        let message = format!("the message's HTML elements lie more than {} deep in each other", depth::DEEPEST);
        return Err(Diagnostic::of(&rule::HTML_TOO_DEEP, message)
            .hint("close each element that a snippet with `raw_html` or a template opens, the last one first")
            .into());
    }
    let inliner =
        CSSInliner::options().keep_style_tags(false).keep_at_rules(true).load_remote_stylesheets(false).build();
    let whole = inliner.inline(html).map_err(|error| {
        let cause: Cause = Box::new(error);
        Error::Input(vec![
            Diagnostic::of(&rule::BROKEN_STYLE, format!("the style sheet cannot be inlined: {cause}"))
                .at(Place::file("templates/newsletter.html.hbs"))
                .hint("mend the `<style>` element of the template"),
        ])
    })?;
    // the mark was for the inliner alone
    let whole = whole.replace(" data-css-inline=\"keep\"", "");
    Ok(style_last(&whole).unwrap_or(whole))
}

/// Moves the rules that stay from the head's beginning to its end: the encoding must be told within the first 1,024
/// bytes (HTML, section 4.2.5.4).
fn style_last(html: &str) -> Option<String> {
    const CLOSE: &str = "</style>";
    let start = html.find("<head><style>")? + "<head>".len();
    let end = start + html[start..].find(CLOSE)? + CLOSE.len();
    let head_end = end + html[end..].find("</head>")?;
    Some([&html[..start], &html[end..head_end], &html[start..end], "\n", &html[head_end..]].concat())
}
