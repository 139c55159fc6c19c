//! Issue + language -> [`Rendering`] for mails, [`WebPage`] for browsers: the same templates, the same snippets.
//!
//! The page leaves out what is between the organisation and one reader (unsubscribing, merge fields' values) and
//! what only some readers get.

use super::context::{self, SnippetView, Target};
use super::engine::Form;
use super::look::Ground;
use super::pictures::{Pictures, Placed, Placing};
use super::{Renderer, Rendering, UPRIGHT, html, inline_css, text};
use crate::error::Result;
use crate::issue::{Issue, MergeText, Readership, Snippet, ascii_link, segment};
use crate::language::Language;

/// The template.
const TEMPLATE: &str = "newsletter";

/// An edition's page in its folder, as `build` writes it.
const FILE: &str = "newsletter.html";

/// An edition as a page for browsers.
#[derive(Debug, Clone)]
pub struct WebPage {
    /// A whole HTML document.
    pub html: String,
    /// The pictures that it shows.
    pub pictures: Vec<Placed>,
}

/// Which newsletter is wanted.
struct Wanted<'w> {
    issue: &'w Issue,
    language: &'w Language,
    readership: &'w Readership,
    placing: Placing,
    web: bool,
}

impl Renderer<'_> {
    /// Renders an issue's edition in a language, as those get it who are of no audience in particular.
    pub fn edition(&self, issue: &Issue, language: &Language, placing: Placing) -> Result<Rendering> {
        let readerships = issue.readerships(language);
        let public = readerships.first().cloned().unwrap_or_default();
        self.edition_for(issue, language, &public, placing)
    }

    /// Renders the edition of one readership of its readers.
    pub fn edition_for(
        &self,
        issue: &Issue,
        language: &Language,
        readership: &Readership,
        placing: Placing,
    ) -> Result<Rendering> {
        self.newsletter(Wanted { issue, language, readership, placing, web: false })
    }

    /// Renders an issue's edition in a language as a page for browsers.
    pub fn web(&self, issue: &Issue, language: &Language, placing: Placing) -> Result<WebPage> {
        let readerships = issue.readerships(language);
        let public = readerships.first().cloned().unwrap_or_default();
        let rendering = self.newsletter(Wanted { issue, language, readership: &public, placing, web: true })?;
        let html = html::for_everyone(&rendering.html, Form::Html);
        Ok(WebPage { html, pictures: rendering.pictures })
    }

    fn newsletter(&self, wanted: Wanted<'_>) -> Result<Rendering> {
        let Wanted { issue, language, readership, placing, web } = wanted;
        let pictures = Pictures::new(self.project, placing, self.theme.width, UPRIGHT);
        let locale = self.locale(language)?;
        let beside = |snippet: &Snippet| snippet.beside_on_the_web(self.project);
        let setting = self.setting(issue, language, &locale, &pictures, &beside);
        let organisation = self.organisation(language);
        let look = self.look(language, &pictures, Ground::Masthead)?;

        let (mut html_views, mut text_views, mut next_note) = (Vec::new(), Vec::new(), 1);
        for snippet in issue.edition(language).into_iter().filter(|snippet| readership.sees(snippet)) {
            let mut views =
                [setting.view(snippet, &Target::Html)?, setting.view(snippet, &Target::Text { next_note })?];
            // two names may differ in what no `id` tells apart
            while text_views.iter().any(|other: &SnippetView| other.anchor == views[0].anchor) {
                for view in &mut views {
                    view.anchor.push('-');
                }
            }
            let [html, text] = views;
            next_note += text.notes.len();
            html_views.push(html);
            text_views.push(text);
        }
        let headline = |target: &Target| {
            let set = setting.typography(language, true, target);
            (set.merge_text(&issue.subject(language)), set.merge_text(&issue.preheader(language)))
        };
        // an inbox shows both in whatever font it has: without the narrow space
        let (subject, preheader) = headline(&Target::Text { next_note: 1 });
        let leftwards = language.direction() == "rtl";
        let newsletter = |snippets, form, (subject, preheader): (MergeText, MergeText)| context::Newsletter {
            lang: language,
            dir: language.direction(),
            start: if leftwards { "right" } else { "left" },
            end: if leftwards { "left" } else { "right" },
            web,
            web_url: self.web_url(issue, language),
            subject: self.slots.close(&subject),
            preheader: self.slots.close(&preheader),
            date: issue.manifest.date.map(|day| locale.date(day.0)),
            organisation: &organisation,
            theme: &look,
            words: &locale.words,
            unsubscribe: if web { context::Unsubscribe::default() } else { self.unsubscribe(language, form) },
            editions: self.editions(issue, language, web),
            snippets,
        };
        let html = newsletter(html_views, Form::Html, headline(&Target::Html));
        let html = self.engine(Form::Html, TEMPLATE)?.render(&html)?;
        let plain = newsletter(text_views, Form::Text, (subject.clone(), preheader.clone()));
        let plain = self.engine(Form::Text, TEMPLATE)?.render(&plain)?;
        Ok(Rendering {
            language: language.clone(),
            readership: readership.clone(),
            subject,
            preheader,
            html: self.slots.open(&inline_css(&html)?),
            text: self.slots.open(&text::tidy(&plain)),
            pictures: pictures.used(),
        })
    }

    fn unsubscribe(&self, language: &Language, form: Form) -> context::Unsubscribe {
        let close = |url: MergeText| match form {
            Form::Html => self.slots.close(&ascii_link(&url)),
            Form::Text => self.slots.close(&text::address(&url)),
        };
        let unsubscribe = self.project.config.unsubscribe.as_ref();
        let own = |url: &str| MergeText::parse(url).unwrap_or_default().in_url();
        // the language goes with the link: of who stands on no list but a file's, the server knows none
        let served = |base: &str, page: &str| {
            close(MergeText::with_token(format!("{base}/{page}/"), format!("?lang={language}")))
        };
        let base = self.project.serve_base();
        let url = match base {
            Some(base) => Some(served(base, "u")),
            None => unsubscribe.and_then(|unsubscribe| unsubscribe.url.as_deref()).map(|url| close(own(url))),
        };
        let preferences = base.map(|base| served(base, "p"));
        let mailto = unsubscribe.and_then(|unsubscribe| unsubscribe.mailto.as_ref()).map(ToString::to_string);
        context::Unsubscribe { url, mailto, preferences }
    }

    /// Every edition of an issue. From page to page the way is short, from a mail it takes the whole address.
    fn editions(&self, issue: &Issue, language: &Language, web: bool) -> Vec<context::Edition> {
        let url = |lang: &Language| {
            if web { Some(format!("../{lang}/{FILE}")) } else { self.web_url(issue, lang) }
        };
        let edition = |lang: &Language| context::Edition {
            lang: lang.clone(),
            name: self.own_name(lang),
            own: lang == language,
            url: url(lang),
        };
        issue.languages.iter().map(edition).collect()
    }

    /// Where an edition's page is, where the project says under what address its pages are published.
    fn web_url(&self, issue: &Issue, language: &Language) -> Option<String> {
        let base = self.project.config.web.as_ref()?.base_url.trim_end_matches('/');
        Some(format!("{base}/{}/{language}/{FILE}", segment(&issue.slug)))
    }
}
