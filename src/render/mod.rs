//! Issue + language -> [`Rendering`]: HTML, plain text, subject and preheader, with merge fields still open.
//!
//! The templates are Handlebars, the style sheet is inlined once an edition, the plain text is made from the
//! Markdown tree and not from the HTML. A rendering is made once for all readers of an edition; the next room
//! (`message`) fills the merge fields for each.

mod abbreviations;
mod blocks;
mod context;
mod engine;
mod files;
mod html;
mod locale;
mod material;
mod metadata;
mod news;
mod page;
mod picture;
mod pictures;
mod proof;
mod release;
mod slots;
mod table;
mod text;
mod theme;
mod typography;

use css_inline::CSSInliner;

pub use html::escape;
pub use material::{full_resolution, photo_name};
pub use pictures::{Placed, Placing};
pub use proof::Proof;
pub use release::{Dress, Page, Version};
pub use text::WIDTH;

use self::context::{Campaign, Setting, Target};
use self::engine::{Engine, Form};
use self::files::TemplateFiles;
use self::locale::Locale;
use self::pictures::Pictures;
use self::slots::Slots;
use self::theme::Theme;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Cause, Error, Result};
use crate::issue::{Issue, MergeText};
use crate::language::Language;
use crate::project::Project;

/// How wide an upright picture is shown in a newsletter, in CSS pixels.
const UPRIGHT: u32 = 260;

/// How wide a picture is shown on a press release's page, in CSS pixels.
const PAGE: u32 = 736;

/// An edition as all its readers get it, but for the merge fields.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// The edition's language.
    pub language: Language,
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
    /// Whether what is rendered has no subscriber.
    for_everyone: bool,
}

impl<'p> Renderer<'p> {
    /// A renderer for a project; `fields` are the merge fields there are, the columns of the list.
    pub fn new(project: &'p Project, fields: &[String]) -> Result<Self> {
        let files = TemplateFiles::new(project);
        let theme = Theme::load(&files)?;
        Ok(Self { project, files, theme, fields: fields.to_vec(), for_everyone: false })
    }

    /// Renders an issue's edition in a language.
    pub fn edition(&self, issue: &Issue, language: &Language, placing: Placing) -> Result<Rendering> {
        let slots = Slots::default();
        let pictures = Pictures::new(self.project, placing, self.theme.width, UPRIGHT);
        let locale = Locale::load(&self.files, language)?;
        let setting = self.setting(issue, language, &locale, &slots, &pictures);
        let snippets = issue.edition(language);
        let organisation = self.organisation(language);
        let look = self.look(language, &pictures)?;

        let (mut html_views, mut text_views, mut next_note) = (Vec::new(), Vec::new(), 1);
        for snippet in &snippets {
            html_views.push(setting.view(snippet, &Target::Html)?);
            let view = setting.view(snippet, &Target::Text { next_note })?;
            next_note += view.notes.len();
            text_views.push(view);
        }
        let headline = |target: &Target| {
            let set = setting.typography(language, true, target);
            (set.merge_text(&issue.subject(language)), set.merge_text(&issue.preheader(language)))
        };
        // an inbox shows both in whatever font it has: without the narrow space
        let (subject, preheader) = headline(&Target::Text { next_note: 1 });
        let newsletter = |snippets, form, (subject, preheader): (MergeText, MergeText)| context::Newsletter {
            lang: language,
            dir: language.direction(),
            subject: slots.close(&subject),
            preheader: slots.close(&preheader),
            date: issue.manifest.date.map(|day| locale.date(day.0)),
            organisation: &organisation,
            theme: &look,
            words: &locale.words,
            unsubscribe: self.unsubscribe(&slots, form),
            editions: self.editions(issue),
            snippets,
        };
        let pages = ["newsletter"];
        let html = Engine::new(&self.files, Form::Html, &pages, &self.fields, &slots)?
            .render("newsletter", &newsletter(html_views, Form::Html, headline(&Target::Html)))?;
        let text = Engine::new(&self.files, Form::Text, &pages, &self.fields, &slots)?
            .render("newsletter", &newsletter(text_views, Form::Text, (subject.clone(), preheader.clone())))?;
        Ok(Rendering {
            language: language.clone(),
            subject,
            preheader,
            html: slots.open(&inline_css(&html)?),
            text: slots.open(&tidy(&text)),
            pictures: pictures.used(),
        })
    }

