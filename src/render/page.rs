//! Any other page of the project: a template + data -> HTML, with the organisation, the look and the words around it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::context;
use super::engine::Form;
use super::look::{Ground, Look};
use super::pictures::{Pictures, Placed, Placing};
use super::{PAGE, Renderer, html};
use crate::error::Result;
use crate::language::Language;

#[derive(Serialize)]
struct Sheet<'a, T> {
    lang: &'a Language,
    dir: &'static str,
    organisation: &'a context::Organisation,
    theme: &'a Look,
    words: &'a BTreeMap<String, String>,
    page: &'a T,
}

impl Renderer<'_> {
    /// Renders a template of this name; what `data` says is under `page` in it.
    pub(crate) fn page(
        &self,
        template: &'static str,
        language: &Language,
        placing: Placing,
        data: &impl Serialize,
    ) -> Result<(String, Vec<Placed>)> {
        let pictures = Pictures::new(self.project, placing, PAGE, PAGE);
        let locale = self.locale(language)?;
        let sheet = Sheet {
            lang: language,
            dir: language.direction(),
            organisation: &self.organisation(language),
            theme: &self.look(language, &pictures, Ground::Page)?,
            words: &locale.words,
            page: data,
        };
        let html = self.engine(Form::Html, template)?.render(&sheet)?;
        Ok((html::for_everyone(&self.slots.open(&html), Form::Html), pictures.used()))
    }

    /// A day as a language writes it.
    pub(crate) fn date(&self, language: &Language, date: Date) -> Result<String> {
        Ok(self.locale(language)?.date(date))
    }

    /// A fixed word of the templates; empty where there is none of this name.
    pub(crate) fn word(&self, language: &Language, name: &str) -> Result<String> {
        Ok(self.locale(language)?.words.get(name).cloned().unwrap_or_default())
    }

    /// What a language calls itself.
    pub(crate) fn name_of(&self, language: &Language) -> String {
        self.own_name(language)
    }
}