    /// What is wrong with the templates and the theme without being an error.
    pub(crate) fn warnings(&self) -> Vec<Diagnostic> {
        let Some(logo) = &self.theme.logo else { return Vec::new() };
        let named = [Some(&logo.file), logo.dark.as_ref()].into_iter().flatten();
        let usual = ["logo.png", "logo-dark.png"];
        let missing = named
            .filter(|file| !usual.contains(&file.as_str()) && !self.project.templates().join(file.as_str()).is_file());
        missing
            .map(|file| {
                Diagnostic::warning(format!(
                    "the logo `{file}` is not there; the organisation's name stands in its place"
                ))
                .at(Place::file("templates/theme.toml"))
                .hint(format!("copy it to `templates/{file}`"))
            })
            .collect()
    }

    fn setting<'a>(
        &'a self,
        issue: &'a Issue,
        language: &'a Language,
        locale: &'a Locale,
        slots: &'a Slots,
        pictures: &'a Pictures<'a>,
    ) -> Setting<'a> {
        let config = &self.project.config;
        let campaign = Campaign { links: &config.links, site: config.organisation.url.as_deref(), slug: &issue.slug };
        Setting { language, locale, slots, pictures, campaign }
    }

    fn organisation(&self, language: &Language) -> context::Organisation {
        let organisation = &self.project.config.organisation;
        let default = &self.project.config.languages.default;
        context::Organisation {
            name: organisation.name.get(language, default).to_owned(),
            url: organisation.url.clone(),
            address: organisation.address.get(language, default).trim().lines().map(|l| l.trim().to_owned()).collect(),
            copyright: organisation.copyright.get(language, default).to_owned(),
        }
    }

    fn look(&self, language: &Language, pictures: &Pictures<'_>) -> Result<context::Look> {
        let logo = match &self.theme.logo {
            None => None,
            Some(logo) => match self.files.picture(&logo.file)? {
                None => None,
                Some(media) => {
                    let placed = pictures.place_within(&media, logo.width)?;
                    let dark = logo.dark.as_deref().map(|file| self.files.picture(file)).transpose()?.flatten();
                    let dark = dark.map(|media| pictures.place_within(&media, logo.width)).transpose()?;
                    let default = &self.project.config.languages.default;
                    Some(context::LogoView {
                        src: placed.src,
                        dark_height: dark.as_ref().map(|placed| placed.height),
                        dark_src: dark.map(|placed| placed.src),
                        alt: logo.alt.get(language, default).to_owned(),
                        width: placed.width,
                        height: placed.height,
                    })
                }
            },
        };
        let theme = &self.theme;
        Ok(context::Look {
            width: theme.width,
            radius: theme.radius,
            colours: theme.colours.clone(),
            colours_dark: theme.colours_dark.clone(),
            fonts: theme.fonts.clone(),
            logo,
        })
    }

    fn unsubscribe(&self, slots: &Slots, form: Form) -> context::Unsubscribe {
        let unsubscribe = self.project.config.unsubscribe.as_ref().filter(|_| !self.for_everyone);
        let url = unsubscribe.and_then(|unsubscribe| unsubscribe.url.as_deref());
        let url = url.map(|url| MergeText::parse(url).unwrap_or_default().in_url()).map(|url| match form {
            Form::Html => slots.close(&html::encode_url(&url)),
            Form::Text => slots.close(&url),
        });
        let mailto = unsubscribe.and_then(|unsubscribe| unsubscribe.mailto.as_ref()).map(ToString::to_string);
        context::Unsubscribe { url, mailto }
    }

    fn editions(&self, issue: &Issue) -> Vec<context::Edition> {
        issue.languages.iter().map(|lang| context::Edition { lang: lang.clone(), name: self.own_name(lang) }).collect()
    }

    fn own_name(&self, language: &Language) -> String {
        Locale::load(&self.files, language).map_or_else(|_| language.to_string(), |locale| locale.name)
    }
}

/// Writes the style sheet onto the elements, since many mail programs drop it; rules for dark mode and phones stay.
fn inline_css(html: &str) -> Result<String> {
    let inliner = CSSInliner::options()
        .keep_style_tags(false)
        .keep_at_rules(true)
        .remove_inlined_selectors(true)
        .load_remote_stylesheets(false)
        .build();
    inliner.inline(html).map_err(|error| {
        let cause: Cause = Box::new(error);
        Error::Input(vec![
            Diagnostic::error(format!("the style sheet cannot be inlined: {cause}"))
                .at(Place::file("templates/newsletter.html.hbs"))
                .hint("mend the `<style>` element of the template"),
        ])
    })
}

/// At most two empty lines in a row, none at either end, no space at a line's end.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
